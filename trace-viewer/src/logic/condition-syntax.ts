/**
 * The language of conditions: expressions in Python's syntax, over recorded values. Comparisons (chained, too), `and`, `or`,
 * `not`, `in`, `is`, arithmetic, indexing, slices, fields, calls of a few functions, and literals. Nothing of it is ever run
 * as a program: a text becomes a tree, and the tree is walked.
 */
export type Tree = { from: number; to: number } & (
  | { is: "constant"; value: null | boolean | number | bigint | string }
  | { is: "name"; name: string }
  | { is: "items"; type: "list" | "tuple" | "set"; items: Tree[] }
  | { is: "not" | "minus" | "plus"; of: Tree }
  | { is: "and" | "or"; left: Tree; right: Tree }
  | { is: "compare"; first: Tree; rest: { by: Comparison; to: Tree }[] }
  | { is: "arithmetic"; by: Arithmetic; left: Tree; right: Tree }
  | { is: "index"; of: Tree; at: Tree }
  | { is: "slice"; of: Tree; start: Tree | null; end: Tree | null }
  | { is: "field"; of: Tree; name: string }
  | { is: "call"; of: Tree; with: Tree[] }
);

export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=" | "in" | "not in" | "is" | "is not";
export type Arithmetic = "+" | "-" | "*" | "/" | "//" | "%" | "**";

/** What is wrong with a condition, in one sentence, and where. */
export class ConditionProblem extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** Longer conditions are refused, and deeper ones: the tree is walked by functions that call themselves. */
const LONGEST = 500;
const DEEPEST = 60;

const COMPARISONS = new Set(["<", "<=", ">", ">=", "==", "!="]);
const WORDS = new Set([
  "and",
  "or",
  "not",
  "in",
  "is",
  "True",
  "False",
  "None",
  "if",
  "else",
  "for",
  "lambda",
  "await",
]);

/** What people write who come from another language, and what Python has for it. */
const HINTS: Record<string, string> = {
  "=": "`=` assigns; write `==` to compare",
  "===": "write `==` to compare",
  "!==": "write `!=` for what differs",
  "&&": "write `and`",
  "||": "write `or`",
  "!": "write `not`",
  "<>": "write `!=`",
  ":=": "a condition assigns nothing",
  "&": "write `and`",
  "|": "write `or`",
};

