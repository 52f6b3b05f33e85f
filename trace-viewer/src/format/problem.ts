/** Why a trace cannot be shown: a title, and one sentence that says what is wrong and what to do about it. */
export class TraceProblem extends Error {
  override readonly name = "TraceProblem";

  constructor(
    readonly title: string,
    readonly sentence: string,
  ) {
    super(sentence);
  }
}

export function unanswered(): TraceProblem {
  return new TraceProblem("The server does not answer", "Start it with `python -m tracer serve`, then try again.");
}
