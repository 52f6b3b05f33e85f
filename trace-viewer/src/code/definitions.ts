/** The functions and classes of a Python source, by line. */
import type { Definition } from "../logic/folds";
import { withTree, type Tree } from "./parse";

/** In the order in which they begin: one inside another comes behind it. */
export function definitionsOf(text: string): Definition[] {
  return withTree(text, (tree) => definitionsIn(text, tree)) ?? [];
}

function definitionsIn(text: string, tree: Tree): Definition[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const lineAt = (offset: number) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const found: Definition[] = [];
  tree.iterate({
    enter({ name, node, from, to }) {
      if (name !== "FunctionDefinition" && name !== "ClassDefinition") return;
      const body = node.getChild("Body");
      if (!body) return;
      const decorated = node.parent?.name === "DecoratedStatement" ? node.parent.from : from;
      const docstring = body.getChild("ExpressionStatement")?.getChild("String");
      const before = docstring ? text.slice(body.from + 1, docstring.from) : "";
      found.push({
        kind: name === "ClassDefinition" ? "class" : "function",
        line: lineAt(decorated),
        named: lineAt(from),
        head: lineAt(body.from),
        endLine: lineAt(from + text.slice(from, to).trimEnd().length - 1),
        summary:
          docstring && before.replace(/#.*/g, "").trim() === ""
            ? firstWords(text.slice(docstring.from, docstring.to))
            : "",
      });
    },
  });
  return found;
}

/** Of a docstring: its first line that says something, without the quotes. */
function firstWords(docstring: string): string {
  const words = docstring.replace(/^[rRuUbBfF]*("""|'''|"|')/, "").replace(/("""|'''|"|')$/, "");
  return words.trim().split("\n", 1)[0].trim();
}
