import type { Trace } from "../format/generated";
import { lastAtMost } from "./columns";
import { knownFrom, type Positions } from "./positions";

/** What the program wrote, in pieces of one stream each. */
export interface Piece {
  stream: "stdout" | "stderr";
  text: string;
  /** Written at exactly this position. */
  fresh: boolean;
}

export interface Printed {
  /** Whether anything was ever written. */
  any: boolean;
  /** How many rows were written up to a position: changes exactly when the text does. */
  rowsAt(position: number): number;
  /** The last characters (up to `limit`) written up to a position, and how many were left out before them. */
  upTo(position: number, limit: number): { pieces: Piece[]; left: number };
}

export function buildPrinted({ printed, strings }: Trace, positions: Positions): Printed {
  const count = printed.step.length;
  const known = new Int32Array(count);
  for (let row = count - 1; row >= 0; row--) {
    const from = knownFrom(positions, printed.step[row], printed.at[row]);
    known[row] = row + 1 < count ? Math.min(from, known[row + 1]) : from; // text is read in the order of writing
  }
  const before = new Float64Array(count + 1); // of each row: the characters written before it
  for (let row = 0; row < count; row++) before[row + 1] = before[row] + strings[printed.text[row]].length;
  const rowsAt = (position: number) => lastAtMost(position, 0, count, (row) => known[row]) + 1;
  return {
    any: count > 0,
    rowsAt,
    upTo(position, limit) {
      const rows = rowsAt(position);
      const pieces: Piece[] = [];
      let size = 0;
      let row = rows - 1;
      for (; row >= 0 && size < limit; row--) {
        const text = strings[printed.text[row]];
        const stream = printed.stream[row] === 0 ? "stdout" : "stderr";
        const fresh = known[row] === position;
        const kept = text.slice(Math.max(0, text.length - (limit - size)));
        size += text.length;
        const next = pieces[0];
        if (next?.stream === stream && next.fresh === fresh) next.text = kept + next.text;
        else pieces.unshift({ stream, text: kept, fresh });
      }
      return { pieces, left: Math.max(0, before[rows] - limit) };
    },
  };
}
