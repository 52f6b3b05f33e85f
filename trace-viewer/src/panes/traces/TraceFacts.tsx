import { ago, duration, fileSize, type Listed } from "../../format/listing";
import { count } from "../../values/numbers";

/** What is known of a recorded run: how it ended, whether it is still up to date, how long, how large, when. */
export function TraceFacts({ trace, machine = [] }: { trace: Listed; machine?: readonly string[] }) {
  const { steps, seconds, outcome, modified, bytes, problem, changed } = trace;
  return (
    <span className="trace-facts">
      {problem ? <span className="chip error">unreadable</span> : <OutcomeChip status={outcome?.status} />}
      {changed && <span className="chip warn">edited since</span>}
      {machine.map((need) => (
        <span key={need} className="chip">
          {need}
        </span>
      ))}
      {steps === null ? null : <span>{count(steps)} steps</span>}
      {seconds === null ? null : <span>ran {duration(seconds)}</span>}
      <span>{fileSize(bytes)}</span>
      {modified && (
        <span>
          recorded{" "}
          <time dateTime={modified} title={modified}>
            {ago(modified)}
          </time>
        </span>
      )}
    </span>
  );
}

/** Why a run did not come to its end, or cannot be shown; nothing where all is well. */
export function Trouble({ trace: { outcome, problem } }: { trace: Listed }) {
  const words = problem ?? (outcome && outcome.status !== "finished" ? outcome.message : "");
  if (!words) return null;
  const isFailure = problem !== null || outcome?.status === "failed" || outcome?.status === "lost";
  return <span className={isFailure ? "trace-trouble failure" : "trace-trouble"}>{words}</span>;
}

function OutcomeChip({ status }: { status?: string }) {
  if (!status || status === "finished") return null;
  return <span className={status === "failed" || status === "lost" ? "chip error" : "chip warn"}>{status}</span>;
}
