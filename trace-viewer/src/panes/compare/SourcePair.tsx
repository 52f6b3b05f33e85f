/* oxlint-disable jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-noninteractive-element-interactions,
   jsx-a11y/click-events-have-key-events -- what scrolls must be reached; a click does what the keys of the turns do */
import { memo, useEffect, useLayoutEffect, useMemo, useRef, type MouseEvent } from "react";
import { CodeTokens } from "../../code/CodeTokens";
import { highlightPython, type Token } from "../../code/highlight";
import type { Divergences } from "../../logic/compare/divergences";
import { alignSources, type FilePair, type LinePair } from "../../logic/compare/sources";
import { linesOf } from "../../logic/document";
import type { Lecture } from "../../logic/lecture";
import { jumpToLine, say } from "../../state/actions";
import { comparison, moveOther, useComparison } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { Icon } from "../../widgets/Icon";
import { SideMark } from "./SideMark";

export type Shown = "both" | "a" | "b";

/** The source where the sides stand: once where it is the same, in two columns where it is not. */
export function SourcePair({ shown }: { shown: Shown }) {
  const a = useLecture();
  const position = useStore((state) => state.position);
  const b = useComparison((state) => state.lecture)!;
  const other = useComparison((state) => state.position);
  const missing = useComparison((state) => state.together && !state.exact);
  const alignment = useComparison((state) => state.alignment);
  const found = useComparison((state) => state.divergences);
  const sources = useMemo(() => alignment?.sources ?? alignSources(a.trace, b.trace), [alignment, a, b]);
  const [hereA, hereB] = [placeIn(a, position), placeIn(b, other)];
  const [pairA, pairB] = [hereA ? sources.pairOfA[hereA.file] : -1, hereB ? sources.pairOfB[hereB.file] : -1];
  const view = (pair: number, side: Shown) => (
    <SourceView
      key={`${pair} ${side}`}
      a={a}
      b={b}
      pair={sources.files[pair]}
      shown={side}
      hereA={pair === pairA && side !== "b" ? hereA : null}
      hereB={pair === pairB && side !== "a" ? hereB : null}
      missing={missing}
      found={found}
    />
  );
  if (pairA < 0 && pairB < 0) return <p className="nothing">Nothing ran.</p>;
  if (shown !== "both") {
    const pair = shown === "a" ? pairA : pairB;
    return pair < 0 ? <p className="nothing">Nothing ran.</p> : view(pair, shown);
  }
  if (pairA === pairB || pairB < 0 || pairA < 0) return view(pairA < 0 ? pairB : pairA, "both");
  return (
    <div className="source-apart">
      {view(pairA, "a")}
      {view(pairB, "b")}
    </div>
  );
}

interface Here {
  file: number;
  line: number;
  endLine: number;
}

function placeIn(lecture: Lecture, position: number): Here | null {
  return position < 0 ? null : lecture.placeOf(lecture.positions.step[position]);
}

interface ViewProps {
  a: Lecture;
  b: Lecture;
  pair: FilePair;
  shown: Shown;
  hereA: Here | null;
  hereB: Here | null;
  missing: boolean;
  found: Divergences | null;
}

const BLOCK_ROWS = 32;
/** What a reader scrolls with. */
const HANDS = ["wheel", "touchmove", "pointerdown", "keydown"];

