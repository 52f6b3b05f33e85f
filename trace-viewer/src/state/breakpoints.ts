import {
  MOST_BREAKPOINTS,
  placed,
  readKept,
  sourceLineOf,
  statementLine,
  writeKept,
  type Breakpoint,
} from "../logic/breakpoints";
import type { Lecture } from "../logic/lecture";
import { say } from "./actions";
import type { LinePlace } from "./here";
import { lectureOf, store, type State } from "./store";

/**
 * The breakpoints of the open lecture. They are kept in this browser, by the lecture's own file, with what their lines say:
 * so they come back, and stay where they were when the lecture is edited.
 */
let loadedFor: Lecture | null = null;
let nextId = 0;

const keyOf = ({ trace }: Lecture) => `executable-lectures.breakpoints ${trace.files[trace.entry]?.path ?? ""}`;

/** Bring back the breakpoints of the open lecture, unless that was done. */
export function loadBreakpoints(): void {
  const lecture = lectureOf(store.getState());
  if (!lecture || lecture === loadedFor) return;
  loadedFor = lecture;
  let stored: string | null = null;
  try {
    stored = localStorage.getItem(keyOf(lecture));
  } catch {
    // No storage: there are none, then.
  }
  const breakpoints = placed(lecture, readKept(stored));
  nextId = breakpoints.length;
  store.setState({ breakpoints });
}

function keep(lecture: Lecture, breakpoints: readonly Breakpoint[]): void {
  store.setState({ breakpoints });
  try {
    if (breakpoints.length > 0) localStorage.setItem(keyOf(lecture), writeKept(breakpoints));
    else localStorage.removeItem(keyOf(lecture));
  } catch {
    // They hold for this visit, then.
  }
}

/** The breakpoint on a line, if there is one. */
export function breakpointOn({ breakpoints }: Pick<State, "breakpoints">, file: number, line: number) {
  return breakpoints.find((each) => each.file === file && each.line === line);
}

/** Put a breakpoint on a line, or take it away. */
export function toggleBreakpoint(at: LinePlace): void {
  loadBreakpoints();
  const lecture = lectureOf(store.getState());
  if (!lecture) return;
  const line = statementLine(lecture, at.file, at.line);
  const found = breakpointOn(store.getState(), at.file, line);
  if (found) {
    removeBreakpoint(found.id);
    say(`No breakpoint on line ${line} any more.`);
  } else if (setLineBreakpoint(at.file, line, ""))
    say(`Breakpoint on line ${line}${neverRan(lecture, at.file, line)}.`);
}

function neverRan({ executions }: Lecture, file: number, line: number): string {
  return executions.statementsAt(file, line).length > 0 ? "" : ", which did not run in this recording";
}

/** Stop at a line, always or under a condition, whatever was there before. Whether that could be done. */
export function setLineBreakpoint(file: number, at: number, condition: string): boolean {
  loadBreakpoints();
  const lecture = lectureOf(store.getState());
  if (!lecture) return false;
  const line = statementLine(lecture, file, at);
  const anchor = sourceLineOf(lecture, file, line);
  if (!anchor) return false;
  const found = breakpointOn(store.getState(), file, line);
  if (found) change(found.id, { condition, enabled: true });
  else return add(lecture, { anchor, file, line, condition });
  return true;
}

/** Stop wherever a condition becomes true. */
export function addWatch(condition: string): boolean {
  loadBreakpoints();
  const lecture = lectureOf(store.getState());
  if (!lecture || condition === "") return false;
  const found = store.getState().breakpoints.find((each) => each.anchor === null && each.condition === condition);
  if (!found) return add(lecture, { anchor: null, file: -1, line: 0, condition });
  change(found.id, { enabled: true });
  return true;
}

function add(lecture: Lecture, where: Omit<Breakpoint, "id" | "enabled">): boolean {
  const { breakpoints } = store.getState();
  if (breakpoints.length >= MOST_BREAKPOINTS) {
    say(`There are ${MOST_BREAKPOINTS} breakpoints already: take one away first.`);
    return false;
  }
  keep(lecture, [...breakpoints, { ...where, id: nextId++, enabled: true }]);
  return true;
}

export function changeCondition(id: number, condition: string): void {
  change(id, { condition });
}

export function enableBreakpoint(id: number, enabled: boolean): void {
  change(id, { enabled });
}

export function removeBreakpoint(id: number): void {
  const lecture = lectureOf(store.getState());
  if (lecture)
    keep(
      lecture,
      store.getState().breakpoints.filter((each) => each.id !== id),
    );
}

function change(id: number, what: Partial<Pick<Breakpoint, "condition" | "enabled">>): void {
  const lecture = lectureOf(store.getState());
  if (lecture)
    keep(
      lecture,
      store.getState().breakpoints.map((each) => (each.id === id ? { ...each, ...what } : each)),
    );
}

/** Whether its line is in this recording; a condition alone is wherever it becomes true. */
export function isPlaced({ anchor, line }: Breakpoint): boolean {
  return anchor === null || line > 0;
}
