import type { Find } from "./hit";
import { machine, type Program } from "./pattern-machine";

/** What stands in the way of a regular expression, as a sentence. */
export class PatternProblem extends Error {}

/** Characters of a text that are looked at: work is linear in them, and a slice cannot end inside a text. */
const LONGEST = 100_000;
const MOST_INSTRUCTIONS = 4000;
const MOST_TURNS = 1000;
const DEEPEST = 100;

/**
 * Finds what a regular expression matches. JavaScript's own can take for ever (`(a+)+$`); this one is compiled for a machine
 * that reads each character once. It knows what people type when they search: classes, groups, alternatives, repetitions,
 * `^` and `$` of lines, `\b`; not look-around and back-references. Matches lie within a line unless the pattern says `\n` or `\s`.
 *
 * Throws PatternProblem.
 */
export function pattern(source: string, exact: boolean): Find {
  const find = machine(compile(new Parser(source).parse(), exact));
  return (text, from) => find(text.length > LONGEST ? text.slice(0, LONGEST) : text, from);
}

type Node =
  | { kind: "one"; test: (code: number) => boolean }
  | { kind: "edge"; edge: Edge }
  | { kind: "row"; parts: Node[] }
  | { kind: "either"; options: Node[] }
  | { kind: "repeat"; what: Node; least: number; most: number; greedy: boolean };

type Edge = "start" | "end" | "word" | "inside";
const EDGES: Edge[] = ["start", "end", "word", "inside"];

const CLASSES: Record<string, (code: number) => boolean> = {
  d: (code) => code >= 48 && code <= 57,
  w: (code) => /\w/.test(String.fromCharCode(code)),
  s: (code) => /\s/.test(String.fromCharCode(code)),
};
const ESCAPES: Record<string, number> = { n: 10, r: 13, t: 9, f: 12, v: 11, 0: 0 };

class Parser {
  private at = 0;
  private depth = 0;
  constructor(private readonly source: string) {}

  parse(): Node {
    const node = this.either();
    if (this.at < this.source.length) throw new PatternProblem("The pattern has a ) that no ( belongs to.");
    return node;
  }

  private either(): Node {
    const options = [this.row()];
    while (this.take("|")) options.push(this.row());
    return options.length === 1 ? options[0] : { kind: "either", options };
  }

  private row(): Node {
    const parts: Node[] = [];
    while (this.at < this.source.length && !"|)".includes(this.source[this.at])) parts.push(this.repeated());
    return parts.length === 1 ? parts[0] : { kind: "row", parts };
  }

  private repeated(): Node {
    let node = this.one();
    for (let turns = this.turns(); turns; turns = this.turns()) {
      if (node.kind === "edge" || node.kind === "repeat")
        throw new PatternProblem("The pattern repeats what cannot be repeated.");
      node = { kind: "repeat", what: node, ...turns, greedy: !this.take("?") };
    }
    return node;
  }

