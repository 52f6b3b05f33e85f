import { useEffect, useState, type RefObject } from "react";
import { pointedAt } from "./pointed";

/** A place in the window where a name was tapped, or the pointer first came over the source. */
export interface Point {
  x: number;
  y: number;
}

/**
 * Where a pointer first moved over the source: before that, nothing that answers it is loaded. A tap on a name asks about it, and so
 * does not go to the next time that its line runs, as a tap beside it does.
 */
export function useHover(root: RefObject<HTMLElement | null>): { first: Point | null; tap: Point | null } {
  const [first, setFirst] = useState<Point | null>(null);
  const [tap, setTap] = useState<Point | null>(null);
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const move = ({ target, pointerType, clientX, clientY }: PointerEvent) => {
      if (pointerType !== "mouse" || !(target instanceof Element) || !target.closest(".source, .number")) return;
      element.removeEventListener("pointermove", move);
      setFirst({ x: clientX, y: clientY });
    };
    const click = (event: MouseEvent) => {
      if ((event as PointerEvent).pointerType !== "touch") return;
      const { clientX: x, clientY: y } = event;
      if (!pointedAt(x, y)?.word) return;
      event.stopPropagation();
      setFirst((before) => before ?? { x, y });
      setTap({ x, y });
    };
    element.addEventListener("pointermove", move, { passive: true });
    element.addEventListener("click", click, { capture: true });
    return () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("click", click, { capture: true });
    };
  }, [root]);
  return { first, tap };
}
