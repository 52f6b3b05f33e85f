/** The viewer's look as a Vega configuration; what a specification configures itself comes before it. */
import { tokenColors, type Scheme } from "../../theme/scheme";
import { isNarrow, LEGEND_COLUMNS } from "./spec";

const INKS = ["--ink", "--ink-2", "--line", "--line-strong"];
const HEAT = ["--heat-low", "--heat-middle", "--heat-high"];
const CATEGORIES = [
  "--accent",
  "--heat-high",
  "--code-class",
  "--changed",
  "--code-function",
  "--code-keyword",
  "--code-string",
  "--ink-3",
];

/** A legend above its plot begins where that does, with the words at its axis. */
const ABOVE = { orient: "top", columns: LEGEND_COLUMNS, layout: { top: { frame: "bounds" } } };

/** `room`: pixels there are for the plot. */
export function plotTheme(scheme: Scheme, room: number) {
  const [ink, ink2, line, strong, low, middle, high, accent, ...categories] = tokenColors(
    [...INKS, ...HEAT, "--accent", ...CATEGORIES],
    scheme,
  );
  const font = getComputedStyle(document.body).fontFamily;
  const words = { labelColor: ink2, titleColor: ink2, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 600 };
  return {
    background: "transparent",
    font,
    padding: 4,
    view: { stroke: null },
    axis: {
      ...words,
      domainColor: strong,
      tickColor: strong,
      gridColor: line,
      labelPadding: 5,
      titlePadding: 10,
      labelFlush: false,
      labelOverlap: "greedy",
      labelSeparation: 8,
    },
    legend: { ...words, symbolStrokeWidth: 2, ...(isNarrow(room) && ABOVE) },
    header: words,
    title: { color: ink, subtitleColor: ink2, fontSize: 14, fontWeight: 600, anchor: "start", offset: 12 },
    mark: { color: accent },
    line: { strokeWidth: 2.25 },
    point: { size: 44, filled: true },
    text: { color: ink, fontSize: 12 },
    rule: { color: ink2 },
    range: {
      category: categories,
      heatmap: [middle, accent],
      ramp: [middle, accent],
      ordinal: [middle, accent],
      diverging: [low, middle, high],
    },
  };
}
