import "./run.css";
import { jumpTo } from "../../state/actions";
import { useLecture } from "../../state/store";
import { outcomeWords } from "./outcome";

/** Says above the lecture that its run did not finish, and leads to where it ended. */
export function OutcomeBanner() {
  const lecture = useLecture();
  const { trace, positions } = lecture;
  const { outcome } = trace.summary;
  if (outcome.status === "finished") return null;
  const failed = trace.raised.step[trace.raised.failure.indexOf(outcome.failure ?? -1)];
  const end = failed === undefined ? positions.count - 1 : positions.exit[failed];
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
