import { memo, useMemo } from "react";
import type { DeviceMemory } from "../../logic/memory";
import { sectionsOf } from "../../logic/memory-timeline";
import { bytes as written } from "../../logic/units";
import { jumpTo } from "../../state/actions";
import { useLecture } from "../../state/store";

/** The timeline as a table: what each section of the lecture left alive, and the most it held. */
export const Sections = memo(function Sections({ device }: { device: DeviceMemory }) {
  const { headings, positions } = useLecture();
  const sections = useMemo(() => sectionsOf(device, headings, positions.count), [device, headings, positions]);
  return (
    <details className="memory-sections">
      <summary>Section by section</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Section</th>
            <th scope="col">Peak</th>
            <th scope="col">At its end</th>
          </tr>
        </thead>
        <tbody>
          {sections.map(({ title, total, peak, at }, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index}>
              <th scope="row">{title.slice(0, 200)}</th>
              <td>
                {total === null ? (
                  "–"
                ) : (
                  <button
                    type="button"
                    className="text-button"
                    aria-label={`${written(peak)}: go to the peak of ${title.slice(0, 80)}`}
                    onClick={() => jumpTo(at)}
                  >
                    {written(peak)}
                  </button>
                )}
              </td>
              <td>{total === null ? "–" : written(total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
});
