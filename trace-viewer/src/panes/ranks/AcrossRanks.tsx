import { memo, useState } from "react";
import type { Tensor, Value } from "../../format/generated";
import type { Across } from "../../logic/side-by-side";
import { visible } from "../../values/escape";
import { count } from "../../values/numbers";
import { ValueInline } from "../../values/ValueInline";
import { fieldOf } from "../../values/tensor/field";
import { commonScale, SmallPicture } from "./SmallPicture";
import type { RanksNow } from "./useRanks";

/** So many names are shown at first: what this step changed stands above. */
const FIRST = 6;

/** Each name of the function at hand, with what it is on each rank. */
export function AcrossRanks({ lecture, across, shown }: RanksNow) {
  const [all, setAll] = useState(false);
  const { values } = lecture.trace;
  if (across.length === 0) return <p className="nothing">This function has no values here yet.</p>;
  const drawn = all ? across : across.slice(0, FIRST);
  return (
    <div className="ranks-names">
      {drawn.map((each) => (
        <NameAcross key={each.name} across={each} ranks={shown} here={lecture.rank.number} values={values} />
      ))}
      {across.length > FIRST && (
        <button type="button" className="text-button" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "fewer names" : `${count(across.length - FIRST)} more names`}
        </button>
      )}
    </div>
  );
}

interface NameProps {
  across: Across;
  ranks: readonly number[];
  here: number;
  values: Value[];
}

const NameAcross = memo(function NameAcross({ across, ranks, here, values }: NameProps) {
  const { name, changed, differs } = across;
  const known = across.values.map((value) => (value < 0 ? undefined : values[value]));
  const tensors = known.filter(isDrawn);
  const scale = tensors.length > 1 ? commonScale(tensors) : null;
  const others = differs.filter(Boolean).length;
  return (
    <section className="ranks-name" data-changed={changed || undefined} aria-label={visible(name)}>
      <h3>
        <code>{visible(name)}</code>
        <span className="ranks-of">
          {others > 0 ? "differs" : known.filter((value) => value !== undefined).length > 1 ? "the same" : "only here"}
        </span>
      </h3>
      <ul>
        {known.map((value, i) => (
          <li key={ranks[i]} data-here={ranks[i] === here || undefined} data-differs={differs[i] || undefined}>
            <span className="ranks-label">
              <span className="visually-hidden">rank </span>
              {ranks[i]}
              {differs[i] && (
                <span className="ranks-differs" title={`Not what it is on rank ${here}`}>
                  {" ≠"}
                  <span className="visually-hidden"> differs</span>
                </span>
              )}
            </span>
            {value === undefined ? <span className="nothing">–</span> : <Cell value={value} scale={scale} />}
          </li>
        ))}
      </ul>
    </section>
  );
}, isTheSame);

/** Most steps leave most names as they were. */
function isTheSame(before: NameProps, now: NameProps): boolean {
  const [a, b] = [before.across, now.across];
  return (
    a.name === b.name &&
    a.changed === b.changed &&
    a.values.length === b.values.length &&
    a.values.every((value, i) => value === b.values[i] && a.differs[i] === b.differs[i]) &&
    before.ranks === now.ranks &&
    before.here === now.here &&
    before.values === now.values
  );
}

const Cell = memo(function Cell({ value, scale }: { value: Value; scale: ReturnType<typeof commonScale> | null }) {
  return (
    <span className="ranks-value">
      {scale && isDrawn(value) && <SmallPicture tensor={value} low={scale.low} high={scale.high} />}
      <ValueInline value={value} max={60} />
    </span>
  );
});

/** Worth a picture: an array with some numbers. */
function isDrawn(value: Value | undefined): value is Tensor {
  if (typeof value !== "object" || value?.kind !== "tensor") return false;
  const field = fieldOf(value);
  return field !== undefined && field.kind !== "text" && field.numbers.length > 1;
}
