import type { Trace } from "../format/generated";
import type { Settings } from "../state/settings";
import { useLecture, useStore } from "../state/store";

export type SidePart = "turns" | "calls" | "variables" | "printed" | "memory" | "costs";

/** In the order in which they stand beside the lecture. */
const ORDER: SidePart[] = ["turns", "calls", "variables", "printed", "memory", "costs"];

/** What is on beside the lecture, as one word for each part; the same word until that changes. */
function partsOf(settings: Settings, { memory }: Trace): string {
  return ORDER.filter((part) => settings[part] && (part !== "memory" || memory.step.length > 0)).join(" ");
}

/** The parts of the panel beside the lecture that are on, of those that this lecture has. */
export function useSideParts(): SidePart[] {
  const { trace } = useLecture();
  const parts = useStore(({ settings }) => partsOf(settings, trace));
  return parts === "" ? [] : (parts.split(" ") as SidePart[]);
}
