/** How well a text fits what was typed, and which of its characters do. */
export interface Fit {
  score: number;
  /** Pairs: from, to. */
  ranges: [number, number][];
}

/**
 * The letters that were typed must be in the text in this order. Best are whole words, then beginnings of words (`sb` for
 * "Step back"), then letters anywhere; of two that fit alike the shorter is better. Null where they do not fit.
 */
export function fit(typed: string, text: string): Fit | null {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return { score: 0, ranges: [] };
  const lower = text.toLowerCase();
  const shortness = 1 / (1 + text.length);
  const whole = substring(wanted, lower, text);
  if (whole) return { score: whole.score + shortness, ranges: whole.ranges };
  const words = wanted.split(/\s+/);
  if (words.length > 1) return eachWord(words, text, shortness);
  const letters = initials(wanted, lower, text);
  if (letters) return { score: 40 + shortness, ranges: letters };
  const scattered = subsequence(wanted, lower);
  // Letters far apart are there by chance.
  if (!scattered || scattered.at(-1)![1] - scattered[0][0] > 3 * wanted.length + 2) return null;
  return { score: 20 - scattered.length + shortness, ranges: scattered };
}

function substring(wanted: string, lower: string, text: string): Fit | null {
  let best: Fit | null = null;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1)) {
    const score = at === 0 ? (wanted.length === lower.length ? 100 : 90) : isStart(text, at) ? 80 : 60;
    if (!best || score > best.score) best = { score, ranges: [[at, at + wanted.length]] };
  }
  return best;
}

/** Several words, in any order, each somewhere. */
function eachWord(words: string[], text: string, shortness: number): Fit | null {
  const fits = words.map((word) => substring(word, text.toLowerCase(), text));
  if (fits.some((found) => found === null)) return null;
  const found = fits as Fit[];
  const score = found.reduce((sum, each) => sum + each.score, 0) / found.length - 5;
  return { score: score + shortness, ranges: found.flatMap(({ ranges }) => ranges).sort((a, b) => a[0] - b[0]) };
}

function initials(wanted: string, lower: string, text: string): [number, number][] | null {
  const ranges: [number, number][] = [];
  let at = 0;
  for (const letter of wanted) {
    while (at < lower.length && !(lower[at] === letter && isStart(text, at))) at++;
    if (at >= lower.length) return null;
    ranges.push([at, ++at]);
  }
  return joined(ranges);
}

function subsequence(wanted: string, lower: string): [number, number][] | null {
  const ranges: [number, number][] = [];
  let at = 0;
  for (const letter of wanted) {
    at = lower.indexOf(letter, at) + 1;
    if (at === 0) return null;
    ranges.push([at - 1, at]);
  }
  return joined(ranges);
}

function joined(ranges: [number, number][]): [number, number][] {
  const found: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = found.at(-1);
    if (last?.[1] === from) last[1] = to;
    else found.push([from, to]);
  }
  return found;
}

/** Whether a word begins here: behind what is no letter, or at a capital behind a small one. */
function isStart(text: string, at: number): boolean {
  if (at === 0) return true;
  const [before, here] = [text[at - 1], text[at]];
  return !/[\p{L}\p{N}]/u.test(before) || (/\p{Lu}/u.test(here) && /\p{Ll}/u.test(before));
}
