import { memo, useMemo, useState } from "react";
import type { SourceFile } from "../../format/generated";
import type { Costs, LineAccount } from "../../logic/costs";
import { movesOnly, standing, usualCeiling, verdict, type Ceiling, type Point, type Roof } from "../../logic/roofline";
import { plain } from "../../logic/units";
import { dotsOf, rateWords, RooflinePlot, type Dot } from "./RooflinePlot";

interface Props {
  costs: Costs;
  roofs: Roof[];
  /** The line that the reader is on. */
  line: LineAccount | undefined;
  files: SourceFile[];
}

const NONE: Dot[] = [];

/** The lines under the roofline of a machine: how much arithmetic they do for each byte, and how fast. */
export const Roofline = memo(function Roofline({ costs, roofs, line, files }: Props) {
  const [machine, setMachine] = useState(0);
  const [chosen, setChosen] = useState<string | null>(null);
  const roof: Roof | undefined = roofs[machine] ?? roofs[0];
  const ceiling = roof && (roof.ceilings.find(({ dtypes }) => dtypes.join() === chosen) ?? usualCeiling(roof));
  const dots = useMemo(() => dotsOf(costs), [costs]);
  const here = line ? standing(line) : null;
  const name = line ? `line ${line.line}` : "";
  const words = wordsOf(line, here?.point ?? null, roof, ceiling);
  const about = line ? `${capital(name)}${here?.calls ? ", with what it called" : ""}. ` : "";
  return (
    <div className="costs-part">
      <h3>Roofline</h3>
      {roof && ceiling && (
        <div className="roofline-choice">
          <select
            aria-label="Machine"
            value={roofs.indexOf(roof)}
            onChange={(event) => {
              setMachine(Number(event.target.value));
              setChosen(null);
            }}
          >
            {roofs.map((each, index) => (
              // Two may be called the same; their order never changes.
              // oxlint-disable-next-line react/no-array-index-key
              <option key={index} value={index}>
                {each.name.slice(0, 60)}
                {each.measured ? " (measured)" : ""}
              </option>
            ))}
          </select>
          <select
            aria-label="Data type"
            value={ceiling.dtypes.join()}
            onChange={(event) => setChosen(event.target.value)}
          >
            {roof.ceilings.map(({ dtypes }) => (
              <option key={dtypes.join()} value={dtypes.join()}>
                {dtypes.join(", ")}
              </option>
            ))}
          </select>
        </div>
      )}
      <RooflinePlot
        dots={roof && !roof.ran ? NONE : dots}
        roof={roof}
        ceiling={ceiling}
        here={here?.point ?? null}
        label={name}
        files={files}
        words={about + words}
      />
      <p className="costs-note" aria-live="polite">
        {about}
        {words}
      </p>
      {roof && !roof.ran && (
        <p className="costs-note">
          The lecture did not run on this machine: its times were measured elsewhere, so only the intensity is shown.
        </p>
      )}
      {roof && (
        <p className="roofline-source">
          {roof.measured ? "Peaks of where the lecture ran: " : "Published peaks: "}
          {roof.source.slice(0, 800) || (roof.measured ? "measured" : "their source is not recorded")}
        </p>
      )}
    </div>
  );
});

function wordsOf(
  line: LineAccount | undefined,
  point: Point | null,
  roof: Roof | undefined,
  ceiling: Ceiling | undefined,
): string {
  if (!line) return "";
  if (point && roof && ceiling) return verdict(point, roof, ceiling);
  if (point) return `${plain(point.intensity)} FLOP/byte${rateWords(point)}.`;
  const without = "No forward FLOPs were counted here. Backward work stands with the lines that caused it.";
  return movesOnly(line.own, roof) || movesOnly(line.all, roof) || without;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
