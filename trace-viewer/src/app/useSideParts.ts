import type { Trace } from "../format/generated";
import { isTimed } from "../logic/timed";
import { kernelHere } from "../state/kernels";
import { useLecture, useStore, type State } from "../state/store";

export type SidePart = "kernel" | "ranks" | "turns" | "calls" | "variables" | "printed" | "memory" | "costs";

/** In the order in which they stand beside the lecture. */
const ORDER: SidePart[] = ["kernel", "ranks", "turns", "calls", "variables", "printed", "memory", "costs"];

/** What is on beside the lecture, as one word for each part; the same word until that changes. */
function partsOf(state: State, trace: Trace): string {
  const has = (part: SidePart) => {
    if (part === "kernel") return kernelHere(state) !== null;
    if (part === "ranks") return trace.ranks.length > 0;
    return part === "memory" ? trace.memory.step.length > 0 : part === "costs" ? isTimed(trace) : true;
  };
  return ORDER.filter((part) => state.settings[part] && has(part)).join(" ");
}

/** The parts of the panel beside the lecture that are on, of those that there is something for here. */
export function useSideParts(): SidePart[] {
  const { trace } = useLecture();
  const parts = useStore((state) => partsOf(state, trace));
  return parts === "" ? [] : (parts.split(" ") as SidePart[]);
}
