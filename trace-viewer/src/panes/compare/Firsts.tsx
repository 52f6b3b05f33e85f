import { useMemo, type ReactNode } from "react";
import type { Divergence } from "../../logic/compare/divergences";
import { differingFacts } from "../../logic/compare/provenance";
import type { Lecture } from "../../logic/lecture";
import { useComparison } from "../../state/comparison";
import { useLecture } from "../../state/store";
import { BothValues } from "./BothValues";
import { goTo } from "./go-to";

/** In what the two were made differently, on one line. */
export function Facts() {
  const a = useLecture();
  const b = useComparison((state) => state.lecture)!;
  const facts = useMemo(() => (a === b ? [] : differingFacts(a.trace, b.trace)), [a, b]);
  if (a === b) return null;
  if (facts.length === 0)
    return <p className="compare-facts">Made in the same way: same source, arguments, machine and versions.</p>;
  const words = facts.map((fact) => `${fact.name} ${fact.a} / ${fact.b}`).join("; ");
  return (
    <p className="compare-facts" title={words}>
      <span>Made with </span>
      {facts.map((fact, index) => (
        <span key={fact.name}>
          {index > 0 && " · "}
          {fact.name} <b>{fact.a}</b> / <b>{fact.b}</b>
        </span>
      ))}
    </p>
  );
}

/** The first step after which another line ran, and the first value that is another: each a way there. */
export function Firsts() {
  const a = useLecture();
  const b = useComparison((state) => state.lecture)!;
  const found = useComparison((state) => state.divergences);
  const progress = useComparison((state) => state.progress);
  const alignable = useComparison((state) => state.alignment !== null);
  if (progress !== null && !found) {
    return (
      <p className="compare-firsts">
        <progress value={progress} aria-label="Comparing" /> Comparing …
      </p>
    );
  }
  if (!found || !alignable) {
    return (
      <p className="compare-firsts">
        {a === b && "The values of two places, side by side. Two turns of one line can move together."}
      </p>
    );
  }
  const { path, value, compared, alike, list } = found;
  return (
    <p className="compare-firsts">
      {path ? (
        <FirstButton label="First other path" divergence={path} lecture={a}>
          behind line {a.placeOf(path.a).line}
        </FirstButton>
      ) : (
        <span className="compare-alike">The same path</span>
      )}
      {value ? (
        <FirstButton label="First other value" divergence={value} lecture={a}>
          <code>{value.name || "returns"}</code> <BothValues a={a} b={b} divergence={value} max={24} />
        </FirstButton>
      ) : (
        <span className="compare-alike">The same values</span>
      )}
      <span className="compare-faint">
        {list.length === 0
          ? `${compared.toLocaleString("en-US")} steps, all alike`
          : `${alike.toLocaleString("en-US")} of ${compared.toLocaleString("en-US")} steps alike`}
      </span>
    </p>
  );
}

function FirstButton({
  label,
  divergence,
  lecture,
  children,
}: {
  label: string;
  divergence: Divergence;
  lecture: Lecture;
  children: ReactNode;
}) {
  return (
    <button type="button" className="button compare-first" onClick={() => goTo(lecture, divergence)}>
      <span className="compare-first-label">{label}</span>
      <span>{children}</span>
    </button>
  );
}