/** The tree of a condition; a ConditionProblem where it is none. */
export function parseCondition(text: string): Tree {
  if (text.length > LONGEST) throw new ConditionProblem(`A condition has at most ${LONGEST} characters.`, LONGEST);
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;

  const here = () => tokens[at];
  const take = () => tokens[at++];
  const isNext = (sign: string) => here().kind === "sign" && here().text === sign;
  const isWord = (word: string, ahead = 0) => tokens[at + ahead]?.kind === "word" && tokens[at + ahead].text === word;
  const accept = (sign: string) => (isNext(sign) ? take() : null);
  const expect = (sign: string, opened: Token) => {
    const found = accept(sign);
    if (!found) throw new ConditionProblem(`\`${opened.text}\` is not closed: \`${sign}\` is missing.`, here().from);
    return found;
  };

  const tree = either();
  if (here().kind !== "end") throw unexpected(here());
  return tree;

  function unexpected(token: Token): ConditionProblem {
    if (token.kind === "end") return new ConditionProblem("The condition stops in the middle.", token.from);
    const hint = HINTS[token.text] ?? "";
    if (hint) return new ConditionProblem(`\`${token.text}\` does not belong here: ${hint}.`, token.from);
    if (["if", "else", "for", "lambda", "await"].includes(token.text))
      return new ConditionProblem(`\`${token.text}\` is not known in conditions.`, token.from);
    return new ConditionProblem(`\`${token.text}\` does not belong here.`, token.from);
  }

  function deeper<T extends Tree>(make: () => T): T {
    if (++depth > DEEPEST) throw new ConditionProblem("The condition is nested too deeply.", here().from);
    const made = make();
    depth--;
    return made;
  }

  function either(): Tree {
    return deeper(() => {
      let left = both();
      while (isWord("or")) {
        take();
        const right = both();
        left = { is: "or", left, right, from: left.from, to: right.to };
      }
      return left;
    });
  }

  function both(): Tree {
    let left = negation();
    while (isWord("and")) {
      take();
      const right = negation();
      left = { is: "and", left, right, from: left.from, to: right.to };
    }
    return left;
  }

  function negation(): Tree {
    if (!isWord("not")) return comparison();
    const { from } = take();
    return deeper(() => {
      const of = negation();
      return { is: "not", of, from, to: of.to };
    });
  }

  function comparison(): Tree {
    const first = sum();
    const rest: { by: Comparison; to: Tree }[] = [];
    for (let by = comparator(); by; by = comparator()) rest.push({ by, to: sum() });
    return rest.length === 0 ? first : { is: "compare", first, rest, from: first.from, to: rest.at(-1)!.to.to };
  }

  function comparator(): Comparison | null {
    if (here().kind === "sign" && COMPARISONS.has(here().text)) return take().text as Comparison;
    if (isWord("in")) return take().text as Comparison;
    if (isWord("not") && isWord("in", 1)) {
      at += 2;
      return "not in";
    }
    if (!isWord("is")) return null;
    take();
    if (!isWord("not")) return "is";
    take();
    return "is not";
  }

  function sum(): Tree {
    let left = product();
    while (isNext("+") || isNext("-")) left = arithmetic(left, product);
    return left;
  }

  function product(): Tree {
    let left = signed();
    while (["*", "/", "//", "%"].some(isNext)) left = arithmetic(left, signed);
    return left;
  }

  function arithmetic(left: Tree, next: () => Tree): Tree {
    const by = take().text as Arithmetic;
    const right = next();
    return { is: "arithmetic", by, left, right, from: left.from, to: right.to };
  }

  function signed(): Tree {
    if (!isNext("-") && !isNext("+")) return power();
    const { text: sign, from } = take();
    return deeper(() => {
      const of = signed();
      return { is: sign === "-" ? "minus" : "plus", of, from, to: of.to };
    });
  }

  function power(): Tree {
    const left = trailed();
    return isNext("**") ? deeper(() => arithmetic(left, signed)) : left;
  }

  function trailed(): Tree {
    let of = atom();
    for (;;) {
      const opened = here();
      if (accept(".")) {
        const field = take();
        if (field.kind !== "word") throw new ConditionProblem("A name must follow the dot.", field.from);
        of = { is: "field", of, name: field.text, from: of.from, to: field.to };
      } else if (accept("(")) {
        const given = listed(")", opened);
        of = { is: "call", of, with: given, from: of.from, to: expect(")", opened).to };
      } else if (accept("[")) of = indexed(of, opened);
      else return of;
    }
  }

  function indexed(of: Tree, opened: Token): Tree {
    const start = isNext(":") ? null : listedOrOne("]", opened);
    if (accept(":")) {
      const end = isNext("]") ? null : either();
      return { is: "slice", of, start, end, from: of.from, to: expect("]", opened).to };
    }
    return { is: "index", of, at: start!, from: of.from, to: expect("]", opened).to };
  }

  /** One expression, or a tuple of several. */
  function listedOrOne(close: string, opened: Token): Tree {
    const first = either();
    if (!isNext(",")) return first;
    take();
    const items = [first, ...listed(close, opened)];
    return { is: "items", type: "tuple", items, from: first.from, to: items.at(-1)!.to };
  }

  function listed(close: string, opened: Token): Tree[] {
    const items: Tree[] = [];
    while (!isNext(close)) {
      items.push(either());
      if (!accept(",")) {
        if (!isNext(close) && here().kind !== "end") throw unexpected(here());
        if (here().kind === "end") expect(close, opened);
        break;
      }
    }
    return items;
  }

  function atom(): Tree {
    const token = take();
    const { from, to } = token;
    if (token.kind === "number" || token.kind === "string") {
      let value = token.value!;
      let end = to;
      while (token.kind === "string" && here().kind === "string") {
        const next = take(); // strings side by side are one
        value = `${value as string}${next.value as string}`;
        end = next.to;
      }
      return { is: "constant", value, from, to: end };
    }
    if (token.kind === "word") {
      if (token.text === "True" || token.text === "False")
        return { is: "constant", value: token.text === "True", from, to };
      if (token.text === "None") return { is: "constant", value: null, from, to };
      if (!WORDS.has(token.text)) return { is: "name", name: token.text, from, to };
    }
    if (token.kind === "sign" && token.text === "(") {
      if (isNext(")")) return { is: "items", type: "tuple", items: [], from, to: take().to };
      const inside = listedOrOne(")", token);
      return { ...inside, from, to: expect(")", token).to };
    }
    if (token.kind === "sign" && token.text === "[")
      return { is: "items", type: "list", items: listed("]", token), from, to: expect("]", token).to };
    if (token.kind === "sign" && token.text === "{")
      return { is: "items", type: "set", items: listed("}", token), from, to: expect("}", token).to };
    at--;
    throw unexpected(token);
  }
}

