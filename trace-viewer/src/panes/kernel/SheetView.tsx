/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions
   -- an `application` has its own keys: that is what the role says */
import { memo, useLayoutEffect, useRef, type KeyboardEvent, type PointerEvent } from "react";
import { lastAtMost } from "../../logic/columns";
import { patchOf, type Placed } from "../../logic/kernel-sheets";
import { boxOf, isFull, overhangOf, volume } from "../../logic/kernel-tiles";
import { count } from "../../logic/kernel-words";
import { writersOf } from "../../logic/kernel-writers";
import { KINDS, type Kernels } from "../../logic/kernels";
import type { Lecture } from "../../logic/lecture";
import { useLook, type Look } from "../../theme/scheme";
import { visible } from "../../values/escape";
import { arrowOf } from "../../values/tensor/keys";
import { paintNumbers, paintTiles, paintWriters, rectsOf } from "./paint-sheet";
import { samplesOf } from "./samples";
import { captionOf, type Scope } from "./Sheets";
import { shapeWords, type DrawnArray, type LaunchFacts } from "./useKernel";

/** An element that the reader points at. */
export interface Cursor {
  array: number;
  row: number;
  column: number;
}

interface Props {
  lecture: Lecture;
  kernels: Kernels;
  facts: LaunchFacts;
  drawn: DrawnArray;
  placed: Placed;
  slice: number[];
  /** Accesses of this step to this slice, and those before it. */
  present: Int32Array;
  before: Int32Array;
  scope: Scope;
  position: number;
  cursor: Cursor | null;
  onCursor: (cursor: Cursor | null) => void;
}

/** One array: its numbers in greys, what was touched before faded, the tiles of this step bold. */
export function SheetView(props: Props) {
  const { lecture, kernels, drawn, placed, slice, present, scope, cursor, onCursor } = props;
  const { array, plane, traffic, below, beside } = drawn;
  const { trace } = lecture;
  const { x, y, width, height, across, down } = placed;
  const name = visible(trace.arrays[array].name.slice(0, 40));
  const [, ...lines] = captionOf(trace, drawn, slice);
  const isEmpty = plane.rows === 0 || plane.columns === 0;

  const at = (event: PointerEvent) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [row, column] = [Math.floor((event.clientY - top) / down), Math.floor((event.clientX - left) / across)];
    const isOn = row >= 0 && column >= 0 && row < plane.rows && column < plane.columns;
    onCursor(isOn ? { array, row, column } : null);
  };
  const press = (event: KeyboardEvent) => {
    const arrow = arrowOf(event);
    if (arrow) {
      const from = cursor ?? { row: 0, column: 0 };
      const move = cursor ? arrow : [0, 0];
      const within = (place: number, size: number) => Math.max(0, Math.min(place, size - 1));
      onCursor({
        array,
        row: within(from.row + move[1], plane.rows),
        column: within(from.column + move[0], plane.columns),
      });
    } else if (event.key === "Escape" && cursor) onCursor(null);
    else return;
    event.preventDefault();
  };

  return (
    <div className="kernel-sheet" style={{ left: x, top: y, width, height }}>
      <p className="kernel-caption" title={`${name}: ${shapeWords(trace, array)}`}>
        <code>{name}</code>
        {lines.map((line) => (
          <span key={line} className={line.startsWith("read") ? "kernel-read" : undefined}>
            {line}
          </span>
        ))}
      </p>
      {isEmpty ? (
        <span className="nothing">empty</span>
      ) : (
        <div
          className="kernel-plane"
          role="application"
          aria-roledescription="array"
          aria-label={`${name}, ${shapeWords(trace, array)}. Arrow keys read its elements.`}
          tabIndex={0}
          data-stacked={plane.leading.some((size) => size > 1) || undefined}
          onPointerDown={at}
          onPointerMove={at}
          onPointerLeave={() => onCursor(null)}
          onKeyDown={press}
          onBlur={() => onCursor(null)}
        >
          <Numbers lecture={lecture} drawn={drawn} width={width} height={height} slice={slice.join()} />
          {scope !== "program" && traffic.stored > 0 && (
            <Written
              lecture={lecture}
              kernels={kernels}
              drawn={drawn}
              order={props.facts.order}
              width={width}
              height={height}
              slice={slice.join()}
              until={scope === "launch" ? Infinity : lastStore(kernels, array, props.position)}
            />
          )}
          <Before trace={trace} before={props.before} placed={placed} />
          <svg
            className="kernel-over"
            width={width + beside * across}
            height={height + below * down}
            aria-hidden="true"
          >
            {Array.from(present, (access) => (
              <PresentTile
                key={access}
                lecture={lecture}
                kernels={kernels}
                access={access}
                drawn={drawn}
                placed={placed}
              />
            ))}
            {cursor && (
              <rect
                className="kernel-cursor"
                x={cursor.column * across + across / 2 - Math.max(across, 5) / 2}
                y={cursor.row * down + down / 2 - Math.max(down, 5) / 2}
                width={Math.max(across, 5)}
                height={Math.max(down, 5)}
              />
            )}
          </svg>
        </div>
      )}
    </div>
  );
}

