import type { Tensor, Value } from "../../format/generated";
import { ConditionProblem, readCondition, rowsNamed, TRUE } from "../condition";
import type { Lecture } from "../lecture";

/** Something asked about values: `x == 0`, `shape:4x8`, `nan`. */
export interface Question {
  /** What became true, in words: "x became 0". */
  words: string;
  /** The rows of `trace.bindings` that it may become true at, in the order of recording; null: any. */
  rows: Int32Array | null;
  /** Whether it holds once a row is known. */
  holds(row: number): boolean;
}

/** What was typed, if it is a question about values; else null, or a sentence if it looks like one and is none. */
export function readQuestion(lecture: Lecture, typed: string): Question | string | null {
  const asked = typed
    .trim()
    .replace(/\s*\?+$/, "")
    .replace(/^(?:where|when)\s+(?:did|does|do|was|were|is|are)\s+/i, "")
    .replace(/\s+(?:first|made|created|appear(?:ed|s)?)(?=\s|$)/gi, "")
    .replace(/\s+(?:is|was|became|becomes?)(?=\s*(?:[<>≤≥≠]|[=!]=))/gi, "")
    .trim();
  const test = ofShape(asked) ?? ofType(asked) ?? ofOddNumbers(asked);
  return test ? ofValues(lecture, test) : ofNames(lecture, asked);
}

/** A test of a value by itself. */
interface Test {
  /** Of what was bound to this name; null: to any. */
  name: string | null;
  words: string;
  holds(value: Value): boolean;
}

function ofValues(lecture: Lecture, { name, words, holds }: Test): Question {
  const { bindings, strings, values } = lecture.trace;
  const verdicts = new Uint8Array(values.length); // 1: no, 2: yes
  return {
    words,
    rows: name === null ? null : rowsNamed(lecture, strings.includes(name) ? [name] : []),
    holds(row) {
      const value = bindings.value[row];
      if (value < 0) return false;
      if (verdicts[value] === 0) verdicts[value] = holds(values[value]) ? 2 : 1;
      return verdicts[value] === 2;
    },
  };
}

/** Verbs for what a comparison became; `x = 0` is meant as `x == 0`. */
const VERBS: Record<string, string> = {
  "==": "became",
  "!=": "became other than",
  "<": "fell below",
  "<=": "fell to",
  ">": "rose above",
  ">=": "rose to",
};
const SIGNS: Record<string, string> = { "=": "==", ":=": "==", "≠": "!=", "≤": "<=", "≥": ">=", "is not": "!=" };

const VERB =
  /^(\S{1,200})\s+(is not|is|was|became|becomes?|exceed(?:ed|s)?|(?:falls?|fell|drop(?:ped|s)?|go(?:es)?|went) (?:below|under)|(?:rises?|rose|go(?:es)?|went) above)\s+(\S.*)$/i;

/** What is meant by `fell below`, `exceeded`, `became`. */
function signOf(verb: string): string {
  if (/(?:below|under)$/.test(verb)) return "<";
  return /above$|^exceed/.test(verb) ? ">" : "==";
}

/** A condition over recorded names: `x = 0`, `x became 0`, `loss < 2 and step > 3`. */
function ofNames(lecture: Lecture, asked: string): Question | string | null {
  if (asked.length > 500) return null;
  const [, name, said, wanted] =
    /^([^=<>≤≥≠!:]{1,200}?)\s*(:=|[=!<>]=|[=<>≤≥≠])\s*([^=<>≤≥≠!]+)$/.exec(asked) ?? VERB.exec(asked) ?? [];
  const word = said?.toLowerCase();
  const sign = word && (SIGNS[word] ?? (/^[a-z]/.test(word) ? signOf(word) : word));
  if (!name && !/[<>=!]=|[<>]/.test(asked)) return null;
  const condition = name ? `${name} ${sign} ${wanted}` : asked;
  const single = name && sign && !/\b(?:and|or)\b/.test(condition);
  try {
    const { names, judge } = readCondition(lecture, condition);
    const { steps, bindings } = lecture.trace;
    const { known } = lecture.bindings;
    // Of one name alone, the value decides.
    const verdicts = names.length === 1 ? new Uint8Array(lecture.trace.values.length) : null;
    const judgeRow = (row: number) => judge(steps.call[bindings.step[row]], known[row]) === TRUE;
    return {
      words: single ? `${name} ${VERBS[sign]} ${wanted}` : `${asked} became true`,
      rows: rowsNamed(lecture, names),
      holds(row) {
        const value = bindings.value[row];
        if (value < 0) return false;
        if (!verdicts) return judgeRow(row);
        if (verdicts[value] === 0) verdicts[value] = judgeRow(row) ? 2 : 1;
        return verdicts[value] === 2;
      },
    };
  } catch (error) {
    if (error instanceof ConditionProblem) return error.message;
    throw error;
  }
}

