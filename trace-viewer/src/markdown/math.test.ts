import { describe, expect, it } from "vitest";
import { extractMath, restoreMath } from "./math";

const formulas = (text: string) => extractMath(text).formulas.map((f) => (f.display ? `$$${f.source}` : f.source));

describe("extractMath", () => {
  it.each<[string, string[]]>([
    ["so $x_i$ and $y$", ["x_i", "y"]],
    ["$5 and $6", []],
    ["it costs $5, that is $x$ dollars", ["x"]],
    ["$20,000 and US$30,000", []],
    ["a $ b $ c", []],
    ["\\$x$ and $y$", ["y"]],
    ["$\\$5$", ["\\$5"]],
    ["`$x$` and ``a ` $y$`` and $z$", ["z"]],
    ["`never closed $z$", ["z"]],
    ["```python\ncost = '$x$'\n```\n$y$", ["y"]],
    ["~~~\n$x$\n~~~~\n$y$", ["y"]],
    ["- ```\n  $x$\n  ```\n- $y$", ["y"]],
    ["```\n$never$ closed", []],
    [
      "$$\n\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$",
      ["$$\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}"],
    ],
    ["inline $$x$$ too", ["$$x"]],
    ["> $$\n> a\n> $$", ["$$a"]],
    ["$$ $$", []],
    ["$a$$b$", ["a", "b"]],
    ["$not\n\nmaths$", []],
    ["$two\nlines$", ["two\nlines"]],
    ["损失$L$是", ["L"]],
    ["$", []],
    ["$$", []],
    ["$$$$$$", []],
  ])("finds in %j the formulas %j", (text, expected) => {
    expect(formulas(text)).toEqual(expected);
  });

  it.each(["a $x$ b", "`$x$` $$y$$ \\$ $5", "```\n$x$", "| $P(x|y)$ |"])("gives %j back unharmed", (text) => {
    const extracted = extractMath(text);
    expect(restoreMath(extracted.text, extracted.formulas)).toBe(text);
  });

  it("lets no text pretend to be a placeholder", () => {
    const { text } = extractMath("\uE0000\uE001 $x$");
    expect(text).toBe("\uFFFD0\uFFFD \uE0000\uE001");
  });

  it("survives long runs of dollars, backticks and fences", () => {
    for (const piece of ["$", "$a ", "`", "`$", "$$a", "``` `", "\n```\n"]) {
      const extracted = extractMath(piece.repeat(20_000));
      expect(restoreMath(extracted.text, extracted.formulas).length).toBeGreaterThan(0);
    }
  });
});
