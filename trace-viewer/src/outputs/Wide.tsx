import type { CSSProperties, ReactNode } from "react";

const WIDE = 480;

/** A picture that a phone would shrink until its words cannot be read keeps a readable size there, and scrolls sideways. */
export function Wide({ width, children }: { width: number | undefined; children: ReactNode }) {
  if (!width || width <= WIDE) return children;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be within reach of the keyboard
    <div className="wide" tabIndex={0} style={{ "--natural-width": `${Math.round(width)}px` } as CSSProperties}>
      {children}
    </div>
  );
}