interface Token {
  kind: "word" | "number" | "string" | "sign" | "end";
  text: string;
  value?: number | bigint | string;
  from: number;
  to: number;
}

const TOKEN = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<number>0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)`,
    String.raw`(?<prefix>[a-zA-Z]{0,2})(?<quote>["'])`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<sign>===|!==|\*\*|\/\/|[<>=!]=|<>|:=|&&|\|\||[-+*\/%<>=!&|()[\]{},.:])`,
  ].join("|"),
  "uy",
);

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  while (from < text.length) {
    TOKEN.lastIndex = from;
    const found = TOKEN.exec(text)?.groups;
    if (!found)
      throw new ConditionProblem(
        `\`${String.fromCodePoint(text.codePointAt(from)!)}\` is not known in conditions.`,
        from,
      );
    let to = TOKEN.lastIndex;
    if (found.quote) {
      const { value, end } = stringAt(text, from, found.prefix, to);
      tokens.push({ kind: "string", text: text.slice(from, end), value, from, to: end });
      to = end;
    } else if (found.number !== undefined) {
      const next = text.charAt(to);
      if (/[\p{L}_]/u.test(next))
        throw new ConditionProblem(`\`${found.number}${next}\` is neither a number nor a name.`, from);
      tokens.push({ kind: "number", text: found.number, value: numberOf(found.number), from, to });
    } else if (found.word) tokens.push({ kind: "word", text: found.word, from, to });
    else if (found.sign) tokens.push({ kind: "sign", text: found.sign, from, to });
    from = to;
  }
  tokens.push({ kind: "end", text: "", from, to: from });
  return tokens;
}

function numberOf(text: string): number | bigint {
  const digits = text.replaceAll("_", "");
  const value = Number(digits);
  return /^(?:\d+|0[xob].*)$/i.test(digits) && !Number.isSafeInteger(value) ? BigInt(digits) : value;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\\": "\\", "'": "'", '"': '"' };

/** The string whose opening quote is just before `start`. */
function stringAt(text: string, from: number, prefix: string, start: number): { value: string; end: number } {
  if (!/^r?$/i.test(prefix))
    throw new ConditionProblem(`Strings with \`${prefix}\` before them are not known in conditions.`, from);
  const quote = text.charAt(start - 1);
  let value = "";
  for (let at = start; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === quote) return { value, end: at + 1 };
    if (sign !== "\\" || prefix !== "") {
      value += sign;
      continue;
    }
    const code = /^(?:x([\da-f]{2})|u([\da-f]{4}))/i.exec(text.slice(at + 1, at + 6));
    const next = text.charAt(++at);
    if (code) {
      value += String.fromCharCode(parseInt(code[1] ?? code[2], 16));
      at += code[0].length - 1;
    } else value += Object.hasOwn(ESCAPES, next) ? ESCAPES[next] : `\\${next}`;
  }
  throw new ConditionProblem(`The string is not closed: ${quote} is missing.`, from);
}
