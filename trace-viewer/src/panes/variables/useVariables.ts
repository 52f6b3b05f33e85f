import { framesAt, type Variable } from "../../logic/bindings";
import type { Failure, Value } from "../../format/generated";
import { useLecture, useStore } from "../../state/store";

export interface FrameVariables {
  call: number;
  name: string;
  line: number;
  variables: Variable[];
}

/** The variables of the open calls at the current position, and what the current step returned or raised. */
export function useVariables(): {
  position: number;
  frames: FrameVariables[];
  returned: { value: Value } | null;
  raised: Failure | null;
  values: Value[];
} {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const { trace, bindings } = lecture;
  const frames = framesAt(bindings, lecture.stackAt(position), position).map(
    ({ frame: { call, step }, variables }) => ({
      call,
      name: lecture.functionName(call),
      line: lecture.placeOf(step).line,
      variables,
    }),
  );
  const returned = bindings.returned(position);
  return {
    position,
    frames,
    returned: returned < 0 ? null : { value: trace.values[returned] },
    raised: lecture.raisedAt(position),
    values: trace.values,
  };
}
