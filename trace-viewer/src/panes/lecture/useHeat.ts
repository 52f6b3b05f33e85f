import { useEffect, useMemo, useState } from "react";
import type { Heat } from "../../logic/heat";
import type { Lecture } from "../../logic/lecture";
import { isTimed } from "../../logic/timed";
import type { Settings } from "../../state/settings";

/** The heat of the lines of a file, by line. */
export type Weigh = (file: number) => Map<number, Heat>;

type Loaded = { costs: typeof import("../../logic/costs"); heat: typeof import("../../logic/heat") };

/** What weighs lines in the gutter, the same function until what it weighs by changes; null while costs are not shown. */
export function useHeat(
  lecture: Lecture,
  { costs: asked, costMeasure, costCalls }: Pick<Settings, "costs" | "costMeasure" | "costCalls">,
): Weigh | null {
  const shown = asked && isTimed(lecture.trace);
  const [logic, setLogic] = useState<Loaded | null>(null);
  useEffect(() => {
    if (!shown || logic) return undefined;
    let wanted = true;
    void Promise.all([import("../../logic/costs"), import("../../logic/heat")]).then(([costs, heat]) => {
      if (wanted) setLogic({ costs, heat });
    });
    return () => {
      wanted = false;
    };
  }, [shown, logic]);
  return useMemo(() => {
    if (!shown || !logic) return null;
    const costs = logic.costs.costsOf(lecture);
    const measure = logic.heat.usable(costs, costMeasure);
    return (file) => logic.heat.heatOf(costs, file, measure, costCalls);
  }, [lecture, logic, shown, costMeasure, costCalls]);
}
