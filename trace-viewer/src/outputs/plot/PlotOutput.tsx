import { memo, useEffect, useMemo, useRef, useState } from "react";
import type { Plot } from "../../format/generated";
import { usePrinting } from "../../theme/printing";
import { currentScheme, useLook } from "../../theme/scheme";
import { Missing } from "../Missing";
import type { OutputProps } from "../OutputView";
import { useNear } from "../useNear";
import { dataOf, heightOf, type Spec } from "./spec";
import "./plot.css";

/** Pixels there are for a plot on a sheet of A4 or Letter, so that its words come out as large as those around it. */
const PAPER_WIDTH = 620;

/** `plot()`: a Vega-Lite specification, drawn when it comes near the screen. Its room is kept until then. */
export const PlotOutput = memo(function PlotOutput({ output: { spec, alt } }: OutputProps<Plot>) {
  const frame = useRef<HTMLDivElement>(null);
  const near = useNear(frame);
  const look = useLook();
  const paper = usePrinting();
  const [state, setState] = useState<{ drawn: boolean; problem?: string; refused?: string }>({ drawn: false });

  useEffect(() => {
    const place = frame.current;
    if (!place || !near) return undefined;
    let current = true;
    let remove = () => {};
    const canvas = document.createElement("div");
    (async () => {
      try {
        const { drawPlot } = await import("./draw");
        if (!current) return;
        const plot = await drawPlot(canvas, spec, {
          scheme: currentScheme(),
          width: paper ? PAPER_WIDTH : place.clientWidth,
          alt: alt ?? "",
        });
        remove = plot.remove;
        if (!current) return remove();
        place.replaceChildren(canvas);
        place.dataset.drawn = paper ? "paper" : look;
        setState({ drawn: true, refused: plot.refused });
      } catch (problem) {
        if (current) setState({ drawn: false, problem: sentence(problem) });
      }
    })();
    return () => {
      current = false;
      remove();
    };
  }, [near, look, paper, spec, alt]);

  if (state.problem !== undefined)
    return <Missing what={alt || "A plot"} why={`It could not be drawn: ${state.problem}`} />;
  return (
    <>
      <div
        className="plot"
        ref={frame}
        style={state.drawn ? undefined : { minHeight: heightOf(spec, window.innerWidth) }}
      />
      {near ? <DataTable spec={spec} /> : null}
      {state.refused ? (
        <Missing
          what="Part of this plot"
          why={`It asks for ${state.refused}, but a plot shows only the data it carries.`}
        />
      ) : null}
    </>
  );
});

/** The data behind a plot, for those who cannot see it. */
const DataTable = memo(function DataTable({ spec }: { spec: Spec }) {
  const data = useMemo(() => dataOf(spec), [spec]);
  if (!data) return null;
  const left = data.count - data.rows.length;
  return (
    <div className="visually-hidden">
      <table>
        <caption>
          The data of this plot{left > 0 ? `, the first ${data.rows.length} of ${data.count} rows` : ""}
        </caption>
        <thead>
          <tr>
            {data.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={data.columns[column]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
});

/** Vega stumbles over what it does not know, and says where in itself that was: no help to an author. */
function sentence(problem: unknown): string {
  if (problem instanceof TypeError || !(problem instanceof Error))
    return "it is no specification that Vega-Lite can read.";
  return problem.message.slice(0, 300);
}
