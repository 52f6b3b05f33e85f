/** Markdown with formulas, as React elements. Whatever the text holds, only what Markdown itself makes reaches the page. */
import { memo, type CSSProperties, type ReactNode } from "react";
import { drawMarkdown } from "./draw";
import { parseMarkdown } from "./tree";
import "./Markdown.css";

export { preloadMath } from "./katex";

type Props = {
  text: string;
  /** What relative pictures and links are relative to. */
  base?: string;
  style?: CSSProperties;
};

const MOST_CACHED = 1000;
const cache = new Map<string, ReactNode>();

/** A Markdown text. Parsed once for each text and base, however often it is shown. */
export const Markdown = memo(function Markdown({ text, base = "", style }: Props) {
  return (
    <div className="markdown" style={style}>
      {elements(text, base)}
    </div>
  );
});

function elements(text: string, base: string): ReactNode {
  const key = `${base}\n${text}`;
  let drawn = cache.get(key);
  if (drawn === undefined) {
    drawn = drawMarkdown(parseMarkdown(text), base, `note-${hash(key)}-`);
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(key, drawn);
  }
  return drawn;
}

/** FNV-1a: tells the footnotes of one text from those of another. */
function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(36);
}
