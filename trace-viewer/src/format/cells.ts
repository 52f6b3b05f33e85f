import { kindFor, within, type PackedColumn } from "./column";

const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const CLOSE_LIST = 0x5d;
const BLANKS: (number | undefined)[] = [0x20, 0x0a, 0x0d, 0x09];

/** So many digits fit into 32 bits, and so many into the 53 of a double, whatever they are. */
const SMALL_DIGITS = 9;
const EXACT_DIGITS = 15;
/** By digits: the least number that is written with so many. JSON allows no zeros before it. */
const LEAST = [0, 0, ...Array.from({ length: EXACT_DIGITS - 1 }, (_, i) => 10 ** (i + 1))];

const SMALLEST_ROOM = 1 << 12;

/** In place of where a column ends: it is no row of integers, or one of them is larger than can be read here. */
export const NO_CELLS = -1;

/**
 * Reads columns one after the other, in the same room, while their bytes come: `begin`, `read` from behind the first
 * bracket until the column has ended, `end`.
 */
export class CellReader {
  #room = new Int32Array(SMALLEST_ROOM);
  #count = 0;
  #low = 0;
  #high = 0;
  /** The few cells that 32 bits may not hold, by row. */
  readonly #large = new Map<number, number>();

  // Of the cell that reading is in the middle of:
  #cell = 0;
  #digits = 0;
  #isNegative = false;
  #isOver = false; // a blank has come behind it

  begin(): void {
    [this.#count, this.#low, this.#high] = [0, 0, 0];
    this.#large.clear();
    this.#beginCell();
  }

  end(): PackedColumn {
    const cells = new (kindFor(this.#low, this.#high))(this.#room.subarray(0, this.#count));
    for (const [row, cell] of this.#large) cells[row] = cell;
    return within(cells, this.#low, this.#high);
  }

  /** Read on: gives the place behind the column's last bracket, the end of the bytes if that is still to come, or `NO_CELLS`. */
  read(bytes: Uint8Array, at: number): number {
    this.#reserve((bytes.length - at + 3) >> 1); // each cell has a digit and a comma or the bracket; one may have begun before
    const lastComma = bytes.lastIndexOf(COMMA);
    while (at < bytes.length) {
      if (this.#digits === 0 && !this.#isNegative) at = this.#readPlain(bytes, at, lastComma);
      const sign = bytes[at++];
      if (sign >= ZERO && sign <= NINE) {
        if (this.#isOver || ++this.#digits > EXACT_DIGITS) return NO_CELLS;
        this.#cell = this.#cell * 10 + sign - ZERO;
      } else if (sign === COMMA || sign === CLOSE_LIST) {
        if (this.#digits === 0 && (sign === COMMA || this.#count > 0 || this.#isNegative)) return NO_CELLS;
        if (this.#digits > 0 && !this.#keep()) return NO_CELLS;
        if (sign === CLOSE_LIST) return at;
        this.#beginCell();
      } else if (sign === MINUS) {
        if (this.#digits > 0 || this.#isNegative) return NO_CELLS;
        this.#isNegative = true;
      } else if (BLANKS.includes(sign)) {
        if (this.#isNegative && this.#digits === 0) return NO_CELLS;
        this.#isOver = this.#digits > 0;
      } else if (sign !== undefined) return NO_CELLS;
    }
    return bytes.length;
  }

  /**
   * Cells as they nearly always are: short ones with nothing but a comma between them. Gives the place of the first that is
   * another, or is not whole.
   */
  #readPlain(bytes: Uint8Array, at: number, lastComma: number): number {
    const room = this.#room;
    let [count, low, high] = [this.#count, this.#low, this.#high];
    let start = at;
    for (; start <= lastComma; start = at + 1) {
      at = start;
      // There is no need to look for the end of the bytes: the comma comes before.
      const minus = bytes[at] === MINUS ? -1 : 0;
      at -= minus;
      let cell = (bytes[at] - ZERO) >>> 0;
      if (cell > 9) break;
      let sign = bytes[++at];
      if (sign !== COMMA) {
        if (cell === 0) break;
        const second = at;
        let digit = (sign - ZERO) >>> 0;
        while (digit <= 9) {
          cell = (Math.imul(cell, 10) + digit) | 0;
          sign = bytes[++at];
          digit = (sign - ZERO) >>> 0;
        }
        if (sign !== COMMA || at - second >= SMALL_DIGITS) break;
      }
      cell = (cell ^ minus) - minus; // negated or not, without a jump
      if (cell < low) low = cell;
      else if (cell > high) high = cell;
      room[count++] = cell;
    }
    [this.#count, this.#low, this.#high] = [count, low, high];
    return start;
  }

  #beginCell(): void {
    [this.#cell, this.#digits] = [0, 0];
    [this.#isNegative, this.#isOver] = [false, false];
  }

  /** The cell is whole. Gives whether it is written as JSON has it. */
  #keep(): boolean {
    if (this.#cell < LEAST[this.#digits]) return false;
    const cell = this.#isNegative ? -this.#cell : this.#cell;
    if (cell < this.#low) this.#low = cell;
    else if (cell > this.#high) this.#high = cell;
    if (this.#digits > SMALL_DIGITS) this.#large.set(this.#count, cell);
    this.#room[this.#count++] = cell;
    return true;
  }

  #reserve(more: number): void {
    if (this.#count + more <= this.#room.length) return;
    const larger = new Int32Array(Math.max(this.#count + more, 2 * this.#room.length));
    larger.set(this.#room.subarray(0, this.#count));
    this.#room = larger;
  }
}
