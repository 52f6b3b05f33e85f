import { useMemo } from "react";
import type { Output } from "../../format/generated";
import { traceURL } from "../../format/load";
import { agree } from "../../logic/compare/agreement";
import { printedBy } from "../../logic/compare/divergences";
import type { Lecture } from "../../logic/lecture";
import { OutputView } from "../../outputs/OutputView";
import { peekAt } from "../../state/actions";
import { useComparison } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { Guard } from "../../widgets/Guard";
import { SideMark } from "./SideMark";

const LONGEST = 4000;

/** What the two steps showed and printed: both, where that differs. */
export function OutputPairs() {
  const a = useLecture();
  const position = useStore((state) => state.position);
  const path = useStore(({ opened }) => (opened.status === "ready" ? opened.path : ""));
  const b = useComparison((state) => state.lecture);
  const other = useComparison((state) => state.position);
  const otherPath = useComparison((state) => state.path);
  const printsA = useMemo(() => printedBy(a.trace), [a]);
  const printsB = useMemo(() => (b ? printedBy(b.trace) : () => ""), [b]);
  if (!b) return null;
  const [own, theirs] = [outputsAt(a, position), outputsAt(b, other)];
  const [said, theySaid] = [textAt(a, position, printsA), textAt(b, other, printsB)];
  if (own.length + theirs.length === 0 && !said && !theySaid) return null;
  const same =
    own.length === theirs.length && own.every((output, index) => agree(output as never, theirs[index] as never, 0));
  const saysSame = said === theySaid;
  return (
    <section className="compare-outputs" aria-label="Outputs of both">
      <h3>{same && saysSame ? "Shown by both alike" : "Shown, and not alike"}</h3>
      {same && saysSame ? (
        <Shown outputs={own} text={said} base={path} />
      ) : (
        <div className="compare-wholes">
          <div>
            <SideMark side="a" />
            <Shown outputs={own} text={said} base={path} />
          </div>
          <div>
            <SideMark side="b" />
            <Shown outputs={theirs} text={theySaid} base={otherPath} />
          </div>
        </div>
      )}
    </section>
  );
}

function outputsAt(lecture: Lecture, position: number): Output[] {
  return position < 0 ? [] : lecture.outputs.ofStep(lecture.positions.step[position]);
}

function textAt(lecture: Lecture, position: number, printed: (step: number) => string): string {
  return position < 0 ? "" : printed(lecture.positions.step[position]);
}

function Shown({ outputs, text, base }: { outputs: Output[]; text: string; base: string }) {
  if (outputs.length === 0 && !text) return <p className="compare-none">nothing</p>;
  const address = traceURL(base)?.href ?? base;
  return (
    <>
      {outputs.map((output, index) => (
        // The outputs of a step never change their order.
        // oxlint-disable-next-line react/no-array-index-key
        <Guard key={index} what="This output" watch={output}>
          <OutputView output={output} base={address} onTarget={({ file, line }) => peekAt(file, line)} />
        </Guard>
      ))}
      {text && <pre className="compare-printed">{text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}</pre>}
    </>
  );
}
