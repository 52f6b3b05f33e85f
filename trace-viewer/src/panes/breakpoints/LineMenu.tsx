import { useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from "react";
import { keyLabel } from "../../commands/keys";
import { command } from "../../commands/registry";
import { sourceLineOf, sourceLines, statementLine } from "../../logic/breakpoints";
import type { Lecture } from "../../logic/lecture";
import { runsOfLine } from "../../logic/line-runs";
import { jumpTo, say } from "../../state/actions";
import { breakpointOn, removeBreakpoint, setLineBreakpoint, toggleBreakpoint } from "../../state/breakpoints";
import { copyLineLink } from "../../state/line-link";
import { store, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { ConditionField } from "./ConditionField";
import { rowsOf } from "./useGutter";

interface Props {
  lecture: Lecture;
  file: number;
  line: number;
  /** The field for a condition is open. */
  condition: boolean;
}

/** What can be done with a line: go to the times that it ran, stop there, copy a link to it. */
export function LineMenu({ lecture, file, line: asked, condition }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const line = statementLine(lecture, file, asked);
  const breakpoint = useStore((state) => breakpointOn(state, file, line));
  usePopover(box, file, asked, condition);
  const source = (sourceLines(lecture, file)[line - 1] ?? "").trim();
  return (
    <div
      ref={box}
      popover="manual" // one that closes by itself would do so when the finger is lifted that asked for it
      className="line-menu card floating"
      role="dialog"
      aria-label={condition ? `Condition of line ${line}` : `Menu of line ${line}`}
    >
      <p className="line-menu-head">
        <strong>Line {line}</strong> <code>{source.slice(0, 120)}</code>
      </p>
      {condition ? (
        <ConditionField
          lecture={lecture}
          where={{ file, line, anchor: sourceLineOf(lecture, file, line) }}
          label="Stop here where"
          condition={breakpoint?.condition ?? ""}
          action="Set"
          mayBeEmpty
          first
          onSet={(text) => {
            const done = setLineBreakpoint(file, line, text);
            close();
            if (done) say(`Breakpoint on line ${line}${text === "" ? "" : `, where ${text}`}.`);
          }}
        >
          {breakpoint && (
            <button
              type="button"
              className="button"
              onClick={() => {
                removeBreakpoint(breakpoint.id);
                close();
              }}
            >
              Remove
            </button>
          )}
        </ConditionField>
      ) : (
        <Items lecture={lecture} file={file} line={line} onDone={close} />
      )}
    </div>
  );
}

function Items({ lecture, file, line, onDone }: Omit<Props, "condition"> & { onDone(): void }) {
  const position = useStore((state) => state.position);
  const breakpoint = useStore((state) => breakpointOn(state, file, line));
  const runs = runsOfLine(lecture, file, line);
  const never = `Line ${line} did not run in this recording.`;
  const going = (label: string, target: number, none: string) => (
    <Item
      label={label}
      detail={target >= 0 ? stepWords(lecture, target) : none}
      disabled={target < 0}
      onChoose={() => {
        onDone();
        if (target >= 0) jumpTo(target);
        else say(runs.count === 0 ? never : `Line ${line} ${none}.`);
      }}
    />
  );
  return (
    <div role="menu" tabIndex={-1} aria-label={`Line ${line}`} onKeyDown={walk}>
      {going("Run to this line", runs.after(position), runs.count === 0 ? "did not run" : "does not run again")}
      {going("Back to this line", runs.before(position), runs.count === 0 ? "did not run" : "did not run before")}
      {runs.count > 1 && going("First time", runs.first, "")}
      {runs.count > 1 && going("Last time", runs.last, "")}
      <hr />
      <Item
        label="Breakpoint here"
        detail={keyLabel(command("breakpoint").keys[0])}
        checked={breakpoint !== undefined}
        onChoose={() => {
          onDone();
          toggleBreakpoint({ file, line });
        }}
      />
      <Item
        label="Condition…"
        detail={breakpoint?.condition ?? ""}
        onChoose={() => store.setState({ lineMenu: { file, line, condition: true } })}
      />
      <hr />
      <Item
        label="Copy link to this line"
        detail=""
        onChoose={() => {
          onDone();
          void copyLineLink({ file, line });
        }}
      />
    </div>
  );
}

interface ItemProps {
  label: string;
  detail: string;
  disabled?: boolean;
  checked?: boolean;
  onChoose(): void;
}

function Item({ label, detail, disabled, checked, onChoose }: ItemProps) {
  return (
    <button
      type="button"
      role={checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={checked}
      aria-disabled={disabled || undefined}
      tabIndex={-1}
      onClick={onChoose}
    >
      <span>{label}</span>
      <span className="line-menu-detail">{detail}</span>
    </button>
  );
}

/** Where a position is, for those who choose among them. */
function stepWords(lecture: Lecture, position: number): string {
  const { turn, of } = lecture.executions.turnOf(lecture.positions.step[position]);
  const step = `step ${count(position + 1)}`;
  return of > 1 ? `turn ${count(turn)} of ${count(of)}, ${step}` : step;
}

/** The arrow keys go from item to item, around the ends. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("button")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}

function close(): void {
  store.setState({ lineMenu: null });
}

/** Open it beside its line, within the window. The focus starts in it and goes back; Escape and a press elsewhere close it. */
function usePopover(box: RefObject<HTMLDivElement | null>, file: number, line: number, condition: boolean): void {
  useLayoutEffect(() => {
    const element = box.current!;
    const before = document.activeElement;
    element.showPopover();
    const elsewhere = ({ target }: Event) => {
      if (target instanceof Node && !element.contains(target)) close();
    };
    const escape = (event: globalThis.KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      close();
    };
    const events = ["pointerdown", "focusin"];
    for (const event of events) window.addEventListener(event, elsewhere, true);
    window.addEventListener("keydown", escape, true);
    return () => {
      for (const event of events) window.removeEventListener(event, elsewhere, true);
      window.removeEventListener("keydown", escape, true);
      const inside = element.contains(document.activeElement) || document.activeElement === document.body;
      if (inside && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, [box]);
  const beside = useRef<HTMLElement>(undefined);
  useLayoutEffect(() => {
    const element = box.current!;
    const rows = rowsOf(document, { file, line }).filter((each) => each.offsetHeight > 0);
    // A line may be on the page twice, in its file and in a call in place: the menu stays where it was asked for.
    const pressed = rows.find((each) => each.matches(":hover")) ?? rows.find(isInView) ?? rows[0];
    const row = (beside.current = rows.find((each) => each === beside.current) ?? pressed);
    putBeside(element, row?.querySelector(".number") ?? row ?? element);
    if (!condition) element.querySelector<HTMLElement>("[role=menu] button")?.focus({ preventScroll: true });
  }, [box, file, line, condition]);
}

function isInView(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

/** Below what it is about, or above where there is no room below. */
function putBeside(element: HTMLElement, about: Element): void {
  const { left, bottom, top } = about.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = bottom + 4;
  const fits = below + height < window.innerHeight - 8;
  element.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
  element.style.top = `${Math.max(8, fits ? below : Math.min(top - height - 4, window.innerHeight - height - 8))}px`;
}
