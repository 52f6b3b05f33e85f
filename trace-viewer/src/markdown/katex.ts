/** KaTeX, its style and its faces, loaded when the first formula asks for them; and formulas as DOM nodes. */
import { useSyncExternalStore } from "react";
import { legible } from "../theme/legible";

type Katex = typeof import("katex").default;

/** The faces nearly every formula uses: with them there, no formula changes its size after it was drawn. */
const FACES = ["1em KaTeX_Main", "italic 1em KaTeX_Math", "1em KaTeX_Size1", "1em KaTeX_Size2", "1em KaTeX_AMS"];
const LONGEST_WAIT_FOR_FACES_MS = 1500;
const LONGEST_FORMULA = 20_000;
const MOST_CACHED = 2000;
const DEEPEST = 300;

let katex: Katex | undefined;
let loading: Promise<void> | undefined;
const waiting = new Set<() => void>();
const drawn = new Map<string, Element>();

/** Starts loading KaTeX (once). Call it as soon as a trace is known to hold a `$`; resolves when formulas can be drawn. */
export function preloadMath(): Promise<void> {
  loading ??= load().catch(() => {
    loading = undefined; // Offline just now, perhaps: the next formula tries again. Until then formulas show as written.
  });
  return loading;
}

/** KaTeX when it is there, else undefined: then it is on its way and the component renders again on arrival. */
export function useKatex(): Katex | undefined {
  return useSyncExternalStore(subscribe, () => katex);
}

/** A formula as a node of its own to put into the page, or an error whose message says what is wrong with it. */
export function drawFormula(katex: Katex, source: string, display: boolean): Element | Error {
  const key = (display ? "d" : "i") + source;
  let node = drawn.get(key);
  if (!node) {
    if (source.length > LONGEST_FORMULA)
      return new Error(`a formula of ${source.length} characters is too long to draw`);
    try {
      const host = document.createElement("span");
      katex.render(source, host, {
        displayMode: display,
        trust: false,
        strict: "ignore",
        throwOnError: true,
        maxSize: 20,
        maxExpand: 500,
        errorColor: "var(--error)",
      });
      node = host.firstElementChild ?? host;
      if (isDeeperThan(node, DEEPEST)) return new Error("too much in it is nested");
      for (const colored of node.querySelectorAll<HTMLElement>("[style*=color]")) {
        const { color } = colored.style;
        if (color && !color.startsWith("var")) colored.style.color = legible(color);
      }
    } catch (problem) {
      return problem instanceof Error ? problem : new Error(String(problem));
    }
    if (drawn.size >= MOST_CACHED) drawn.clear();
    drawn.set(key, node);
  }
  return node.cloneNode(true) as Element;
}

/** Browsers lay boxes within boxes out by recursion, and come to an end of it. */
function isDeeperThan(root: Element, most: number): boolean {
  let level = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    level = level.flatMap((element) => [...element.children]);
  }
  return false;
}

async function load(): Promise<void> {
  const [module] = await Promise.all([import("katex"), import("katex/dist/katex.min.css")]);
  const faces = Promise.all(FACES.map((face) => document.fonts?.load(face)));
  const enough = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_FOR_FACES_MS));
  await Promise.race([faces, enough]).catch(() => undefined);
  katex = module.default;
  for (const notify of waiting) notify();
}

function subscribe(notify: () => void): () => void {
  waiting.add(notify);
  void preloadMath();
  return () => waiting.delete(notify);
}
