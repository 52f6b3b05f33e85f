import { CellReader, NO_CELLS } from "./cells";
import type { PackedColumn } from "./column";
import { emptyTables } from "./empty";

/** The names of the tables: what holds columns, of all that a trace holds. */
const TABLES = new Set(
  Object.entries(emptyTables())
    .filter(([, part]) => typeof part === "object" && !Array.isArray(part))
    .map(([name]) => name),
);

/** A column, and where it belongs. */
interface Cut {
  table: string;
  name: string;
  cells: PackedColumn;
}

const QUOTE = 0x22;
const ESCAPE = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Bytes of a trace that `JSON.parse` alone has read before a column of it is looked for. */
const SMALL = 1 << 20;

/**
 * What `JSON.parse` gives for bytes that come in pieces, but for the columns of a trace's tables, which come as typed arrays:
 * a million steps have five million cells, and lists of them would take longer to make, and several times the memory.
 *
 * What has come is read while the rest is on its way. The columns are read where they stand and cut out; the rest is left to
 * `JSON.parse`, as is every column that is not a plain row of integers, and all of a small trace. Columns stand two levels
 * deep: in the object that is a table, in the object that is the trace. It fails as `JSON.parse` does, though about a text
 * without its columns.
 */
export class TraceReader {
  readonly #small: number;
  readonly #pieces: Uint8Array[] = [];
  readonly #starts: number[] = []; // of the pieces, in all that came
  #length = 0;

  readonly #cuts: Cut[] = [];
  readonly #decoder = new TextDecoder();
  /** All but the columns, up to here. */
  #rest = "";
  #restFrom = 0;

  // Where reading has come to, and what it is in the middle of. Places are counted in all that came.
  #at = 0;
  #depth = 0;
  #table = ""; // whose object this is, at depth 2
  #text: [from: number, to: number] = [0, 0]; // the latest string: before a bracket, its key
  #inText = -1; // where the string begins that has not ended yet
  #column: { name: string; from: number } | null = null;
  readonly #cells = new CellReader();

  /** `small`: traces of up to so many bytes are left to `JSON.parse`. */
  constructor(small = SMALL) {
    this.#small = small;
  }

  /** All that came. */
  get bytes(): Uint8Array {
    return this.#slice(0, this.#length);
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#starts.push(this.#length);
    this.#length += piece.length;
    if (this.#length > this.#small) this.#scan();
  }

  /** What `JSON.parse` gives, with columns in place of lists. */
  end(): unknown {
    if (this.#column) this.#leave(); // it never ended
    this.#scanned(this.#length);
    const data: unknown = JSON.parse(this.#rest + this.#decoder.decode());
    // Of a key that is there twice the last one counts, and that may have been left to JSON.parse.
    for (const { table, name, cells } of this.#cuts.toReversed()) {
      const columns = (data as Record<string, Record<string, unknown> | null | undefined>)[table];
      if (columns?.[name] === null) columns[name] = cells;
    }
    return data;
  }

  /** Read on as far as can be. */
  #scan(): void {
    while (this.#at < this.#length) {
      const piece = this.#pieceAt(this.#at);
      const [bytes, start] = [this.#pieces[piece], this.#starts[piece]];
      if (this.#column) this.#readColumn(this.#column, bytes, start);
      else this.#look(bytes, start);
    }
  }

  /** Go through a piece, up to where a column begins. */
  #look(bytes: Uint8Array, start: number): void {
    let at = this.#at - start;
    for (; at < bytes.length; at++) {
      if (this.#inText >= 0) {
        while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === ESCAPE ? 2 : 1;
        if (at >= bytes.length) break;
        this.#text = [this.#inText, start + at];
        this.#inText = -1;
        continue;
      }
      switch (bytes[at]) {
        case QUOTE:
          this.#inText = start + at + 1;
          break;
        case OPEN:
          this.#depth++;
          if (this.#depth === 2) this.#table = this.#name();
          break;
        case OPEN_LIST: {
          const name = this.#depth === 2 && TABLES.has(this.#table) ? this.#name() : "";
          if (name) {
            this.#column = { name, from: start + at };
            this.#cells.begin();
            this.#at = start + at + 1;
            return;
          }
          this.#depth++;
          break;
        }
        case CLOSE:
        case CLOSE_LIST:
          this.#depth--;
          if (this.#depth === 1) this.#table = "";
          break;
      }
    }
    this.#at = start + at;
  }

  #readColumn({ name, from }: { name: string; from: number }, bytes: Uint8Array, start: number): void {
    const behind = this.#cells.read(bytes, this.#at - start);
    if (behind === NO_CELLS) return this.#leave();
    this.#at = start + behind;
    if (bytes[behind - 1] !== CLOSE_LIST) return; // more is to come
    this.#column = null;
    this.#cuts.push({ table: this.#table, name, cells: this.#cells.end() });
    this.#scanned(from);
    this.#rest += "null";
    this.#restFrom = this.#at;
  }

  /** This column is for `JSON.parse`: go back to where it begins. */
  #leave(): void {
    this.#at = this.#column!.from + 1;
    this.#depth++;
    this.#column = null;
  }

  /** What stands up to here is not cut out any more. */
  #scanned(to: number): void {
    for (let piece = this.#pieceAt(this.#restFrom); this.#restFrom < to; piece++) {
      const start = this.#starts[piece];
      const upTo = Math.min(to, start + this.#pieces[piece].length);
      const bytes = this.#pieces[piece].subarray(this.#restFrom - start, upTo - start);
      this.#rest += this.#decoder.decode(bytes, { stream: true });
      this.#restFrom = upTo;
    }
  }

  /** The latest string, if it may be the name of a table or a column, else "". One with escapes is left to `JSON.parse`. */
  #name(): string {
    const [from, to] = this.#text;
    if (to - from > LONGEST_NAME) return "";
    const name = String.fromCharCode(...this.#slice(from, to));
    return /^[a-z]\w*$/.test(name) ? name : "";
  }

  /** The piece in which a place lies: one of the last, nearly always. */
  #pieceAt(place: number): number {
    return this.#starts.findLastIndex((start) => start <= place);
  }

  #slice(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(to - from);
    for (let piece = this.#pieceAt(from); piece < this.#pieces.length && this.#starts[piece] < to; piece++) {
      const start = this.#starts[piece];
      const part = this.#pieces[piece].subarray(Math.max(from - start, 0), to - start);
      bytes.set(part, Math.max(start - from, 0));
    }
    return bytes;
  }
}

/** Longer than the name of any table or column. */
const LONGEST_NAME = 32;
