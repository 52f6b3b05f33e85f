import type { Trace } from "../format/generated";
import { isTimed } from "../logic/timed";
import type { Settings } from "../state/settings";
import { useLecture, useStore } from "../state/store";

export type SidePart = "turns" | "calls" | "variables" | "printed" | "memory" | "costs";

/** In the order in which they stand beside the lecture. */
const ORDER: SidePart[] = ["turns", "calls", "variables", "printed", "memory", "costs"];

/** What is on beside the lecture, as one word for each part; the same word until that changes. */
function partsOf(settings: Settings, trace: Trace): string {
  const has = (part: SidePart) =>
    part === "memory" ? trace.memory.step.length > 0 : part === "costs" ? isTimed(trace) : true;
  return ORDER.filter((part) => settings[part] && has(part)).join(" ");
}

/** The parts of the panel beside the lecture that are on, of those that this lecture has. */
export function useSideParts(): SidePart[] {
  const { trace } = useLecture();
  const parts = useStore(({ settings }) => partsOf(settings, trace));
  return parts === "" ? [] : (parts.split(" ") as SidePart[]);
}
