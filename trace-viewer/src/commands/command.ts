import { setOverlay } from "../state/actions";
import { lectureOf, type Overlay, type State } from "../state/store";
import type { IconName } from "../widgets/Icon";

/** Something a reader can do. */
export interface Command {
  id: CommandId;
  label: string;
  group: "Step" | "Go" | "Show";
  /** As `keyName` names them; the first is the one that buttons mention. */
  keys: string[];
  icon: IconName;
  /** Whether it can be done now. */
  when(state: State): boolean;
  run(state: State): void;
  /** For a switch: whether it is on. */
  isOn?(state: State): boolean;
  /** For another choice: what it has come to, as a screen reader tells it when that changes. */
  told?(state: State): string;
}

export type CommandId =
  | "forward"
  | "back"
  | "over"
  | "overBack"
  | "out"
  | "outBack"
  | "nextTurn"
  | "previousTurn"
  | "nextLoopTurn"
  | "previousLoopTurn"
  | "nextProgram"
  | "previousProgram"
  | "nextRank"
  | "previousRank"
  | "nextStop"
  | "previousStop"
  | "play"
  | "faster"
  | "slower"
  | "nextHeading"
  | "previousHeading"
  | "lineMenu"
  | "breakpoint"
  | "breakpoints"
  | "first"
  | "last"
  | "jumpBack"
  | "endPeek"
  | "contents"
  | "variables"
  | "printed"
  | "memory"
  | "costs"
  | "kernel"
  | "ranks"
  | "program"
  | "rank"
  | "turns"
  | "calls"
  | "inPlace"
  | "unfold"
  | "notes"
  | "animate"
  | "raw"
  | "theme"
  | "contrast"
  | "outline"
  | "print"
  | "run"
  | "values"
  | "compare"
  | "help"
  | "search"
  | "nextHit"
  | "previousHit"
  | "palette"
  | "goTo"
  | "copyLink"
  | "openFile";

/** What needs a step to start from. */
export function onALine(
  id: CommandId & IconName,
  label: string,
  keys: string[],
  group: Command["group"],
  run: (state: State) => void,
): Command {
  return { id, label, group, keys, icon: id, when: ({ position }) => position >= 0, run };
}

/** What opens a dialog, or closes it again. */
export function opening(
  id: CommandId & Overlay,
  label: string,
  keys: string[],
  icon: IconName,
  group: "Go" | "Show",
): Command {
  return {
    id,
    label,
    group,
    keys,
    icon,
    when: (state) => id === "help" || lectureOf(state) !== null,
    run: ({ overlay }) => setOverlay(overlay === id ? null : id),
  };
}
