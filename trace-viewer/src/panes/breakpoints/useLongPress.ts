import { useEffect } from "react";
import { marginRow, openAt } from "./useContextMenu";

/** A finger that rests so long on a line's number, in milliseconds, and moves no further than so many pixels, asks for its menu. */
const LONG_PRESS_MS = 500;
const STILL = 8;

/** A long press on the number of a line, or on the margin beside it, opens the menu of the line. */
export function useLongPress(): void {
  useEffect(() => {
    const root = document; // the lecture may give way to something else, and come back
    let press: { timer: ReturnType<typeof setTimeout>; x: number; y: number } | null = null;
    let opened = false; // by the finger that is still down: when it is lifted, that is no click
    const rest = () => {
      if (press) clearTimeout(press.timer);
      press = null;
    };
    // Some browsers take a long press for a context click, which has then opened the menu.
    const menu = (event: MouseEvent) => {
      if (!event.defaultPrevented) return;
      opened = press !== null;
      rest();
    };
    const down = (event: PointerEvent) => {
      opened = false;
      rest();
      const { target, clientX: x, clientY: y } = event;
      if (event.pointerType === "mouse" || !event.isPrimary || !marginRow(target)) return;
      const timer = setTimeout(() => {
        opened = openAt(target);
      }, LONG_PRESS_MS);
      press = { timer, x, y };
    };
    const moved = ({ clientX, clientY }: PointerEvent) => {
      if (press && Math.hypot(clientX - press.x, clientY - press.y) > STILL) rest();
    };
    const lifted = (event: TouchEvent) => {
      if (opened) event.preventDefault();
      opened = false;
    };
    root.addEventListener("contextmenu", menu);
    root.addEventListener("pointerdown", down);
    root.addEventListener("pointermove", moved, { passive: true });
    root.addEventListener("pointerup", rest);
    root.addEventListener("pointercancel", rest);
    root.addEventListener("touchend", lifted, { passive: false });
    return () => {
      rest();
      root.removeEventListener("contextmenu", menu);
      root.removeEventListener("pointerdown", down);
      root.removeEventListener("pointermove", moved);
      root.removeEventListener("pointerup", rest);
      root.removeEventListener("pointercancel", rest);
      root.removeEventListener("touchend", lifted);
    };
  }, []);
}
