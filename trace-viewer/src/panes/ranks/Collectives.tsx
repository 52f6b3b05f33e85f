import { useState } from "react";
import type { Operation, Part } from "../../logic/collectives";
import { bytes, seconds } from "../../logic/units";
import { goToMoment } from "../../state/ranks";
import { visible } from "../../values/escape";
import { count } from "../../values/numbers";
import { Timeline } from "./Timeline";
import type { RanksNow } from "./useRanks";

/** So many operations stand in the table, around the present one. */
const ROWS = 12;

/** What the ranks say to each other: this step's operation rank by rank, a strip of time, and all operations as a table. */
export function Collectives(now: RanksNow) {
  const { operations } = now;
  if (operations.all.length === 0) return <p className="nothing">The ranks said nothing to each other.</p>;
  return (
    <>
      {now.now.slice(0, 4).map((operation) => (
        <Now key={operation.index} operation={operation} here={now.lecture.rank.number} />
      ))}
      <Timeline {...now} />
      <Table {...now} />
    </>
  );
}

/** One operation, with how long each waited: by a bar, and in words. */
function Now({ operation, here }: { operation: Operation; here: number }) {
  const { name, group, parts, missing, straggler, spread } = operation;
  const longest = parts.reduce((most, { wait }) => Math.max(most, wait), 1);
  return (
    <section className="ranks-operation" aria-label={visible(name)}>
      <h3>
        <code>{visible(name.slice(0, 80))}</code>{" "}
        <span className="ranks-of">
          ranks {listed(group)} · {bytes(parts[0].bytes)} each
        </span>
      </h3>
      <ul>
        {parts.slice(0, 64).map((part) => (
          <li key={part.rank} data-here={part.rank === here || undefined}>
            <button type="button" className="ranks-go" aria-label={`Rank ${part.rank}`} onClick={() => go(part)}>
              {part.rank}
            </button>
            <span className="ranks-bar" aria-hidden="true">
              <span
                data-ever={part.wait < 0 || undefined}
                style={{ width: `${(part.wait < 0 ? 1 : part.wait / longest) * 100}%` }}
              />
            </span>
            <span className="ranks-wait">{waitWords(part, straggler)}</span>
          </li>
        ))}
      </ul>
      {missing.length > 0 && <p className="ranks-ended">Never came: rank {listed(missing)}.</p>}
      {straggler >= 0 && (
        <p className="ranks-of">
          ◆ Rank {straggler} came last, {seconds(spread / 1e9)} after the first.
        </p>
      )}
    </section>
  );
}

/** All operations: a table whose rows lead to the step, on the rank that came last. */
function Table({ lecture, operations, now, position }: RanksNow) {
  const { all } = operations;
  const [page, setPage] = useState<{ from: number; position: number } | null>(null);
  const near = now[0]?.index ?? nearest(all, lecture.rank.run.lanes.start, lecture.rank.steps, lecture, position);
  const last = Math.max(all.length - ROWS, 0);
  const from = Math.min(page?.position === position ? page.from : Math.max(near - ROWS / 2, 0), last);
  const turn = (by: number) => setPage({ from: Math.min(Math.max(from + by, 0), last), position });
  return (
    <>
      <table className="ranks-table ranks-collectives">
        <caption>
          {all.length > ROWS ? `${count(from + 1)} to ${count(from + ROWS)} of ${count(all.length)}` : "All"} operations
        </caption>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Bytes</th>
            <th scope="col">Longest wait</th>
            <th scope="col">◆ Last</th>
          </tr>
        </thead>
        <tbody>
          {all.slice(from, from + ROWS).map((operation) => {
            const { index, name, group, parts, straggler, missing } = operation;
            const longest = parts.reduce((most, part) => (part.wait < 0 || part.wait > most.wait ? part : most));
            const there = parts.find(({ rank }) => rank === lecture.rank.number) ?? parts[0];
            return (
              <tr key={index} data-here={now.includes(operation) || undefined}>
                <th scope="row">
                  <button type="button" className="text-button" onClick={() => go(there)}>
                    {visible(name.slice(0, 60))}
                  </button>
                  <span className="ranks-of">
                    {operation.isMessage || group.length === lecture.rank.run.ranks.length
                      ? ""
                      : ` of ${listed(group)}`}
                  </span>
                </th>
                <td>{bytes(parts[0].bytes)}</td>
                <td>{longest.wait < 0 ? `rank ${longest.rank}: for ever` : waited(longest)}</td>
                <td>{missing.length > 0 ? `${listed(missing)}: never` : straggler < 0 ? "–" : straggler}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {all.length > ROWS && (
        <p className="ranks-pages">
          <button type="button" className="text-button" disabled={from === 0} onClick={() => turn(-ROWS)}>
            earlier
          </button>
          <button type="button" className="text-button" disabled={from >= last} onClick={() => turn(ROWS)}>
            later
          </button>
        </p>
      )}
    </>
  );
}

/** The operation that began last before the reader's step. */
function nearest(
  all: readonly Operation[],
  start: Float64Array,
  steps: Int32Array,
  { positions }: RanksNow["lecture"],
  position: number,
): number {
  if (position < 0) return 0;
  const time = start[steps[positions.step[position]]];
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (all[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

export function go(part: Part): void {
  void goToMoment(part.rank, part.step);
}

function waited({ rank, wait }: Part): string {
  return wait === 0 ? "–" : `rank ${rank}: ${seconds(wait / 1e9)}`;
}

function waitWords({ rank, wait, asynchronous, waitedStep }: Part, straggler: number): string {
  const last = rank === straggler ? "◆ last" : "";
  if (wait < 0) return "waited for ever";
  if (asynchronous)
    return `${waitedStep < 0 ? "went on" : `went on, then waited ${seconds(wait / 1e9)}`}${last && `, ${last}`}`;
  return last || (wait === 0 ? "waited for nobody" : `waited ${seconds(wait / 1e9)}`);
}

/** `0, 1, 2, 3`, or `0 to 15` of a long row of neighbours. */
export function listed(ranks: readonly number[]): string {
  const isRow = ranks.length > 4 && ranks.every((rank, i) => i === 0 || rank === ranks[i - 1] + 1);
  if (isRow) return `${ranks[0]} to ${ranks.at(-1)}`;
  return `${ranks.slice(0, 8).join(", ")}${ranks.length > 8 ? ", …" : ""}`;
}
