/** Lines that were edited: in a gap between equal lines, which line became which. */

/** Lines at least so alike are one line, edited. */
const ALIKE = 0.5;
/** Gaps of more pairs of lines than this are not searched. */
const MOST_PAIRS = 40_000;
const LONGEST_LINE = 400;

/** Pairs of indices into the two gaps, rising, that together are most alike. */
export function pairSimilar(before: readonly string[], after: readonly string[]): [number, number][] {
  const [rows, columns] = [before.length, after.length];
  if (rows === 0 || columns === 0 || rows * columns > MOST_PAIRS) return [];
  const [left, right] = [before.map(wordsOf), after.map(wordsOf)];
  // best[i][j]: how alike what follows line i and line j can be made.
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  const score = new Float64Array(rows * columns);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const alike = likeness(left[i], right[j]);
      score[i * columns + j] = alike;
      const paired = alike >= ALIKE ? alike + best[(i + 1) * width + j + 1] : 0;
      best[i * width + j] = Math.max(paired, best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  const pairs: [number, number][] = [];
  for (let [i, j] = [0, 0]; i < rows && j < columns;) {
    const alike = score[i * columns + j];
    if (alike >= ALIKE && best[i * width + j] === alike + best[(i + 1) * width + j + 1]) pairs.push([i++, j++]);
    else if (best[i * width + j] === best[(i + 1) * width + j]) i++;
    else j++;
  }
  return pairs;
}

interface Words {
  count: Map<string, number>;
  size: number;
}

/** The names, numbers and signs of a line, each as often as it stands there; its comment does not count. */
function wordsOf(line: string): Words {
  const words =
    line
      .slice(0, LONGEST_LINE)
      .replace(/\s#.*$/, "")
      .match(/\w+|[^\s\w]/g) ?? [];
  const count = new Map<string, number>();
  for (const word of words) count.set(word, (count.get(word) ?? 0) + 1);
  return { count, size: words.length };
}

/** Dice's coefficient: twice what both have, over what they have together; 0 where a line is empty. */
function likeness(a: Words, b: Words): number {
  if (a.size === 0 || b.size === 0) return 0;
  let shared = 0;
  for (const [word, times] of a.count) shared += Math.min(times, b.count.get(word) ?? 0);
  return (2 * shared) / (a.size + b.size);
}
