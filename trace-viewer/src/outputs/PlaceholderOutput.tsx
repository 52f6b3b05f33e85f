import type { Placeholder } from "../format/generated";
import { Missing } from "./Missing";
import type { OutputProps } from "./OutputView";

/** Stands for an output that the run could not make. */
export function PlaceholderOutput({ output: { of, label, reason } }: OutputProps<Placeholder>) {
  return (
    <Missing
      what={
        <>
          <span className="chip warn">{of} missing</span> {label}
        </>
      }
      why={reason}
    />
  );
}
