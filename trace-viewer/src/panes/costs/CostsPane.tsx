import "./costs.css";
import { CostDetails } from "../../costs/CostDetails";
import type { Cost } from "../../logic/costs";
import type { Measure } from "../../logic/measures";
import { bytes, seconds, si } from "../../logic/units";
import { setSettings } from "../../state/actions";
import { count } from "../../values/numbers";
import { CostTable } from "./CostTable";
import { Roofline } from "./Roofline";
import { remarks, useCosts } from "./useCosts";

const NAMES: Record<Measure, string> = { time: "Time", flops: "FLOPs", bytes: "Bytes", memory: "Memory" };

/** What the lines cost: the current one, the costliest, and where they stand under the roofline. */
export default function CostsPane() {
  const shown = useCosts();
  const { lecture, costs, step, line, measures, measure, calls, roofs } = shown;
  return (
    <section className="costs" aria-label="Costs">
      <h2 className="side-title">Costs</h2>
      <div className="costs-choice">
        {measures.length > 1 ? (
          <div className="segments" role="group" aria-label="Weigh lines by">
            {measures.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={each === measure}
                onClick={() => setSettings({ costMeasure: each })}
              >
                {NAMES[each]}
              </button>
            ))}
          </div>
        ) : (
          <span className="costs-where">Lines are weighed by their time</span>
        )}
        <button
          type="button"
          className="switch"
          role="switch"
          aria-checked={calls}
          onClick={() => setSettings({ costCalls: !calls })}
        >
          with calls
        </button>
      </div>
      {!costs.counted && <HowToCount name={lecture.trace.summary.name} />}
      {step >= 0 && (
        <div className="costs-part">
          <h3>This step{line && <span className="costs-where"> line {line.line}</span>}</h3>
          <CostDetails
            account={costs.ofStep(step)}
            operations={costs.stepOperations(step)}
            counted={costs.counted}
            roof={roofs.find(({ ran }) => ran)}
          />
          {line && line.runs > 1 && (
            <p className="costs-note">
              All {count(line.runs)} executions of this line: {inWords(line.all)}
            </p>
          )}
        </div>
      )}
      {costs.counted && <Roofline costs={costs} roofs={roofs} line={line} files={lecture.trace.files} />}
      <div className="costs-part">
        <h3>The whole run</h3>
        <p className="costs-note">
          {inWords(costs.lecture.all)}
          {costs.lecture.peak >= 0 && `, at most ${bytes(costs.lecture.peak)} of tensors at once`}
        </p>
        {remarks(lecture, costs.counted).map((remark) => (
          <p key={remark} className="costs-note">
            {remark}
          </p>
        ))}
      </div>
      <CostTable lecture={lecture} costs={costs} measure={measure} calls={calls} current={line} />
    </section>
  );
}

function HowToCount({ name }: { name: string }) {
  return (
    <p className="costs-note">
      Only time was recorded. To count FLOPs, bytes and memory, run the lecture with{" "}
      <code>python execute.py -m {name} --costs</code>, or mark lines with <code># @costs</code>.
    </p>
  );
}

/** A cost as a sentence goes on: `45 ms, 2.4 GFLOP forward, 4.8 GFLOP backward, 120 MiB moved`. */
function inWords(cost: Cost): string {
  const { forwardFlops, backwardFlops, forwardBytes, backwardBytes } = cost;
  const words = [seconds(cost.seconds)];
  if (backwardFlops > 0) words.push(`${si(forwardFlops, "FLOP")} forward, ${si(backwardFlops, "FLOP")} backward`);
  else if (forwardFlops > 0) words.push(si(forwardFlops, "FLOP"));
  if (forwardBytes + backwardBytes > 0) words.push(`${bytes(forwardBytes + backwardBytes)} moved, unfused`);
  return words.join(", ");
}
