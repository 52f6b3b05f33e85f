import type { KeyboardEvent } from "react";

const LEAP = 8;
const FAR = 1 << 20;

/** How far a key moves the cursor, [right, down], in cells; undefined for a key that does not. With Shift it leaps. */
export function arrowOf({ key, shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent): [number, number] | undefined {
  if (ctrlKey || altKey || metaKey) return undefined;
  const by = shiftKey ? LEAP : 1;
  switch (key) {
    case "ArrowRight":
      return [by, 0];
    case "ArrowLeft":
      return [-by, 0];
    case "ArrowDown":
      return [0, by];
    case "ArrowUp":
      return [0, -by];
    case "Home":
      return [-FAR, 0];
    case "End":
      return [FAR, 0];
    case "PageDown":
      return [0, LEAP];
    case "PageUp":
      return [0, -LEAP];
    default:
      return undefined;
  }
}
