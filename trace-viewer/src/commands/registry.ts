import type { Lecture } from "../logic/lecture";
import * as moves from "../logic/moves";
import {
  compareWith,
  jumpBack,
  jumpTo,
  endPeek,
  goToTurn,
  nearestVisible,
  setOverlay,
  setSettings,
  stepTo,
} from "../state/actions";
import { hasKernels } from "../logic/kernel-place";
import { isTimed } from "../logic/timed";
import { chooseFile } from "../state/choose-file";
import { goToNextHit, hasHits, openPalette } from "../state/finding";
import { foldAll } from "../state/folding";
import { closeLastInPlace, placeOf, toggleInPlace } from "../state/in-place";
import { goToProgram, kernelHere, programBeside } from "../state/kernels";
import { copyLink } from "../state/link";
import { loopHere, loopsHere } from "../state/loops";
import { goToRank, isRanked, rankBeside } from "../state/ranks";
import { hasRoomForOutline } from "../state/room";
import { changeSpeed, pause, play } from "../state/playing";
import { prefersMoreContrast } from "../state/settings";
import { continueTo, openLineMenu, toggleBreakpoint } from "../state/stopping";
import { isHidden, lectureOf, type Overlay, type State } from "../state/store";
import { printPage } from "../theme/printing";
import type { IconName } from "../widgets/Icon";

/** Something a reader can do. Keys, buttons, the help page and the tests all read this list and nothing else. */
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

export const commands: Command[] = [
  stepping("forward", "Step forward", ["ArrowRight", "l", "Space"], "forward", moves.forward),
  stepping("back", "Step back", ["ArrowLeft", "h", "Shift+Space"], "back", moves.back),
  stepping("over", "Step over", ["ArrowDown", "j", "Shift+ArrowRight", "Shift+L", "Shift+J"], "over", moves.over),
  stepping(
    "overBack",
    "Step over, backwards",
    ["ArrowUp", "k", "Shift+ArrowLeft", "Shift+H", "Shift+K"],
    "overBack",
    moves.overBack,
  ),
  leaving("out", "Step out of this function", ["u"], moves.out),
  leaving("outBack", "Step out, backwards", ["Shift+U"], moves.outBack),
  stepping("nextTurn", "Next turn of this line", ["]"], "nextTurn", moves.nextTurn),
  stepping("previousTurn", "Previous turn of this line", ["["], "previousTurn", moves.previousTurn),
  turning("nextLoopTurn", "Next turn of the loop", ["}"], 1),
  turning("previousLoopTurn", "Previous turn of the loop", ["{"], -1),
  toProgram("nextProgram", "Same line in the next program of the kernel", [")"], 1),
  toProgram("previousProgram", "Same line in the previous program of the kernel", ["("], -1),
  toRank("nextRank", "Same line on the next rank", [";"], 1),
  toRank("previousRank", "Same line on the previous rank", [","], -1),
  onALine("nextStop", "Continue to the next stop", ["f"], "Step", () => void continueTo(1)),
  onALine("previousStop", "Back to the stop before", ["Shift+F"], "Step", () => void continueTo(-1)),
  onALine("play", "Play or pause", ["p"], "Step", ({ playing }) => (playing ? pause("Paused.") : play())),
  onALine("faster", "Play faster", [">"], "Step", () => changeSpeed(1)),
  onALine("slower", "Play slower", ["<"], "Step", () => changeSpeed(-1)),
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
  switching("variables", "Variables", ["e", "Shift+E"], "variables"),
  switching("printed", "Printed output", ["o"], "printed"),
  switching("memory", "Memory", ["m"], "memory", ({ trace }) => trace.memory.step.length > 0),
  switching("costs", "Costs", ["c"], "costs", ({ trace }) => isTimed(trace)),
  switching("kernel", "Kernel lens", ["q"], "kernel", hasKernels),
  switching("ranks", "Ranks", ["z"], "ranks", isRanked),
  {
    ...switching("turns", "Turns of the loop", ["Shift+T"], "turns"),
    when: (state) => lectureOf(state) !== null && (state.settings.turns || loopsHere(state).length > 0),
  },
  switching("calls", "Calls", ["w"], "calls", ({ trace }) => trace.calls.function.length > 0),
  {
    id: "inPlace",
    label: "Show the call of this line in place",
    group: "Show",
    keys: ["Enter"],
    icon: "inPlace",
    when: (state) => {
      const lecture = lectureOf(state);
      if (!lecture || state.position < 0 || state.peek) return false;
      const { step, entry, exit } = lecture.positions;
      return entry[step[state.position]] !== exit[step[state.position]];
    },
    run: (state) => {
      const { positions, trace } = lectureOf(state)!;
      toggleInPlace(placeOf(trace.steps.statement[positions.step[state.position]]));
    },
  },
  {
    id: "unfold",
    label: "Unfold long functions, or fold them again",
    group: "Show",
    keys: [],
    icon: "unfold",
    when: (state) => lectureOf(state) !== null && !state.settings.raw,
    run: ({ folding }) => foldAll(!folding?.open),
    isOn: ({ folding }) => folding?.open === true,
  },
  switching("notes", "Speaker notes", ["n", "Shift+N"], "notes"),
  switching("animate", "Reveal as you go", ["a", "Shift+A"], "animate"),
  switching("raw", "Raw code", ["r", "Shift+R"], "raw"),
  {
    id: "theme",
    label: "Light or dark",
    group: "Show",
    keys: ["t"],
    icon: "theme",
    when: () => true,
    run: ({ settings }) => {
      const dark = settings.theme === "system" ? prefersDark() : settings.theme === "dark";
      const theme = dark ? "light" : "dark";
      setSettings({ theme: theme === (prefersDark() ? "dark" : "light") ? "system" : theme });
    },
    told: ({ settings: { theme } }) => `Colours: ${theme === "system" ? (prefersDark() ? "dark" : "light") : theme}`,
  },
  {
    id: "contrast",
    label: "High contrast",
    group: "Show",
    keys: [],
    icon: "contrast",
    when: () => !prefersMoreContrast(), // the system's wish stands
    run: ({ settings }) => setSettings({ contrast: settings.contrast === "more" ? "system" : "more" }),
    isOn: ({ settings }) => settings.contrast === "more" || prefersMoreContrast(),
  },
  {
    id: "outline",
    label: "Contents beside the lecture",
    group: "Show",
    keys: ["Shift+C"],
    icon: "outline",
    when: hasRoomForOutline,
    run: ({ settings }) => setSettings({ outline: !settings.outline }),
    isOn: (state) => state.settings.outline && hasRoomForOutline(state),
  },
  {
    id: "print",
    label: "Print, or save as PDF",
    group: "Show",
    keys: ["Ctrl+P", "Meta+P"],
    icon: "print",
    when: (state) => lectureOf(state) !== null,
    run: () => void printPage(),
  },
  opening("values", "Values of this line", ["v"], "values", "Show"),
  {
    id: "compare",
    label: "Compare with another run or turn",
    group: "Show",
    keys: ["d"],
    icon: "compare",
    when: (state) => lectureOf(state) !== null,
    run: ({ overlay, comparing }) =>
      overlay === "compare" || !comparing ? setOverlay(overlay === "compare" ? null : "compare") : compareWith(null),
    isOn: ({ comparing }) => comparing !== null,
  },
  opening("run", "About this run", ["i"], "run", "Show"),
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
  opening("help", "Keys and help", ["?"], "help", "Show"),
];

const byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command] as const)));
const byId = new Map(commands.map((command) => [command.id, command] as const));

export function commandFor(key: string): Command | undefined {
  return byKey.get(key);
}

export function command(id: CommandId): Command {
  return byId.get(id)!;
}

function prefersDark(): boolean {
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}

function stepping(id: CommandId, label: string, keys: string[], icon: IconName, move: moves.Move): Command {
  const target = (state: State) => {
    const lecture = lectureOf(state);
    return lecture ? moves.visible(move, (at) => isHidden(state, at))(lecture, state.position) : -1;
  };
  return {
    id,
    label,
    group: "Step",
    keys,
    icon,
    when: (state) => target(state) >= 0,
    run: (state) => stepTo(target(state)),
  };
}

/** Out of a call. Out of the outermost is to the end, or the beginning: a jump, from which there is a way back. */
function leaving(id: CommandId & IconName, label: string, keys: string[], move: moves.Move): Command {
  const step = stepping(id, label, keys, id, move);
  return {
    ...step,
    run: (state) => {
      const lecture = lectureOf(state)!;
      if (lecture.callerOf(state.position) < 0) jumpTo(move(lecture, state.position));
      else step.run(state);
    },
  };
}

/** To another turn of the loop around the position; from behind the last turn, back is to the last. */
function turning(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  const target = (state: State) => {
    const place = loopHere(state);
    if (!place) return 0;
    const turn = place.turn + (place.ended && by < 0 ? 0 : by);
    return turn <= place.turns ? turn : 0;
  };
  return {
    id,
    label,
    group: "Step",
    keys,
    icon: id,
    when: (state) => target(state) > 0,
    run: (state) => goToTurn(target(state)),
  };
}

/** To the same line in another program of the kernel. */
function toProgram(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  return {
    id,
    label,
    group: "Step",
    keys,
    icon: id,
    when: (state) => programBeside(state, by) >= 0,
    run: (state) => void goToProgram(programBeside(state, by)),
  };
}

/** To the same line, as another rank ran it. */
function toRank(id: CommandId & IconName, label: string, keys: string[], by: 1 | -1): Command {
  return {
    id,
    label,
    group: "Step",
    keys,
    icon: id,
    when: (state) => rankBeside(state, by) >= 0,
    run: (state) => void goToRank(rankBeside(state, by)),
  };
}

/** What needs a step to start from. */
function onALine(
  id: CommandId & IconName,
  label: string,
  keys: string[],
  group: Command["group"],
  run: (state: State) => void,
): Command {
  return { id, label, group, keys, icon: id, when: ({ position }) => position >= 0, run };
}

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

function switching(
  id: CommandId &
    (
      | "variables"
      | "printed"
      | "memory"
      | "costs"
      | "kernel"
      | "ranks"
      | "turns"
      | "calls"
      | "notes"
      | "animate"
      | "raw"
    ),
  label: string,
  keys: string[],
  icon: IconName,
  applies: (lecture: Lecture) => boolean = () => true,
): Command {
  return {
    id,
    label,
    group: "Show",
    keys,
    icon,
    when: (state) => {
      const lecture = lectureOf(state);
      return lecture !== null && applies(lecture);
    },
    run: ({ settings }) => setSettings({ [id]: !settings[id] }),
    isOn: ({ settings }) => settings[id],
  };
}

function opening(
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
