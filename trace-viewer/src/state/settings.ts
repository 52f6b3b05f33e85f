import { MEASURES, type Measure } from "../logic/measures";

/** Steps a second, of a lecture that goes on by itself. */
export const SPEEDS: readonly number[] = [0.5, 1, 2, 4, 8, 16, 32];

/** What a reader chose about how lectures look. Kept in this browser, for all lectures. */
export interface Settings {
  theme: "system" | "light" | "dark";
  /** "system": stronger contrasts where the reader's system asks for them. */
  contrast: "system" | "more";
  /** Show the speaker's notes. */
  notes: boolean;
  /** Show the source as it is, with outputs below their code. */
  raw: boolean;
  /** Show outputs only once they are reached. */
  animate: boolean;
  /** Show the variables beside the lecture. */
  variables: boolean;
  /** Show what the program printed. */
  printed: boolean;
  /** Show how much memory the tensors take, and what for. */
  memory: boolean;
  /** Show what lines cost: in the gutter, as a table, on the roofline. */
  costs: boolean;
  /** What lines are weighed by there, and whether with what they called. */
  costMeasure: Measure;
  costCalls: boolean;
  /** Show, in a kernel, its grid and what each program does to memory. */
  kernel: boolean;
  /** Show, in a run of several ranks, all of them side by side. */
  ranks: boolean;
  /** Show the turns of the loop around the step, and what was bound in each. */
  turns: boolean;
  /** Show the calls as a tree. */
  calls: boolean;
  /** Show the table of contents beside the lecture, where there is room. */
  outline: boolean;
  /** How fast a lecture goes on by itself: one of `SPEEDS`. */
  speed: number;
}

export const defaults: Settings = {
  theme: "system",
  contrast: "system",
  notes: false,
  raw: false,
  animate: false,
  variables: true,
  printed: false,
  memory: false,
  costs: false,
  costMeasure: "time",
  costCalls: true,
  kernel: true,
  ranks: true,
  turns: false,
  calls: false,
  outline: true,
  speed: 1,
};

const KEY = "executable-lectures.settings";

/** The stored settings; whatever is missing or not as it should be is as if it had never been chosen. */
export function loadSettings(): Settings {
  const settings: Settings = { ...defaults };
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings> | null;
    if (stored?.theme === "light" || stored?.theme === "dark") settings.theme = stored.theme;
    if (stored?.contrast === "more") settings.contrast = "more";
    if (MEASURES.includes(stored?.costMeasure as Measure)) settings.costMeasure = stored!.costMeasure!;
    if (SPEEDS.includes(stored?.speed as number)) settings.speed = stored!.speed!;
    for (const key of [
      "notes",
      "raw",
      "animate",
      "variables",
      "printed",
      "memory",
      "costs",
      "costCalls",
      "kernel",
      "ranks",
      "turns",
      "calls",
      "outline",
    ] as const) {
      const value = stored?.[key];
      if (typeof value === "boolean") settings[key] = value;
    }
  } catch {
    // No storage (a private window, a sandboxed frame), or not ours: the defaults stand.
  }
  return settings;
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // They hold for this visit, then.
  }
}

/** The theme and the contrast are attributes of the page, so that CSS alone decides what they mean. */
export function applyTheme({ theme, contrast }: Settings): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  if (contrast === "more" || prefersMoreContrast()) dataset.contrast = "more";
  else delete dataset.contrast;
}

export function prefersMoreContrast(): boolean {
  return window.matchMedia("(prefers-contrast: more)").matches;
}
