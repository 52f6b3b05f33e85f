import { Fragment, lazy, Suspense, useMemo, useState } from "react";
import type { Value } from "../../format/generated";
import { differenceOf } from "../../logic/compare/agreement";
import { elementsApart, isArray } from "../../logic/compare/array-pairs";
import { RETURNED, valuePairs, type FramePair, type ValuePair } from "../../logic/compare/pairs";
import { percent } from "../../logic/units";
import { useComparison } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { brief } from "../../values/numbers";
import { PairedValue } from "./PairedValue";
import { Named, useKept } from "../../values/kept";
import { kindOf } from "../../values/kinds";
import { summaryLine } from "../../values/summary";
import { ValueView } from "../../values/ValueView";
import { Guard } from "../../widgets/Guard";
import { SideMark } from "./SideMark";

const ArrayPair = lazy(() => import("./ArrayPair"));

/** The values of both sides where each stands, name by name. */
export function ValuePairs() {
  const a = useLecture();
  const position = useStore((state) => state.position);
  const b = useComparison((state) => state.lecture);
  const other = useComparison((state) => state.position);
  const tolerance = useComparison((state) => state.tolerance);
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const frames = useMemo(
    () => (b ? valuePairs({ lecture: a, position }, { lecture: b, position: other }, tolerance) : []),
    [a, position, b, other, tolerance],
  );
  const filled = frames.filter(({ pairs }) => pairs.length > 0);
  const many = filled.some(({ pairs }) => pairs.length > 6 && pairs.some(({ alike }) => alike));
  const [first, ...callers] = filled;
  // Where one side is deeper in calls, what it is in there stands alone: then the first function of both is open, too.
  const isOfBoth = ({ a, b }: FramePair) => a !== "" && b !== "";
  const opened = first && !isOfBoth(first) ? callers.findIndex(isOfBoth) : -1;
  return (
    <section className="compare-values" aria-label="Values of both">
      <h3>
        Values
        {many && (
          <button
            type="button"
            className="lens-button"
            aria-pressed={onlyDiffering}
            onClick={() => setOnlyDiffering(!onlyDiffering)}
          >
            only what differs
          </button>
        )}
      </h3>
      {first ? (
        <PairTable frame={first} onlyDiffering={onlyDiffering} />
      ) : (
        <p className="nothing">No values here yet, on neither side.</p>
      )}
      {callers.map((frame, index) => (
        // Callers are known by how far out they are.
        // oxlint-disable-next-line react/no-array-index-key
        <Caller key={index} frame={frame} onlyDiffering={onlyDiffering} first={index === opened} />
      ))}
    </section>
  );
}

function Caller({ frame, onlyDiffering, first }: { frame: FramePair; onlyDiffering: boolean; first: boolean }) {
  const [chosen, setOpen] = useState<boolean | null>(null);
  const open = chosen ?? first;
  return (
    <div className="compare-caller">
      <button type="button" className="compare-name-button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {frameName(frame)}
        <span className="compare-faint">{differing(frame)}</span>
      </button>
      {open && <PairTable frame={frame} onlyDiffering={onlyDiffering} />}
    </div>
  );
}

function frameName({ a, b }: FramePair): string {
  return a === b ? a : `${a || "–"} / ${b || "–"}`;
}

function differing({ pairs }: FramePair): string {
  const count = pairs.filter(({ alike }) => !alike).length;
  return count === 0 ? "all alike" : `${count} of ${pairs.length} differ`;
}

function PairTable({ frame, onlyDiffering }: { frame: FramePair; onlyDiffering: boolean }) {
  const arrays = frame.pairs.filter(({ a, b, alike }) => !alike && isArray(a) && isArray(b)).length;
  const shown = onlyDiffering ? frame.pairs.filter(({ alike }) => !alike) : frame.pairs;
  return (
    <table className="compare-table">
      <caption>
        in <code>{frameName(frame)}</code>
        {onlyDiffering && shown.length === 0 && ": nothing differs"}
      </caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">name</span>
          </th>
          <th scope="col">
            <SideMark side="a" />
          </th>
          <th scope="col">
            <SideMark side="b" />
          </th>
          <th scope="col" className="compare-apart-head">
            B − A
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((pair) => (
          <Named key={pair.name} id={`compare ${frame.a || frame.b} ${pair.name}`}>
            <PairRow pair={pair} within={frame.a || frame.b} starts={arrays === 1} />
          </Named>
        ))}
      </tbody>
    </table>
  );
}

/** Kinds whose whole value is on its line. */
const SHORT = new Set(["none", "bool", "number", "float", "complex", "int", "cut"]);
const LINE = 44;

interface RowProps {
  pair: ValuePair;
  within: string;
  /** An array that differs is open from the start: it is the only one. */
  starts: boolean;
}

