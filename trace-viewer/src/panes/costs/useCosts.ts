import { useMemo } from "react";
import { costsOf } from "../../logic/costs";
import { measuresOf, usable } from "../../logic/heat";
import { roofsOf } from "../../logic/roofline";
import { useSoonAt } from "../../state/soon";
import { useLecture, useStore } from "../../state/store";

/** What the pane shows: the costs of the lecture, of the current step, and of the line it is on. */
export function useCosts() {
  const lecture = useLecture();
  const position = useSoonAt(lecture, (at) => at);
  const measure = useStore(({ settings }) => settings.costMeasure);
  const calls = useStore(({ settings }) => settings.costCalls);
  const costs = costsOf(lecture);
  const step = position < 0 ? -1 : lecture.positions.step[position];
  const place = step < 0 ? null : lecture.placeOf(step);
  return {
    lecture,
    costs,
    step,
    /** All executions of the current line. */
    line: place ? costs.lineAt(place.file, place.line) : undefined,
    measures: useMemo(() => measuresOf(costs), [costs]),
    measure: usable(costs, measure),
    calls,
    roofs: useMemo(() => roofsOf(lecture.trace), [lecture]),
  };
}

/** What the reader should know about what was counted and what was not, in sentences. */
export function remarks({ trace }: ReturnType<typeof useCosts>["lecture"], counted: boolean): string[] {
  const everywhere = trace.provenance.arguments.includes("--costs");
  const partly =
    counted && !everywhere ? ["Operations were counted only where the lecture asks for it; time everywhere."] : [];
  const said = trace.notices.map(({ message }) => message).filter((message) => /\bcount(ed|s|ing)?\b/i.test(message));
  return [...partly, ...new Set(said)].slice(0, 8);
}
