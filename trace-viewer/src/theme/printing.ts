/** Whether the page is shown as on paper, and how it gets there whole. */
import { useSyncExternalStore } from "react";

/** Pictures and plots that have not come by then are left behind. */
const LONGEST_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

let asked = false;
const listeners = new Set<() => void>();

/** True on paper, in the preview of it, and while the page gets ready for it. */
export function isPrinting(): boolean {
  return asked || matchMedia("print").matches;
}

/** The same; the component renders again when it changes. */
export function usePrinting(): boolean {
  return useSyncExternalStore(onPrinting, isPrinting);
}

export function onPrinting(notify: () => void): () => void {
  const paper = matchMedia("print");
  listeners.add(notify);
  paper.addEventListener("change", notify);
  return () => {
    listeners.delete(notify);
    paper.removeEventListener("change", notify);
  };
}

/**
 * Print the page, when all of it is there: what is drawn only near the screen is drawn, in light colours, and pictures are
 * loaded. The browser's own command prints what is there already.
 */
export async function printPage(): Promise<void> {
  if (asked) return;
  ask(true);
  await wholePage();
  // Some browsers return from print() at once, and say later that they are done with the page.
  addEventListener("afterprint", () => ask(false), { once: true });
  print();
}

/** Resolves when every picture has loaded and every plot is drawn for paper, or it takes too long. */
export async function wholePage(): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS;
  do {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    for (const picture of document.images) picture.loading = "eager";
  } while (performance.now() < until && !isWhole());
  await document.fonts.ready;
}

function isWhole(): boolean {
  const plots = [...document.querySelectorAll<HTMLElement>(".plot")];
  return (
    [...document.images].every(({ complete }) => complete) && plots.every(({ dataset }) => dataset.drawn === "paper")
  );
}

function ask(on: boolean): void {
  asked = on;
  document.documentElement.style.colorScheme = on ? "light" : ""; // what is drawn by program reads its colours now
  for (const notify of listeners) notify();
}
