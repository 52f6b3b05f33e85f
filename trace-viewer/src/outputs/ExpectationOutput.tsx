import type { Expectation } from "../format/generated";
import type { OutputProps } from "./OutputView";

/** What the author predicted beside what was measured. */
export function ExpectationOutput({ output: { items } }: OutputProps<Expectation>) {
  return (
    <ul>
      {items.map(({ measure, expected, measured }) => (
        <li key={measure}>
          {measure}: expected {expected}, measured {measured ?? "not"}
        </li>
      ))}
    </ul>
  );
}
