import type { Trace } from "../../format/generated";
import { linesOf } from "../document";
import { alignLines } from "./line-diff";
import { pairSimilar } from "./similar-lines";

/** A line of both sides, or of one of them: from 1; 0 where a side has none. */
export interface LinePair {
  a: number;
  b: number;
  /** Character by character. */
  same: boolean;
}

/** A file of both sides, or of one of them: -1 where a side has none. */
export interface FilePair {
  a: number;
  b: number;
  lines: LinePair[];
}

/** How the sources of two traces belong together. */
export interface Sources {
  files: FilePair[];
  /** Of each file of A and of B, its pair in `files`. */
  pairOfA: Int32Array;
  pairOfB: Int32Array;
  /** Statements and functions by a number that those which belong together share. */
  statementA: Int32Array;
  statementB: Int32Array;
  functionA: Int32Array;
  functionB: Int32Array;
}

/** Files by path, lines by what they say, functions by name. */
export function alignSources(a: Trace, b: Trace): Sources {
  const files = pairFiles(a, b).map(([fileA, fileB]) => ({
    a: fileA,
    b: fileB,
    lines: pairLines(fileA < 0 ? [] : linesOf(a.files[fileA].text), fileB < 0 ? [] : linesOf(b.files[fileB].text)),
  }));
  const pairOfA = new Int32Array(a.files.length);
  const pairOfB = new Int32Array(b.files.length);
  files.forEach((pair, index) => {
    if (pair.a >= 0) pairOfA[pair.a] = index;
    if (pair.b >= 0) pairOfB[pair.b] = index;
  });
  const functions = pairFunctions(a, b, pairOfA, pairOfB);
  const lineOfA = files.map((pair) => lineMap(a, b, pair, functions));
  return {
    files,
    pairOfA,
    pairOfB,
    ...pairStatements(a, b, files, pairOfB, lineOfA),
    functionA: Int32Array.from(a.functions.name, (_, index) => index),
    functionB: Int32Array.from(functions, (found, index) => (found >= 0 ? found : a.functions.name.length + index)),
  };
}

/** By path; the lecture's own file with the lecture's own, whatever its name; then by the last part of the path. */
function pairFiles(a: Trace, b: Trace): [number, number][] {
  const taken = new Set<number>();
  const pairs: [number, number][] = a.files.map((_, index) => [index, -1]);
  const take = (of: number, like: (index: number) => boolean) => {
    if (!pairs[of] || pairs[of][1] >= 0) return;
    const found = b.files.findIndex((_, index) => !taken.has(index) && like(index));
    if (found < 0) return;
    taken.add(found);
    pairs[of][1] = found;
  };
  const lastPart = (path: string) => path.split("/").at(-1);
  a.files.forEach(({ path }, index) => take(index, (other) => b.files[other].path === path));
  take(a.entry, (other) => other === b.entry);
  a.files.forEach(({ path }, index) => take(index, (other) => lastPart(b.files[other].path) === lastPart(path)));
  b.files.forEach((_, index) => {
    if (!taken.has(index)) pairs.push([-1, index]);
  });
  return pairs;
}

/** The lines of both in one order: those of A that B does not have stand before those of B that A does not have. */
export function pairLines(before: string[], after: string[]): LinePair[] {
  const found = alignLines(before, after);
  const pairs: LinePair[] = [];
  let [i, j] = [0, 0];
  const gap = (toA: number, toB: number) => {
    const edited = pairSimilar(before.slice(i, toA), after.slice(j, toB)).map(([p, q]) => [p + i, q + j] as const);
    for (const [atA, atB] of [...edited, [toA, toB] as const]) {
      while (i < atA) pairs.push({ a: ++i, b: 0, same: false });
      while (j < atB) pairs.push({ a: 0, b: ++j, same: false });
      if (atA < toA) pairs.push({ a: ++i, b: ++j, same: before[i - 1] === after[j - 1] });
    }
  };
  found.forEach((to, at) => {
    if (to < 0) return;
    gap(at, to);
    pairs.push({ a: ++i, b: ++j, same: before[at] === after[to] });
  });
  gap(before.length, after.length);
  return pairs;
}

/** Of each function of B, the function of A that it is, or -1: of the same file and name, in the order of their lines. */
function pairFunctions(a: Trace, b: Trace, pairOfA: Int32Array, pairOfB: Int32Array): Int32Array {
  const byLine = ({ functions }: Trace) =>
    Array.from(functions.name, (_, index) => index).sort((x, y) => functions.line[x] - functions.line[y]);
  const named = new Map<string, number[]>();
  for (const index of byLine(a)) {
    const key = `${pairOfA[a.functions.file[index]]} ${a.strings[a.functions.name[index]]}`;
    const known = named.get(key);
    if (known) known.push(index);
    else named.set(key, [index]);
  }
  const found = new Int32Array(b.functions.name.length).fill(-1);
  for (const index of byLine(b)) {
    const key = `${pairOfB[b.functions.file[index]]} ${b.strings[b.functions.name[index]]}`;
    found[index] = named.get(key)?.shift() ?? -1;
  }
  return found;
}

/** Of each line of B (from 1), the line of A that it is, or 0. A function that was moved is compared with itself. */
function lineMap(a: Trace, b: Trace, { a: fileA, b: fileB, lines }: FilePair, functions: Int32Array): Int32Array {
  if (fileA < 0 || fileB < 0) return new Int32Array(1);
  const texts = [linesOf(a.files[fileA].text), linesOf(b.files[fileB].text)] as const;
  const lineOf = new Int32Array(texts[1].length + 2);
  for (const pair of lines) if (pair.a > 0 && pair.b > 0) lineOf[pair.b] = pair.a;
  functions.forEach((of, index) => {
    if (of < 0 || b.functions.file[index] !== fileB) return;
    const [lineA, lineB] = [a.functions.line[of], b.functions.line[index]];
    if (lineOf[lineB] === lineA) return;
    const [endA, endB] = [a.functions.end_line[of], b.functions.end_line[index]];
    for (const pair of pairLines(texts[0].slice(lineA - 1, endA), texts[1].slice(lineB - 1, endB))) {
      if (pair.b > 0) lineOf[lineB - 1 + pair.b] = pair.a > 0 ? lineA - 1 + pair.a : 0;
    }
  });
  return lineOf;
}

function pairStatements(a: Trace, b: Trace, files: FilePair[], pairOfB: Int32Array, lineOfA: Int32Array[]) {
  const count = a.statements.file.length;
  const statementA = Int32Array.from({ length: count }, (_, index) => index);
  const onLine = new Map<number, Map<number, number[]>>(); // by file, then by line
  for (let index = 0; index < count; index++) {
    const [file, line] = [a.statements.file[index], a.statements.line[index]];
    const inFile = onLine.get(file) ?? new Map<number, number[]>();
    onLine.set(file, inFile);
    const there = inFile.get(line);
    if (there) there.push(index);
    else inFile.set(line, [index]);
  }
  const statementB = Int32Array.from(b.statements.file, (file, index) => {
    const pair = pairOfB[file];
    const line = lineOfA[pair]?.[b.statements.line[index]] ?? 0;
    // Several statements on one line are told apart by the order in which they first ran.
    const found = line > 0 ? onLine.get(files[pair].a)?.get(line)?.shift() : undefined;
    return found ?? count + index;
  });
  return { statementA, statementB };
}
