import { describe, expect, it } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { highlight, highlightInParts, highlightPython, type Token } from "./highlight";

const classOf = (lines: Token[][], text: string) => lines.flat().find((token) => token.text === text)?.cls;
const joined = (lines: Token[][]) => lines.map((line) => line.map((token) => token.text).join("")).join("\n");

describe("highlightPython", () => {
  it("says what each token is", () => {
    const lines = highlightPython("class A:\n    def f(self):  # why\n        return g(self.x, 3, None) + 'a'\n");
    expect(classOf(lines, "class")).toBe("tok-keyword");
    expect(classOf(lines, "A")).toBe("tok-class-definition");
    expect(classOf(lines, "f")).toBe("tok-function-definition");
    expect(classOf(lines, "# why")).toBe("tok-comment");
    expect(classOf(lines, "g")).toBe("tok-function");
    expect(classOf(lines, "x")).toBe("tok-property");
    expect(classOf(lines, "3")).toBe("tok-number");
    expect(classOf(lines, "None")).toBe("tok-bool");
    expect(classOf(lines, "'a'")).toBe("tok-string");
  });

  it("tells an f-string from what it interpolates", () => {
    const lines = highlightPython('f"{len(x)} tokens"');
    expect(classOf(lines, "len")).toBe("tok-function");
    expect(classOf(lines, ' tokens"')).toBe("tok-string2");
  });

  it("keeps a string of several lines a string on each of them", () => {
    const lines = highlightPython('"""one\n\ndef not_code\n"""\nx = 1');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toEqual([{ text: '"""one', cls: "tok-string" }]);
    expect(lines[1]).toEqual([]);
    expect(lines[2]).toEqual([{ text: "def not_code", cls: "tok-string" }]);
  });

  it.each([
    "def (:\n  )]}",
    "'never closed\nx",
    'f"{',
    '"""never closed',
    "\u0000\uffff\ud800",
    "\t \f\n",
    "",
    "class",
    "x = (\n".repeat(3000),
    "if 1:\n" + " ".repeat(5000) + "y",
  ])("loses no character of the broken source %j", (source) => {
    expect(joined(highlightPython(source))).toBe(source);
  });

  it.each([
    ["brackets", "(".repeat(20_000)],
    ["conditions", "not ".repeat(4000)],
    ["lambdas", "lambda: ".repeat(2000)],
    ["signs", "-".repeat(15_000)],
    ["attributes", "a.".repeat(9000)],
  ])("stands however deep %s are nested", (_, source) => {
    const [line] = highlightPython(`x = ${source}`);
    expect(
      line
        .map(({ text }) => text)
        .join("")
        .slice(0, 1000),
    ).toBe(`x = ${source}`.slice(0, 1000));
  });

  it("says how much of an endless line it leaves out", () => {
    const [line] = highlightPython(`x = '${"a".repeat(30_000)}'`);
    expect(line.at(-1)).toEqual({ text: " … 10006 more characters", cls: "tok-comment" });
  });

  it("ends lines at every kind of line end", () => {
    expect(highlightPython("a\r\nb\rc\nd")).toHaveLength(4);
  });

  it("shows a very long source plain", () => {
    const lines = highlightPython("return 1\n".repeat(100_000));
    expect(lines).toHaveLength(100_001);
    expect(lines[0]).toEqual([{ text: "return 1", cls: "" }]);
  });
});

describe("highlight", () => {
  it("shows a language without a parser plain", () => {
    expect(highlight("SELECT 1\n", "sql")).toEqual([[{ text: "SELECT 1", cls: "" }], []]);
  });

  it("knows Python by its other names", () => {
    expect(classOf(highlight("import x", "py"), "import")).toBe("tok-keyword");
  });
});

describe("highlightInParts", () => {
  const lectures = path.join(import.meta.dirname, "../../../lectures");
  const sources = readdirSync(lectures).filter((name) => name.endsWith(".py"));

  it.each(sources)("gives the tokens that the whole of %s has", (name) => {
    const source = readFileSync(path.join(lectures, name), "utf8");
    const tokens = highlightInParts(source);
    expect(highlightPython(source).map((_, index) => tokens(index + 1))).toEqual(highlightPython(source));
  });

  it("keeps together what belongs together", () => {
    const long = (head: string) => [head, ...Array.from({ length: 60 }, (_, i) => `    x = ${i}`)].join("\n");
    const source = [
      long("if a:"),
      long("else:"),
      '@"f"',
      long("def f():"),
      `s = """`,
      long("def g():"),
      '"""',
      "f()",
    ].join("\n");
    const tokens = highlightInParts(source);
    const whole = highlightPython(source);
    expect(whole.map((_, index) => tokens(index + 1))).toEqual(whole);
    expect(tokens(3)).toBe(tokens(3));
    expect(tokens(whole.length + 1)).toEqual([]);
  });
});