const SIDE = String.raw`\d{1,12}`;
const SHAPE = new RegExp(String.raw`^[([]?\s*(${SIDE}(?:\s*(?:[x×*,]\s*${SIDE})*),?)\s*[)\]]?$`, "i");

/** `shape:4x8`, `x.shape == (4, 8)`, `a tensor of shape 4×8`, `4×8`. */
function ofShape(asked: string): Test | null {
  const [, name, given] =
    /^(?:(.+)\.)?shape\s*(?::|==?|is\b|\s)\s*(\S.*)$/i.exec(asked) ??
    /^(?:an?\s+)?(?:()(?:tensor|array|matrix|vector)s?\s+)?(?:of|with)\s+shape\s+(.+)$/i.exec(asked) ??
    /^()(\d{1,12}(?:\s*[x×]\s*\d{1,12})+)$/i.exec(asked) ??
    [];
  const sides = given && SHAPE.exec(given.trim())?.[1];
  if (!sides) return null;
  const shape = sides.split(/[\sx×*,]+/i).flatMap((side) => (side === "" ? [] : [Number(side)]));
  const isShape = (tried: unknown) =>
    Array.isArray(tried) && tried.length === shape.length && shape.every((side, axis) => tried[axis] === side);
  return {
    name: name || null,
    words: `${name || "an array"} of shape ${shape.join(" × ")} was made`,
    holds: (value) => hasInside(value, (tensor) => isShape(tensor.shape)),
  };
}

/** `dtype:bfloat16`, `x.dtype == torch.float32`, `device:cuda`. */
function ofType(asked: string): Test | null {
  const [, name, what, given] =
    /^(?:(.+)\.)?(dtype|device)\s*(?::|==?|is\b)\s*['"]?(?:torch\.|np\.|numpy\.)?([\w:]+)['"]?$/i.exec(asked) ?? [];
  if (!given) return null;
  const field = what.toLowerCase() as "dtype" | "device";
  const wanted = given.toLowerCase();
  const fits = (tried: unknown) =>
    typeof tried === "string" &&
    (tried.toLowerCase() === wanted || (field === "device" && tried.startsWith(`${wanted}:`)));
  return {
    name: name || null,
    words: `${name || "an array"} of ${field} ${given} was made`,
    holds: (value) => hasInside(value, (tensor) => fits(tensor[field])),
  };
}

/** `nan`, `inf`: in a number, or anywhere in an array. */
function ofOddNumbers(asked: string): Test | null {
  const odd = /^(nan|inf(?:inity)?)s?$/i.exec(asked)?.[1].toLowerCase();
  if (!odd) return null;
  const kind = odd === "nan" ? "nan" : "inf";
  return {
    name: null,
    words: `${kind === "nan" ? "NaN" : "an infinity"} appeared`,
    holds: (value) => isOdd(value, kind),
  };
}

const DEEPEST = 4;
/** Parts of a value that are looked at. */
const MOST = 500;

/** Whether an array is the value, or inside it, that passes a test. */
function hasInside(value: Value, test: (tensor: Pick<Tensor, "shape" | "dtype" | "device">) => boolean): boolean {
  return anyPart(value, (part) => {
    if (typeof part !== "object" || part === null) return false;
    if (part.kind === "tensor") return test(part);
    return part.kind === "module" && part.parameters.slice(0, MOST).some((parameter) => test(parameter));
  });
}

function isOdd(value: Value, kind: "nan" | "inf"): boolean {
  return anyPart(value, (part) => {
    if (typeof part !== "object" || part === null) return false;
    if (part.kind === "float") return String(part.value).endsWith(kind);
    if (part.kind !== "tensor") return false;
    if (part.stats) return Number(part.stats[kind] ?? 0) > 0;
    return (part.elements ?? []).some((element) => typeof element === "string" && element.endsWith(kind));
  });
}

/** Whether a test holds for a value, or for a part of it; of what is not as the format promises, for none. */
function anyPart(value: Value, test: (part: Value) => boolean): boolean {
  let left = MOST;
  const look = (part: Value, depth: number): boolean => {
    if (left-- <= 0) return false;
    if (test(part)) return true;
    if (typeof part !== "object" || part === null || depth >= DEEPEST) return false;
    const inside = (item: Value) => look(item, depth + 1);
    switch (part.kind) {
      case "sequence":
        return part.items.some(inside);
      case "mapping":
        return part.entries.some(([, item]) => inside(item));
      case "instance":
      case "module":
        return part.fields.some(([, item]) => inside(item));
      default:
        return false;
    }
  };
  try {
    return look(value, 0);
  } catch {
    return false;
  }
}
