/** Markdown's syntax tree: what the parser makes of a text, with its formulas in their places and its HTML as words. */
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { extractMath, PLACEHOLDER, restoreMath, type Formula } from "./math";

/** The little of mdast that is needed here, and `formula`, which is ours: its value is TeX. */
export interface Node {
  type: string;
  children?: Node[];
  value?: string;
  /** Of a formula. */
  display?: boolean;
  /** Of a link, a picture, and of what defines one for references. */
  url?: string;
  title?: string | null;
  alt?: string | null;
  identifier?: string;
  /** Of a heading. */
  depth?: number;
  /** Of a fenced block. */
  lang?: string | null;
  /** Of lists and their items. */
  ordered?: boolean | null;
  start?: number | null;
  spread?: boolean | null;
  checked?: boolean | null;
  /** Of a table, by column. */
  align?: (Align | null)[] | null;
}

export type Align = "left" | "right" | "center";

/** GitHub's tables, footnotes, task lists, `~~strikethrough~~` and bare addresses. We read Markdown, and never write it. */
const options = { extensions: [gfm({ singleTilde: false })], mdastExtensions: [gfmFromMarkdown()] };

/** More than this is no text for readers, and the parser would take minutes: it is shown as it is. */
const LONGEST = 100_000;
const MOST_MARKS = 4000;
const DEEPEST = 40;

export function parseMarkdown(markdown: string): Node {
  if (isTooMuch(markdown))
    return { type: "root", children: [{ type: "code", value: markdown.slice(0, LONGEST), lang: "" }] };
  const { text, formulas } = extractMath(markdown);
  const tree = fromMarkdown(text, options) as Node;
  htmlToText(tree);
  if (formulas.length > 0) putBack(tree, formulas);
  return tree;
}

/** Put the formulas that were taken out of the text back. */
function putBack(node: Node, formulas: Formula[]): void {
  if (node.value !== undefined) node.value = restoreMath(node.value, formulas);
  // Nothing is percent-encoded yet: addresses still hold the placeholders as they were.
  if (node.url) node.url = restoreMath(node.url, formulas);
  if (node.title) node.title = restoreMath(node.title, formulas);
  if (node.alt) node.alt = restoreMath(node.alt, formulas);
  if (!node.children) return;
  node.children = node.children.flatMap((child) =>
    child.type === "text" ? splitAtFormulas(child.value ?? "", formulas) : child,
  );
  for (const child of node.children) if (child.type !== "text" && child.type !== "formula") putBack(child, formulas);
}

function splitAtFormulas(text: string, formulas: Formula[]): Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const formula = formulas[Number(match[1])];
    if (!formula) continue;
    if (match.index > from) nodes.push({ type: "text", value: text.slice(from, match.index) });
    nodes.push({ type: "formula", value: formula.source, display: formula.display });
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push({ type: "text", value: text.slice(from) });
  return nodes;
}

/** Raw HTML is not rendered: `<br>` is a line break, a comment is nothing, anything else shows as it was written. */
function htmlToText(node: Node): void {
  if (!node.children) return;
  node.children = node.children.flatMap((child) => {
    if (child.type !== "html") return child;
    const html = (child.value ?? "").replace(/<!--[^]*?-->/g, "");
    if (!html.trim()) return [];
    if (/^\s*<br\s*\/?>\s*$/i.test(html)) return { type: "break" };
    const text = { type: "text", value: html };
    return BLOCK_PARENTS.has(node.type) ? { type: "paragraph", children: [text] } : text;
  });
  for (const child of node.children) htmlToText(child);
}

const BLOCK_PARENTS = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);

/** Marks of emphasis and links take the square of their number, quotations and lists in one another that of their depth. */
function isTooMuch(markdown: string): boolean {
  if (markdown.length > LONGEST) return true;
  if ((markdown.match(/[*_~[\]`]/g)?.length ?? 0) > MOST_MARKS) return true;
  return (markdown.match(/^[ \t]*(?:(?:>|[-+*]|\d{1,9}[.)])[ \t]*)+/gm) ?? []).some(
    (lead) => (lead.match(/[>+*-]|\d+[.)]/g)?.length ?? 0) > DEEPEST,
  );
}
