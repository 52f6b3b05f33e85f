/** Which colour scheme is on, and what the theme's tokens are worth in it, for what is drawn by program. */
import { useSyncExternalStore } from "react";
import { isPrinting, onPrinting } from "./printing";

export type Scheme = "light" | "dark";

/** The scheme in force: `data-theme` on <html> if it names one, else the system's. On paper it is always light. */
export function currentScheme(): Scheme {
  if (isPrinting()) return "light";
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** All that decides what the tokens are worth: the scheme, and whether contrast is high. */
export type Look = Scheme | `${Scheme} contrast`;

export function currentLook(): Look {
  const scheme = currentScheme();
  return document.documentElement.dataset.contrast === "more" ? `${scheme} contrast` : scheme;
}

/** The look in force; the component renders again when it changes. */
export function useLook(): Look {
  return useSyncExternalStore(subscribe, currentLook);
}

/**
 * What tokens such as `--accent` are worth now, or in a scheme that is not on, as `rgb(…)`. Has the page styled once,
 * however many they are.
 */
export function tokenColors(names: readonly string[], scheme: Scheme | "" = ""): string[] {
  const probes = names.map((name) => {
    const probe = document.createElement("span");
    probe.style.colorScheme = scheme;
    probe.style.color = `var(${name})`;
    probe.style.forcedColorAdjust = "none"; // a palette of the user's own has no say in what a heat map needs
    return probe;
  });
  const room = document.createElement("span");
  room.style.display = "none"; // it must not be laid out
  room.append(...probes);
  document.documentElement.append(room);
  const colors = probes.map((probe) => getComputedStyle(probe).color);
  room.remove();
  return colors;
}

function subscribe(notify: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", notify);
  const stop = onPrinting(notify);
  const observer = new MutationObserver(notify);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "data-contrast"] });
  return () => {
    dark.removeEventListener("change", notify);
    stop();
    observer.disconnect();
  };
}
