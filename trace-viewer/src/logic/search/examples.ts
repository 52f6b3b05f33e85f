import type { Value } from "../../format/generated";
import type { Lecture } from "../lecture";
import { numberIn } from "../series";
import { functionsOf } from "./functions";

/** A query that finds something in this lecture, and what it asks. */
export interface Example {
  query: string;
  words: string;
}

/** Rows of `trace.bindings`, values and words that are looked at for examples. */
const MOST_ROWS = 20_000;
const MOST_HEADINGS = 200;

/** What could be asked of this lecture, made from its own names, shapes and words. */
export function examplesOf(lecture: Lecture): Example[] {
  const names = numbersByName(lecture);
  return [
    wordOf(lecture),
    functionOf(lecture),
    ...crossingOf(names),
    ...reachedOf(names),
    ...arraysOf(lecture),
    printedOf(lecture),
  ].filter((example): example is Example => example !== null);
}

/** The longest word of the headings below the title that the title has not. */
function wordOf({ headings }: Lecture): Example | null {
  const wordsIn = (text: string): string[] => text.toLowerCase().match(/\p{L}{4,24}/gu) ?? [];
  const [title, ...others] = headings.slice(0, MOST_HEADINGS).map(({ text }) => wordsIn(text));
  const words = others.flat().filter((word) => !title.includes(word));
  const word = (words.length > 0 ? words : (title ?? [])).toSorted((a, b) => b.length - a.length)[0];
  return word ? { query: word, words: "a word, wherever it is" } : null;
}

/** The function that was called most, by its own name. */
function functionOf(lecture: Lecture): Example | null {
  const named = functionsOf(lecture).filter(({ name }) => /^[\w.]+$/.test(name) && !/(^|\.)(__\w+__|main)$/.test(name));
  const [most] = named.toSorted((a, b) => b.calls - a.calls);
  return most ? { query: `names: ${most.name.split(".").at(-1)}`, words: "functions and variables called so" } : null;
}

/** The numbers that each name was, in the order of recording. */
function numbersByName({ trace }: Lecture): Map<string, number[]> {
  const { name, value, role } = trace.bindings;
  const found = new Map<string, number[]>();
  for (let row = 0; row < Math.min(name.length, MOST_ROWS); row++) {
    const text = trace.strings[name[row]];
    if (value[row] < 0 || role[row] === 1 || !/^[A-Za-z_]\w{0,30}$/.test(text)) continue;
    const number = numberIn(trace.values[value[row]]);
    if (number === undefined || !Number.isFinite(number)) continue;
    const numbers = found.get(text);
    if (!numbers) found.set(text, [number]);
    else if (numbers.at(-1) !== number) numbers.push(number);
  }
  return found;
}

/** Of the fraction that changed most often: when it went past the middle of where it began and where it ended. */
function crossingOf(names: Map<string, number[]>): Example[] {
  const [best] = [...names]
    .filter(([, numbers]) => numbers.length > 2 && numbers.some((number) => !Number.isInteger(number)))
    .sort((a, b) => b[1].length - a[1].length);
  if (!best) return [];
  const [name, numbers] = best;
  const [first, last] = [numbers[0], numbers.at(-1)!];
  const middle = Number(((first + last) / 2).toPrecision(2));
  const falls = last < middle && middle < first;
  if (!falls && !(first < middle && middle < last)) return [];
  return [
    {
      query: `${name} ${falls ? "<" : ">"} ${middle}`,
      words: `where ${name} ${falls ? "fell below" : "rose above"} ${middle}`,
    },
  ];
}

/** Of a whole number: when it became what it was in the end. */
function reachedOf(names: Map<string, number[]>): Example[] {
  const whole = [...names].filter(([, numbers]) => numbers.length > 1 && numbers.every(Number.isInteger));
  const [best] = whole.sort((a, b) => b[1].length - a[1].length);
  if (!best) return [];
  const [name, numbers] = best;
  const zero = numbers.slice(1).includes(0) ? 0 : numbers.at(-1)!;
  return [{ query: `${name} == ${zero}`, words: `where ${name} became ${zero}` }];
}

const COMMON = new Set(["float32", "int64", "float64", "torch.float32", "torch.int64"]);

/** A shape of an array, a dtype that is out of the ordinary, and NaN if there is any. */
function arraysOf({ trace: { values } }: Lecture): Example[] {
  let [shape, dtype, odd] = ["", "", false];
  for (const value of values.slice(0, MOST_ROWS)) {
    const tensor = tensorIn(value);
    if (!tensor) continue;
    const sides = Array.isArray(tensor.shape) ? tensor.shape : [];
    if (!shape && sides.length > 1 && sides.length < 5 && sides.every(Number.isInteger)) shape = sides.join("x");
    if (!dtype && typeof tensor.dtype === "string" && !COMMON.has(tensor.dtype) && /^[a-z]\w+$/.test(tensor.dtype))
      dtype = tensor.dtype;
    if (Number(tensor.stats?.nan) > 0) odd = true;
  }
  return [
    ...(shape
      ? [{ query: `shape:${shape}`, words: `where an array of shape ${shape.replaceAll("x", " × ")} was made` }]
      : []),
    ...(dtype ? [{ query: `dtype:${dtype}`, words: `where an array of ${dtype} was made` }] : []),
    ...(odd ? [{ query: "nan", words: "where NaN first appeared" }] : []),
  ];
}

function tensorIn(value: Value) {
  return typeof value === "object" && value?.kind === "tensor" ? value : null;
}

function printedOf({ trace: { printed, strings } }: Lecture): Example | null {
  for (const text of printed.text.slice(0, 100)) {
    const word = /[A-Za-z]{4,20}/.exec(strings[text].slice(0, 200))?.[0];
    if (word) return { query: `output: ${word}`, words: "what was printed" };
  }
  return null;
}
