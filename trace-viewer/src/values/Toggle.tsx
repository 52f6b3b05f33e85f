import type { ReactNode } from "react";

type Props = { pressed: boolean; onPress: (pressed: boolean) => void; title?: string; children: ReactNode };

/** A small button that is on or off: how a value is shown. */
export function Toggle({ pressed, onPress, title, children }: Props) {
  return (
    <button
      type="button"
      className="value-toggle"
      aria-pressed={pressed}
      title={title}
      onClick={() => onPress(!pressed)}
    >
      {children}
    </button>
  );
}