interface NumbersProps {
  lecture: Lecture;
  drawn: DrawnArray;
  width: number;
  height: number;
  /** With commas between. */
  slice: string;
}

/** The numbers of the array, where the record has them. What only the kernel writes held nothing before. */
const Numbers = memo(function Numbers({ lecture: { trace }, drawn, width, height, slice }: NumbersProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const look = useLook();
  const { array, plane, traffic } = drawn;
  useLayoutEffect(() => {
    const context = sized(canvas.current!, width, height);
    if (!context || (traffic.loaded === 0 && traffic.stored > 0)) return;
    const samples = samplesOf(trace, trace.arrays[array], plane, numbersIn(slice));
    if (samples) paintNumbers(context, plane, samples, look);
  }, [trace, array, plane, traffic, width, height, slice, look]);
  return <canvas ref={canvas} />;
});

interface WritersProps extends NumbersProps {
  kernels: Kernels;
  order: ReadonlyMap<number, number>;
  /** What is known at this position is shown. */
  until: number;
}

/** What all programs wrote. */
const Written = memo(function Written(props: WritersProps) {
  const { lecture, kernels, drawn, order, width, height, slice, until } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const look = useLook();
  useLayoutEffect(() => {
    const context = sized(canvas.current!, width, height);
    if (!context) return;
    const last = Math.max(order.size - 1, 1);
    const orderOf = (access: number) =>
      kernels.known[access] <= until ? (order.get(kernels.program[access]) ?? 0) / last : -1;
    paintWriters(context, writersOf(lecture, drawn.array, numbersIn(slice)), orderOf, look);
  }, [lecture, kernels, drawn, order, width, height, slice, until, look]);
  return <canvas ref={canvas} />;
});

interface BeforeProps {
  trace: Lecture["trace"];
  /** Accesses: of one program the first so many, or rather those of them that are to be drawn. */
  before: Int32Array;
  placed: Placed;
}

/** What this program touched before. A step on draws only what it adds. */
const Before = memo(function Before({ trace, before, placed }: BeforeProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<BeforeProps & { look: Look }>(null);
  const look = useLook();
  useLayoutEffect(() => {
    const last = drawn.current;
    drawn.current = { trace, before, placed, look };
    const isOn = last?.trace === trace && last.placed === placed && last.look === look && goesOn(before, last.before);
    const context = isOn ? canvas.current!.getContext("2d") : sized(canvas.current!, placed.width, placed.height);
    if (!context) return;
    if (!isOn) context.scale(pixelRatio(), pixelRatio());
    const kindOf = (access: number) => KINDS[trace.accesses.kind[access]];
    const more = before.subarray(isOn ? last.before.length : Math.max(before.length - MOST_BEFORE, 0));
    const tiles = Array.from(more, (access) => ({ box: boxOf(trace, access)!, kind: kindOf(access) }));
    paintTiles(context, tiles, placed, look);
  }, [trace, before, placed, look]);
  return <canvas ref={canvas} />;
}, isSameBefore);

/** Of very many tiles the latest are drawn: on a sheet of this size they cover all that there is. */
const MOST_BEFORE = 4000;

/** Most steps touch nothing. */
function isSameBefore(a: BeforeProps, b: BeforeProps): boolean {
  const isSame = a.before.length === b.before.length && goesOn(a.before, b.before);
  return isSame && a.trace === b.trace && a.placed === b.placed;
}

