import type { Trace } from "../format/generated";

/** The turns that ran and were not recorded, because their line was over the run's budget. */
export interface Elided {
  /** What to say of a statement: `4,000 more turns not recorded`. Empty when every turn of it was recorded. */
  wordsOf(statement: number): string;
  /** The same in fewer words, of the statement of a step, where that is its last recorded turn. */
  wordsAfter(step: number): string;
}

export function buildElided({ elided, steps, summary }: Trace): Elided {
  const rows = new Map(elided.statement.map((statement, row) => [statement, row]));
  // Who was killed could not say how far it had come: the count is from some time before.
  const least = ["lost", "interrupted"].includes(summary.outcome.status) ? "at least " : "";
  const more = (row: number) => `${least}${elided.count[row].toLocaleString("en")} more`;
  return {
    wordsOf(statement) {
      const row = rows.get(statement);
      return row === undefined ? "" : `${more(row)} ${elided.count[row] === 1 ? "turn" : "turns"} not recorded`;
    },
    wordsAfter(step) {
      const row = rows.get(steps.statement[step]);
      return row !== undefined && elided.step[row] === step ? `${more(row)} not recorded` : "";
    },
  };
}
