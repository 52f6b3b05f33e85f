import * as moves from "../logic/moves";
import { endPeek, jumpBack, jumpTo, nearestVisible, setOverlay } from "../state/actions";
import { chooseFile } from "../state/choose-file";
import { goToNextHit, hasHits, openPalette } from "../state/finding";
import { closeLastInPlace } from "../state/in-place";
import { kernelHere } from "../state/kernels";
import { copyLink } from "../state/link";
import { isRanked } from "../state/ranks";
import { openLineMenu, toggleBreakpoint } from "../state/stopping";
import { lectureOf, type State } from "../state/store";
import type { IconName } from "../widgets/Icon";
import { onALine, opening, type Command, type CommandId } from "./command";

/** To another place, or to what one is asked for. */
export const going: Command[] = [
  heading("nextHeading", "Next heading", ["s"], moves.nextHeading, 1),
  heading("previousHeading", "Previous heading", ["Shift+S"], moves.previousHeading, -1),
  jumping("first", "Go to the beginning", ["Home"], "first", () => 0),
  jumping("last", "Go to the end", ["End"], "last", ({ positions }) => positions.count - 1),
  {
    id: "jumpBack",
    label: "Back to where I was",
    group: "Go",
    keys: ["b"],
    icon: "return",
    when: ({ past }) => past.length > 0,
    run: () => jumpBack(),
  },
  {
    id: "endPeek",
    label: "Back to the current step",
    group: "Go",
    keys: ["Escape"],
    icon: "return",
    when: ({ peek, inPlace }) => peek !== null || inPlace.size > 0,
    run: ({ peek }) => (peek ? endPeek() : closeLastInPlace()),
  },
  onALine("lineMenu", "Menu of this line", ["."], "Go", openLineMenu),
  onALine("breakpoint", "Breakpoint on this line", ["x"], "Go", () => void toggleBreakpoint()),
  opening("breakpoints", "Breakpoints and conditions", ["Shift+X"], "breakpoints", "Go"),
  opening("search", "Search", ["/"], "search", "Go"),
  nextHit("nextHit", "Next result of the search", ["Alt+ArrowDown"], 1),
  nextHit("previousHit", "Previous result of the search", ["Alt+ArrowUp"], -1),
  opening("contents", "Contents and files", ["g"], "contents", "Go"),
  {
    ...opening("palette", "Command palette", ["Ctrl+K", "Meta+K", "Shift+P"], "palette", "Go"),
    run: ({ overlay }) => (overlay === "palette" ? setOverlay(null) : openPalette()),
  },
  {
    id: "goTo",
    label: "Go to a step, line or turn",
    group: "Go",
    keys: [":"],
    icon: "goTo",
    when: (state) => lectureOf(state) !== null,
    run: () => openPalette(":"),
  },
  {
    id: "program",
    label: "Go to a program of the kernel",
    group: "Go",
    keys: ["Shift+Q"],
    icon: "goTo",
    when: (state) => kernelHere(state) !== null,
    run: () => openPalette(":p "),
  },
  {
    id: "rank",
    label: "Go to a rank",
    group: "Go",
    keys: ["Shift+Z"],
    icon: "goTo",
    when: (state) => isRanked(lectureOf(state)),
    run: () => openPalette(":r "),
  },
  {
    id: "copyLink",
    label: "Copy a link to this place",
    group: "Go",
    keys: ["y"],
    icon: "link",
    when: (state) => lectureOf(state) !== null,
    run: () => void copyLink(),
  },
  {
    id: "openFile",
    label: "Open a trace file",
    group: "Go",
    keys: ["Shift+O"],
    icon: "openFile",
    when: () => true,
    run: () => chooseFile(),
  },
];

/** To a heading that stands, or is seen from, further on or further back than the reader. */
function heading(id: CommandId & IconName, label: string, keys: string[], move: moves.Move, by: 1 | -1): Command {
  const target = (state: State) => {
    const lecture = lectureOf(state);
    if (!lecture) return -1;
    let next = move(lecture, state.position);
    while (next >= 0 && (nearestVisible(state, next) - state.position) * by <= 0) next = move(lecture, next);
    return next;
  };
  return {
    id,
    label,
    group: "Go",
    keys,
    icon: id,
    when: (state) => target(state) >= 0,
    run: (state) => jumpTo(target(state)),
  };
}

function jumping(
  id: CommandId,
  label: string,
  keys: string[],
  icon: IconName,
  target: (lecture: NonNullable<ReturnType<typeof lectureOf>>) => number,
): Command {
  return {
    id,
    label,
    group: "Go",
    keys,
    icon,
    when: (state) => {
      const lecture = lectureOf(state);
      return lecture !== null && lecture.positions.count > 0 && target(lecture) !== state.position;
    },
    run: (state) => jumpTo(target(lectureOf(state)!)),
  };
}

function nextHit(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  return { id, label, group: "Go", keys, icon: id, when: hasHits, run: () => goToNextHit(by) };
}
