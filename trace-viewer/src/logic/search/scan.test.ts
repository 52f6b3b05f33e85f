import { describe, expect, it } from "vitest";
import type { Output, Value } from "../../format/generated";
import { hiddenStatements } from "../document";
import { openLecture } from "../lecture";
import { traceFromText } from "../trace-from-text";
import { arrange } from "./arrange";
import { examplesOf } from "./examples";
import type { Hit } from "./hit";
import { readQuery } from "./query";
import { run, type Found } from "./run";
import { scan } from "./scan";

function tensor(shape: number[], more: object = {}): Value {
  return { kind: "tensor", type: "torch.Tensor", shape, dtype: "float32", ...more };
}

/** What a search lists, as "label position: text". */
function look(trace: ReturnType<typeof traceFromText>, typed: string, { notes = false, raw = false } = {}): string[] {
  return [...hitsOf(trace, typed, notes, raw)].map(
    ({ label, position, snippet }) => `${label} ${position}: ${marked(snippet)}`,
  );
}

function hitsOf(trace: ReturnType<typeof traceFromText>, typed: string, notes = false, raw = false): Hit[] {
  const lecture = openLecture(trace);
  const hidden = hiddenStatements(lecture, raw, notes);
  return [...scan(lecture, readQuery(typed), { hidden, raw })].filter((hit) => hit !== null);
}

const marked = ({ text, from, to }: Hit["snippet"]) =>
  to > from ? `${text.slice(0, from)}[${text.slice(from, to)}]${text.slice(to)}` : text;

describe("words", () => {
  const trace = traceFromText(
    `1 "# Tokens"\n2 "A **token** is a\\nword."\n3 note:tokens\n4 >token,\n2 "A **token** is a\\nword."`,
  );

  it("are found where they are first shown, with the marks of Markdown left out", () => {
    expect(look(trace, "words: token is")).toEqual(["text 1: A [token is] a"]);
    expect(hitsOf(trace, "words: a word")[0].times).toBe(2);
  });

  it("of notes are found by who has them shown", () => {
    expect(look(trace, "words: tokens")).toEqual(["text 0: [Tokens]"]);
    expect(look(trace, "words: tokens", { notes: true })).toEqual(["text 0: [Tokens]", "note 2: [tokens]"]);
  });

  it("are found in any output that has them, and nothing is thrown by one that is damaged", () => {
    const outputs: Output[] = [
      { kind: "link", label: "a paper", reference: { title: "On needles", authors: ["A. Body"] } },
      { kind: "table", columns: ["needle"], rows: [["x", 1]], row_count: 1 },
      { kind: "table", columns: ["a"], rows: [["hay", "needle"]], row_count: 1 },
      { kind: "image", source: "x.png", alt: "a needle" },
      { kind: "code", text: "find(needle)" },
      { kind: "placeholder", of: "plot", label: "needle", reason: "no room" },
      { kind: "graph", nodes: [{ id: "a", label: "needle" }], edges: [] },
      { kind: "table", columns: "needle", rows: 7 } as never,
      { kind: "link", label: { needle: 1 }, reference: { authors: 5 } } as never,
      { kind: "nothing we know" } as never,
    ];
    const made = traceFromText(outputs.map((_, i) => `${i + 1} "${i}"`).join("\n"));
    made.outputs = outputs;
    expect(look(made, "words: needle")).toEqual([
      "link 0: a paper · On [needle]s · A. Body",
      "table 1: [needle]",
      "table 2: hay · [needle]",
      "image 3: a [needle]",
      "listing 4: find([needle])",
      "missing 5: [needle] no room",
      "graph 6: [needle]",
    ]);
  });

  it("that stand nowhere together are looked for apart", () => {
    expect(look(trace, "word token")).toEqual(["text 1: [word]."]);
  });
});

describe("code", () => {
  const trace = traceFromText("1\n2\n  10\n2\n  10\n3");

  it("leads to the first time it ran, and says how often it did", () => {
    const [hit] = hitsOf(trace, "code: line_3");
    expect([hit.position, hit.line, hit.times]).toEqual([7, 3, 1]);
    expect(hitsOf(trace, "code: line_2(")[0].times).toBe(2);
  });

  it("that did not run leads to its line", () => {
    expect(hitsOf(trace, "code: line_5")[0]).toMatchObject({ position: -1, file: 0, line: 5 });
  });

  it("is found line by line, by a pattern too", () => {
    expect(hitsOf(trace, "code: /line_[34]\\(/").map(({ line }) => line)).toEqual([3, 4]);
    expect(hitsOf(trace, "code: /^def /").map(({ line }) => line)).toEqual([1, 10, 20, 30, 40]);
  });

  it("that the author hid is not found, unless it is shown", () => {
    trace.files[0].hidden = [3];
    expect(hitsOf(trace, "code: line_3(")).toEqual([]);
    expect(hitsOf(trace, "code: line_3(", false, true)).toHaveLength(1);
  });
});

