import { useCallback, useMemo, useState } from "react";
import type { Tensor } from "../../format/generated";
import { formatOf } from "../../logic/floats";
import { visible } from "../escape";
import { count } from "../numbers";
import { BitsView } from "./BitsView";
import { chooseLook, useChoices } from "./choices";
import { changeOf, type Change } from "./compare";
import { cellText, factsOf, placeOf, spoken, type Facts } from "./facts";
import { FactsLine } from "./FactsLine";
import { fieldOf, type Field } from "./field";
import { Head } from "./Head";
import { HeatMap } from "./HeatMap";
import { histogramOf } from "./histogram";
import { HistogramView } from "./HistogramView";
import { LayoutView } from "./LayoutView";
import { NumberGrid } from "./NumberGrid";
import { usePanels, type Panel, type Panels } from "./panels";
import { scaleOf } from "./scale";
import { SlicePicker } from "./SlicePicker";
import { shownSlices, sliceKey, soundSlice } from "./slices";
import "./lens.css";

export { preparePalette } from "./palette";

/** Numbers are shown as numbers up to so many in a slice, unless the reader wants colours. */
const [WIDEST_GRID, TALLEST_GRID] = [10, 12];
/** Numbers at the reader's wish: the page stays light. */
const MOST_IN_GRID = 1024;
const MOST_SLICES = 4;

type Props = { tensor: Tensor; before?: Tensor | undefined };

/** The elements of an array: as numbers when they are few, as colours when they are many; and what else is to know of them. */
export function Lens({ tensor, before }: Props) {
  const field = fieldOf(tensor);
  const change = useMemo(() => (before ? changeOf(tensor, before) : undefined), [tensor, before]);
  const facts = useMemo(() => factsOf(tensor), [tensor]);
  const panels = usePanels();
  return (
    <div className="lens">
      <Head tensor={tensor} before={before}>
        <Marks change={change} field={field} facts={facts} />
      </Head>
      {field ? (
        <Elements
          key={String(field.shape)}
          tensor={tensor}
          field={field}
          facts={facts}
          change={change}
          panels={panels}
        />
      ) : (
        <Bar offered={["layout"]} panels={panels} />
      )}
      <Open panel="layout" panels={panels}>
        <LayoutView tensor={tensor} />
      </Open>
      {tensor.problem ? <p className="value-warn">{visible(tensor.problem)}</p> : null}
    </div>
  );
}

type ElementsProps = {
  tensor: Tensor;
  field: Field;
  facts: Facts | undefined;
  change: Change | undefined;
  panels: Panels;
};

