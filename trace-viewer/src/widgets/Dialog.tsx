import "./dialog.css";
import { useEffect, useRef, type ReactNode } from "react";
import { setOverlay } from "../state/actions";
import { Icon } from "./Icon";

/**
 * A dialog over the page. The browser keeps the focus inside it, closes it on Escape and gives the focus back. The focus
 * starts on what has `data-first`, if anything.
 */
export function Dialog({ title, children }: { title: string; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current!;
    element.showModal();
    element.querySelector<HTMLElement>("[data-first]")?.focus();
    const outside = (event: MouseEvent) => event.target === element && element.close();
    element.addEventListener("click", outside);
    return () => {
      element.removeEventListener("click", outside);
      element.close();
    };
  }, []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="dialog-title" onClose={() => setOverlay(null)}>
      <div className="dialog-body">
        <header>
          <h2 id="dialog-title">{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
