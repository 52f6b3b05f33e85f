/** Places by what they are in, what they are there, and which of several: each has a number, in the order of being asked for. */
export class Nodes {
  readonly root = 0;
  count = 1;
  parent: Int32Array;
  key: Int32Array;
  nth: Int32Array;
  #seen: Int32Array;
  /** Numbers of places by the hash of what they are; a power of two of slots, at most half of them taken. */
  #slots: Int32Array;

  /** With room for so many places; it doubles when they are more, which takes a moment. */
  constructor(room: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(room, 1024)));
    [this.parent, this.key, this.nth, this.#seen] = Array.from({ length: 4 }, () => new Int32Array(size));
    this.#slots = new Int32Array(2 * size);
    this.parent[0] = -1;
  }

  /** The number of a place. */
  find(parent: number, key: number, nth: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(parent, key, nth) & mask;
    for (let node = this.#slots[slot]; node !== 0; node = this.#slots[slot]) {
      if (this.parent[node] === parent && this.key[node] === key && this.nth[node] === nth) return node;
      slot = (slot + 1) & mask;
    }
    const node = this.count++;
    if (node >= this.parent.length) this.#grow();
    this.parent[node] = parent;
    this.key[node] = key;
    this.nth[node] = nth;
    if (2 * node < this.#slots.length) this.#slots[slot] = node;
    else this.#rehash();
    return node;
  }

  /** The next of several: the first time this is asked the 0th, then the 1st, … `shift` is taken off. */
  next(parent: number, key: number, shift: number): number {
    const first = this.find(parent, key, 0);
    const nth = this.#seen[first]++ - shift;
    return nth === 0 ? first : this.find(parent, key, nth);
  }

  /** Count from the start again: for another run. */
  forget(): void {
    this.#seen.fill(0);
  }

  /** A place and all that it is in, the outermost first. */
  path(node: number): number[] {
    const path: number[] = [];
    for (let at = node; at >= 0; at = this.parent[at]) path.push(at);
    return path.toReversed();
  }

  #grow(): void {
    const larger = (column: Int32Array) => {
      const copy = new Int32Array(2 * column.length);
      copy.set(column);
      return copy;
    };
    [this.parent, this.key, this.nth, this.#seen] = [this.parent, this.key, this.nth, this.#seen].map(larger);
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let node = 1; node < this.count; node++) {
      let slot = hashOf(this.parent[node], this.key[node], this.nth[node]) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = node;
    }
  }
}

function hashOf(parent: number, key: number, nth: number): number {
  let hash = Math.imul(parent, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b) ^ Math.imul(nth, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