function Elements({ tensor, field, facts, change, panels }: ElementsProps) {
  const { dimensions, stats } = tensor;
  const choices = useChoices();
  const [cursor, setCursor] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [said, setSaid] = useState("");

  const keptAs = sliceKey(field, dimensions);
  const slice = useMemo(() => soundSlice(field, choices.slices.get(keptAs)), [field, choices.slices, keptAs]);
  const slices = useMemo(() => shownSlices(field, slice), [field, slice]);
  const scale = useMemo(() => scaleOf(field, stats), [field, stats]);

  const isScalar = field.shape.length === 0;
  const shapeKey = `${field.shape} ${field.dtype}`;
  const isText = field.kind === "text";
  const isSmall = field.whole && field.columns <= WIDEST_GRID && field.rows <= TALLEST_GRID;
  const mayBeGrid = field.whole && field.rows * field.columns <= MOST_IN_GRID;
  const look = isText
    ? "numbers"
    : mayBeGrid
      ? (choices.looks.get(shapeKey) ?? (isSmall ? "numbers" : "colors"))
      : "colors";
  const shownInGrid = useMemo(
    () => slices.slice(0, field.rows * field.columns > MOST_IN_GRID / MOST_SLICES ? 1 : MOST_SLICES),
    [slices, field],
  );

  const say = (cell: number) => `${placeOf(field, cell, dimensions)}: ${cellText(field.cells[cell], field)}`;
  const choose = useCallback(
    (cell: number | null, byKey: boolean) => {
      setCursor(cell);
      setPointed(null);
      if (byKey)
        setSaid(cell === null ? "" : `${placeOf(field, cell, dimensions)}: ${cellText(field.cells[cell], field)}`);
    },
    [field, dimensions],
  );
  const chosen = cursor !== null && cursor < field.cells.length ? cursor : null;
  const readAt = pointed !== null && pointed < field.cells.length ? pointed : chosen;
  const hasBits = formatOf(field.dtype) !== undefined && field.kind === "number";
  const hasHistogram = !isScalar && field.kind !== "text";
  const offered: Panel[] = ["layout"];
  if (hasBits) offered.unshift("bits");
  if (hasHistogram) offered.unshift("histogram");
  const histogram = useMemo(
    () => (hasHistogram && panels.open.histogram ? histogramOf(field, stats) : undefined),
    [hasHistogram, panels.open.histogram, field, stats],
  );
  const first = slices[0] * field.rows * field.columns;
  return (
    <>
      {field.slices > 1 ? <SlicePicker field={field} dimensions={dimensions} slice={slice} keptAs={keptAs} /> : null}
      {isScalar ? (
        <div className="tensor-scalar">{cellText(field.cells[0], field)}</div>
      ) : look === "colors" ? (
        <HeatMap
          field={field}
          scale={scale}
          slices={slices}
          period={slice.at(-1) === null ? (field.leading.at(-1)?.indices.length ?? 1) : 1}
          change={change}
          label={`Heat map of ${count(field.cells.length)} ${field.whole ? "elements" : "of the elements"}${facts ? `, ${spoken(facts)}` : ""}`}
          cursor={chosen}
          onCursor={choose}
          onPoint={setPointed}
        />
      ) : (
        <>
          <NumberGrid
            field={field}
            dimensions={dimensions}
            slices={shownInGrid}
            change={change}
            indexed={panels.open.index}
            cursor={chosen}
            onCursor={choose}
            onPoint={setPointed}
          />
          {slices.length > shownInGrid.length ? (
            <span className="value-faint">… {count(slices.length - shownInGrid.length)} more slices</span>
          ) : null}
        </>
      )}
      {isScalar ? null : (
        <FactsLine
          facts={facts}
          scale={look === "colors" ? scale : undefined}
          kind={field.kind}
          reading={readAt === null ? null : say(readAt)}
        />
      )}
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
      <Bar offered={offered} panels={panels}>
        {look === "numbers" && !isScalar ? (
          <button
            type="button"
            className="lens-button"
            aria-pressed={panels.open.index}
            title="The index of each row and column"
            onClick={() => panels.toggle("index")}
          >
            indices
          </button>
        ) : null}
        {mayBeGrid && !isText && !isScalar ? (
          <button
            type="button"
            className="lens-button"
            aria-pressed={look === "colors"}
            title="Show the numbers as colours"
            onClick={() => chooseLook(shapeKey, look === "numbers" ? "colors" : "numbers")}
          >
            colours
          </button>
        ) : null}
      </Bar>
      {hasHistogram ? (
        <Open panel="histogram" panels={panels}>
          {histogram ? (
            <HistogramView histogram={histogram} what={field.kind === "complex" ? "by size" : ""} />
          ) : (
            <p className="bits-note">
              No histogram: {field.least === field.greatest ? "all its numbers are equal" : "it has no finite number"}.
            </p>
          )}
        </Open>
      ) : null}
      {hasBits ? (
        <Open panel="bits" panels={panels}>
          <BitsView
            field={field}
            cell={chosen ?? first}
            place={isScalar ? "it" : placeOf(field, chosen ?? first, dimensions)}
          />
        </Open>
      ) : null}
    </>
  );
}

type MarksProps = { change: Change | undefined; field: Field | undefined; facts: Facts | undefined };

/** What catches the eye: how much changed, and what is no finite number. */
function Marks({ change, field, facts }: MarksProps) {
  return (
    <span className="tensor-marks">
      {change?.cells && field && field.cells.length > 1 ? (
        <span className="tensor-change">{changeWords(change.count, field)}</span>
      ) : null}
      {facts?.nan ? <span className="chip error">{count(facts.nan)} NaN</span> : null}
      {facts?.inf ? <span className="chip error">{count(facts.inf)} inf</span> : null}
    </span>
  );
}

function changeWords(changed: number, { cells, whole }: Field): string {
  const shown = whole ? "" : " shown";
  if (changed === 0) return whole ? "nothing changed" : "nothing shown changed";
  if (changed === cells.length) return `all${shown} changed`;
  return `${count(changed)} of ${count(cells.length)}${shown} changed`;
}

type BarProps = { offered: Panel[]; panels: Panels; children?: React.ReactNode };

/** What else there is to see, on demand. */
function Bar({ offered, panels: { open, toggle }, children }: BarProps) {
  return (
    <div className="lens-bar">
      {offered.map((panel) => (
        <button
          key={panel}
          type="button"
          className="lens-button lens-disclosure"
          aria-expanded={open[panel]}
          onClick={() => toggle(panel)}
        >
          {panel}
        </button>
      ))}
      {children}
    </div>
  );
}

function Open({ panel, panels, children }: { panel: Panel; panels: Panels; children: React.ReactNode }) {
  return panels.open[panel] ? <div className="lens-panel">{children}</div> : null;
}
