import type { Trace } from "../../format/generated";
import type { Sources } from "../../state/store";

/** `lecture_01.py has changed since this was recorded`, or nothing; `short`: without the last words. */
export function sourceWords({ changed, gone }: Sources, short = false): string {
  const since = short ? "since" : "since this was recorded";
  const parts = [
    changed.length > 0 ? `${listed(changed)} ${changed.length > 1 ? "have" : "has"} changed ${since}` : "",
    gone.length > 0 ? `${listed(gone)} ${gone.length > 1 ? "are" : "is"} not there any more` : "",
  ];
  return parts.filter(Boolean).join("; ");
}

/** The command that records the lecture again, as a shell takes it. */
export function runAgain({ provenance, summary }: Trace): string {
  const words = provenance.arguments.length > 0 ? provenance.arguments : ["-m", summary.name];
  return ["python execute.py", ...words.map(quoted)].join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function listed(paths: readonly string[]): string {
  const [first, second, ...more] = paths.map((path) => path.slice(path.lastIndexOf("/") + 1));
  if (more.length > 0) return `${first}, ${second} and ${more.length} more`;
  return second === undefined ? first : `${first} and ${second}`;
}
