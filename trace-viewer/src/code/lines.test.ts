import { describe, expect, it } from "vitest";
import { scanned } from "./lines";

/** Each line of code as `first–last indent: text`. */
const linesOf = (text: string) =>
  scanned(text).lines.map(
    ({ line, endLine, indent, from, to }) =>
      `${line === endLine ? line : `${line}–${endLine}`} ${indent}: ${text.slice(from, to).trim()}`,
  );

describe("the lines of a source", () => {
  it("go on within brackets, within strings and behind a backslash", () => {
    expect(linesOf("f(1,\n  2)\n\nx = '''a\n# b\n''' + \\\n  c\nif y:\n\tz")).toEqual([
      "1–2 0: f(1,\n  2)",
      "4–7 0: x = '''a\n# b\n''' + \\\n  c",
      "8 0: if y:",
      "9 8: z",
    ]);
  });

  it("do not begin in a comment, and know what is none", () => {
    const text = `a = "#"  # one\n   # two ( "\n\nb = [  # three (\n  1,  # four\n]\nc = r"\\"  # five`;
    expect(linesOf(text)).toEqual([
      '1 0: a = "#"',
      "4–6 0: b = [  # three (\n  1,  # four\n]",
      '7 0: c = r"\\"  # five',
    ]);
    expect(scanned(text).comments).toEqual([9, 3, -1, 7, 6, -1, -1]);
    expect(scanned("x = f'{a}'  # why").comments).toEqual([12]);
  });

  it("begin again at the margin where a bracket was left open, and end with the text", () => {
    expect(linesOf("x = (1,\n  2\ndef f():\n  return '''a\n\n")).toEqual([
      "1–2 0: x = (1,\n  2",
      "3 0: def f():",
      "4–6 2: return '''a",
    ]);
    expect(linesOf("a 'b\nc")).toEqual(["1 0: a 'b", "2 0: c"]);
    expect(linesOf("")).toEqual([]);
    expect(scanned("").comments).toEqual([-1]);
  });

  it("are not looked for in what nobody wrote", () => {
    const text = "x = 1\n".repeat(100_000);
    expect(scanned(text).lines).toEqual([]);
    expect(scanned(text).comments).toHaveLength(100_001);
    const open = `"""${"\\ a ' ".repeat(80_000)}`;
    expect(scanned(open).lines).toHaveLength(1);
  });
});
