/** What is done to the Markdown tree between parsing and rendering. */
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { defaultSchema, type Options as Schema } from "rehype-sanitize";
import { PLACEHOLDER, restoreMath, type Formula } from "./math";

/** The little of a syntax tree that is needed here. */
type TreeNode = {
  type: string;
  value?: string;
  url?: string;
  title?: string | null;
  alt?: string | null;
  children?: TreeNode[];
  data?: Record<string, unknown>;
};

/** What may be in a rendered text: nothing but what Markdown itself makes. Ids are ours alone (footnotes). */
export const schema: Schema = {
  ...defaultSchema,
  clobber: [],
  protocols: { ...defaultSchema.protocols, href: ["http", "https", "mailto"], src: ["http", "https"] },
  attributes: {
    ...defaultSchema.attributes,
    code: [["className", /^language-./, "math-inline", "math-display"]],
  },
};

/** What unified keeps of a parser's extensions. */
type Parser = { data(): { micromarkExtensions?: unknown[]; fromMarkdownExtensions?: unknown[] } };

/** GitHub's tables, footnotes, task lists, `~~strikethrough~~` and bare addresses. We read Markdown, and never write it. */
export function remarkGfm(this: unknown) {
  const data = (this as Parser).data();
  (data.micromarkExtensions ??= []).push(gfm({ singleTilde: false }));
  (data.fromMarkdownExtensions ??= []).push(gfmFromMarkdown());
}

/** Puts the formulas that were taken out of the text back, as `code.math-inline` and `code.math-display`. */
export function remarkFormulas({ formulas }: { formulas: Formula[] }) {
  return (tree: TreeNode) => {
    if (formulas.length) visit(tree);
  };

  function visit(node: TreeNode): void {
    if (node.value !== undefined) node.value = restoreMath(node.value, formulas);
    // remark has percent-encoded nothing yet: addresses still hold the placeholders as they were.
    if (node.url) node.url = restoreMath(node.url, formulas);
    if (node.title) node.title = restoreMath(node.title, formulas);
    if (node.alt) node.alt = restoreMath(node.alt, formulas);
    if (node.children) {
      node.children = node.children.flatMap((child) => (child.type === "text" ? split(child.value ?? "") : child));
      for (const child of node.children) if (child.type !== "text" && child.type !== "formula") visit(child);
    }
  }

  function split(text: string): TreeNode[] {
    const nodes: TreeNode[] = [];
    let from = 0;
    for (const match of text.matchAll(PLACEHOLDER)) {
      const formula = formulas[Number(match[1])];
      if (!formula) continue;
      if (match.index > from) nodes.push({ type: "text", value: text.slice(from, match.index) });
      nodes.push(formulaNode(formula));
      from = match.index + match[0].length;
    }
    if (from < text.length) nodes.push({ type: "text", value: text.slice(from) });
    return nodes;
  }
}

/** Raw HTML is not rendered: `<br>` is a line break, a comment is nothing, anything else shows as it was written. */
export function remarkHtmlAsText() {
  return htmlToText;
}

function htmlToText(node: TreeNode): void {
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

function formulaNode({ source, display }: Formula): TreeNode {
  return {
    type: "formula",
    data: {
      hName: "code",
      hProperties: { className: ["language-math", display ? "math-display" : "math-inline"] },
      hChildren: [{ type: "text", value: source }],
    },
  };
}
