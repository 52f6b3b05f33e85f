import { valueAt, type History } from "../../logic/history";
import { lastAtMost } from "../../logic/columns";
import type { Lecture } from "../../logic/lecture";
import { summaryOf } from "../../logic/series";
import type { Value } from "../../format/generated";
import { jumpTo } from "../../state/actions";
import { useStore } from "../../state/store";
import { brief, count } from "../../values/numbers";
import { ValueInline } from "../../values/ValueInline";
import { useRows } from "../../widgets/useRows";
import { turnOf } from "./useHistory";

interface Props {
  lecture: Lecture;
  history: History;
  current: number;
  name: string;
}

const ROW_REM = 1.75;

/** The moments as a list, those that are alike folded into one; each leads to where it was. */
export function MomentList({ lecture, history, current, name }: Props) {
  const { distinct, positions, rows } = history;
  const reveal = useStore(({ settings }) => settings.animate);
  const here = lastAtMost(current, 0, distinct.length, (i) => distinct[i]);
  const { box, from, to, above, below } = useRows(reveal ? here + 1 : distinct.length, ROW_REM, here);
  const shown = Array.from({ length: to - from }, (_, i) => from + i);
  return (
    // A region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="moments" ref={box} tabIndex={0} role="region" aria-label={`Moments of ${name}`}>
      <ol style={{ paddingTop: above, paddingBottom: below }}>
        {shown.map((place) => {
          const moment = distinct[place];
          const alike = (distinct[place + 1] ?? rows.length) - moment;
          const { line } = lecture.placeOf(lecture.trace.bindings.step[rows[moment]]);
          const turn = turnOf(lecture, history, moment);
          return (
            <li key={moment}>
              <button
                type="button"
                className="moment"
                aria-current={place === here || undefined}
                onClick={() => jumpTo(positions[moment])}
              >
                <span className="moment-number">{count(moment + 1)}</span>
                <span className="moment-value">
                  <MomentValue value={valueAt(lecture, history, moment)} />
                  {alike > 1 && <span className="moment-alike">× {count(alike)}</span>}
                </span>
                <span className="moment-place">
                  {turn > 0 && `turn ${count(turn)} · `}line {line}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function MomentValue({ value }: { value: Value | undefined }) {
  if (value === undefined) return <span className="value-faint">no longer shown</span>;
  const facts = typeof value === "object" && value?.kind === "tensor" ? summaryOf(value) : null;
  return (
    <>
      <ValueInline value={value} max={60} />
      {facts && facts.min !== facts.max && (
        <span className="value-faint">{`${brief(facts.min)} … ${brief(facts.max)}, mean ${brief(facts.mean)}`}</span>
      )}
    </>
  );
}
