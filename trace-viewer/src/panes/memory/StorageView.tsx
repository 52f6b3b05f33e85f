import { useMemo, useState } from "react";
import { bytes as written } from "../../logic/units";
import { partWords, type Ground } from "../../logic/layout-words";
import type { Holder, Shared } from "../../logic/sharing";
import { mapStorage, type StorageMap } from "../../logic/storage-map";
import { coverageOf, type Layout } from "../../logic/strided";
import { HolderName } from "./SharingView";

/** Parts drawn at once, each in a colour and a lane of its own. */
const MOST_PARTS = 6;
const WIDTH = 320;
const LARGEST_CELL = 26;
/** How high a drawing is where its lanes have the height that suits them. */
const HEIGHT = 160;
const LEAST_LANE = 3;
const LARGEST_LANE = 9;
/** Narrower cells run together without lines between them. */
const LEAST_RULED = 8;
/** Between rows, so that the lanes of one are seen to belong together. */
const GAP = 2;

/** A storage drawn as its elements, a lane a name where that reads them, and the same in words and figures. */
export function StorageView({ shared, own }: { shared: Shared; own: Holder }) {
  const known = shared.holders.filter(({ layout }) => layout !== null);
  const parts = withOwn(known, own);
  const { ground, bytes } = shared;
  if (!ground || parts.length === 0) {
    return <p className="sharing-figures">Which part of it each looks at, the record does not say.</p>;
  }
  // Layouts are read anew at every position; they are the same where their numbers are.
  const plan = JSON.stringify([ground, parts.map(({ layout }) => layout)]);
  return <Parts plan={plan} parts={parts} more={known.length - parts.length} own={own} ground={ground} bytes={bytes} />;
}

interface PartsProps {
  plan: string;
  parts: Holder[];
  /** How many more there are than are drawn. */
  more: number;
  own: Holder;
  ground: Ground;
  bytes: number;
}

function Parts({ plan, parts, more, own, ground, bytes }: PartsProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const map = useMemo(() => mapStorage(...(JSON.parse(plan) as [Ground, Layout[]])), [plan]);
  const marked = parts[pointed ?? -1] ? pointed! : Math.max(0, parts.indexOf(own));
  return (
    <div className="storage">
      <Drawing map={map} marked={marked} dimmed={pointed !== null} onPoint={setPointed} />
      <ul className="storage-parts">
        {parts.map((part, index) => (
          <li key={`${part.call} ${part.name} ${part.path}`} data-pointed={pointed === index || undefined}>
            <button
              type="button"
              onPointerEnter={() => setPointed(index)}
              onPointerLeave={() => setPointed(null)}
              onFocus={() => setPointed(index)}
              onBlur={() => setPointed(null)}
            >
              <span className={`part-swatch part-${index + 1}`} aria-hidden="true" />
              <span className="part-name">
                <HolderName holder={part} from={own} />
              </span>{" "}
              <span className="part-words">{partWords(part.layout!, ground)}</span>{" "}
              <Figures layout={part.layout!} bytes={bytes} />
            </button>
          </li>
        ))}
      </ul>
      <p className="sharing-figures">
        One storage of {written(bytes)}
        {inRows(ground)}.{scaleWords(map)} The line follows the first row of{" "}
        <HolderName holder={parts[marked]} from={own} />.{more > 0 && ` ${more} more are not drawn.`}
      </p>
    </div>
  );
}

function inRows({ base: { shape, dtype, item }, bytes }: Ground): string {
  const row = shape.length > 1 ? shape.at(-1)! : 0;
  const of = `${countOf(Math.floor(bytes / item))} × ${dtype.slice(0, 30)}`;
  return row > 0 ? `: ${of}, ${countOf(row)} a row` : `: ${of}`;
}

/** The first names of the storage, this one among them, always in the same order, so that each keeps its colour. */
function withOwn(known: Holder[], own: Holder): Holder[] {
  const first = known.slice(0, MOST_PARTS);
  return first.includes(own) || own.layout === null ? first : [...first.slice(0, -1), own];
}

function Figures({ layout, bytes }: { layout: Layout; bytes: number }) {
  const { offset, strides, item } = layout;
  const covered = coverageOf(layout, item).places * item;
  const steps = strides.slice(0, 8).map(countOf).join(", ");
  return (
    <span className="part-figures">
      offset {countOf(offset)} B · strides ({steps}
      {strides.length > 8 && ", …"}) · {countOf(covered)} B of {written(bytes)}
    </span>
  );
}