describe("names", () => {
  it("of functions lead to their first call, of variables to where they were first bound", () => {
    const trace = traceFromText("1 f1=0\n2\n  10 f=1\n2\n  10 f=2\n  11 f=3");
    expect(look(trace, "names: f1")).toEqual(["function 2: [f1]0", "variable 0: [f1] in main"]);
    expect(hitsOf(trace, "names: f10")[0].times).toBe(2);
    expect(hitsOf(trace, "names: f").map(({ label, times }) => `${label} ${times}`)).toEqual([
      "function 2",
      "variable 1",
      "variable 3",
    ]);
  });
});

describe("values", () => {
  it("are found as text where they first were", () => {
    const trace = traceFromText('1 s="a needle"\n2 s="hay"\n3 s="a needle"\n4 t=$t', {
      t: { kind: "mapping", type: "dict", entries: [["needle", [1, null] as never]], length: 1 },
    });
    expect(look(trace, "values: needle")).toEqual(["value 0: s = a [needle]", "value 3: t = {'[needle]': }"]);
    expect(hitsOf(trace, "values: needle")[0].times).toBe(2);
  });
});

describe("what was printed", () => {
  it("is found by lines, however they were written, and exceptions with it", () => {
    const trace = traceFromText("1 >first\n2 >second\n3 !");
    const { strings } = trace;
    strings[trace.printed.text[0]] = "one nee";
    strings[trace.printed.text[1]] = "dle\nanother\rneedle";
    expect(look(trace, "output: needle")).toEqual(["stdout 0: one [needle]", "stdout 1: [needle]"]);
    expect(look(trace, "output: boom")).toEqual(["exception 2: ValueError: [boom]"]);
  });
});

describe("a question about values", () => {
  const TRAINING = "1 loss=4.0 n=0\n2 loss=3.0\n3 loss=1.5 n=1\n4 loss=1.2\n5 loss=2.5 n=0\n6 loss=0.5";
  const trace = traceFromText(TRAINING);
  const moments = (typed: string) =>
    hitsOf(trace, typed)
      .filter(({ answer }) => answer)
      .map(({ position }) => position);

  it("is answered by the moments at which it became true", () => {
    expect(moments("loss < 2")).toEqual([2, 5]);
    expect(moments("n == 0")).toEqual([0, 4]);
    expect(moments("n = 0")).toEqual([0, 4]);
    expect(moments("where did n become 0?")).toEqual([0, 4]);
    expect(moments("n became 1")).toEqual([2]);
    expect(moments("where did loss become < 2?")).toEqual([2, 5]);
    expect(moments("where did loss fall below 2?")).toEqual([2, 5]);
    expect(moments("when did loss exceed 2")).toEqual(moments("loss > 2"));
    expect(moments("loss ≥ 3")).toEqual([0]);
    expect(moments("loss < 2 and n == 0")).toEqual([5]);
    expect(hitsOf(trace, "n = 0")[0].answer).toBe("n became 0");
    expect(hitsOf(trace, "loss<2")[0].answer).toBe("loss fell below 2");
  });

  it("is asked of each call for itself", () => {
    const calls = traceFromText("1\n  10 x=0\n2\n  10 x=0\n  11 x=0");
    expect(hitsOf(calls, "x == 0").filter(({ answer }) => answer)).toHaveLength(2);
  });

  it("of arrays is asked by shape, dtype and NaN", () => {
    const arrays = traceFromText("1 a=$a\n2 b=$b\n3 c=$c\n4 d=$d\n5 e=$e", {
      a: tensor([4, 8]),
      b: tensor([8, 4], { dtype: "bfloat16", stats: { nan: 2 } }),
      c: { kind: "sequence", type: "list", items: [tensor([4, 8])], length: 1 },
      d: { kind: "float", value: "nan" },
      e: tensor("4x8" as never, { dtype: 5, stats: "no" }),
    });
    const at = (typed: string) =>
      hitsOf(arrays, typed)
        .filter(({ answer }) => answer)
        .map(({ position }) => position);
    for (const typed of ["shape:4x8", "shape == (4, 8)", "4×8", "4 x 8", "where was a tensor of shape 4×8 made?"])
      expect([typed, ...at(typed)]).toEqual([typed, 0, 2]);
    expect(at("a.shape == (4, 8)")).toEqual([0]);
    expect(at("dtype:bfloat16")).toEqual([1]);
    expect(at("dtype == torch.bfloat16")).toEqual([1]);
    expect(at("nan")).toEqual([1, 3]);
    expect(at("where did NaN first appear")).toEqual([1, 3]);
    expect(at("inf")).toEqual([]);
  });

  it("that names what is not there says so in the end", () => {
    const looking = scan(openLecture(trace), readQuery("los < 2"), { hidden: new Uint8Array(9), raw: false });
    let last = looking.next();
    while (!last.done) last = looking.next();
    expect(last.value).toBe("`los` is no name recorded in this lecture; did you mean loss?");
  });

  it("is just words where it is none", () => {
    for (const typed of ["the loss", "shape", "a = softmax(", "loss =", "is it", "x:y"])
      expect(hitsOf(trace, typed).filter(({ answer }) => answer)).toEqual([]);
  });
});

