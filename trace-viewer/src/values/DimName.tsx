import { createContext, use, useEffect, type ReactNode } from "react";
import { pieces, type Dimensions } from "../logic/dimensions";
import { visible } from "./escape";

const Names = createContext<Dimensions>(new Map());

/** Gives every `DimName` inside the colours of a trace's names, and lights a name everywhere while the pointer is on it. */
export function DimensionNames({ names, children }: { names: Dimensions; children: ReactNode }) {
  useEffect(() => (names.size > 0 ? lightUnderPointer() : undefined), [names]);
  return <Names value={names}>{children}</Names>;
}

/** The name of a dimension, in its colour; of several taken together (`h·d`), each in its own. */
export function DimName({ name }: { name: string }) {
  const names = use(Names);
  return pieces(name).map(({ text, isName }, index) => {
    const color = isName ? names.get(text) : undefined;
    return (
      // The pieces of a name never change their order.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={color ? `dim dim-${color}` : isName ? "dim" : undefined}>
        {visible(text)}
      </span>
    );
  });
}

/** While the pointer is on a name, the page says which colour; the style sheet lights what has it. */
function lightUnderPointer(): () => void {
  const { dataset } = document.documentElement;
  const over = ({ target }: PointerEvent) => {
    const name = target instanceof Element ? target.closest(".dim") : null;
    const color = /\bdim-(\d+)/.exec(name?.getAttribute("class") ?? "")?.[1];
    if (color === dataset.dim) return;
    if (color) dataset.dim = color;
    else delete dataset.dim;
  };
  document.addEventListener("pointerover", over);
  return () => {
    document.removeEventListener("pointerover", over);
    delete dataset.dim;
  };
}
