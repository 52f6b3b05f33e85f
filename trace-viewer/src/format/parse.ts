import { kindFor, within, type PackedColumn } from "./column";
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
  const reader = new TraceReader();
  reader.push(bytes);
  return reader.end();
}

/** A column, and where it belongs. */
interface Cut {
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
const BLANK = 0x20;

const SMALLEST_ROOM = 1 << 20;

/**
 * The same for bytes that come in pieces: what has come is read while the rest is on its way. Columns stand two levels
 * deep: in the object that is a table, in the object that is the trace.
 */
export class TraceReader {
  #room: Uint8Array = new Uint8Array(0);
  #length = 0;
  readonly #cuts: Cut[] = [];
  readonly #decoder = new TextDecoder();
  /** All but the columns, up to the end of the last one. */
  #rest = "";
  #restFrom = 0;

  // Where reading has come to, and what it is in the middle of.
  #at = 0;
  #depth = 0;
  #table = ""; // whose object this is, at depth 2
  #text: [from: number, to: number] = [0, 0]; // the latest string: before a bracket, its key
  #inText = -1; // where the string begins that has not ended yet
  #looked = 0; // how far the end of a list was looked for
  #readColumn = columnReader();

  /** All that came. */
  get bytes(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }

  push(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (this.#length === 0) this.#room = piece;
    else {
      if (length > this.#room.length) {
        const larger = new Uint8Array(Math.max(length, this.#room.length * 2, SMALLEST_ROOM));
        larger.set(this.bytes);
        this.#room = larger;
      }
      this.#room.set(piece, this.#length);
    }
    this.#length = length;
    this.#scan(false);
  }

  /** What `JSON.parse` gives, with columns in place of lists. */
  end(): unknown {
    this.#scan(true);
    const { bytes } = this;
    const data: unknown = JSON.parse(this.#rest + this.#decoder.decode(bytes.subarray(this.#restFrom)));
    // Of a key that is there twice the last one counts, and that may have been left to JSON.parse.
    for (const { table, name, cells } of this.#cuts.toReversed()) {
      const columns = (data as Record<string, Record<string, unknown> | null | undefined>)[table];
      if (columns?.[name] === null) columns[name] = cells;
    }
    return data;
  }

  /** Read on as far as can be: a column is read once its last bracket has come, or nothing more will (`whole`). */
  #scan(whole: boolean): void {
    const { bytes } = this;
    const end = bytes.length;
    let at = this.#at;
    for (; at < end; at++) {
      if (this.#inText >= 0) {
        while (at < end && bytes[at] !== QUOTE) at += bytes[at] === ESCAPE ? 2 : 1;
        if (at >= end) break;
        this.#text = [this.#inText, at];
        this.#inText = -1;
        continue;
      }
      switch (bytes[at]) {
        case QUOTE:
          this.#inText = at + 1;
          break;
        case OPEN:
          this.#depth++;
          if (this.#depth === 2) this.#table = nameIn(bytes, this.#text);
          break;
        case OPEN_LIST: {
          const name = this.#depth === 2 && TABLES.has(this.#table) ? nameIn(bytes, this.#text) : "";
          const close = name ? bytes.indexOf(CLOSE_LIST, Math.max(at, this.#looked)) : -1;
          if (name && close < 0 && !whole) {
            this.#looked = end;
            this.#at = at;
            return;
          }
          const found = close < 0 ? null : this.#readColumn(bytes, at + 1, close);
          if (found) {
            this.#cuts.push({ table: this.#table, name, cells: found });
            this.#rest += this.#decoder.decode(bytes.subarray(this.#restFrom, at)) + "null";
            this.#restFrom = close + 1;
            at = close;
          } else this.#depth++;
          break;
        }
        case CLOSE:
        case CLOSE_LIST:
          this.#depth--;
          if (this.#depth === 1) this.#table = "";
          break;
      }
    }
    this.#at = at;
  }
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

type Reader = (bytes: Uint8Array, from: number, close: number) => PackedColumn | null;

/** Reads columns one after the other, each from behind its first bracket to its last; null for what is not a row of integers. */
function columnReader(): Reader {
  let small = new Int32Array(0);
  let large = new Float64Array(0);
  return (bytes, from, close) => {
    const most = (close - from + 2) >> 1; // cells: each has a digit, and a comma or the bracket
    if (small.length < most) small = new Int32Array(most);
    const found = readCells(bytes, from, close, small, SMALL_DIGITS);
    if (found) return found;
    // Perhaps it holds times, or counts of bytes, that are larger.
    if (large.length < most) large = new Float64Array(most);
    return readCells(bytes, from, close, large, EXACT_DIGITS);
  };
}

function readCells(
  bytes: Uint8Array,
  from: number,
  close: number,
  room: Int32Array | Float64Array,
  mostDigits: number,
): PackedColumn | null {
  let [count, low, high] = [0, 0, 0];
  let at = behindBlanks(bytes, from);
  if (at === close) return new Uint8Array(0);
  for (;;) {
    if (bytes[at] <= BLANK) at = behindBlanks(bytes, at);
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
    if (bytes[at] <= BLANK) at = behindBlanks(bytes, at);
    if (at === close) return within(new (kindFor(low, high))(room.subarray(0, count)), low, high);
    if (bytes[at++] !== COMMA) return null;
  }
}

function behindBlanks(bytes: Uint8Array, at: number): number {
  while (bytes[at] === BLANK || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  return at;
}
