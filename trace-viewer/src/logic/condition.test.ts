import { describe, expect, it } from "vitest";
import type { Value } from "../format/generated";
import { ABSENT, ConditionProblem, FALSE, nearest, readCondition, TRUE, UNDECIDED, type Verdict } from "./condition";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

const tensor = (shape: number[], more: object = {}): Value => ({
  kind: "tensor",
  type: "torch.Tensor",
  shape,
  dtype: "float32",
  ...more,
});

const VALUES: Record<string, Value> = {
  nan: { kind: "float", value: "nan" },
  inf: { kind: "float", value: "inf" },
  one: { kind: "float", value: 1 },
  huge: { kind: "int", text: "9007199254740993" },
  endless: { kind: "int", text: "123…789", digits: 5000 },
  words: { kind: "sequence", type: "list", items: ["the", "NaN", "tensor"], length: 3 },
  many: { kind: "sequence", type: "list", items: [1, 2, 3], length: 900 },
  pair: { kind: "sequence", type: "tuple", items: [4, 8], length: 2 },
  nested: {
    kind: "sequence",
    type: "list",
    items: [{ kind: "sequence", type: "tuple", items: [1, 2], length: 2 }],
    length: 1,
  },
  config: {
    kind: "mapping",
    type: "dict",
    entries: [
      ["width", 64],
      ["name", "AdamW"],
    ],
    length: 2,
  },
  model: { kind: "instance", type: "Model", fields: [["depth", 12]], length: 1 },
  loss: tensor([], { elements: [1.5] }),
  grid: tensor([2, 3], { elements: [1, 2, 3, 4, "nan", -6], device: "cuda:0" }),
  large: tensor([4, 800], { picture: { rows: 1 }, stats: { min: -2, max: 5, mean: 0.5, nan: 0, inf: 0 } }),
  broken: tensor([4, 800], { stats: { min: 0, max: 1, nan: 3 } }),
  tokens: { kind: "tokens", type: "list", ids: [5, 6], pieces: ["the", " cat"], length: 2 },
  runs: {
    kind: "records",
    type: "list",
    columns: ["name", "loss"],
    rows: [
      ["a", 3],
      ["b", 1],
    ],
    row_count: 2,
    column_count: 2,
  },
  text: { kind: "text", text: "Once upon", length: 5000 },
  device: { kind: "opaque", type: "torch.device", text: "cuda:0" },
};

/** What a condition says after a step that bound `x` to a value, here always to the whole of it. */
function judge(condition: string, value: Value): Verdict {
  const lecture = openLecture(traceFromText("1 x=$v", { v: value }));
  return readCondition(lecture, condition).judge(0, 0);
}

const problemOf = (condition: string, drawing = "1 x=1 loss=2\n2\n  10 n=1"): string => {
  try {
    readCondition(openLecture(traceFromText(drawing)), condition);
  } catch (error) {
    if (error instanceof ConditionProblem) return error.message;
    throw error;
  }
  return "";
};