function PairRow({ pair, within, starts }: RowProps) {
  const { name, a, b, alike } = pair;
  const more = [a, b].some((value) => value !== undefined && isLong(value));
  const arrays = isArray(a) && isArray(b);
  const [open, setOpen] = useKept("whole", starts && arrays && !alike);
  const opened = more && open;
  return (
    <Fragment>
      <tr data-differs={!alike || undefined} className={name === RETURNED ? "compare-returned" : undefined}>
        <th scope="row">
          {more ? (
            <button
              type="button"
              className="compare-name-button"
              aria-expanded={opened}
              onClick={() => setOpen(!opened)}
            >
              {name}
            </button>
          ) : (
            <span>{name}</span>
          )}
        </th>
        <Cell value={a} other={b} />
        <Cell value={b} other={a} before={alike ? undefined : a} />
        <td className="compare-apart">
          {!alike && <span className="compare-sign">≠</span>}
          <ApartWords pair={pair} />
        </td>
      </tr>
      {opened && (
        <tr className="compare-more">
          <td colSpan={4}>
            <Guard what="This pair of values" watch={pair}>
              {arrays ? (
                <Suspense fallback={<p className="nothing">…</p>}>
                  <ArrayPair a={a} b={b} />
                </Suspense>
              ) : (
                <div className="compare-wholes">
                  <Whole side="a" value={a} id={`compare a ${within} ${name}`} />
                  <Whole side="b" value={b} before={a} id={`compare b ${within} ${name}`} />
                </div>
              )}
            </Guard>
          </td>
        </tr>
      )}
    </Fragment>
  );
}

function isLong(value: Value): boolean {
  return isArray(value) || (!SHORT.has(kindOf(value)) && summaryLine(value, LINE).cut);
}

interface CellProps {
  value: Value | undefined;
  /** What it is on the other side. */
  other: Value | undefined;
  /** The same, where what differs from it is to be marked. */
  before?: Value | undefined;
}

function Cell({ value, other, before }: CellProps) {
  if (value === undefined) return <td className="compare-none">not here</td>;
  return (
    <td>
      <Guard what="This value" watch={value}>
        <PairedValue value={value} other={other} max={LINE} before={before} />
      </Guard>
    </td>
  );
}

function Whole({
  side,
  value,
  before,
  id,
}: {
  side: "a" | "b";
  value: Value | undefined;
  before?: Value | undefined;
  id: string;
}) {
  return (
    <div>
      <SideMark side={side} />
      {value === undefined ? (
        <span className="compare-none">not here</span>
      ) : (
        <ValueView id={id} value={value} before={before} />
      )}
    </div>
  );
}

/** How far two values are apart, as short as it can be said. */
function ApartWords({ pair: { a, b, alike } }: { pair: ValuePair }) {
  if (a === undefined || b === undefined) return a === undefined ? "only B" : "only A";
  const difference = differenceOf(a, b);
  if (difference && difference.by !== 0 && Number.isFinite(difference.by)) {
    const { by, share } = difference;
    return (
      <span className="compare-by" data-alike={alike || undefined}>
        {signed(by)}
        {Number.isFinite(share) && <small>{shareWords(share)}</small>}
      </span>
    );
  }
  if (isArray(a) && isArray(b)) return <ArrayWords a={a} b={b} alike={alike} />;
  if (alike) return <span className="compare-same">same</span>;
  return kindOf(a) === kindOf(b) ? "differs" : "other kind";
}

function ArrayWords({
  a,
  b,
  alike,
}: {
  a: Parameters<typeof elementsApart>[0];
  b: Parameters<typeof elementsApart>[0];
  alike: boolean;
}) {
  const found = useMemo(() => elementsApart(a, b), [a, b]);
  if (String(a.shape) !== String(b.shape)) return "other shape";
  if (found && found.apart.differ > 0) {
    return (
      <span className="compare-by" data-alike={alike || undefined}>
        up to {brief(found.apart.largest, 3)}
        {!found.apart.whole && <small>in the sample</small>}
      </span>
    );
  }
  if (alike) return <span className="compare-same">{a.dtype === b.dtype ? "same" : "same numbers"}</span>;
  return a.dtype === b.dtype ? "differs" : "other dtype";
}

function signed(by: number): string {
  return `${by > 0 ? "+" : ""}${brief(by, 3)}`;
}

function shareWords(share: number): string {
  const size = Math.abs(share);
  const sign = share > 0 ? "+" : "−";
  return size < 0.001
    ? `${sign}${brief(size, 2)} of A`
    : size < 10
      ? `${sign}${percent(size)}`
      : `× ${brief(share + 1, 3)}`;
}
