import { lazy, Suspense } from "react";
import type { Expectation } from "../../format/generated";
import type { OutputProps } from "../OutputView";

const ExpectationTable = lazy(() => import("./ExpectationTable"));

/** `expect()`: what the author predicted beside what was measured. Its room is kept until it is drawn. */
export function ExpectationOutput({ output }: OutputProps<Expectation>) {
  const rows = Array.isArray(output.items) ? Math.min(output.items.length, 8) : 0;
  return (
    <Suspense fallback={<div style={{ height: `${2 + rows * 1.75}rem` }} />}>
      <ExpectationTable output={output} />
    </Suspense>
  );
}
