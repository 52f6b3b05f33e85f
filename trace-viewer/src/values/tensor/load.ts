/** The lens on arrays, loaded when something needs it. */
import { useSyncExternalStore } from "react";
import type { Value } from "../../format/generated";

type Loaded = typeof import("./Lens");

let lens: Loaded | undefined;
let loading: Promise<void> | undefined;
const waiting = new Set<() => void>();

/** Starts loading the lens (once); resolves when arrays can be drawn with it. */
export function preloadLens(): Promise<void> {
  loading ??= import("./Lens")
    .then((module) => {
      lens = module;
      if ("requestIdleCallback" in window) requestIdleCallback(module.preparePalette);
      for (const notify of waiting) notify();
    })
    .catch(() => {
      loading = undefined; // Offline just now, perhaps: the next array tries again.
    });
  return loading;
}

/** Whether an array is among these values. Those inside of others may come as a surprise: they open on demand. */
export function holdsArrays(values: readonly Value[]): boolean {
  return values.some((value) => typeof value === "object" && value?.kind === "tensor");
}

/** The lens when it is there, else undefined: then it is on its way and the component renders again on arrival. */
export function useLens(): Loaded | undefined {
  return useSyncExternalStore(subscribe, () => lens);
}

function subscribe(notify: () => void): () => void {
  waiting.add(notify);
  void preloadLens();
  return () => waiting.delete(notify);
}