it("a pattern that is none is told in a sentence, and finds nothing", () => {
  expect(readQuery("/(a/").problem).toBe("The pattern has a ( that is not closed.");
  expect(readQuery("/(a/").find).toBeNull();
  expect(readQuery("/a")).toMatchObject({ problem: null });
});

it("names of the prototype are names like others", () => {
  const trace = traceFromText("1 __proto__=1 constructor=2");
  expect(look(trace, "names: proto")).toEqual(["variable 0: __[proto]__ in main"]);
  expect(hitsOf(trace, "constructor == 2")[0].answer).toBe("constructor became 2");
});

describe("what was found is listed", () => {
  it("by section, what did not run behind that, and what is on one line together", () => {
    const trace = traceFromText('1 "# line one"\n2 line=1\n3 "## line two"\n4\n  10\n4 >line');
    const lecture = openLecture(trace);
    const groups = arrange(lecture, hitsOf(trace, "line"));
    expect(groups.map(({ title }) => title)).toEqual(["line one", "line two", "Did not run: lectures/drawn.py"]);
    expect(groups[0].hits.map(({ label, line }) => `${label} ${line}`)).toEqual(["text 1", "variable 2", "code 2"]);
    expect(arrange(lecture, hitsOf(trace, "line == 1"))[0].title).toBe("Where line became 1");
  });
});

describe("a search in slices", () => {
  const trace = traceFromText(Array.from({ length: 30 }, (_, i) => `1 x=${i}`).join("\n"));
  const looking = () => scan(openLecture(trace), readQuery("x"), { hidden: new Uint8Array(9), raw: false });

  it("tells of the first hits, and says when it is done", async () => {
    const told: Found[] = [];
    await run(looking(), (found) => told.push(found), new AbortController().signal);
    expect(told.at(-1)).toMatchObject({ done: true, counts: { names: 1 } });
  });

  it("ends when it is told to, and lets others go first", async () => {
    const controller = new AbortController();
    let pulled = 0;
    const endless = (function* () {
      for (;;) {
        pulled++;
        yield null;
      }
    })() as unknown as ReturnType<typeof looking>;
    setTimeout(() => controller.abort(), 30);
    await run(endless, () => undefined, controller.signal);
    const after = pulled;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pulled).toBe(after);
  });
});

it("every example finds something", () => {
  const trace = traceFromText(
    '1 "# Lecture"\n1 "## Something else"\n2 loss=4.0 n=3\n3 loss=2.0 n=2\n4 loss=0.5 n=0\n  10 w=$w\n5 >printed',
    { w: tensor([4, 8], { dtype: "bfloat16", stats: { nan: 1 } }) },
  );
  const examples = examplesOf(openLecture(trace));
  expect(examples.map(({ query }) => query)).toEqual([
    "something",
    "names: f10",
    "loss < 2.3",
    "n == 0",
    "shape:4x8",
    "dtype:bfloat16",
    "nan",
    "output: printed",
  ]);
  for (const { query } of examples) expect([query, hitsOf(trace, query).length > 0]).toEqual([query, true]);
});
