import { MEASURES, type Measure } from "../logic/measures";

/** What a reader chose about how lectures look. Kept in this browser, for all lectures. */
export interface Settings {
  theme: "system" | "light" | "dark";
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
  /** Show the turns of the loop around the step, and what was bound in each. */
  turns: boolean;
}

export const defaults: Settings = {
  theme: "system",
  notes: false,
  raw: false,
  animate: false,
  variables: true,
  printed: false,
  memory: false,
  costs: false,
  costMeasure: "time",
  costCalls: true,
  turns: false,
};

const KEY = "executable-lectures.settings";

/** The stored settings; whatever is missing or not as it should be is as if it had never been chosen. */
export function loadSettings(): Settings {
  const settings: Settings = { ...defaults };
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings> | null;
    if (stored?.theme === "light" || stored?.theme === "dark") settings.theme = stored.theme;
    if (MEASURES.includes(stored?.costMeasure as Measure)) settings.costMeasure = stored!.costMeasure!;
    for (const key of [
      "notes",
      "raw",
      "animate",
      "variables",
      "printed",
      "memory",
      "costs",
      "costCalls",
      "turns",
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

/** The theme is an attribute of the page, so that CSS alone decides what it means. */
export function applyTheme({ theme }: Settings): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
