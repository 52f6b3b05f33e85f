import { useEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import { argumentsOf } from "../../logic/call-arguments";
import type { Frame } from "../../logic/calls";
import type { Lecture } from "../../logic/lecture";
import { jumpTo } from "../../state/actions";
import { count } from "../../values/numbers";
import { ValueInline } from "../../values/ValueInline";
import { useRows } from "../../widgets/useRows";

const ROW_REM = 2.5;
const PAGE = 8;

interface Props {
  id: string;
  lecture: Lecture;
  /** The outermost first. */
  stack: Frame[];
  opener: RefObject<HTMLElement | null>;
  /** Gives the focus back to what opened it. */
  onClose: () => void;
}

/** All the calls around the current step, each with its arguments: a press goes to where it stands. */
export default function StackList({ id, lecture, stack, opener, onClose }: Props) {
  const last = stack.length - 1;
  const { box, from, to, above, below, reveal } = useRows(stack.length, ROW_REM, last);
  const panel = useRef<HTMLDivElement>(null);
  const wanted = useRef(last); // the row that the focus goes to, once it is there
  useEffect(() => {
    const button = panel.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`);
    if (!button || wanted.current < 0) return;
    wanted.current = -1;
    button.focus({ preventScroll: true });
  });
  useEffect(() => {
    const outside = ({ target }: Event) => {
      if (!(target instanceof Node) || panel.current?.contains(target) || opener.current?.contains(target)) return;
      onClose();
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [opener, onClose]);

  function press(event: KeyboardEvent): void {
    const at = Number((event.target as HTMLElement).dataset.row ?? last);
    const moves: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + PAGE,
      PageUp: at - PAGE,
      Home: 0,
      End: last,
    };
    if (event.key === "Escape") onClose();
    else if (Object.hasOwn(moves, event.key)) {
      const row = Math.min(Math.max(moves[event.key], 0), last);
      wanted.current = row;
      reveal(row);
      const button = panel.current?.querySelector<HTMLElement>(`[data-row="${row}"]`);
      if (button) button.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  }

  return (
    // Its keys, wherever in it the focus is.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="stack-list card floating"
      id={id}
      role="group"
      aria-label={`The call stack, ${count(stack.length)} deep`}
      ref={panel}
      onKeyDown={press}
    >
      <div className="stack-rows" ref={box}>
        <div style={{ height: above }} />
        {stack.slice(from, to).map((frame, index) => (
          <StackRow
            key={frame.call}
            lecture={lecture}
            frame={frame}
            row={from + index}
            last={last}
            onGo={() => {
              onClose();
              jumpTo(lecture.positions.entry[frame.step]);
            }}
          />
        ))}
        <div style={{ height: below }} />
      </div>
    </div>
  );
}

interface RowProps {
  lecture: Lecture;
  frame: Frame;
  row: number;
  last: number;
  onGo: () => void;
}

function StackRow({ lecture, frame: { call, step }, row, last, onGo }: RowProps) {
  const { file, line } = lecture.placeOf(step);
  return (
    <button
      type="button"
      className="stack-row"
      data-row={row}
      tabIndex={row === last ? 0 : -1}
      aria-current={row === last ? "location" : undefined}
      onClick={onGo}
    >
      <span className="stack-depth">{count(row + 1)}</span>
      <span className="stack-call">
        <span className="stack-name">{lecture.functionName(call)}</span>(
        {argumentsOf(lecture, call).map(({ name, value }, index) => (
          <span key={name}>
            {index > 0 && ", "}
            {name}=<ValueInline value={value} max={40} />
          </span>
        ))}
        )
      </span>
      <span className="stack-where">
        line {line} of {lecture.trace.files[file].path.replace(/^lectures\//, "")}
      </span>
    </button>
  );
}
