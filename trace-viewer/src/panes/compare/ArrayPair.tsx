import { useMemo } from "react";
import type { Tensor } from "../../format/generated";
import { arrayFacts, elementsApart, type ArrayFact } from "../../logic/compare/array-pairs";
import { useComparison } from "../../state/comparison";
import { brief, count } from "../../values/numbers";
import { visible } from "../../values/escape";
import { Named } from "../../values/kept";
import { TensorView } from "../../values/TensorView";
import { SideMark } from "./SideMark";

/** Two arrays: their facts beside each other, and where all elements are in the record, the differences as a picture. */
export default function ArrayPair({ a, b }: { a: Tensor; b: Tensor }) {
  const facts = useMemo(() => arrayFacts(a, b), [a, b]);
  const found = useMemo(() => elementsApart(a, b), [a, b]);
  const tolerance = useComparison((state) => state.tolerance);
  const scale = Math.max(...facts.map((fact) => Math.max(size(fact.a), size(fact.b))));
  return (
    <div className="compare-arrays">
      <table className="compare-facts-table">
        <thead>
          <tr>
            <td />
            <th scope="col">
              <SideMark side="a" />
            </th>
            <th scope="col">
              <SideMark side="b" />
            </th>
            <th scope="col">B − A</th>
          </tr>
        </thead>
        <tbody>
          {facts.map((fact) => (
            <FactRow key={fact.name} fact={fact} least={tolerance * scale} />
          ))}
        </tbody>
      </table>
      {found && (
        <p className="compare-apart-words">
          {found.apart.differ === 0
            ? `All ${count(found.apart.of)} elements ${found.apart.whole ? "" : "of the sample "}are the same.`
            : `${count(found.apart.differ)} of ${count(found.apart.of)} elements ${found.apart.whole ? "" : "of the sample "}differ; by ${brief(found.apart.largest)} at most, ${brief(found.apart.mean)} on average.`}
        </p>
      )}
      {found?.differences && (
        <figure className="compare-picture">
          <figcaption>B − A, element by element</figcaption>
          <Named id={`compare ${a.shape.join(" ")}`}>
            <TensorView tensor={found.differences} />
          </Named>
        </figure>
      )}
    </div>
  );
}

function size(fact: ArrayFact["a"]): number {
  return typeof fact === "number" && Number.isFinite(fact) ? Math.abs(fact) : 0;
}

function FactRow({ fact: { name, a, b }, least }: { fact: ArrayFact; least: number }) {
  const numbers = typeof a === "number" && typeof b === "number";
  const by = numbers ? b - a : NaN;
  const differs = numbers ? Math.abs(by) > least : a !== b;
  return (
    <tr data-differs={differs || undefined}>
      <th scope="row">{name}</th>
      <td>{written(a)}</td>
      <td>{written(b)}</td>
      <td>
        {differs && <span className="compare-sign">≠</span>}
        {numbers && by !== 0 ? (
          `${by > 0 ? "+" : ""}${brief(by, 3)}`
        ) : differs ? (
          ""
        ) : (
          <span className="compare-same">same</span>
        )}
      </td>
    </tr>
  );
}

function written(fact: ArrayFact["a"]): string {
  if (fact === null) return "–";
  return typeof fact === "number" ? brief(fact, 5) : visible(fact.slice(0, 120));
}
