/** What an attack is: a name, and what it does to the golden record. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Lists } from "../../src/format/column";
import type { Output, Trace, Value } from "../../src/format/generated";

export type Record = Lists<Trace>;

export interface Attack {
  name: string;
  change: (trace: Record) => void;
  /** What the reader gets: the lecture, or a sentence that says why not. */
  gives?: "lecture" | "problem";
  /** What it is aimed at must be in the page, or it says nothing. */
  shows?: string;
  /** It only adds something, and so can be opened with others. */
  together?: boolean;
}

/** What must never run: as a script, in every form that the attacks give it. */
export const SCRIPT = "window.hacked=1";
export const MARKUP = `<img src=x onerror="${SCRIPT}"><svg onload="${SCRIPT}"><script>${SCRIPT}</script><iframe srcdoc="<script>parent.hacked=1</script>"></iframe>`;
/** Where nothing may be sent. */
export const EVIL = "https://evil.example";

const golden = path.resolve(import.meta.dirname, "../../../tests/golden");
const versions = readdirSync(golden).flatMap((name) => /^v(\d+)\.json$/.exec(name)?.[1] ?? []);
const newest = readFileSync(path.join(golden, `v${Math.max(...versions.map(Number))}.json`), "utf8");

/** The golden record, changed by an attack, as the server would send it. */
export function attacked({ change }: Attack): string {
  const trace = JSON.parse(newest) as Record;
  change(trace);
  return JSON.stringify(trace);
}

/** Let the first step show further outputs, whatever is in them. */
export function show(trace: Record, ...outputs: object[]): void {
  const { shown } = trace;
  for (const output of outputs.toReversed()) {
    shown.step.splice(1, 0, 0);
    shown.at.splice(1, 0, 0);
    shown.output.splice(1, 0, trace.outputs.push(output as Output) - 1);
  }
}

/** Let the first step bind a name to a value, whatever that is. */
export function bind(trace: Record, name: string, value: unknown): void {
  const { bindings } = trace;
  bindings.step.unshift(0);
  bindings.at.unshift(0);
  bindings.name.unshift(trace.strings.push(name) - 1);
  bindings.value.unshift(trace.values.push(value as Value) - 1);
  bindings.role.unshift(0);
}

/** Attacks that each let the first step show one output: many can be opened at once. */
export function outputs(attacks: { [name: string]: object | object[] }): Attack[] {
  return Object.entries(attacks).map(([name, output]) => ({
    name,
    change: (trace) => show(trace, ...[output].flat()),
    together: true,
  }));
}

/** Attacks that each bind a name of their own. */
export function values(attacks: { [name: string]: unknown }): Attack[] {
  return Object.entries(attacks).map(([name, value], at) => ({
    name,
    change: (trace) => bind(trace, `x${at}`, value),
    together: true,
  }));
}

const MOST_TOGETHER = 8;

/** The attacks as they are opened: those that can be, several in one trace. */
export function inTraces(attacks: Attack[]): Attack[] {
  const alone = attacks.filter(({ together }) => !together);
  const others = attacks.filter(({ together }) => together);
  const traces: Attack[] = [];
  for (let from = 0; from < others.length; from += MOST_TOGETHER) {
    const some = others.slice(from, from + MOST_TOGETHER);
    traces.push({
      name: some.map(({ name }) => name).join("; "),
      change: (trace) => some.forEach(({ change }) => change(trace)),
    });
  }
  return [...traces, ...alone];
}
