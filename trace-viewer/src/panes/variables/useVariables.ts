import { framesAt, type Variable } from "../../logic/bindings";
import type { Failure, Value } from "../../format/generated";
import { useLecture, useStore } from "../../state/store";

export interface FrameVariables {
  call: number;
  name: string;
  line: number;
  variables: Variable[];
}

/** Of a deep recursion so many calls are shown with their values, the innermost; the others are a press on the stack away. */
const MOST_FRAMES = 24;

/** The variables of the open calls at the current position, and what the current step returned or raised. */
export function useVariables(): {
  position: number;
  /** Nothing runs after it. */
  atEnd: boolean;
  frames: FrameVariables[];
  /** How many further calls are open around these. */
  further: number;
  returned: { value: Value } | null;
  raised: Failure | null;
  values: Value[];
} {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const { trace, bindings } = lecture;
  const stack = lecture.stackAt(position);
  const frames = framesAt(bindings, stack.slice(0, MOST_FRAMES), position).map(
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
    atEnd: position === lecture.positions.count - 1,
    frames,
    further: Math.max(stack.length - MOST_FRAMES, 0),
    returned: returned < 0 ? null : { value: trace.values[returned] },
    raised: lecture.raisedAt(position),
    values: trace.values,
  };
}
