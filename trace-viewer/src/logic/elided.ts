import type { Trace } from "../format/generated";

/** The turns that ran and were not recorded, because their line was over the run's budget. */
export interface Elided {
  /** What to say of a statement: `4,000 more turns not recorded`. Empty when every turn of it was recorded. */
  wordsOf(statement: number): string;
  /** The same in fewer words, of the statement of a step, where that is its last recorded turn. */
  wordsAfter(step: number): string;
}

/** Turns are counted up to so many times those that were recorded; the number above says that there were more. */
const COUNTED = 10;

export function buildElided({ elided, steps, summary, ranks }: Trace): Elided {
  const rows = new Map(Array.from(elided.statement, (statement, row) => [statement, row]));
  const recorded = new Map(Array.from(elided.statement, (statement) => [statement, 0]));
  if (rows.size > 0)
    for (const statement of steps.statement) {
      const turns = recorded.get(statement);
      if (turns !== undefined) recorded.set(statement, turns + 1);
    }
  // Who was killed could not say how far it had come: the count is from some time before.
  const killed = ["lost", "interrupted", "running"].includes(summary.outcome.status);
  const where = ranks.length > 0 ? " on all ranks" : ""; // whose turns they were is not recorded
  const more = (row: number) => {
    const least = killed || elided.count[row] > COUNTED * (recorded.get(elided.statement[row]) ?? 0) ? "at least " : "";
    return `${least}${elided.count[row].toLocaleString("en")} more`;
  };
  return {
    wordsOf(statement) {
      const row = rows.get(statement);
      return row === undefined ? "" : `${more(row)} ${elided.count[row] === 1 ? "turn" : "turns"} not recorded${where}`;
    },
    wordsAfter(step) {
      const row = rows.get(steps.statement[step]);
      return row !== undefined && elided.step[row] === step ? `${more(row)} not recorded${where}` : "";
    },
  };
}
