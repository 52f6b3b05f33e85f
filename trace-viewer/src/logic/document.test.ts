import { describe, expect, it } from "vitest";
import { commentColumns } from "../code/comments";
import type { Directive } from "../format/generated";
import { hiddenStatements, layOut, linesOf, type Item } from "./document";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

/** A lecture with this source, in which the drawn steps ran. */
function lectureOf(source: string, drawing: string, change?: (trace: ReturnType<typeof traceFromText>) => void) {
  const trace = traceFromText(drawing);
  trace.files[0].text = source;
  trace.functions.end_line[0] = source.split("\n").length;
  change?.(trace);
  return openLecture(trace);
}

/** The page as text: numbers for lines of code, "out" with its lines, "…" for a gap, brackets for a fold. */
function drawn(items: Item[]): string {
  return items
    .map((item) => {
      if (item.kind === "gap") return "…";
      if (item.kind === "fold") return `[${drawn(item.items)}]`;
      if (item.kind === "code") return item.unreached ? `${item.line}?` : String(item.line);
      return `${item.replaces ? "out" : "code+out"}(${item.line}-${item.endLine})`;
    })
    .join(" ");
}

const pageOf = (lecture: ReturnType<typeof lectureOf>, raw = false) =>
  drawn(layOut(lecture, 0, raw).blocks.flatMap(({ items }) => items));

