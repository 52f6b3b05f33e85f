/** The names, attributes and calls in a Python source, by line and column: what a reader may point at. Pure. */
import { withTree, type Tree } from "./parse";

type SyntaxNode = Tree["topNode"];

/** A stretch of one line that has a value: `x`, the `weight` of `self.weight`, the `[0]` of `x[0]`. */
export interface Spot {
  line: number;
  /** UTF-16 columns of the line, from 0; `to` is behind the last. */
  from: number;
  to: number;
  /** As a directive would name it, without white space: `self.weight`. */
  expression: string;
  role: "read" | "bound" | "parameter" | "definition";
  /** Bound by a comprehension or a lambda around it: no variable of the function. */
  inner: boolean;
  /** What is called here, if something is. */
  call: CallSite | null;
}

export interface CallSite {
  /** Its last name: `relu` of `F.relu(x)`. */
  callee: string;
  /** Calls of one statement are made in this order, the innermost first. */
  order: number;
  arguments: Argument[];
  /** What its result becomes, if that is said in as many words: `y` of `y = f(x)`, "return" of `return f(x)`. */
  result: string;
}

export interface Argument {
  /** `x` of `f(x=1)`, else "". */
  keyword: string;
  text: string;
}

/** Where the source binds a name. */
export interface Binding {
  name: string;
  line: number;
  kind: "name" | "parameter" | "definition" | "import";
}

export interface Names {
  /** From left to right. */
  onLine(line: number): readonly Spot[];
  /** The last binding of a name above a line, as its function sees it; else one of the file; null for none. */
  bindingAbove(name: string, line: number): Binding | null;
}

const LONGEST_EXPRESSION = 200;
const MOST_ARGUMENTS = 24;

/** The spot at a column, the smallest if several lie there; undefined for none. */
export function spotAt(spots: readonly Spot[], column: number): Spot | undefined {
  const size = ({ from, to }: Spot) => to - from;
  return spots
    .filter(({ from, to }) => from <= column && column < to)
    .reduce<Spot | undefined>((least, spot) => (least && size(least) <= size(spot) ? least : spot), undefined);
}

/** Read a source. Lines end at line feeds. A broken program gives what can be read of it; a very long one nothing. */
export function readNames(source: string): Names {
  return withTree(source, (tree) => namesIn(source, tree)) ?? { onLine: () => [], bindingAbove: () => null };
}

