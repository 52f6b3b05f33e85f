import type { ReactNode } from "react";
import { visible } from "../values/escape";

/** A text with those of its letters in bold that fit what was typed. */
export function Fitting({ text, ranges }: { text: string; ranges: readonly [number, number][] }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from < at) continue;
    parts.push(visible(text.slice(at, from)), <b key={from}>{visible(text.slice(from, to))}</b>);
    at = to;
  }
  return [...parts, visible(text.slice(at))];
}
