/** The keys inside the lists that are typed into, which are no commands of the page: for their feet and the help page. */
export interface DialogKey {
  keys: string[];
  label: string;
}

export const SEARCH_KEYS: DialogKey[] = [
  { keys: ["ArrowDown", "ArrowUp"], label: "Next and previous result" },
  { keys: ["Enter"], label: "Go there" },
  { keys: ["Shift+Enter"], label: "Look at it, and keep searching" },
  { keys: ["Escape"], label: "Close" },
];

export const PALETTE_KEYS: DialogKey[] = [
  { keys: [">"], label: "Commands only" },
  { keys: ["@"], label: "Functions only" },
  { keys: ["#"], label: "Headings only" },
  { keys: [":"], label: "A step, a line (:l 45), a turn (:t 3)" },
];
