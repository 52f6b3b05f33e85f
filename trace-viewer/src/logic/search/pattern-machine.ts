import type { Find } from "./hit";

/** A compiled regular expression. `one` reads a character (x: which test), `fork` goes on at x, or else at y, `jump` at x. */
export interface Program {
  op: ("one" | "edge" | "fork" | "jump" | "match")[];
  x: number[];
  y: number[];
  tests: ((code: number) => boolean)[];
}

/** The places in a program at which a reading of the text stands, in order of preference, each with where it began. */
interface Threads {
  pc: number[];
  start: number[];
  /** By place: the time at which a thread last came there. */
  seen: Int32Array;
}

/**
 * Finds the leftmost match from an index on, the preferred one of those that begin there; never an empty one. All readings go
 * on together, character by character (after Ken Thompson and Rob Pike), so the time is linear in the text.
 */
export function machine(program: Program): Find {
  const { op, x, tests } = program;
  const make = (): Threads => ({ pc: [], start: [], seen: new Int32Array(op.length).fill(-1) });
  let [now, next] = [make(), make()];
  let time = 0; // grows with every character read, over all texts
  const starts = startsOf(program);
  return (text, from) => {
    let best: [number, number] | null = null;
    now.pc.length = now.start.length = 0;
    time = (time + 2) % 2 ** 30;
    for (let at = from; at <= text.length; at++, time++) {
      if (now.pc.length === 0) {
        if (best) break;
        while (at < text.length && !starts(text.charCodeAt(at))) at++;
      }
      if (!best) add(program, now, 0, at, text, at, time);
      const code = at < text.length ? text.charCodeAt(at) : -1;
      for (let i = 0; i < now.pc.length; i++) {
        const [pc, start] = [now.pc[i], now.start[i]];
        if (op[pc] === "match") {
          if (start === at) continue; // nothing is no match
          best = [start, at];
          break; // the others are less preferred
        }
        if (code >= 0 && tests[x[pc]](code)) add(program, next, pc + 1, start, text, at + 1, time + 1);
      }
      [now, next] = [next, now];
      next.pc.length = next.start.length = 0;
    }
    return best;
  };
}

/** Follow forks, jumps and edges to the places that read a character, or end. */
function add(
  { op, x, y }: Program,
  threads: Threads,
  from: number,
  start: number,
  text: string,
  at: number,
  time: number,
): void {
  const open = [from];
  while (open.length > 0) {
    const pc = open.pop()!;
    if (threads.seen[pc] === time) continue;
    threads.seen[pc] = time;
    if (op[pc] === "jump") open.push(x[pc]);
    else if (op[pc] === "fork") open.push(y[pc], x[pc]);
    else if (op[pc] === "edge") {
      if (isEdge(x[pc], text, at)) open.push(pc + 1);
    } else {
      threads.pc.push(pc);
      threads.start.push(start);
    }
  }
}

/** Whether a match can begin with a character. */
function startsOf(program: Program): (code: number) => boolean {
  const seen = new Set<number>();
  const open = [0];
  const tests: ((code: number) => boolean)[] = [];
  while (open.length > 0) {
    const pc = open.pop()!;
    if (seen.has(pc)) continue;
    seen.add(pc);
    const op = program.op[pc];
    if (op === "one") tests.push(program.tests[program.x[pc]]);
    else if (op === "fork") open.push(program.x[pc], program.y[pc]);
    else if (op === "jump") open.push(program.x[pc]);
    else if (op === "edge") open.push(pc + 1);
  }
  const common = Uint8Array.from({ length: 256 }, (_, code) => (tests.some((test) => test(code)) ? 1 : 0));
  return (code) => (code < 256 ? common[code] === 1 : tests.some((test) => test(code)));
}

/** 0: start of a line, 1: end of one, 2: of a word, 3: no edge of a word. */
function isEdge(edge: number, text: string, at: number): boolean {
  if (edge === 0) return at === 0 || text[at - 1] === "\n";
  if (edge === 1) return at === text.length || text[at] === "\n";
  const isWord = (index: number) => index >= 0 && index < text.length && /\w/.test(text[index]);
  return (isWord(at - 1) !== isWord(at)) === (edge === 2);
}