function countOf(number: number): string {
  return number.toLocaleString("en-US").replace("-", "−");
}

function scaleWords({ placesPerColumn, rowsPerRow }: StorageMap): string {
  if (placesPerColumn === 1 && rowsPerRow === 1) return "";
  const size = [rowsPerRow, placesPerColumn].filter((count) => count > 1).map(countOf);
  return ` A cell stands for ${size.join(" × ")} elements; where it is pale, some of them.`;
}

interface DrawingProps {
  map: StorageMap;
  marked: number;
  dimmed: boolean;
  onPoint: (part: number | null) => void;
}

function Drawing({ map, marked, dimmed, onPoint }: DrawingProps) {
  const { columns, rows, covers, walks } = map;
  const lanes = covers.length;
  const width = Math.min(LARGEST_CELL, WIDTH / columns);
  const lane = Math.max(LEAST_LANE, Math.min(LARGEST_LANE, (HEIGHT / rows - GAP) / lanes));
  const height = lane * lanes + GAP;
  const full = rows * height - GAP;
  const paths = useMemo(() => covers.map((cells) => lanePaths(cells, columns)), [covers, columns]);
  const place = (index: number) => `translate(0 ${index * lane}) scale(${width} 1)`;
  const center = ([column, row]: [number, number]): [number, number] => [
    (column + 0.5) * width,
    row * height + (marked + 0.5) * lane,
  ];
  const walk = (walks[marked] ?? []).map(center);
  return (
    <svg
      className="storage-map"
      viewBox={`0 0 ${columns * width} ${full}`}
      width={columns * width}
      height={full}
      role="img"
      aria-label={`The storage as ${rows === 1 ? "a strip" : `${rows} rows`} of ${columns} cells, marked where each name reads it`}
      onPointerLeave={() => onPoint(null)}
    >
      <path className="storage-ground" d={rowsPath(rows, columns * width, height)} />
      {paths.map(({ whole, part }, index) => (
        <g
          // The lanes are the storage's names, in their order.
          // oxlint-disable-next-line react/no-array-index-key
          key={index}
          className={`part-${index + 1}`}
          data-dimmed={(dimmed && index !== marked) || undefined}
          transform={place(index)}
          onPointerEnter={() => onPoint(index)}
        >
          <path d={whole(height, lane)} />
          <path className="part-some" d={part(height, lane)} />
        </g>
      ))}
      <path className="storage-lines" d={uprights(columns, width, full)} strokeWidth={Math.min(1, width / 12)} />
      {walk.length > 0 && (
        <g className="storage-walk">
          <polyline points={walk.map((point) => point.map((n) => n.toFixed(1)).join(",")).join(" ")} />
          <circle cx={walk[0][0]} cy={walk[0][1]} r={Math.min(3, lane / 2.5)} />
        </g>
      )}
    </svg>
  );
}

type Path = (height: number, lane: number) => string;

/** The cells of a lane as runs side by side: those read wholly, and those read in part. */
function lanePaths(cells: Uint8Array, columns: number): { whole: Path; part: Path } {
  const runs: [number, number, number, number][] = []; // row, column, length, state
  for (let at = 0; at < cells.length; at++) {
    const column = at % columns;
    const last = runs.at(-1);
    if (column > 0 && last && last[3] === cells[at]) last[2]++;
    else runs.push([Math.floor(at / columns), column, 1, cells[at]]);
  }
  const draw =
    (state: number): Path =>
    (height, lane) =>
      runs
        .filter((run) => run[3] === state)
        .map(
          ([row, column, length]) => `M${column} ${(row * height).toFixed(2)}h${length}v${lane.toFixed(2)}h-${length}z`,
        )
        .join("");
  return { whole: draw(2), part: draw(1) };
}

function rowsPath(rows: number, width: number, height: number): string {
  const row = (index: number) => `M0 ${index * height}h${width}v${height - GAP}h-${width}z`;
  return Array.from({ length: rows }, (_, index) => row(index)).join("");
}

/** The lines between cells, where these are wide enough to be told apart. */
function uprights(columns: number, width: number, height: number): string {
  if (width < LEAST_RULED) return "";
  return Array.from({ length: columns - 1 }, (_, i) => `M${((i + 1) * width).toFixed(2)} 0V${height}`).join("");
}
