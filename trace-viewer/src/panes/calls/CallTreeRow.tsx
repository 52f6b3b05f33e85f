import { memo } from "react";
import { argumentsOf } from "../../logic/call-arguments";
import type { CallFacts } from "../../logic/call-facts";
import type { CallRow, FoldedCalls, OneCall } from "../../logic/call-rows";
import type { Lecture } from "../../logic/lecture";
import { seconds, si } from "../../logic/units";
import { count } from "../../values/numbers";
import { summarise } from "../../values/summary";
import { ValueInline } from "../../values/ValueInline";

/** What a row is, whatever rows there are around it. */
export type RowKey = { call: number } | { run: number };

export function keyOf(row: CallRow): RowKey {
  return row.kind === "call" ? { call: row.call } : { run: row.run };
}

export function rowId(key: RowKey): string {
  return "call" in key ? `call-${key.call}` : `calls-${key.run}`;
}

/** Deeper calls are indented no further: their depth is told instead. */
const DEEPEST_INDENT = 10;

interface Props {
  lecture: Lecture;
  facts: CallFacts;
  row: CallRow;
  index: number;
  /** The one that the keyboard is at. */
  active: boolean;
  /** The reader is in this call. */
  here: boolean;
  /** The filter found it; else it stands around one that was found. */
  match: boolean;
}

/** What is to be done with a row is done by the tree, which has the focus and gets the clicks. */
export const CallTreeRow = memo(
  function CallTreeRow({ lecture, facts, row, index, active, here, match }: Props) {
    const openable = row.kind === "more" || row.openable;
    return (
      <div
        className="calls-row"
        role="treeitem"
        id={rowId(keyOf(row))}
        data-row={index}
        data-kind={row.kind}
        data-faint={!match || undefined}
        aria-level={row.level}
        aria-expanded={openable ? row.open : undefined}
        aria-selected={active}
        aria-current={here || undefined}
        {...(row.kind === "call" && { "aria-posinset": row.place, "aria-setsize": row.of })}
        style={{ "--level": Math.min(row.level - 1, DEEPEST_INDENT) }}
      >
        <span className="calls-open" aria-hidden="true" data-openable={openable || undefined} />
        {row.kind === "call" ? <Call lecture={lecture} facts={facts} row={row} /> : <More row={row} />}
      </div>
    );
  },
  (before, after) =>
    before.lecture === after.lecture &&
    before.index === after.index &&
    before.active === after.active &&
    before.here === after.here &&
    before.match === after.match &&
    JSON.stringify(before.row) === JSON.stringify(after.row),
);

function Call({ lecture, facts, row: { call, level } }: { lecture: Lecture; facts: CallFacts; row: OneCall }) {
  const name = lecture.functionName(call);
  const given = argumentsOf(lecture, call);
  const returned = facts.returned[call];
  const value = returned >= 0 ? lecture.trace.values[returned] : undefined;
  const raised = facts.raised[call] === 1 ? lecture.raisedAt(lecture.positions.exit[facts.last[call]]) : null;
  const title = `${name}(${given.map((each) => `${each.name}=${summarise(each.value, 60)}`).join(", ")})`;
  return (
    <>
      <span className="calls-what" title={value === undefined ? title : `${title} → ${summarise(value, 80)}`}>
        <span className="calls-made">
          <span className="calls-name">{name}</span>
          <span className="calls-given">
            (
            {given.map((each, index) => (
              <span key={each.name}>
                {index > 0 && ", "}
                {each.name}=<ValueInline value={each.value} max={24} />
              </span>
            ))}
            )
          </span>
        </span>
        {raised && <span className="calls-raised">raised {String(raised.type).slice(0, 40)}</span>}
        {value !== undefined && value !== null && (
          <span className="calls-returned">
            → <ValueInline value={value} max={32} />
          </span>
        )}
      </span>
      <span className="calls-took">
        {level > DEEPEST_INDENT + 1 && <span className="calls-depth">depth {count(level)}</span>}
        <span>{steps(facts.steps[call])}</span>
        <span>{seconds(facts.time[call] / 1e9, 2)}</span>
        {facts.flops && facts.flops[call] > 0 && <span>{si(facts.flops[call], "FLOP", 2)}</span>}
      </span>
    </>
  );
}

function More({ row }: { row: FoldedCalls }) {
  const like = row.functions > 1 ? "in turns like these" : "like these";
  return (
    <span className="calls-more">
      {row.open ? `${count(row.count)} more ${like}:` : `× ${count(row.count)} more ${like}`}
    </span>
  );
}

function steps(of: number): string {
  return of === 1 ? "1 step" : `${count(of)} steps`;
}