function SourceView({ a, b, pair, shown, hereA, hereB, missing, found }: ViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const [linesA, linesB] = [useTokens(a, pair.a), useTokens(b, pair.b)];
  const blocks = useMemo(() => {
    const rows = pair.lines.filter((line) => shown === "both" || (shown === "a" ? line.a : line.b) > 0);
    return Array.from({ length: Math.ceil(rows.length / BLOCK_ROWS) }, (_, i) =>
      rows.slice(i * BLOCK_ROWS, (i + 1) * BLOCK_ROWS),
    );
  }, [pair, shown]);
  const flags = useMemo(() => flagsOf(a, pair.a, found), [a, pair, found]);
  const [lineA, lineB] = [hereA?.line ?? 0, hereB?.line ?? 0];
  const followed = useRef<[number, number] | null>(null); // null once the reader scrolls by hand
  useLayoutEffect(() => {
    followed.current = [lineA, lineB];
    follow(box.current!, lineA, lineB);
  }, [lineA, lineB]);
  useEffect(() => {
    // Blocks that come near take their true height only then, and may push the lines out of view.
    const element = box.current!;
    const again = () => followed.current && follow(element, ...followed.current);
    const release = () => (followed.current = null);
    const sizes = new ResizeObserver(again);
    for (const block of element.children) sizes.observe(block);
    for (const hand of HANDS) element.addEventListener(hand, release, { passive: true });
    return () => {
      sizes.disconnect();
      for (const hand of HANDS) element.removeEventListener(hand, release);
    };
    // It watches the blocks that are there now.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [blocks]);
  const name = a.trace.files[pair.a]?.path ?? b.trace.files[pair.b]?.path ?? "";
  const otherName = pair.b >= 0 ? b.trace.files[pair.b].path : name;
  const words = shown === "both" && otherName !== name ? `${name} and ${otherName}` : shown === "b" ? otherName : name;
  return (
    <div className="source-pair" data-shown={shown}>
      <p className="source-name">
        {shown !== "both" && <SideMark side={shown} />}
        {words}
      </p>
      {/* Scrolls by itself, so the keyboard must reach it. */}
      <div
        className="source-rows"
        ref={box}
        role="region"
        aria-label={`Source: ${words}`}
        tabIndex={0}
        onClick={(event) => go(event, b, pair)}
      >
        {blocks.map((rows) => (
          <Rows
            key={`${rows[0].a} ${rows[0].b}`}
            rows={rows}
            linesA={linesA}
            linesB={linesB}
            shown={shown}
            flags={flags}
            {...within(rows, "a", hereA)}
            {...within(rows, "b", hereB)}
            missing={missing && hereB !== null && rows.some((row) => row.b === hereB.line)}
          />
        ))}
      </div>
    </div>
  );
}

const NO_TOKENS: Token[][] = [];

function useTokens({ trace }: Lecture, file: number): Token[][] {
  const text = trace.files[file]?.text;
  return useMemo(() => (text === undefined ? NO_TOKENS : highlightPython(linesOf(text).join("\n"))), [text]);
}

/** The lines of the current statement, if one of these rows has any; the same numbers as long as none does. */
function within<S extends "a" | "b">(rows: LinePair[], side: S, here: Here | null) {
  const inside = here !== null && rows.some((row) => row[side] >= here.line && row[side] <= here.endLine);
  const [from, to] = inside ? [here.line, here.endLine] : [0, 0];
  return (side === "a" ? { fromA: from, toA: to } : { fromB: from, toB: to }) as S extends "a"
    ? { fromA: number; toA: number }
    : { fromB: number; toB: number };
}

type Flags = Map<number, "path" | "value">;

/** What differs, by line of A: a path behind it counts more than a value on it. */
function flagsOf(a: Lecture, file: number, found: Divergences | null): Flags {
  const flags: Flags = new Map();
  for (const { kind, a: step } of found?.list ?? []) {
    const place = a.placeOf(step);
    if (place.file !== file) continue;
    if (kind === "path") flags.set(place.line, "path");
    else if (!flags.has(place.line)) flags.set(place.line, "value");
  }
  return flags;
}

interface RowsProps {
  rows: LinePair[];
  linesA: Token[][];
  linesB: Token[][];
  shown: Shown;
  flags: Flags;
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
  missing: boolean;
}

/** A block of lines; drawn again only when a mark enters or leaves it. */
const Rows = memo(function Rows({ rows, linesA, linesB, shown, flags, fromA, toA, fromB, toB, missing }: RowsProps) {
  return (
    <div className="source-block">
      {rows.map((row) => {
        const isA = row.a > 0 && row.a >= fromA && row.a <= toA;
        const isB = row.b > 0 && row.b >= fromB && row.b <= toB;
        const here = [isA && row.a === fromA ? "a" : "", isB && row.b === fromB ? "b" : ""].filter(Boolean).join(" ");
        return (
          <div
            key={`${row.a} ${row.b}`}
            className="source-row"
            data-a={row.a || undefined}
            data-b={row.b || undefined}
            data-kind={row.a === 0 ? "b" : row.b === 0 ? "a" : row.same ? "same" : "edited"}
            data-at={[isA && "a", isB && "b"].filter(Boolean).join(" ") || undefined}
            data-here={here || undefined}
            data-missing={(missing && isB && !isA) || undefined}
            aria-current={isA || isB ? "step" : undefined}
          >
            {shown !== "b" && <LineNumber side="a" line={row.a} here={isA && row.a === fromA} />}
            {shown !== "a" && <LineNumber side="b" line={row.b} here={isB && row.b === fromB} />}
            <Flag flag={flags.get(row.a)} />
            <Sources row={row} linesA={linesA} linesB={linesB} shown={shown} />
          </div>
        );
      })}
    </div>
  );
});

function LineNumber({ side, line, here }: { side: "a" | "b"; line: number; here: boolean }) {
  if (line === 0) return <span className="source-number" />;
  return (
    <button
      type="button"
      className="source-number"
      tabIndex={-1}
      data-side={side}
      aria-label={`${side.toUpperCase()}, line ${line}`}
    >
      {here && <SideMark side={side} />}
      <span className="source-line">{line}</span>
    </button>
  );
}

function Flag({ flag }: { flag: "path" | "value" | undefined }) {
  if (!flag) return <span />;
  const words = flag === "path" ? "Another line ran next" : "Other values";
  return (
    <span className="source-flag" data-flag={flag} title={words}>
      {flag === "path" ? <Icon name="parting" /> : <span aria-hidden="true">≠</span>}
      <span className="visually-hidden">{words}</span>
    </span>
  );
}

function Sources({
  row,
  linesA,
  linesB,
  shown,
}: {
  row: LinePair;
  linesA: Token[][];
  linesB: Token[][];
  shown: Shown;
}) {
  if (shown !== "both") {
    return (
      <>
        <Code tokens={shown === "a" ? linesA[row.a - 1] : linesB[row.b - 1]} />
        {(row.a === 0 || row.b === 0 || !row.same) && (
          <span className="visually-hidden">{row.a === 0 || row.b === 0 ? " only on this side" : " edited"}</span>
        )}
      </>
    );
  }
  if (row.same) return <Code tokens={linesA[row.a - 1]} whole />;
  return (
    <>
      {row.a > 0 ? <Code tokens={linesA[row.a - 1]} side="a" /> : <span className="source-blank" />}
      {row.b > 0 ? <Code tokens={linesB[row.b - 1]} side="b" /> : <span className="source-blank" />}
    </>
  );
}

interface CodeProps {
  tokens?: Token[] | undefined;
  side?: "a" | "b";
  /** Of both sides: as wide as both columns. */
  whole?: boolean;
}

function Code({ tokens = [], side, whole }: CodeProps) {
  const indent = /^ */.exec(tokens[0]?.text ?? "")![0].length;
  return (
    <code
      className="source-code"
      data-side={side}
      data-whole={whole || undefined}
      style={{ "--hang": Math.min(indent + 4, 16) }}
    >
      <CodeTokens tokens={tokens} />
    </code>
  );
}

/** Keep the current lines in view: A's, and B's too where both fit. 0: a side is elsewhere. */
function follow(box: HTMLElement, lineA: number, lineB: number): void {
  const marks = [lineA && `[data-a="${lineA}"]`, lineB && `[data-b="${lineB}"]`]
    .map((row) => (row ? box.querySelector(`.source-row${row}`) : null))
    .filter((mark) => mark !== null);
  if (marks.length === 0) return;
  const view = box.getBoundingClientRect();
  const boxes = marks.map((mark) => mark.getBoundingClientRect());
  const top = Math.min(...boxes.map((each) => each.top));
  const bottom = Math.max(...boxes.map((each) => each.bottom));
  const margin = Math.min(48, view.height / 6);
  if (top >= view.top + margin && bottom <= view.bottom - margin) return;
  const fits = bottom - top <= view.height - 2 * margin;
  const lead = fits ? top : boxes[0].top;
  box.scrollBy({ top: lead - view.top - view.height / 3, behavior: "instant" });
}

/** To the next time that a clicked line runs: on the side that it belongs to. */
function go(event: MouseEvent, b: Lecture, pair: FilePair): void {
  const target = event.target as Element;
  const row = target.closest<HTMLElement>(".source-row");
  if (!row || window.getSelection()?.toString()) return;
  const [lineA, lineB] = [Number(row.dataset.a ?? 0), Number(row.dataset.b ?? 0)];
  const onB = target.closest('[data-side="b"]') !== null && !comparison.getState().together;
  if (lineA > 0 && !onB) return jumpToLine(pair.a, lineA);
  const { position } = comparison.getState();
  const step = b.executions.nextAt(pair.b, lineB, position < 0 ? -1 : b.positions.step[position]);
  if (step < 0) say(`Line ${lineB} did not run in B.`);
  else moveOther(b.positions.entry[step]);
}