describe("a page", () => {
  const source = ["def main():", '    text("hi")', "", "", "    x = 1", "    show(x)"].join("\n");
  const lecture = lectureOf(source, '2 "hi"\n5 x=1\n6 "shown"');

  it("has outputs in place of authoring calls and below other code, and no heads and gaps that say nothing", () => {
    expect(pageOf(lecture)).toBe("out(2-2) … 5 code+out(6-6)");
  });

  it("is the source as it is when it is raw", () => {
    expect(pageOf(lecture, true)).toBe("1 code+out(2-2) … … 5 code+out(6-6)");
  });

  it("replaces a statement of many lines whole", () => {
    const long = lectureOf("def main():\n    text(\n        'hi'\n    )\n    x = 1", '2 "hi"\n5', (trace) => {
      trace.statements.end_line[0] = 4;
    });
    expect(pageOf(long)).toBe("out(2-4) 5");
  });

  it("leaves out hidden lines, but not in raw code", () => {
    const hiding = lectureOf(source, "5", (trace) => (trace.files[0].hidden = [5]));
    expect(pageOf(hiding)).not.toContain("5");
    expect(pageOf(hiding, true)).toContain(" 5 ");
    expect([...hiddenStatements(hiding, false, false)]).toEqual([1]);
    expect([...hiddenStatements(hiding, true, false)]).toEqual([0]);
  });

  it("hides statements that only show notes, until notes are asked for", () => {
    const noted = lectureOf(source, '2 note:aside\n5\n6 "words" note:aside');
    expect([...hiddenStatements(noted, false, false)]).toEqual([1, 0, 0]);
    expect([...hiddenStatements(noted, false, true)]).toEqual([0, 0, 0]);
  });

  it("cuts directives out, by characters and not by UTF-16 units", () => {
    const text = 'def main():\n    x = "🙂"  # @inspect x\n    # @clear x';
    const cut = lectureOf(text, "2", (trace) => {
      trace.files[0].directives = [
        { name: "inspect", arguments: ["x"], line: 2, column: 13, end_column: 25 },
        { name: "clear", arguments: ["x"], line: 3, column: 4, end_column: 14 },
      ];
    });
    const items = layOut(cut, 0, false).blocks.flatMap((block) => block.items);
    expect(drawn(items)).toBe("2 …");
    const [from, to] = (items[0] as Extract<Item, { kind: "code" }>).cuts[0];
    expect(text.split("\n")[1].slice(from, to)).toBe("# @inspect x");
  });

  describe("without comments for tools", () => {
    /** The lines of the page as they are shown. */
    const shown = (body: string[], raw = false, directives: Directive[] = []) => {
      const text = ["def main():", ...body.map((line) => `    ${line}`)].join("\n");
      const lecture = lectureOf(text, "2", (trace) => (trace.files[0].directives = directives));
      const comments = commentColumns(text);
      return layOut(lecture, 0, raw, comments)
        .blocks.flatMap(({ items }) => items)
        .map((item) => {
          if (item.kind !== "code") return "…";
          const line = text.split("\n")[item.line - 1];
          return item.cuts.reduceRight((left, [from, to]) => left.slice(0, from) + left.slice(to), line).trim();
        });
    };

    it.each([
      ["x = 1  # noqa", "x = 1"],
      ["x = 1  # NOQA: E501, F401 - long", "x = 1"],
      ["x = 1  # type: ignore[arg-type]", "x = 1"],
      ["x = 1  # fmt: skip", "x = 1"],
      ["x = 1  # pragma: no cover", "x = 1"],
      ["x = 1  # pylint: disable=invalid-name", "x = 1"],
      ["x = 1  # why  # noqa: E501  # type: ignore", "x = 1  # why"],
      ["x = 1  # noqa: E501  # why", "x = 1  # why"],
      ["x = 1  # noqasaur", "x = 1  # noqasaur"],
      ["x = 1  # type: ignored", "x = 1  # type: ignored"],
      ["x = 1  # type: int", "x = 1  # type: int"],
      ["x = 1  # fmt: how it is written", "x = 1  # fmt: how it is written"],
      ['x = "# noqa"', 'x = "# noqa"'],
      ['x = "# noqa"  # type: ignore', 'x = "# noqa"'],
    ])("%s", (line, left) => {
      expect(shown([line])).toEqual([left]);
      expect(shown([line], true)).toEqual(["def main():", line]);
    });

    it("leaves out whole lines of them, and puts no gap there", () => {
      const lines = ["x = 1", "# fmt: off", "y = 2", "# ruff: noqa: E501", "# mypy: ignore-errors", "", "z = 3"];
      expect(shown(lines)).toEqual(["x = 1", "y = 2", "…", "z = 3"]);
      expect(shown(['x = """', "# noqa", '"""'])).toEqual(['x = """', "# noqa", '"""']);
    });

    it("cuts directives beside them once", () => {
      const directives: Directive[] = [{ name: "inspect", arguments: ["x"], line: 2, column: 11, end_column: 31 }];
      expect(shown(["x = 1  # @inspect x  # noqa"], false, directives)).toEqual(["x = 1"]);
    });
  });

  it("tells the lines that were never reached from heads, comments and the code that ran", () => {
    const branches = [
      "def main():",
      '    """What it does."""',
      "    if x:",
      "        a = 1",
      "    else:",
      "        b = 2",
      "    # a comment",
      "    c = 3",
    ].join("\n");
    expect(pageOf(lectureOf(branches, "3\n6\n8"))).toBe("2 3 4? 5 6 7 8");
  });

  it("folds the imports before the first function", () => {
    const imports = lectureOf(`import a\nimport b\n\n\n${source}`, "9", (trace) => (trace.functions.line[0] = 5));
    expect(pageOf(imports)).toBe("[1 2 …] 6 … 9 10?");
  });

  it("marks what the author animates", () => {
    const animated = lectureOf(source, '2 "hi"', (trace) => {
      trace.files[0].directives = [{ name: "animate", arguments: [], line: 2, column: 15, end_column: 25 }];
    });
    const [item] = layOut(animated, 0, false).blocks[0].items;
    expect(item).toMatchObject({ kind: "output", animate: true });
  });

  it("counts lines by line feeds, whatever else is in them", () => {
    expect(linesOf("a\r\nb\rc\n")).toEqual(["a", "bc"]);
  });

  it("comes in blocks of about 32 lines", () => {
    const long = lectureOf(Array.from({ length: 100 }, (_, i) => `x = ${i}`).join("\n"), "5");
    expect(layOut(long, 0, true).blocks.map(({ line, endLine }) => [line, endLine])).toEqual([
      [1, 32],
      [33, 64],
      [65, 96],
      [97, 100],
    ]);
  });
});