  private turns(): { least: number; most: number } | null {
    if (this.take("*")) return { least: 0, most: Infinity };
    if (this.take("+")) return { least: 1, most: Infinity };
    if (this.take("?")) return { least: 0, most: 1 };
    const counted = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.source.slice(this.at, this.at + 24));
    if (!counted) return null;
    this.at += counted[0].length;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === "" ? Infinity : Number(counted[3]);
    if (least > most) throw new PatternProblem(`The pattern repeats from ${least} down to ${most}.`);
    if (least > MOST_TURNS || (most > MOST_TURNS && most < Infinity))
      throw new PatternProblem(`The pattern repeats more than ${MOST_TURNS} times.`);
    return { least, most };
  }

  private one(): Node {
    const sign = this.source[this.at++];
    switch (sign) {
      case ".":
        return { kind: "one", test: (code) => code !== 10 && code !== 13 };
      case "^":
        return { kind: "edge", edge: "start" };
      case "$":
        return { kind: "edge", edge: "end" };
      case "(":
        return this.group();
      case "[":
        return { kind: "one", test: this.set() };
      case "*":
      case "+":
      case "?":
        throw new PatternProblem(`The pattern has a ${sign} with nothing before it.`);
      case "\\":
        if (this.take("b")) return { kind: "edge", edge: "word" };
        if (this.take("B")) return { kind: "edge", edge: "inside" };
        return { kind: "one", test: this.escaped() };
      default:
        return { kind: "one", test: is(sign.charCodeAt(0)) };
    }
  }

  private group(): Node {
    if (this.take("?") && !this.take(":") && !/^<[A-Za-z_]\w*>/.test(this.source.slice(this.at)))
      throw new PatternProblem("The pattern looks around (?…), which is not possible here.");
    if (this.source[this.at - 1] === "?") this.at = this.source.indexOf(">", this.at) + 1;
    if (++this.depth > DEEPEST) throw new PatternProblem("The pattern has too many ( inside each other.");
    const node = this.either();
    this.depth--;
    if (!this.take(")")) throw new PatternProblem("The pattern has a ( that is not closed.");
    return node.kind === "repeat" || node.kind === "edge" ? { kind: "row", parts: [node] } : node;
  }

  /** Behind a backslash: a class, or one character. */
  private escaped(): (code: number) => boolean {
    const sign = this.source[this.at++];
    if (sign === undefined) throw new PatternProblem("The pattern ends with a \\.");
    if (/[1-9k]/.test(sign))
      throw new PatternProblem(`The pattern goes back to what it matched (\\${sign}), which is not possible here.`);
    const named = CLASSES[sign.toLowerCase()];
    if (named && /[dwsDWS]/.test(sign)) return sign === sign.toLowerCase() ? named : (code) => !named(code);
    const coded = /^(?:x([\da-f]{2})|u([\da-f]{4}))/i.exec(this.source.slice(this.at - 1, this.at + 4));
    if (coded) this.at += coded[0].length - 1;
    return is(coded ? parseInt(coded[1] ?? coded[2], 16) : (ESCAPES[sign] ?? sign.charCodeAt(0)));
  }

  /** `[a-z_]`, `[^\s,]`. */
  private set(): (code: number) => boolean {
    const not = this.take("^");
    const tests: ((code: number) => boolean)[] = [];
    while (!this.take("]")) {
      if (this.at >= this.source.length) throw new PatternProblem("The pattern has a [ that is not closed.");
      const [test, code] = this.member();
      if (this.source[this.at] === "-" && !"]".includes(this.source[this.at + 1] ?? "]") && code >= 0) {
        this.at++;
        const [, end] = this.member();
        if (end < code) throw new PatternProblem("The pattern has a range [b-a] that ends before it begins.");
        tests.push((each) => each >= code && each <= end);
      } else tests.push(test);
    }
    return (code) => tests.some((test) => test(code)) !== not;
  }

  /** A member of a set, and its code if it is one character, else -1. */
  private member(): [(code: number) => boolean, number] {
    const sign = this.source[this.at++];
    if (sign !== "\\") return [is(sign.charCodeAt(0)), sign.charCodeAt(0)];
    const next = this.source[this.at];
    const test = this.take("b") ? is(8) : this.escaped();
    if (/[dwsDWS]/.test(next ?? "")) return [test, -1];
    let code = 0;
    while (code < 0xffff && !test(code)) code++;
    return [test, code];
  }

  private take(sign: string): boolean {
    if (this.source[this.at] !== sign) return false;
    this.at++;
    return true;
  }
}

function is(wanted: number): (code: number) => boolean {
  return (code) => code === wanted;
}

/** Straight-line code: one character, an edge, a fork (its first way is preferred), a jump, the end. */
function compile(node: Node, exact: boolean): Program {
  const program: Program = { op: [], x: [], y: [], tests: [] };
  const tables = new Map<Node, number>(); // what is repeated so many times is tested by one
  const put = (op: Program["op"][number], x = 0, y = 0) => {
    if (program.op.length >= MOST_INSTRUCTIONS) throw new PatternProblem("The pattern is too long.");
    program.x.push(x);
    program.y.push(y);
    return program.op.push(op) - 1;
  };
  const fork = (greedy: boolean) => {
    const at = put("fork", program.op.length + 1);
    return {
      at,
      leave: () => ((greedy ? program.y : program.x)[at] = program.op.length),
      enter: greedy ? "x" : "y",
    } as const;
  };
  const add = (part: Node): void => {
    switch (part.kind) {
      case "one":
        if (!tables.has(part)) tables.set(part, program.tests.push(tableOf(part.test, exact)) - 1);
        put("one", tables.get(part));
        return;
      case "edge":
        put("edge", EDGES.indexOf(part.edge));
        return;
      case "row":
        part.parts.forEach(add);
        return;
      case "either": {
        const ends: number[] = [];
        part.options.forEach((option, i) => {
          const way = i + 1 < part.options.length ? fork(true) : null;
          add(option);
          if (!way) return;
          ends.push(put("jump"));
          way.leave();
        });
        for (const end of ends) program.x[end] = program.op.length;
        return;
      }
      case "repeat": {
        for (let turn = 0; turn < part.least; turn++) add(part.what);
        const ways: ReturnType<typeof fork>[] = [];
        const again = () => {
          const way = fork(part.greedy);
          program[way.enter][way.at] = way.at + 1;
          ways.push(way);
          add(part.what);
        };
        if (part.most === Infinity) {
          again();
          put("jump", ways[0].at);
        } else for (let turn = part.least; turn < part.most; turn++) again();
        for (const way of ways) way.leave();
      }
    }
  };
  add(node);
  put("match");
  return program;
}

/** A test of a character, worked out beforehand for the common ones. */
function tableOf(test: (code: number) => boolean, exact: boolean): (code: number) => boolean {
  const either = (code: number) => {
    if (exact || test(code)) return test(code);
    const char = String.fromCharCode(code);
    return test(char.toLowerCase().charCodeAt(0)) || test(char.toUpperCase().charCodeAt(0));
  };
  const common = Uint8Array.from({ length: 256 }, (_, code) => (either(code) ? 1 : 0));
  return (code) => (code < 256 ? common[code] === 1 : either(code));
}
