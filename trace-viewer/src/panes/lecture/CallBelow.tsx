import "./in-place.css";
import { useMemo } from "react";
import { callsMadeBy, callLinks, executionShown, madeAt } from "../../logic/call-links";
import { placeOf } from "../../state/in-place";
import { useLecture, useStore } from "../../state/store";
import { CalledCall } from "./CalledCall";

/** What a line of the page called: in the execution that the line stands for, as its outputs do. */
export default function CallBelow({ statement, base }: { statement: number; base: string }) {
  const lecture = useLecture();
  const place = placeOf(statement);
  const step = useStore(({ position }) => executionShown(lecture, statement, position));
  const choice = useStore(({ inPlace }) => inPlace.get(place) ?? null);
  const activation = step < 0 ? -1 : lecture.trace.steps.call[step];
  const made = useMemo(
    () => callsMadeBy(lecture, callLinks(lecture), statement, activation),
    [lecture, statement, activation],
  );
  const index = choice?.at === step ? choice.index : madeAt(lecture, made, step);
  return <CalledCall place={place} made={made} index={index} at={step} base={base} />;
}