describe("a condition", () => {
  it.each<[string, Value]>([
    ["x < 2", 1],
    ["x == 0", 0],
    ["0 <= x <= 10", 10],
    ["0 < x < 10 < 20", 9],
    ["x % 10 == 0", 40],
    ["x % 3 == 2", -1],
    ["x // 2 == -2", -3],
    ["-x ** 2 == -9", 3],
    ["2 ** -1 == x", 0.5],
    ["(x + 1) * 2 == 8", 3],
    ["x == 1_000", 1000],
    ["x == 0x1f", 31],
    ["x > 1e-3 and not x > 1", 0.5],
    ["not x == 1 or x is None", 2],
    ["x is None", null],
    ["x is not None", 0],
    ["x is True", true],
    ["x", 3],
    ["not x", ""],
    ["x == 1", VALUES.one],
    ["isnan(x)", VALUES.nan],
    ["math.isnan(x)", VALUES.nan],
    ["x != x", VALUES.nan],
    ["x == inf and isinf(x)", VALUES.inf],
    ["x == float('inf')", VALUES.inf],
    ["x == 9007199254740993", VALUES.huge],
    ["x % 10 == 3", VALUES.huge],
    ["x > 9007199254740992", VALUES.huge],
    ["x == 'abc'", "abc"],
    ['x == "a\\tb"', "a\tb"],
    ["x == 'ab' 'c'", "abc"],
    ["x.startswith('ab') and x[0] == 'a' and x[-1] == 'c'", "abc"],
    ["'b' in x and 'z' not in x", "abc"],
    ["len(x) == 1", "😀"],
    ["'NaN' in x", VALUES.words],
    ["len(x) > 2", VALUES.words],
    ["x[0] == 'the' and x[-1] == 'tensor' and x[1:] == ['NaN', 'tensor']", VALUES.words],
    ["x[1:3][0] in ('NaN', 'inf')", VALUES.words],
    ["2 in x", VALUES.many],
    ["len(x) == 900", VALUES.many],
    ["x == (4, 8)", VALUES.pair],
    ["x != [4, 8]", VALUES.pair],
    ["x > (4, 7, 9)", VALUES.pair],
    ["sum(x) == 12 and max(x) == 8 and min(x) == 4 and min(9, 3) == 3", VALUES.pair],
    ["(1, 2) in x", VALUES.nested],
    ["x[0][1] == 2", VALUES.nested],
    ["x['width'] == 64 and 'name' in x", VALUES.config],
    ["x.get('depth', 3) == 3", VALUES.config],
    ["x.depth == 12", VALUES.model],
    ["x < 2", VALUES.loss],
    ["x.item() == 1.5", VALUES.loss],
    ["x.shape == (2, 3) and x.ndim == 2 and x.numel() == 6", VALUES.grid],
    ["x.shape[-1] == 3 and len(x) == 2 and x.size(0) == 2", VALUES.grid],
    ["x.dtype == torch.float32", VALUES.grid],
    ["x.dtype == 'float32' and x.device == 'cuda:0'", VALUES.grid],
    ["any(x < 0) and not all(x < 0)", VALUES.grid],
    ["(x < 0).any()", VALUES.grid],
    ["isnan(x) and torch.isnan(x).any()", VALUES.grid],
    ["x[1, 2] == -6", VALUES.grid],
    ["x.max() == 5 and x.min() < 0 and x.mean() > 0", VALUES.large],
    ["isnan(x) and isnan(x.max())", VALUES.broken],
    ["5 in x and ' cat' in x and x[1] == 6", VALUES.tokens],
    ["len(x) == 2 and x['loss'] == [3, 1] and x[1]['name'] == 'b'", VALUES.runs],
    ["'upon' in x and x.startswith('Once') and len(x) == 5000", VALUES.text],
    ["x == 'cuda:0'", VALUES.device],
    ["round(x, 2) == 0.33 and int(x * 10) == 3 and abs(-x) == x", 1 / 3],
  ])("%s holds", (condition, value) => {
    expect(judge(condition, value)).toBe(TRUE);
  });

  it.each<[string, Value]>([
    ["x < 2", 2],
    ["x == 0", VALUES.nan],
    ["x == '1'", 1],
    ["x == None", 0],
    ["1 < x < 3", 3],
    ["x == 9007199254740992", VALUES.huge],
    ["'width' == x", VALUES.pair],
    ["x == (4, 8)", VALUES.words],
    ["x == 'short'", VALUES.text],
    ["all(x > 0)", VALUES.grid],
  ])("%s does not hold of another value", (condition, value) => {
    expect(judge(condition, value)).toBe(FALSE);
  });

  it.each<[string, Value, string]>([
    ["x < 2", "abc", "`<` does not stand between a string and a number"],
    ["x < 2", VALUES.grid, "an array of 6 truth values is neither true nor false: any(…) or all(…)"],
    ["x", VALUES.grid, "torch.Tensor of shape (2, 3) has many elements"],
    ["x[5] == 1", VALUES.pair, "it has no item 5"],
    ["x[100] == 1", VALUES.many, "only 3 of its 900 items are in the record"],
    ["7 in x", VALUES.many, "only 3 of its 900 items"],
    ["x == 0", VALUES.endless, "not all of its 5000 digits"],
    ["x / 0 > 1", 1, "it divides by zero"],
    ["x.width == 1", VALUES.model, "has no `width`"],
    ["any(x < 0)", VALUES.large, "only a sample of its elements"],
    ["x['depth'] == 1", VALUES.config, "no such key"],
    ["len(x) > 2", 3, "a number has no length"],
    ["x.isnan()", null, "None is no number"],
  ])("%s is undecided, and says why", (condition, value, why) => {
    const lecture = openLecture(traceFromText("1 x=$v", { v: value }));
    const read = readCondition(lecture, condition);
    expect([read.judge(0, 0), read.why]).toEqual([UNDECIDED, expect.stringContaining(why)]);
  });

  it("stops looking where Python does", () => {
    expect(judge("x == 'a' or x > 1", "a")).toBe(TRUE);
    expect(judge("x != 'a' and x > 1", "a")).toBe(FALSE);
  });

  it("holds nowhere while a name of it is not bound", () => {
    const lecture = openLecture(traceFromText("1\n2 x=1\n3 x-\n4"));
    const read = readCondition(lecture, "x == 1");
    expect([0, 1, 2, 3].map((position) => read.judge(0, position))).toEqual([ABSENT, TRUE, ABSENT, ABSENT]);
  });

  it("sees the names of its call first, then those of main, and never those of another call", () => {
    // positions: 0:1 1:2> 2:10 3:20 4:2<
    const lecture = openLecture(traceFromText("1 x=1 step=5\n2\n  10 x=2\n  11\n    20 y=7"));
    const judged = (text: string) => readCondition(lecture, text).judge(1, 3);
    expect([judged("x == 2 and step == 5"), judged("x == 1"), judged("y == 7")]).toEqual([TRUE, FALSE, ABSENT]);
  });

  it("finds what was inspected by its own words, white space aside", () => {
    const trace = traceFromText("1 x=$v", { v: VALUES.large });
    trace.strings[trace.bindings.name[0]] = "rows[0, 1].max()";
    const lecture = openLecture({ ...trace, values: [3] });
    expect(readCondition(lecture, "rows[0,1].max() == 3").judge(0, 0)).toBe(TRUE);
    expect(() => readCondition(lecture, "rows.min() == 3")).toThrow(ConditionProblem);
  });

  it.each([
    ["", "The condition stops in the middle."],
    ["x <", "The condition stops in the middle."],
    ["x < )", "`)` does not belong here."],
    ["(x < 2", "`(` is not closed: `)` is missing."],
    ["len(x", "`(` is not closed: `)` is missing."],
    ["x[0", "`[` is not closed: `]` is missing."],
    ["x = 2", "`=` assigns; write `==` to compare"],
    ["x == 1 && loss", "`&&` does not belong here: write `and`."],
    ["!x", "`!` does not belong here: write `not`."],
    ["x == 'abc", "The string is not closed: ' is missing."],
    ["x == f'a'", "Strings with `f` before them are not known"],
    ["3x > 1", "`3x` is neither a number nor a name."],
    ["x @ loss", "`@` is not known in conditions."],
    ["x if loss else 1", "`if` is not known in conditions."],
    ["lss < 2", "`lss` is no name recorded in this lecture; did you mean loss?"],
    ["nothing > 2", "`nothing` is no name recorded in this lecture."],
    ["foo(x)", "`foo()` is not known in conditions; known are len"],
    ["lenn(x)", "did you mean len?"],
    ["len(x, x) > 1", "`len` takes 1 argument."],
    ["len > 1", "`len` must be called"],
    ["x is 3", "`is` stands before None, True or False"],
    ["1 < 2", "A condition must ask for a recorded name."],
    ["__proto__ == 1", "`__proto__` is no name recorded"],
    [`${"(".repeat(80)}x${")".repeat(80)}`, "nested too deeply"],
    [`${"not ".repeat(120)}x`, "nested too deeply"],
    ["x".repeat(501), "at most 500 characters"],
  ])("%s: says what is wrong", (condition, message) => {
    expect(problemOf(condition)).toContain(message);
  });

  it("of a line asks for names that are recorded there, or in main", () => {
    const lecture = openLecture(traceFromText("1 step=1\n2\n  10 x=1\n3\n  20 y=1"));
    const f10 = lecture.trace.functions.line.indexOf(10);
    expect(() => readCondition(lecture, "x == 1 and step == 1", f10)).not.toThrow();
    expect(() => readCondition(lecture, "y == 1", f10)).toThrow("`y` is recorded in f20, and not where this line is.");
  });

  it("stands, whatever a value holds", () => {
    const damaged = [
      { kind: "tensor" },
      { kind: "tensor", shape: { length: 1e9 }, elements: 5 },
      { kind: "tensor", shape: [1e9, 1e9], elements: [1] },
      { kind: "sequence", items: 7, length: "x" },
      { kind: "mapping", entries: [3, null, [1]], length: 1e12 },
      { kind: "instance", fields: [null, ["__proto__"]], length: -1 },
      { kind: "records", columns: null, rows: {} },
      { kind: "tokens" },
      { kind: "int", text: "abc" },
      { kind: "float" },
      { kind: "unheard-of" },
    ] as unknown as Value[];
    const conditions = [
      "x == 1",
      "x < 1",
      "len(x)",
      "x[0] == 1",
      "x['a']",
      "x.shape == (1,)",
      "1 in x",
      "isnan(x)",
      "x == x",
      "max(x) > 1",
      "x",
    ];
    for (const value of damaged)
      for (const condition of conditions) expect([FALSE, TRUE, UNDECIDED]).toContain(judge(condition, value));
  });
});

describe("the name that was meant", () => {
  it("differs in a letter or two, in longer names", () => {
    const names = ["loss", "tokens", "learning_rate", "x"];
    expect(nearest("lsos", names)).toBe("loss");
    expect(nearest("token", names)).toBe("tokens");
    expect(nearest("lerning_rat", names)).toBe("learning_rate");
    expect(nearest("zebra", names)).toBeNull();
  });
});
