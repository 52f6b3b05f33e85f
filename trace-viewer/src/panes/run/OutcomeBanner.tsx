import "./run.css";
import { endOf } from "../../logic/ending";
import { jumpTo } from "../../state/actions";
import { useLecture } from "../../state/store";
import { outcomeWords } from "./outcome";

/** Says above the lecture that its run did not finish, and leads to where it ended. */
export function OutcomeBanner() {
  const lecture = useLecture();
  const { outcome } = lecture.trace.summary;
  if (outcome.status === "finished") return null;
  const end = endOf(lecture);
  return (
    <div className="banner" role="status" data-status={outcome.status}>
      <span>This run {outcomeWords(outcome).slice(0, 400)}</span>
      {end >= 0 && (
        <button type="button" className="text-button" onClick={() => jumpTo(end)}>
          Go there
        </button>
      )}
    </div>
  );
}

/** The same in one word, for the bar that stays in sight. */
export function OutcomeChip() {
  const lecture = useLecture();
  const { status } = lecture.trace.summary.outcome;
  if (status === "finished") return null;
  return (
    <button
      type="button"
      className={status === "running" ? "chip warn" : "chip error"}
      title={status === "running" ? "Go to where the run has come" : "Go to where the run ended"}
      onClick={() => jumpTo(endOf(lecture))}
    >
      {status}
    </button>
  );
}
