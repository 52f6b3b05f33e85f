import { kindFor, type PackedColumn } from "./column";
import { emptyTables } from "./empty";

/** The names of the tables: what holds columns, of all that a trace holds. */
const TABLES = new Set(
  Object.entries(emptyTables())
    .filter(([, part]) => typeof part === "object" && !Array.isArray(part))
    .map(([name]) => name),
);

/**
 * What `JSON.parse` gives for these bytes, but for the columns of a trace's tables, which come as typed arrays: a million
 * steps have five million cells, and lists of them would take longer to make, and several times the memory.
 *
 * The columns are read where they stand and cut out; the rest is left to `JSON.parse`, as is every column that is not a
 * plain row of integers. Fails as `JSON.parse` does, though about a text without its columns.
 */
export function parseTrace(bytes: Uint8Array): unknown {
  const cuts = findColumns(bytes);
  const decoder = new TextDecoder();
  let rest = "";
  let from = 0;
  for (const cut of cuts) {
    rest += decoder.decode(bytes.subarray(from, cut.from)) + "null";
    from = cut.to;
  }
  const data: unknown = JSON.parse(rest + decoder.decode(bytes.subarray(from)));
  // Of a key that is there twice the last one counts, and that may have been left to JSON.parse.
  for (const { table, name, cells } of cuts.toReversed()) {
    const columns = (data as Record<string, Record<string, unknown> | null | undefined>)[table];
    if (columns?.[name] === null) columns[name] = cells;
  }
  return data;
}

/** A column, and where in the bytes it stands, from its first bracket up to behind its last one. */
interface Cut {
  from: number;
  to: number;
  table: string;
  name: string;
  cells: PackedColumn;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const ESCAPE = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Columns stand two levels deep: in the object that is a table, in the object that is the trace. */
function findColumns(bytes: Uint8Array): Cut[] {
  const cuts: Cut[] = [];
  const end = bytes.length;
  const read = columnReader(bytes);
  let depth = 0;
  let table = ""; // whose object this is, at depth 2
  let text: [from: number, to: number] = [0, 0]; // the latest string: before a bracket, its key
  for (let at = 0; at < end; at++) {
    switch (bytes[at]) {
      case QUOTE: {
        const from = at + 1;
        for (at = from; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === ESCAPE) at++;
        text = [from, at];
        break;
      }
      case OPEN:
        depth++;
        if (depth === 2) table = nameIn(bytes, text);
        break;
      case OPEN_LIST: {
        const name = depth === 2 && TABLES.has(table) ? nameIn(bytes, text) : "";
        const found = name ? read(at + 1) : null;
        if (found) {
          cuts.push({ from: at, table, name, ...found });
          at = found.to - 1;
        } else depth++;
        break;
      }
      case CLOSE:
      case CLOSE_LIST:
        depth--;
        if (depth === 1) table = "";
        break;
    }
  }
  return cuts;
}

/** Longer than the name of any table or column. */
const LONGEST_NAME = 32;

/** A string that may be the name of a table or a column, else "". One with escapes is left to `JSON.parse`. */
function nameIn(bytes: Uint8Array, [from, to]: [number, number]): string {
  if (to - from > LONGEST_NAME) return "";
  const name = String.fromCharCode(...bytes.subarray(from, to));
  return /^[a-z]\w*$/.test(name) ? name : "";
}

/** So many digits fit into 32 bits, and so many into the 53 of a double, whatever they are. */
const SMALL_DIGITS = 9;
const EXACT_DIGITS = 15;

type Reader = (from: number) => Pick<Cut, "to" | "cells"> | null;

/** Reads columns one after the other, each from behind its first bracket; null for what is not a row of integers. */
function columnReader(bytes: Uint8Array): Reader {
  let small = new Int32Array(0);
  let large = new Float64Array(0);
  return (from) => {
    const most = (bytes.indexOf(CLOSE_LIST, from) - from + 2) >> 1; // cells: each has a digit, and a comma or the bracket
    if (most < 0) return null;
    if (small.length < most) small = new Int32Array(most);
    const found = readCells(bytes, from, small, SMALL_DIGITS);
    if (found) return found;
    // Perhaps it holds times, or counts of bytes, that are larger.
    if (large.length < most) large = new Float64Array(most);
    return readCells(bytes, from, large, EXACT_DIGITS);
  };
}

function readCells(
  bytes: Uint8Array,
  from: number,
  room: Int32Array | Float64Array,
  mostDigits: number,
): ReturnType<Reader> {
  let [count, low, high] = [0, 0, 0];
  let at = behindBlanks(bytes, from);
  if (bytes[at] === CLOSE_LIST) return { to: at + 1, cells: new Uint8Array(0) };
  for (;;) {
    at = behindBlanks(bytes, at);
    const negative = bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    let cell = 0;
    for (let digit = bytes[at] - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at] - ZERO) cell = cell * 10 + digit;
    const digits = at - first;
    if (digits === 0 || digits > mostDigits || (digits > 1 && bytes[first] === ZERO)) return null;
    if (negative) cell = -cell;
    if (cell < low) low = cell;
    else if (cell > high) high = cell;
    room[count++] = cell;
    at = behindBlanks(bytes, at);
    if (bytes[at] === CLOSE_LIST) return { to: at + 1, cells: new (kindFor(low, high))(room.subarray(0, count)) };
    if (bytes[at++] !== COMMA) return null;
  }
}

function behindBlanks(bytes: Uint8Array, at: number): number {
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