function namesIn(source: string, tree: Tree): Names {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  const spots = new Map<number, Spot[]>();
  const byOffset = new Map<number, Spot>();
  const bindings = new Map<string, (Binding & { scope: Scope })[]>();
  const module: Scope = { from: 1, to: starts.length, outer: null };
  let scope = module;
  const inner: Set<string>[] = []; // the names of the comprehensions and lambdas around the present node
  let calls = 0;

  const textOf = ({ from, to }: { from: number; to: number }) => source.slice(from, to);
  const expressionOf = (from: number, to: number) =>
    to - from > LONGEST_EXPRESSION ? "" : source.slice(from, to).replace(/\s+/g, "");

  const isInner = (name: string) => inner.slice(-DEEPEST).some((names) => names.has(name));

  const put = (from: number, to: number, expression: string, role: Spot["role"]) => {
    const line = lineAt(starts, from);
    const start = starts[line - 1];
    const root = /^[^.[(]*/.exec(expression)![0];
    const spot: Spot = {
      line,
      from: from - start,
      to: to - start,
      expression,
      role,
      inner: isInner(root),
      call: null,
    };
    const there = spots.get(line);
    if (there) there.push(spot);
    else spots.set(line, [spot]);
    byOffset.set(from, spot);
  };

  const bind = (node: SyntaxNode, kind: Binding["kind"], where = scope) => {
    const name = textOf(node);
    const there = bindings.get(name);
    const binding = { name, line: lineAt(starts, node.from), kind, scope: where };
    if (there) there.push(binding);
    else bindings.set(name, [binding]);
  };

  tree.iterate({
    enter({ name, from, to, node }) {
      switch (name) {
        case "FunctionDefinition":
          scope = { from: lineAt(starts, from), to: lineAt(starts, to), outer: scope };
          break;
        case "LambdaExpression":
          inner.push(new Set(childrenOf(childrenOf(node, "ParamList")[0], "VariableName").map(textOf)));
          break;
        case "VariableName": {
          const role = roleOf(node);
          if (role === "keyword") break;
          put(from, to, textOf(node), role === "import" ? "bound" : role);
          if (role === "definition") bind(node, "definition", scope.outer ?? scope);
          else if (role !== "read" && !isInner(textOf(node))) bind(node, role === "bound" ? "name" : role);
          break;
        }
        case "PropertyName": {
          const whole = node.parent;
          if (whole?.name !== "MemberExpression") break;
          const expression = expressionOf(whole.from, to);
          if (expression) put(from, to, expression, isTarget(whole) ? "bound" : "read");
          break;
        }
        case "MemberExpression": {
          const open = node.getChild("[");
          if (!open || source.slice(open.from, to).includes("\n")) break;
          const expression = expressionOf(from, to);
          if (expression) put(open.from, to, expression, isTarget(node) ? "bound" : "read");
          break;
        }
        default:
          if (COMPREHENSION.test(name)) inner.push(targetsOf(node, textOf));
      }
    },
    leave({ name, node }) {
      if (name === "FunctionDefinition") scope = scope.outer ?? module;
      else if (name === "LambdaExpression" || COMPREHENSION.test(name)) inner.pop();
      else if (name === "CallExpression") {
        const order = calls++;
        const callee = node.firstChild;
        const last = callee?.name === "MemberExpression" ? callee.getChild("PropertyName") : callee;
        const spot = last && byOffset.get(last.from);
        if (!spot || !last || !callee) return;
        const site = { callee: textOf(last), order, arguments: argumentsOf(node, textOf), result: "" };
        site.result = resultOf(node, expressionOf);
        spot.call = site;
      }
    },
  });

  for (const there of spots.values()) there.sort((a, b) => a.from - b.from || b.to - a.to);
  return {
    onLine: (line) => spots.get(line) ?? [],
    bindingAbove(name, line) {
      const all = bindings.get(name) ?? [];
      let around: Scope | null = innermost(all, line, module);
      for (; around; around = around.outer) {
        const here = all.filter(({ scope: of }) => of === around);
        const found = here.findLast((binding) => binding.line < line) ?? here[0];
        if (found) return { name: found.name, line: found.line, kind: found.kind };
      }
      return null;
    },
  };
}

/** A function's lines, or the whole file's. */
interface Scope {
  from: number;
  to: number;
  outer: Scope | null;
}

const COMPREHENSION = /Comprehension/;

function innermost(bindings: { scope: Scope }[], line: number, module: Scope): Scope {
  let found = module;
  for (const { scope } of bindings)
    if (scope.from <= line && line <= scope.to && scope.from >= found.from) found = scope;
  return found;
}

function lineAt(starts: number[], offset: number): number {
  let [from, to] = [0, starts.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (starts[middle] <= offset) from = middle + 1;
    else to = middle;
  }
  return from;
}

function childrenOf(node: SyntaxNode | undefined, name: string): SyntaxNode[] {
  return node?.getChildren(name) ?? [];
}

/** Levels looked at, of brackets or comprehensions in one another: a hostile source may have a hundred thousand. */
const DEEPEST = 50;

const GROUPS = new Set(["TupleExpression", "ArrayExpression", "ParenthesizedExpression"]);

/** Whether something is assigned to: alone, or among others in brackets. */
function isTarget(node: SyntaxNode): boolean {
  let target = node;
  for (let depth = 0; depth < DEEPEST && target.parent && GROUPS.has(target.parent.name); depth++)
    target = target.parent;
  const parent = target.parent;
  switch (parent?.name) {
    case "AssignStatement": {
      const last = parent.getChildren("AssignOp").at(-1);
      return last ? target.to <= last.from : target.from === parent.from;
    }
    case "UpdateStatement":
      return target.from === parent.from;
    case "ForStatement": {
      const keyword = parent.getChild("in");
      return keyword !== null && target.to <= keyword.from;
    }
    case "NamedExpression":
      return target.from === parent.from;
    case "WithStatement":
    case "TryStatement":
      return target.prevSibling?.name === "as";
    case "CapturePattern":
      return true;
  }
  return false;
}

function roleOf(node: SyntaxNode): Spot["role"] | "keyword" | "import" {
  const { parent, nextSibling: next } = node;
  switch (parent?.name) {
    case "FunctionDefinition":
    case "ClassDefinition":
      return "definition";
    case "ParamList":
      return node.prevSibling?.name === "AssignOp" ? "read" : "parameter";
    case "ArgList":
      return next?.name === "AssignOp" ? "keyword" : "read";
    case "KeywordPattern":
      return "keyword";
    case "ImportStatement":
      return node.prevSibling?.name === "from" ? "keyword" : "import";
  }
  return isTarget(node) ? "bound" : "read";
}

/** The names that a comprehension binds: those between each of its `for` and `in`. */
function targetsOf(comprehension: SyntaxNode, textOf: (node: SyntaxNode) => string): Set<string> {
  const names = new Set<string>();
  let between = false;
  for (let child = comprehension.firstChild; child; child = child.nextSibling) {
    if (child.name === "for") between = true;
    else if (child.name === "in") between = false;
    else if (between && child.name === "VariableName") names.add(textOf(child));
    else if (between && GROUPS.has(child.name))
      for (const name of childrenOf(child, "VariableName")) names.add(textOf(name));
  }
  return names;
}

function argumentsOf(call: SyntaxNode, textOf: (part: { from: number; to: number }) => string): Argument[] {
  const list = call.getChild("ArgList");
  const found: Argument[] = [];
  let parts: SyntaxNode[] = [];
  const end = () => {
    const [first, second] = parts;
    if (!first) return;
    const named = first.name === "VariableName" && second?.name === "AssignOp" && parts.length > 2;
    const text = textOf({ from: parts[named ? 2 : 0].from, to: parts.at(-1)!.to });
    if (found.length < MOST_ARGUMENTS) {
      const shown = text.slice(0, LONGEST_EXPRESSION).replace(/\s+/g, " ");
      found.push({ keyword: named ? textOf(first) : "", text: shown });
    }
    parts = [];
  };
  for (let child = list?.firstChild ?? null; child; child = child.nextSibling) {
    if (child.name === "," || child.name === ")") end();
    else if (child.name !== "(" && child.name !== "Comment") parts.push(child);
  }
  end();
  return found;
}

function resultOf(call: SyntaxNode, expressionOf: (from: number, to: number) => string): string {
  const { parent } = call;
  if (parent?.name === "ReturnStatement") return call.nextSibling ? "" : "return";
  if (parent?.name !== "AssignStatement" || call.nextSibling || call.prevSibling?.name !== "AssignOp") return "";
  const first = parent.firstChild;
  const isOne = first && ["AssignOp", "TypeDef"].includes(first.nextSibling?.name ?? "");
  return isOne && /^(VariableName|MemberExpression)$/.test(first.name) ? expressionOf(first.from, first.to) : "";
}
