import { memo, useEffect, useRef, useState } from "react";
import type { Plot } from "../../format/generated";
import { useScheme } from "../../theme/scheme";
import { Missing } from "../Missing";
import type { OutputProps } from "../OutputView";
import { useNear } from "../useNear";
import { heightOf } from "./spec";
import "./plot.css";

/** `plot()`: a Vega-Lite specification, drawn when it comes near the screen. Its room is kept until then. */
export const PlotOutput = memo(function PlotOutput({ output: { spec, alt } }: OutputProps<Plot>) {
  const frame = useRef<HTMLDivElement>(null);
  const near = useNear(frame);
  const scheme = useScheme();
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
        const plot = await drawPlot(canvas, spec, { scheme, width: place.clientWidth, alt: alt ?? "" });
        remove = plot.remove;
        if (!current) return remove();
        place.replaceChildren(canvas);
        place.dataset.drawn = scheme;
        setState({ drawn: true, refused: plot.refused });
      } catch (problem) {
        if (current) setState({ drawn: false, problem: problem instanceof Error ? problem.message : String(problem) });
      }
    })();
    return () => {
      current = false;
      remove();
    };
  }, [near, scheme, spec, alt]);

  if (state.problem !== undefined)
    return <Missing what={alt || "A plot"} why={`It could not be drawn: ${state.problem}`} />;
  return (
    <>
      <div className="plot" ref={frame} style={state.drawn ? undefined : { minHeight: heightOf(spec) }} />
      {state.refused ? (
        <Missing
          what="Part of this plot"
          why={`It asks for ${state.refused}, but a plot shows only the data it carries.`}
        />
      ) : null}
    </>
  );
});
