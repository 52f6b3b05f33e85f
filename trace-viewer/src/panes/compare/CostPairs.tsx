import { useEffect, useState } from "react";
import { isCounted, runCosts, stepCosts, type CostPair } from "../../logic/compare/cost-pairs";
import type { Side } from "../../logic/compare/pairs";
import type { Lecture } from "../../logic/lecture";
import { plain } from "../../logic/units";
import { useComparison } from "../../state/comparison";
import { useLecture, useStore } from "../../state/store";
import { placeWords } from "./places";
import { SideMark } from "./SideMark";

/** What the two steps cost, with all that they called, and the two runs. */
export function CostPairs() {
  const a = useLecture();
  const position = useStore((state) => state.position);
  const b = useComparison((state) => state.lecture);
  const other = useComparison((state) => state.position);
  const paired = useComparison((state) => state.together && state.exact);
  const costs = useCosts(a, b);
  if (!b) return null;
  const groups: [string, CostPair[]][] = [
    [
      wordsFor({ lecture: a, position }, { lecture: b, position: other }, paired),
      stepCosts({ lecture: a, position }, { lecture: b, position: other }, costs),
    ],
  ];
  if (a !== b) groups.push(["the whole run", runCosts(a, b, costs)]);
  return (
    <section className="compare-costs" aria-label="Costs of both">
      <h3>Costs</h3>
      <table className="compare-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">quantity</span>
            </th>
            <th scope="col">
              <SideMark side="a" />
            </th>
            <th scope="col">
              <SideMark side="b" />
            </th>
            <th scope="col" className="compare-apart-head">
              B / A
            </th>
          </tr>
        </thead>
        {groups.map(([name, pairs]) => (
          <tbody key={name}>
            <tr className="compare-group">
              <th scope="rowgroup" colSpan={4}>
                {name}
              </th>
            </tr>
            {pairs.map((pair) => (
              <tr key={pair.name}>
                <th scope="row">{pair.name}</th>
                <td>{pair.a === null ? "–" : pair.write(pair.a)}</td>
                <td>{pair.b === null ? "–" : pair.write(pair.b)}</td>
                <td className="compare-apart">
                  <Ratio pair={pair} />
                </td>
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}

/** What the figures are of: one step of both, or two that have little to do with each other. */
function wordsFor(a: Side, b: Side, paired: boolean): string {
  const [own, other] = [a, b].map(({ lecture, position }) => placeWords(lecture, position).replace(/,.*/, ""));
  return paired || own === other ? "this step, with what it called" : `A: ${own}, B: ${other}, with what they called`;
}

/** Ratios nearer to 1 than this are no news: times differ from run to run. */
const NEAR = 0.05;

function Ratio({ pair: { a, b } }: { pair: CostPair }) {
  if (a === null || b === null) return "–";
  if (a === b) return <span className="compare-same">same</span>;
  if (a === 0) return "–";
  const ratio = b / a;
  if (Math.abs(ratio - 1) < NEAR) return <span className="compare-same">× {plain(ratio)}</span>;
  return (
    <span className="compare-ratio">
      <span aria-hidden="true">{ratio > 1 ? "▲ " : "▼ "}</span>× {plain(ratio)}
    </span>
  );
}

type CostsOf = typeof import("../../logic/costs").costsOf;

/** What sums costs, once it is needed and has been loaded. */
function useCosts(a: Lecture, b: Lecture | null): CostsOf | null {
  const [costs, setCosts] = useState<{ of: CostsOf } | null>(null);
  const needed = isCounted(a) || (b !== null && isCounted(b));
  useEffect(() => {
    if (!needed || costs) return undefined;
    let wanted = true;
    void import("../../logic/costs").then(({ costsOf }) => {
      if (wanted) setCosts({ of: costsOf });
    });
    return () => {
      wanted = false;
    };
  }, [needed, costs]);
  return costs?.of ?? null;
}
