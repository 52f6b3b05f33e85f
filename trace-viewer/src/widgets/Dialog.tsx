import "./dialog.css";
import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from "react";
import { setOverlay } from "../state/actions";
import { Icon } from "./Icon";

interface Props {
  title: string;
  /**
   * `box`: in the middle, under its title; `bar`: at the top, as something is typed; `dock`: at the side, so that the lecture
   * can be seen beside it. On a telephone each is the whole window.
   */
  variant?: "box" | "bar" | "dock";
  children: ReactNode;
}

/**
 * A dialog over the page. The browser keeps the focus inside it and closes it on Escape; the focus goes back to where it was,
 * and the page behind does not scroll meanwhile. The focus starts on what has `data-first`, if anything.
 */
export function Dialog({ title, variant = "box", children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current!;
    const before = document.activeElement;
    element.showModal();
    element.querySelector<HTMLElement>("[data-first]")?.focus({ preventScroll: true });
    // A press that ends outside, but began inside, as when text is selected, closes nothing.
    let pressed: EventTarget | null = null;
    const press = (event: PointerEvent) => (pressed = event.target);
    const outside = (event: MouseEvent) => event.target === element && pressed === element && dismiss();
    const wheel = (event: WheelEvent) => {
      const { top, bottom, left, right } = element.getBoundingClientRect();
      const inside = event.clientX > left && event.clientX < right && event.clientY > top && event.clientY < bottom;
      if (!event.ctrlKey && !(inside && scrolls(event.target, element))) event.preventDefault();
    };
    document.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("pointerdown", press);
    element.addEventListener("click", outside);
    element.addEventListener("close", dismiss);
    return () => {
      document.removeEventListener("wheel", wheel);
      element.removeEventListener("pointerdown", press);
      element.removeEventListener("click", outside);
      element.removeEventListener("close", dismiss); // another dialog may be open by the time it is told
      element.close();
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      data-variant={variant}
      aria-labelledby="dialog-title"
      onKeyDown={dismissByEscape}
    >
      <div className="dialog-body">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={dismiss}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

function dismiss(): void {
  setOverlay(null);
}

/** The browser would tell of the close in a later task, and a key pressed before that would reach nobody. */
function dismissByEscape(event: KeyboardEvent<HTMLDialogElement>): void {
  if (event.key !== "Escape" || event.defaultPrevented || event.nativeEvent.isComposing) return;
  event.preventDefault();
  dismiss();
}

/** Whether something inside the dialog, or the dialog itself, scrolls where the wheel is turned. */
function scrolls(target: EventTarget | null, dialog: Element): boolean {
  for (let node = target instanceof Element ? target : null; node && dialog.contains(node); node = node.parentElement) {
    if (node.scrollHeight > node.clientHeight && /auto|scroll/.test(getComputedStyle(node).overflowY)) return true;
  }
  return false;
}
