import { useState } from "react";
import type { History } from "../../logic/history";
import type { Lecture } from "../../logic/lecture";
import type { Scale } from "../../logic/series";
import { setHistory } from "../../state/actions";
import { count } from "../../values/numbers";
import { HistoryPlot } from "./HistoryPlot";
import { MomentList } from "./MomentList";
import { historyKey, scopesOf } from "./useHistory";

interface Props {
  lecture: Lecture;
  history: History;
  current: number;
  call: number;
  name: string;
}

/** All the moments of a name: as a plot with its axes, where they are numbers, and as a list. */
export function HistoryView({ lecture, history, current, call, name }: Props) {
  const [scale, setScale] = useState<Scale>("linear");
  const { series } = history;
  const scopes = scopesOf(lecture, call, name);
  return (
    <div className="history" role="group" aria-label={`History of ${name}`}>
      {scopes.length > 1 && (
        <div className="history-choices">
          {scopes.map(({ scope, count: moments }) => (
            <button
              key={scope}
              type="button"
              className="history-choice"
              aria-pressed={scope === history.scope}
              onClick={() => setHistory(historyKey(lecture, call, name), scope)}
            >
              {scope === "call" ? "this call" : `all calls of ${lecture.functionName(call)}`}{" "}
              <span className="history-count">{count(moments)}</span>
            </button>
          ))}
        </div>
      )}
      {series && (
        <HistoryPlot
          series={series}
          positions={history.positions}
          current={current}
          scale={scale}
          onScale={setScale}
          name={name}
        />
      )}
      <MomentList lecture={lecture} history={history} current={current} name={name} />
    </div>
  );
}
