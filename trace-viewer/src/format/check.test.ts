import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { operationsOf } from "../logic/collectives";
import { runOf } from "../logic/ranks";
import type { Lists } from "./column";
import type { Trace } from "./generated";
import { importEdtrace } from "./import/edtrace";
import { readTrace } from "./whole";

/** A run of four ranks, as it was recorded: collectives, a group of some, messages, asynchronous ones that were waited for. */
const text = readFileSync(path.join(import.meta.dirname, "../../../tests/golden/ranks/v6.json"), "utf8");

function changed(change: (trace: Lists<Trace>) => void): Trace {
  const trace = JSON.parse(text) as Lists<Trace>;
  change(trace);
  return readTrace(JSON.stringify(trace), importEdtrace);
}

it("a run of ranks opens, and every operation has all its parts", () => {
  const run = runOf(readTrace(text, importEdtrace));
  expect(run.ranks).toEqual([0, 1, 2, 3]);
  const { all } = operationsOf(run);
  for (const { group, parts, missing } of all) {
    expect(missing).toEqual([]);
    expect(parts.map(({ rank }) => rank)).toEqual([...group].sort((a, b) => a - b));
  }
  const messages = all.filter(({ isMessage }) => isMessage).map(({ name }) => name);
  expect(messages.sort()).toEqual(["send 0 → 1", "send 1 → 2", "send 2 → 3", "send 3 → 0"]);
});

it.each<[string, (trace: Lists<Trace>) => void]>([
  ["summary.outcome.status", (trace) => ((trace.summary.outcome as { status: string }).status = "constructor")],
  ["ranks[1].outcome.status", (trace) => ((trace.ranks[1].outcome as { status: string }).status = "__proto__")],
  ["ranks[2].outcome.failure", (trace) => (trace.ranks[2].outcome.failure = 0)],
  ["ranks[0] has no sound numbers", (trace) => (trace.ranks[0].rank = 2 ** 31)],
  ["ranks[0] has no sound numbers", (trace) => (trace.ranks[0].clock_error = -2)],
  ["groups[0] is none of ranks", (trace) => (trace.groups[0] = [])],
  ["groups[1] is none of ranks", (trace) => (trace.groups[1] = [0, -1])],
  ["collectives.group[0]", (trace) => (trace.collectives.group[0] = 6)],
  ["collectives.waited_step[0]", (trace) => (trace.collectives.waited_step[0] = 372)],
  ["collectives.asynchronous[0]", (trace) => (trace.collectives.asynchronous[0] = 2)],
  ["the columns of collectives", (trace) => trace.collectives.bytes.pop()],
])("what is damaged among ranks is refused: %s", (what, change) => {
  expect(() => changed(change)).toThrow(what);
});
