import { KINDS, type Find, type Kind } from "./hit";
import { allWords, isExact, literal, wordsOf } from "./literal";
import { pattern, PatternProblem } from "./pattern";

/** What was typed, understood. */
export interface Query {
  /** What is looked through, if that was typed before it (`code: softmax`); null if it was not. */
  kinds: readonly Kind[] | null;
  /** Finds it in a text; null where there is nothing to look for. */
  find: Find | null;
  /** The same with less asked for, where nothing else is found: all words, anywhere. */
  looser: Find | null;
  /** What may be a question about values, or "". */
  question: string;
  /** What stands in the way, for the reader. */
  problem: string | null;
}

const PREFIXES = new Map<string, readonly Kind[]>([
  ...KINDS.map((kind): [string, readonly Kind[]] => [kind, [kind]]),
  ["word", ["words"]],
  ["text", ["words"]],
  ["name", ["names"]],
  ["function", ["names"]],
  ["variable", ["names"]],
  ["value", ["values"]],
  ["printed", ["output"]],
]);

/**
 * Words; `/a regular expression/`; a question about values; before them `words:`, `code:`, `names:`, `values:` or `output:`,
 * to look through these alone.
 */
export function readQuery(typed: string): Query {
  const prefix = /^\s*([a-z]+):\s*/i.exec(typed);
  const kinds = prefix ? (PREFIXES.get(prefix[1].toLowerCase()) ?? null) : null;
  const rest = (kinds ? typed.slice(prefix![0].length) : typed).trim();
  const query: Query = { kinds, find: null, looser: null, question: "", problem: null };
  if (rest === "") return query;
  const expression = /^\/(.+)\/([a-z]*)$/.exec(rest);
  if (expression) {
    const [, source, flags] = expression;
    try {
      // Capitals among escapes (\S) are no capitals.
      const exact = !flags.includes("i") && isExact(source.replace(/\\./g, ""));
      return { ...query, find: pattern(source, exact) };
    } catch (problem) {
      if (!(problem instanceof PatternProblem)) throw problem;
      return { ...query, problem: problem.message };
    }
  }
  const words = rest.replace(/^(["'])(.+)\1$/, "$2");
  return {
    ...query,
    find: literal(words),
    looser: words === rest && wordsOf(words).length > 1 ? allWords(words) : null,
    question: kinds === null || kinds.includes("values") ? rest : "",
  };
}
