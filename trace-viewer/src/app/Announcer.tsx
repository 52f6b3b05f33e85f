import { framesAt } from "../logic/bindings";
import { useLecture, useStore } from "../state/store";
import { summarise } from "../values/summary";

/** Tells screen readers where a step led and what changed there. */
export function Announcer() {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  if (position < 0) return null;
  const { positions, trace, bindings } = lecture;
  const { file, line } = lecture.placeOf(positions.step[position]);
  const stack = lecture.stackAt(position);
  const changed = (framesAt(bindings, stack.slice(0, 1), position)[0]?.variables ?? []).filter(
    ({ changed }) => changed,
  );
  const returned = bindings.returned(position);
  const words = [
    `Line ${line} of ${trace.files[file].path.split("/").at(-1)}`,
    positions.out[position] ? "on the way out" : "",
    ...changed.map(({ name, value }) => `${name} = ${summarise(trace.values[value])}`),
    returned >= 0 ? `returns ${summarise(trace.values[returned])}` : "",
  ];
  return (
    <p className="visually-hidden" aria-live="polite">
      {words.filter(Boolean).join(", ")}
    </p>
  );
}
