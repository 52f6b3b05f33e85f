import { hasKernels } from "../logic/kernel-place";
import type { Lecture } from "../logic/lecture";
import { isTimed } from "../logic/timed";
import { compareWith, setOverlay, setSettings } from "../state/actions";
import { foldAll } from "../state/folding";
import { placeOf, toggleInPlace } from "../state/in-place";
import { loopsHere } from "../state/loops";
import { isRanked } from "../state/ranks";
import { hasRoomForOutline } from "../state/room";
import { prefersMoreContrast } from "../state/settings";
import { lectureOf } from "../state/store";
import { printPage } from "../theme/printing";
import type { IconName } from "../widgets/Icon";
import { opening, type Command, type CommandId } from "./command";

/** What the page shows, and how. */
export const showing: Command[] = [
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
  opening("help", "Keys and help", ["?"], "help", "Show"),
];

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

function prefersDark(): boolean {
  return window.matchMedia("(prefers-color-scheme: dark)").matches;
}
