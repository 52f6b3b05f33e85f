import { useState } from "react";
import type { Lecture } from "../../logic/lecture";
import { memoryOf, type DeviceMemory, type Moment } from "../../logic/memory";
import { parameterCount } from "../../logic/parameters";
import { useSoonAt } from "../../state/soon";
import { useLecture } from "../../state/store";

export interface MemoryNow {
  lecture: Lecture;
  position: number;
  devices: DeviceMemory[];
  device: DeviceMemory;
  choose: (index: number) => void;
  /** Null before the first tensor of this device. */
  moment: Moment | null;
  state: ModelState | null;
}

/** What a model in training holds: its parameters, their gradients, what the optimizer keeps of them. */
export interface ModelState {
  bytes: number;
  /** How many parameters there are, if the lecture looked at the module that they are of. */
  count: number | null;
  /** The bytes of all three for each byte of parameters. */
  ratio: number;
}

/** The memory of the chosen device at the current position. */
export function useMemory(): MemoryNow | null {
  const lecture = useLecture();
  const position = useSoonAt(lecture, (at) => at);
  const [chosen, choose] = useState(0);
  const devices = memoryOf(lecture);
  const device = devices[chosen] ?? devices[0];
  if (!device) return null;
  const moment = device.at(position);
  return { lecture, position, devices, device, choose, moment, state: moment && modelState(lecture, moment) };
}

function modelState(lecture: Lecture, { live: [parameters, gradients, optimizer] }: Moment): ModelState | null {
  if (parameters === 0) return null;
  const bytes = parameters + gradients + optimizer;
  return { bytes, count: parameterCount(lecture, parameters), ratio: bytes / parameters };
}
