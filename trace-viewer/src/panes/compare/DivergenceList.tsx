import { useMemo, useState } from "react";
import type { Divergence } from "../../logic/compare/divergences";
import type { Lecture } from "../../logic/lecture";
import { setTolerance, useComparison } from "../../state/comparison";
import { useLecture } from "../../state/store";
import { count } from "../../values/numbers";
import { Guard } from "../../widgets/Guard";
import { Icon } from "../../widgets/Icon";
import { BothValues } from "./BothValues";
import { goTo } from "./go-to";
import { fileName, lineText, placeWords, turnWords } from "./places";

const SHOWN = 30;

const TOLERANCES: [number, string][] = [
  [0, "exactly"],
  [1e-7, "to 10⁻⁷"],
  [1e-6, "to 10⁻⁶"],
  [1e-5, "to 10⁻⁵"],
  [1e-4, "to 10⁻⁴"],
  [1e-3, "to 0.1 %"],
  [1e-2, "to 1 %"],
  [1e-1, "to 10 %"],
];

/** All that differs, line by line, in the order in which it first comes up. */
export function DivergenceList() {
  const a = useLecture();
  const b = useComparison((state) => state.lecture);
  const found = useComparison((state) => state.divergences);
  const tolerance = useComparison((state) => state.tolerance);
  const progress = useComparison((state) => state.progress);
  const [shown, setShown] = useState(SHOWN);
  const lines = useMemo(() => (found ? byLine(a, found.list) : []), [a, found]);
  if (!b) return null;
  return (
    <section className="compare-list" aria-label="What differs" aria-busy={progress !== null}>
      <h3>
        What differs
        <label className="compare-tolerance">
          numbers agree
          <select value={tolerance} onChange={(event) => setTolerance(Number(event.target.value))}>
            {TOLERANCES.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      </h3>
      {found && <Legend />}
      {found && lines.length === 0 && (
        <p className="nothing">
          Nothing: {count(found.compared)} {found.compared === 1 ? "step" : "steps"}, and all that was recorded with
          them agrees.
        </p>
      )}
      <ol>
        {lines.slice(0, shown).map(({ file, line, items }) => (
          <li key={`${file} ${line}`}>
            <p className="compare-line">
              <span className="compare-line-number">
                {file === a.trace.entry ? "" : `${fileName(a, file)} `}
                {line}
              </span>
              <code>{lineText(a, file, line)}</code>
            </p>
            <ul>
              {items.map((item) => (
                <li key={`${item.kind} ${item.name}`}>
                  <button type="button" className="compare-item" onClick={() => goTo(a, item)}>
                    <Guard what="This difference" watch={item}>
                      <Words divergence={item} a={a} b={b} />
                    </Guard>
                  </button>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      {lines.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + 4 * SHOWN)}>
          {count(lines.length - shown)} more lines
        </button>
      )}
      {found?.cut && <p className="nothing">More differs than is listed.</p>}
    </section>
  );
}

/** What the strip above the scrubber says. */
function Legend() {
  return (
    <p className="compare-legend" aria-hidden="true">
      <span data-state="0">alike</span>
      <span data-state="1">other values</span>
      <span data-state="2">other path</span>
    </p>
  );
}

interface LineItems {
  file: number;
  line: number;
  items: Divergence[];
}

function byLine(a: Lecture, list: Divergence[]): LineItems[] {
  const lines = new Map<string, LineItems>();
  for (const item of list) {
    const { file, line } = a.placeOf(item.a);
    const key = `${file} ${line}`;
    const known = lines.get(key);
    if (known) known.items.push(item);
    else lines.set(key, { file, line, items: [item] });
  }
  return [...lines.values()];
}

function Words({ divergence, a, b }: { divergence: Divergence; a: Lecture; b: Lecture }) {
  const turn = turnWords(a, a.positions.entry[divergence.a]).replace(/ of .*/, "");
  const from = turn && (divergence.count > 1 ? ` from ${turn} on` : ` in ${turn}`);
  const often = divergence.count > 1 ? `, ${count(divergence.count)} times` : "";
  switch (divergence.kind) {
    case "value":
      return (
        <>
          <Sign>≠</Sign> <code>{divergence.name || "what it returns"}</code> differs{from}
          {often}: <BothValues a={a} b={b} divergence={divergence} max={32} />
        </>
      );
    case "output":
      return (
        <>
          <Sign>≠</Sign> shows something else{from}
          {often}
        </>
      );
    case "path":
      return (
        <>
          <span className="compare-sign">
            <Icon name="parting" />
          </span>{" "}
          then A {nextWords(a, divergence.nextA)}, B {nextWords(b, divergence.nextB)}
          {from}
          {often}
        </>
      );
  }
}

function Sign({ children }: { children: string }) {
  return (
    <span className="compare-sign" aria-hidden="true">
      {children}
    </span>
  );
}

function nextWords(lecture: Lecture, step: number): string {
  return step < 0 ? "ends" : `runs ${placeWords(lecture, lecture.positions.entry[step]).replace(/,.*/, "")}`;
}
