/** In the record itself: names, values, sources, numbers, and what refers to what. */
import { bind, EVIL, MARKUP, SCRIPT, show, values, type Attack, type Record } from "./attack";

/** Names that every object has, and that pages have. */
export const NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "document",
  "location",
  "root",
  "then",
];

/** What cannot be seen, or turns the text around it. */
export const UNSEEN = "a\u202eb\u2066c\u200bd\u0000e\u001bf\ufeffg\u2028h\ud800i";

const tensor = (more: object) => ({
  kind: "tensor",
  type: "torch.Tensor",
  shape: [2],
  dtype: "float32",
  elements: [1, 2],
  ...more,
});

/** Write other words wherever a record says who, where and when. */
function provenanceOf(trace: Record, words: string): void {
  const { provenance, summary } = trace;
  Object.assign(provenance, { platform: words, python: words, engine: words, commit: words, started: words });
  provenance.arguments = [words];
  provenance.packages = { [words]: words };
  provenance.hardware = { machine: words, processor: words, cores: 1e308, gpus: [words], memory_bytes: 1e308 };
  Object.assign(summary, { title: words, name: words, seconds: 1e308, outcome: { status: "failed", message: words } });
}

export const record: Attack[] = [
  ...values({
    "a value of markup": MARKUP,
    "a dict of names that objects have": {
      kind: "mapping",
      type: "dict",
      entries: NAMES.map((name) => [name, { kind: "mapping", type: "dict", entries: [[name, MARKUP]], length: 1 }]),
      length: 1e308,
    },
    "an object of markup": {
      kind: "instance",
      type: MARKUP,
      fields: [
        [MARKUP, MARKUP],
        ["__proto__", 1],
      ],
      length: -5,
    },
    "a value of an unknown kind": { kind: "__proto__", text: MARKUP },
    "a value that is no value": { no: "kind" },
    "a very deep value": JSON.parse(
      `${'{"kind":"sequence","type":"list","length":1,"items":['.repeat(900)}1${"]}".repeat(900)}`,
    ),
    "a very long value": {
      kind: "sequence",
      type: "list",
      items: Array.from({ length: 30_000 }, (_, at) => at),
      length: 1e308,
    },
    "a string of a million characters": "<b>".repeat(350_000),
    "unseen characters in a value": UNSEEN,
    "numbers beyond all numbers": {
      kind: "sequence",
      type: "list",
      length: 6,
      items: [
        1e308,
        -1e308,
        5e-324,
        { kind: "float", value: "nan" },
        { kind: "int", text: "9".repeat(5000), digits: 1e308 },
        { kind: "float", value: MARKUP },
      ],
    },
    "a formula of markup": {
      kind: "formula",
      type: "Expr",
      latex: `\\href{javascript:${SCRIPT}}{x}${MARKUP}`,
      text: MARKUP,
    },
    "a function of markup": {
      kind: "definition",
      type: MARKUP,
      name: MARKUP,
      signature: `(${MARKUP})`,
      file: -7,
      line: 1e308,
    },
    "an object whose repr is markup": { kind: "opaque", type: MARKUP, text: MARKUP, problem: MARKUP },
    "tokens of markup": {
      kind: "tokens",
      type: "list",
      ids: [1, 1e308, -1, 0.5],
      pieces: [MARKUP, UNSEEN, "", "\ud800"],
      length: 1e308,
    },
    "a module of markup": {
      kind: "module",
      type: MARKUP,
      fields: [[MARKUP, 1]],
      length: 1,
      parameters: [{ name: MARKUP, shape: [-1, 1e308], dtype: MARKUP, count: 1e308, same_as: MARKUP }, null],
      row_count: 1e308,
      parameter_count: -1,
      trainable_count: 1e308,
      parameter_bytes: 1e308,
    },
    "a data frame of markup": {
      kind: "records",
      type: MARKUP,
      columns: [MARKUP, "__proto__"],
      rows: [[MARKUP], null, 5],
      row_count: 1e308,
      column_count: -1,
      index: [MARKUP],
    },
    "a tensor of negative shape": tensor({ shape: [-3, 2] }),
    "a tensor whose shape overflows": tensor({
      shape: [2 ** 40, 2 ** 40, 2 ** 40],
      elements: undefined,
      picture: { rows: 1e9, columns: 1e9, row_indices: [], column_indices: [], cells: [] },
    }),
    "a tensor of a thousand axes": tensor({
      shape: Array.from({ length: 1000 }, () => 1),
      dimensions: Array.from({ length: 1000 }, () => MARKUP),
    }),
    "a tensor of what is no number": tensor({
      shape: ["2", null, {}],
      dtype: { a: 1 },
      elements: "abc",
      strides: [NaN],
      device: MARKUP,
    }),
    "a tensor with names of style": tensor({
      dimensions: [`x}body{display:none}`],
      dtype: `float32;background:url(${EVIL}/x)`,
    }),
    "a tensor with wild statistics": tensor({
      elements: null,
      picture: { rows: -1, columns: 1.5, row_indices: [1e308], column_indices: "x", cells: [MARKUP, NaN] },
      stats: {
        min: MARKUP,
        max: -1e308,
        mean: "inf",
        std: -1,
        zeros: 1e308,
        nan: -5,
        inf: 1e308,
        histogram: [1e308, -1, MARKUP],
      },
    }),
    "a tensor in memory that cannot be": tensor({
      strides: [1e308, -1],
      storage: { id: "__proto__", bytes: -1, offset: 1e308 },
    }),
  }),
  ...NAMES.map((name) => ({
    name: `a variable called ${name}`,
    change: (trace: Record) => bind(trace, name, tensor({ dimensions: [name] })),
  })),
  { name: "a variable called markup", change: (trace) => bind(trace, MARKUP, 1) },
  { name: "a variable with unseen characters in its name", change: (trace) => bind(trace, UNSEEN, 1) },
  {
    name: "functions, threads and hosts called markup",
    change: (trace) => {
      trace.strings = trace.strings.map(() => MARKUP);
    },
  },
  ...NAMES.slice(0, 4).map((name) => ({
    name: `everything called ${name}`,
    change: (trace: Record) => {
      trace.strings = trace.strings.map(() => name);
    },
  })),
  { name: "a record whose every word is markup", change: (trace) => provenanceOf(trace, MARKUP) },
  { name: "a record whose every word is unseen", change: (trace) => provenanceOf(trace, UNSEEN) },
  {
    name: "files that lie elsewhere",
    change: (trace) => {
      const [file] = trace.files;
      const paths = [
        "../../../etc/passwd",
        "/etc/shadow",
        `${EVIL}/x.py`,
        `javascript:${SCRIPT}`,
        MARKUP,
        "__proto__",
        "",
        UNSEEN,
      ];
      trace.files = [
        { ...file, path: MARKUP },
        ...paths.map((path) => ({ ...file, path, directives: [], hidden: [] })),
      ];
    },
  },
  {
    name: "a source of markup",
    change: (trace) => {
      trace.files[0].text = trace.files[0].text.replaceAll("\n", ` # ${MARKUP}\n`);
    },
  },
  {
    name: "a source with unseen characters",
    change: (trace) => {
      trace.files[0].text = trace.files[0].text.replaceAll(
        "def ",
        `# \u202e } \u2066if admin\u2069 \u2066 begin\u202c\u200b\u0000\ndef `,
      );
    },
  },
  {
    name: "a source of one endless line",
    change: (trace) => {
      trace.files[0].text = `x = ${"(".repeat(20_000)}${"a.".repeat(20_000)}b${"[".repeat(20_000)}\n${trace.files[0].text}`;
    },
  },
  {
    name: "a source that ends before the record does",
    change: (trace) => {
      trace.files[0].text = "x = 1\ny = 2";
      trace.files[0].hidden = [-5, 1e9, 0.5];
      trace.files[0].directives = [{ name: "animate", arguments: [MARKUP], line: 1, column: -5, end_column: 2 ** 40 }];
    },
  },
  {
    name: "printed markup",
    change: (trace) => {
      const { printed, strings } = trace;
      printed.step.unshift(0, 0);
      printed.at.unshift(0, 0);
      printed.stream.unshift(0, 1);
      printed.text.unshift(
        strings.push(`${MARKUP}\u001b]8;;${EVIL}\u0007x ${UNSEEN}\r\n`) - 1,
        strings.push(`/x.py:1: ${"A".repeat(70)}Warning: ${MARKUP}\n`) - 1,
      );
    },
  },
  {
    name: "exceptions of markup",
    change: (trace) => {
      const line = { file: -1, path: `${EVIL}/x.py`, line: 1e308, function: MARKUP, text: MARKUP };
      trace.failures.push({
        type: MARKUP,
        message: `${MARKUP}${UNSEEN}`,
        traceback: [line, { ...line, file: 0, line: -5 }, { ...line, file: 0, line: 50 }],
        cause: `${MARKUP}: ${MARKUP}`,
      });
      trace.summary.outcome = {
        status: "failed",
        message: MARKUP,
        failure: trace.failures.length - 1,
        exit_code: 1e308,
      };
    },
  },
  {
    name: "an exception that causes itself",
    change: (trace) => {
      trace.failures.push(
        { type: "A", message: "a", traceback: [], cause: "B: b" },
        { type: "B", message: "b", traceback: [], cause: "A: a" },
      );
      trace.summary.outcome = { status: "failed", message: "", failure: trace.failures.length - 1 };
    },
  },
  {
    name: "notices of markup, very many",
    change: (trace) => {
      trace.notices = Array.from({ length: 20_000 }, (_, at) => ({
        message: `${MARKUP} ${at}`,
        file: 0,
        line: 34 + (at % 40),
        step: -1,
      }));
    },
  },
  {
    name: "machines and costs of markup",
    change: (trace) => {
      trace.machines = [
        {
          name: MARKUP,
          flops_per_second: { [MARKUP]: 1e308, __proto__: 1, constructor: -1 } as never,
          bytes_per_second: 1e308,
          source: `javascript:${SCRIPT}`,
          measured: true,
        },
        { name: "__proto__", flops_per_second: { float32: NaN }, bytes_per_second: 0, source: MARKUP },
      ];
      trace.operations.flops = trace.operations.flops.map(() => 2 ** 52);
    },
  },
  {
    name: "an outcome that there is not",
    gives: "problem",
    change: (trace) => {
      trace.summary.outcome = { status: "__proto__" as never, message: MARKUP };
    },
  },
  {
    name: "a trace within prototypes",
    change: (trace) => {
      Object.assign(trace, JSON.parse(`{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}`));
      show(trace, JSON.parse(`{"kind": "text", "text": "x", "__proto__": {"polluted": 1}}`) as object);
    },
  },
  ...Object.entries<(trace: Record) => void>({
    "calls that call one another": ({ calls }) => {
      calls.parent = calls.parent.map(() => 240);
    },
    "an index that points nowhere": ({ steps }) => {
      steps.statement[5] = 1e9;
    },
    "a column without an end": ({ steps }) => {
      steps.call = { length: 2 ** 31 } as never;
    },
    "a number that is a page": ({ steps }) => {
      steps.call[0] = MARKUP as never;
    },
    "files that are no files": (trace) => {
      trace.files = [{ path: { toString: SCRIPT } } as never];
    },
    "a version from the future": (trace) => {
      trace.version = 2 ** 40;
    },
    "a version that is markup": (trace) => {
      trace.version = MARKUP as never;
    },
    "strings that are no strings": (trace) => {
      trace.strings[3] = { toString: MARKUP } as never;
    },
  }).map(([name, change]) => ({ name, change, gives: "problem" as const })),
];
