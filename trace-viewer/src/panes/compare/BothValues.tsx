import type { Divergence } from "../../logic/compare/divergences";
import type { Lecture } from "../../logic/lecture";
import { summarise } from "../../values/summary";
import { PairedValue } from "./PairedValue";

interface Props {
  a: Lecture;
  b: Lecture;
  divergence: Divergence;
  max: number;
}

/** What a name is on both sides where it first differs: `2.3012 / 2.2998`. */
export function BothValues({ a, b, divergence: { valueA, valueB }, max }: Props) {
  const [own, other] = [a.trace.values[valueA], b.trace.values[valueB]];
  // Of a large array a line says no more than its shape.
  if (valueA >= 0 && valueB >= 0 && summarise(own) === summarise(other)) {
    return (
      <>
        both <PairedValue value={own} other={other} max={max} />, with other contents
      </>
    );
  }
  return (
    <>
      {valueA < 0 ? "nothing" : <PairedValue value={own} other={other} max={max} />} /{" "}
      {valueB < 0 ? "nothing" : <PairedValue value={other} other={own} max={max} />}
    </>
  );
}
