import "./expectation.css";
import type { Expectation } from "../../format/generated";
import { percent, plain } from "../../logic/units";
import { judge, onBar, reachOf, type Judgement, type Quantity } from "./judge";

const MOST_ITEMS = 20;

/** A row a quantity: predicted, measured, and their ratio on a bar around 1 that shows the tolerance. */
export default function ExpectationTable({ output }: { output: Expectation }) {
  const { items, tolerance, label, reason } = output;
  const judged = (Array.isArray(items) ? items : []).slice(0, MOST_ITEMS).map((item) => judge(item, tolerance));
  const reach = reachOf(
    judged.map(({ ratio }) => ratio),
    tolerance,
  );
  const allowed = typeof tolerance === "number" && tolerance >= 0 ? percent(tolerance) : "none";
  return (
    <figure className="expectation card" data-missed={judged.some(({ verdict }) => verdict === "missed") || undefined}>
      <table>
        <caption>
          <span className="expectation-label">{String(label || "Predicted and measured").slice(0, 500)}</span>{" "}
          <span className="expectation-tolerance">tolerance {allowed}</span>
        </caption>
        <thead>
          <tr>
            <td />
            <th scope="col">predicted</th>
            <th scope="col">measured</th>
            <th scope="col" className="expectation-ratio">
              measured / predicted
            </th>
          </tr>
        </thead>
        <tbody>
          {judged.map((each, index) => (
            // Nothing of an output ever changes its place.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index} data-verdict={each.verdict}>
              <th scope="row">{each.name}</th>
              <Cell quantity={each.predicted} />
              {each.measured ? <Cell quantity={each.measured} /> : <td>–</td>}
              <td className="expectation-ratio">
                <Verdict judged={each} tolerance={tolerance} reach={reach} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {reason && <figcaption>{String(reason).slice(0, 500)}</figcaption>}
    </figure>
  );
}

function Cell({ quantity: { text, exact } }: { quantity: Quantity }) {
  return <td title={exact}>{text}</td>;
}

const ICONS = { met: "✓", missed: "✗", unmeasured: "?" };

interface VerdictProps {
  judged: Judgement;
  tolerance: unknown;
  reach: number;
}

function Verdict({ judged: { ratio, verdict, words }, tolerance, reach }: VerdictProps) {
  const { at, from, to, beyond } = onBar(ratio, tolerance, reach);
  return (
    <div className="expectation-verdict">
      {!Number.isNaN(ratio) && (
        <>
          <span className="expectation-number" title={String(ratio)}>
            {Number.isFinite(ratio) ? plain(ratio) : "∞"}
          </span>
          <span
            className="expectation-bar"
            aria-hidden="true"
            data-beyond={beyond ? (ratio > 1 ? "above" : "below") : undefined}
            style={{ "--at": at, "--from": from, "--to": to }}
          />
        </>
      )}
      <span className="expectation-words">
        <span aria-hidden="true">{ICONS[verdict]}</span> {words}
      </span>
    </div>
  );
}
