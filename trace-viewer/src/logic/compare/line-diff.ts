/**
 * Which lines of one text are which of another: first the lines that both have once, in the longest order they share
 * (patience), then between those the fewest insertions and deletions (Myers, "An O(ND) Difference Algorithm", 1986). White
 * space at the ends of a line does not count, so that a block that was indented is still itself.
 */

/** Beyond so many insertions and deletions in one gap, its lines count as others. */
const MOST_EDITS = 1500;

/** Of each line of `before`, from 0, the line of `after` that it is, or -1. What is found keeps its order. */
export function alignLines(before: readonly string[], after: readonly string[]): Int32Array {
  const words = new Map<string, number>();
  const numbered = (lines: readonly string[]) =>
    Int32Array.from(lines, (line) => {
      const text = line.trim();
      const known = words.get(text) ?? words.size;
      words.set(text, known);
      return known;
    });
  const [a, b] = [numbered(before), numbered(after)];
  const found = new Int32Array(a.length).fill(-1);
  let [fromA, fromB] = [0, 0];
  for (const [atA, atB] of [...anchors(a, b, words.size), [a.length, b.length]]) {
    between(a, b, { fromA, toA: atA, fromB, toB: atB }, found);
    if (atA < a.length) found[atA] = atB;
    [fromA, fromB] = [atA + 1, atB + 1];
  }
  return found;
}

/** The lines that each text has exactly once, as many of them as lie in one order: pairs, rising. */
function anchors(a: Int32Array, b: Int32Array, words: number): [number, number][] {
  const [onlyA, onlyB] = [placesOf(a, words), placesOf(b, words)];
  const pairs: [number, number][] = [];
  for (let at = 0; at < a.length; at++) {
    if (onlyA[a[at]] === at && onlyB[a[at]] >= 0) pairs.push([at, onlyB[a[at]]]);
  }
  // The longest rising run of the places in b: the ends of the best runs of each length, and whom each pair follows.
  const ends: number[] = [];
  const follows = new Int32Array(pairs.length);
  pairs.forEach(([, place], index) => {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[ends[middle]][1] < place) low = middle + 1;
      else high = middle;
    }
    follows[index] = low > 0 ? ends[low - 1] : -1;
    ends[low] = index;
  });
  const kept: [number, number][] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = follows[index]) kept.push(pairs[index]);
  return kept.toReversed();
}

const NEVER = -1;
const OFTEN = -2;

/** Of each word, where it stands, if it stands in one place only. */
function placesOf(lines: Int32Array, words: number): Int32Array {
  const places = new Int32Array(words).fill(NEVER);
  lines.forEach((word, at) => (places[word] = places[word] === NEVER ? at : OFTEN));
  return places;
}

interface Gap {
  fromA: number;
  toA: number;
  fromB: number;
  toB: number;
}

function between(a: Int32Array, b: Int32Array, { fromA, toA, fromB, toB }: Gap, found: Int32Array): void {
  while (fromA < toA && fromB < toB && a[fromA] === b[fromB]) found[fromA++] = fromB++;
  while (fromA < toA && fromB < toB && a[toA - 1] === b[toB - 1]) found[--toA] = --toB;
  if (fromA < toA && fromB < toB) shortestEdit(a.subarray(fromA, toA), b.subarray(fromB, toB), fromA, fromB, found);
}

/** Myers's greedy search: of each number of edits and each diagonal, how far it gets; then the way back. */
function shortestEdit(a: Int32Array, b: Int32Array, fromA: number, fromB: number, found: Int32Array): void {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const past: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down =
        diagonal === -edits || (diagonal !== edits && reach[middle + diagonal - 1] < reach[middle + diagonal + 1]);
      let x = down ? reach[middle + diagonal + 1] : reach[middle + diagonal - 1] + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reach[middle + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length)
        return walkBack(past, a.length, diagonal, edits, fromA, fromB, found);
    }
    past.push(reach.slice(middle - edits - 1, middle + edits + 2));
  }
}

function walkBack(
  past: Int32Array[],
  length: number,
  diagonal: number,
  edits: number,
  fromA: number,
  fromB: number,
  found: Int32Array,
): void {
  let [x, y] = [length, length - diagonal];
  for (; edits > 0; edits--) {
    const reach = past[edits - 1];
    const at = (of: number) => reach[edits + of];
    const down = diagonal === -edits || (diagonal !== edits && at(diagonal - 1) < at(diagonal + 1));
    const before = down ? diagonal + 1 : diagonal - 1;
    const startX = at(before);
    const endX = down ? startX : startX + 1;
    while (x > endX) found[fromA + --x] = fromB + --y;
    [x, y, diagonal] = [startX, startX - before, before];
  }
  while (x > 0 && y > 0) found[fromA + --x] = fromB + --y;
}
