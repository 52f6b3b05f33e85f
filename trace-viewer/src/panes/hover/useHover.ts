import { useEffect, useState, type RefObject } from "react";
import { pointedAt } from "./pointed";

/** A tap on a name. */
export interface Tap {
  x: number;
  y: number;
}

/**
 * Whether what answers a pointer is wanted: not before one moves over the source. A tap on a name asks about it, and so
 * does not go to the next time that its line runs, as a tap beside it does.
 */
export function useHover(root: RefObject<HTMLElement | null>): { wanted: boolean; tap: Tap | null } {
  const [wanted, setWanted] = useState(false);
  const [tap, setTap] = useState<Tap | null>(null);
  useEffect(() => {
    const element = root.current;
    if (!element) return undefined;
    const move = ({ target, pointerType }: PointerEvent) => {
      if (pointerType !== "mouse" || !(target instanceof Element) || !target.closest(".source, .number")) return;
      element.removeEventListener("pointermove", move);
      setWanted(true);
    };
    const click = (event: MouseEvent) => {
      if ((event as PointerEvent).pointerType !== "touch") return;
      const { clientX: x, clientY: y } = event;
      if (!pointedAt(x, y)?.word) return;
      event.stopPropagation();
      setWanted(true);
      setTap({ x, y });
    };
    element.addEventListener("pointermove", move, { passive: true });
    element.addEventListener("click", click, { capture: true });
    return () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("click", click, { capture: true });
    };
  }, [root]);
  return { wanted, tap };
}
