import { useEffect, useId, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { CostDetails } from "../../costs/CostDetails";
import { costsOf } from "../../logic/costs";
import { roofsOf } from "../../logic/roofline";
import { useLecture } from "../../state/store";
import { count } from "../../values/numbers";

/** A pointer that only passes over the gutter opens nothing, and one that leaves it has time to reach the card. */
const OPEN_MS = 180;
const CLOSE_MS = 220;

/** Between the card and what is beside it. Pixels. */
const GAP = 4;

/** Where a pointer or the focus opens the card, within the row of a line. */
const GUTTER = ".number, .cost";

/** The card with what a line cost: on hover, on focus, on a tap in the gutter. Escape closes it. */
export default function CostCard({ root, file }: { root: RefObject<HTMLElement | null>; file: number }) {
  const lecture = useLecture();
  const id = useId();
  const card = useRef<HTMLDivElement>(null);
  const row = useOpenRow(root, card);
  const line = Number(row?.dataset.line);
  const costs = costsOf(lecture);
  const account = row ? costs.lineAt(file, line) : undefined;

  useLayoutEffect(() => {
    if (row && card.current && root.current) place(card.current, row, root.current);
    const cell = row?.querySelector(".cost");
    cell?.setAttribute("aria-describedby", id);
    return () => cell?.removeAttribute("aria-describedby");
  }, [row, root, id]);

  if (!account) return null;
  const elided = lecture.executions
    .statementsAt(file, line)
    .map((statement) => lecture.elided.wordsOf(statement))
    .find(Boolean);
  return (
    <div className="cost-card card floating" role="tooltip" id={id} ref={card}>
      <p className="cost-card-title">
        Line {line} ran {account.runs === 1 ? "once" : `${count(account.runs)} times`}
        {elided && <span>, and {elided}</span>}
      </p>
      <CostDetails
        account={account}
        operations={costs.lineOperations(account)}
        counted={costs.counted}
        roof={roofsOf(lecture.trace).find(({ ran }) => ran)}
      />
    </div>
  );
}

/** The row whose card is open. A tap or a click holds it open until the next one, elsewhere. */
function useOpenRow(root: RefObject<HTMLElement | null>, card: RefObject<HTMLElement | null>): HTMLElement | null {
  const [row, setRow] = useState<HTMLElement | null>(null);
  const held = useRef(false);
  const open = useRef(false);
  useEffect(() => {
    open.current = row !== null;
  }, [row]);
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rowOf = (target: EventTarget | null) =>
      target instanceof Element ? (target.closest(GUTTER)?.closest<HTMLElement>(".row") ?? null) : null;
    const show = (next: HTMLElement | null, hold: boolean) => {
      clearTimeout(timer);
      held.current = hold;
      setRow(next);
    };
    const over = ({ target, pointerType }: PointerEvent) => {
      if (pointerType !== "mouse" || held.current) return;
      clearTimeout(timer);
      const next = rowOf(target);
      if (next) timer = setTimeout(() => show(next, false), open.current ? 0 : OPEN_MS);
      else if (!card.current?.contains(target as Node)) timer = setTimeout(() => show(null, false), CLOSE_MS);
    };
    const leave = ({ pointerType }: PointerEvent) => {
      if (pointerType === "mouse" && !held.current) timer = setTimeout(() => show(null, false), CLOSE_MS);
    };
    const focus = ({ target }: FocusEvent) => {
      const next = rowOf(target);
      if (next && (target as Element).matches(":focus-visible")) show(next, false);
    };
    const blur = () => {
      if (!held.current) show(null, false);
    };
    let before: HTMLElement | null = null; // the row whose card was held open when the pointer came down
    const press = ({ target }: PointerEvent) => {
      before = null;
      if (!held.current || card.current?.contains(target as Node)) return;
      before = rowOf(target);
      show(null, false);
    };
    const click = ({ target }: MouseEvent) => {
      const cell = target instanceof Element ? target.closest(".cost") : null;
      const next = cell?.closest<HTMLElement>(".row");
      if (next && next !== before) show(next, true);
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !open.current) return;
      event.preventDefault();
      show(null, false);
    };
    element.addEventListener("pointerover", over);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("focusin", focus);
    element.addEventListener("focusout", blur);
    element.addEventListener("click", click);
    window.addEventListener("pointerdown", press);
    window.addEventListener("keydown", key, { capture: true });
    return () => {
      clearTimeout(timer);
      element.removeEventListener("pointerover", over);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("focusin", focus);
      element.removeEventListener("focusout", blur);
      element.removeEventListener("click", click);
      window.removeEventListener("pointerdown", press);
      window.removeEventListener("keydown", key, { capture: true });
    };
  }, [root, card]);
  return row;
}

/** Below the line if there is room, else above it; where there is neither, beside the gutter, as low as it can be. */
function place(card: HTMLElement, row: HTMLElement, root: HTMLElement): void {
  const whole = root.getBoundingClientRect();
  const cell = (row.querySelector(".cost") ?? row).getBoundingClientRect();
  const style = getComputedStyle(document.documentElement);
  const top = parseFloat(style.scrollPaddingTop) || 0;
  const bottom = window.innerHeight - (parseFloat(style.scrollPaddingBottom) || 0);
  const { offsetHeight: height, offsetWidth: width } = card;
  const below = cell.bottom + GAP;
  const above = cell.top - height - GAP;
  const fits = below + height <= bottom || above >= top;
  const at = below + height <= bottom ? below : fits ? above : Math.max(top, bottom - height);
  const left = Math.min(fits ? cell.left : cell.right + GAP, window.innerWidth - width - 2 * GAP);
  card.style.top = `${at - whole.top}px`;
  card.style.left = `${Math.max(left, 2 * GAP) - whole.left}px`;
}
