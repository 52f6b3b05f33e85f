import { memo, useLayoutEffect, useRef } from "react";
import { drawFormula, useKatex } from "./katex";
import "./Tex.css";

type Props = { source: string; display?: boolean };

/** A formula. Until KaTeX is there, and when it cannot read the formula, its source stands in its place. */
export const Tex = memo(function Tex({ source, display = false }: Props) {
  const katex = useKatex();
  const host = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const place = host.current;
    if (!place || !katex) return;
    const node = drawFormula(katex, source, display);
    if (node instanceof Error) {
      place.replaceChildren(written(source, display));
      place.title = sentence(node.message);
      place.classList.add("tex-error");
    } else {
      place.replaceChildren(node);
      place.removeAttribute("title");
      place.classList.remove("tex-error");
    }
  }, [katex, source, display]);
  const kind = display ? "tex tex-display" : "tex";
  // Two elements: React keeps the words of the first and never looks into the second.
  if (!katex) return <span className={`${kind} tex-waiting`}>{written(source, display)}</span>;
  return <span className={kind} key="drawn" ref={host} />;
});

function written(source: string, display: boolean): string {
  return display ? `$$${source}$$` : `$${source}$`;
}

function sentence(message: string): string {
  return `This formula could not be drawn: ${message.replace(/^KaTeX parse error: /, "")}`;
}
