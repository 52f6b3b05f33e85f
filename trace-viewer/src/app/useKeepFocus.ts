import { useEffect } from "react";
import { store } from "../state/store";
import { afterPaint } from "../widgets/painted";

/**
 * What had the focus may go away with a step, such as the caller in the call stack that was pressed. Then the nearest part
 * of the page around it that is still there takes the focus, so that keys and screen readers go on from there.
 */
export function useKeepFocus(): void {
  useEffect(() => {
    let around: Element[] = [];
    let frame = 0;
    const remember = ({ target }: FocusEvent) => {
      around = [];
      for (let at = target instanceof Element ? target : null; at; at = at.parentElement) around.push(at);
    };
    const check = () => {
      frame = 0;
      const [last] = around;
      if (!last || last.isConnected || document.activeElement !== document.body) return;
      const left = around.find((at) => at.isConnected && at.matches("nav, section, aside, header, main, article, li"));
      around = [];
      if (!(left instanceof HTMLElement)) return;
      left.tabIndex = -1;
      left.focus({ preventScroll: true });
    };
    const inAFrame = () => {
      frame ||= requestAnimationFrame(check);
    };
    let stop = () => {};
    const soon = () => {
      inAFrame();
      stop = afterPaint(inAFrame); // some parts of the page follow a step by a frame
    };
    document.addEventListener("focusin", remember);
    document.addEventListener("click", soon);
    document.addEventListener("keydown", check, true);
    const unsubscribe = store.subscribe(soon);
    return () => {
      document.removeEventListener("focusin", remember);
      document.removeEventListener("click", soon);
      document.removeEventListener("keydown", check, true);
      unsubscribe();
      stop();
      cancelAnimationFrame(frame);
    };
  }, []);
}