/** Whether rows are others with more behind them. Both are the first so many of one list, so that their ends tell. */
function goesOn(rows: Int32Array, before: Int32Array): boolean {
  return (
    before.length <= rows.length &&
    before[0] === (before.length > 0 ? rows[0] : undefined) &&
    before.at(-1) === rows[before.length - 1]
  );
}

/** The moment of the last store to an array up to a position, or -1: between stores there is nothing to draw. */
function lastStore({ stores: { start, order }, known }: Kernels, array: number, position: number): number {
  const last = lastAtMost(position, start[array], start[array + 1], (i) => known[order[i]]);
  return last < 0 ? -1 : known[order[last]];
}

function numbersIn(slice: string): number[] {
  return slice === "" ? [] : slice.split(",").map(Number);
}

interface TileProps {
  lecture: Lecture;
  kernels: Kernels;
  access: number;
  drawn: DrawnArray;
  placed: Placed;
}

/** A tile of this step; what lies outside of its array is hatched, in red where no mask kept the kernel from it. */
function PresentTile({ lecture: { trace }, kernels, access, drawn, placed }: TileProps) {
  const box = boxOf(trace, access)!;
  const kind = KINDS[trace.accesses.kind[access]];
  const { across, down } = placed;
  const patch = patchOf(box);
  const isGather = !isFull(trace, access);
  const overhang = overhangOf(trace, kernels.shapes, access);
  const isWild = trace.accesses.beyond[access] > 0;
  const cut = (axis: number, side: "before" | "after", most: number) => Math.min(overhang?.[side].at(axis) ?? 0, most);
  const whole = rect(
    {
      row: patch.row - cut(-2, "before", 0),
      column: patch.column - cut(-1, "before", 0),
      height: patch.height + cut(-2, "after", drawn.below),
      width: patch.width + cut(-1, "after", drawn.beside),
    },
    across,
    down,
  );
  const inside = rect(patch, across, down);
  return (
    <g className={`kernel-now kernel-${kind}`} data-gather={isGather || undefined}>
      {(whole.width > inside.width || whole.height > inside.height) && (
        <>
          <path
            className={isWild ? "kernel-beyond" : "kernel-masked"}
            d={around(whole, inside)}
            fillRule="evenodd"
            fill={`url(#kernel-${isWild ? "beyond" : "masked"})`}
          />
          <rect className="kernel-whole" {...whole} />
        </>
      )}
      {rectsOf(patch).map((part) => {
        const own = rect(part, across, down);
        return (
          <g key={`${part.row} ${part.column}`}>
            <rect className="kernel-tile" {...own} />
            {!isGather && <rect {...own} fill={`url(#kernel-${kind})`} />}
          </g>
        );
      })}
      {isGather && (
        <text className="kernel-share" x={inside.x + inside.width / 2} y={inside.y + inside.height / 2}>
          {count(trace.accesses.distinct[access])} of {count(volume(box))}
        </text>
      )}
    </g>
  );
}

/** A tile is never so small that it cannot be seen. */
const LEAST = 3;

type Rect = { x: number; y: number; width: number; height: number };

function rect(
  { row, column, height, width }: { row: number; column: number; height: number; width: number },
  across: number,
  down: number,
): Rect {
  const [wide, high] = [width * across, height * down];
  return {
    x: column * across - Math.max(LEAST - wide, 0) / 2,
    y: row * down - Math.max(LEAST - high, 0) / 2,
    width: Math.max(wide, LEAST),
    height: Math.max(high, LEAST),
  };
}

/** What lies in one rectangle and not in the other. */
function around(outer: Rect, inner: Rect): string {
  const path = ({ x, y, width, height }: Rect) => `M${x} ${y}h${width}v${height}h${-width}z`;
  return path(outer) + path(inner);
}

function pixelRatio(): number {
  return Math.min(3, window.devicePixelRatio || 1);
}

/** A canvas of so many CSS pixels, cleared. */
function sized(canvas: HTMLCanvasElement, width: number, height: number) {
  const ratio = pixelRatio();
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  return canvas.getContext("2d");
}
