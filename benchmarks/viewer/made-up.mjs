/**
 * Traces of any number of steps, made up: the same on every run, valid, and with everything in them that a lecture has.
 *
 * The lecture is a file of 1,000 lines: sections of words, and 56 functions, half of which call a smaller one at every turn
 * of their loop. It runs until it has had its steps, and is stopped there, so that a trace of a million steps is of the same
 * program as one of a thousand, in a later epoch.
 */
const LINES = 1000;
const FUNCTIONS = 56;
const FUNCTION_LINES = 14;

/** The trace of `steps` steps, as an object that JSON can hold. */
export function madeUpTrace(steps) {
  const lecture = writeLecture();
  const run = new Run(steps);
  try {
    run.lecture(lecture);
    throw new Error("the lecture ended before it had its steps");
  } catch (limit) {
    if (limit !== LIMIT) throw limit;
  }
  return run.finish(lecture);
}

/** The source, and where in it things stand. */
function writeLecture() {
  const source = [
    '"""A lecture that was made up, to measure how a long one is shown."""',
    "",
    "from tracer import text",
    "",
  ];
  const functions = Array.from({ length: FUNCTIONS }, (_, index) => {
    const line = source.length + 1;
    const calls = index % 2 === 0;
    source.push(
      `def mix_${index}(start, turns):  # half of these call the one below at every turn`,
      `    """Stir a number around, ${index} ways."""`,
      "    total = start  # @inspect total",
      "    for turn in range(turns):",
      calls
        ? `        total = mix_${index + 1}_once(total, turn)  # @inspect total`
        : `        total = total * ${index + 2} + turn  # @inspect total`,
      "        if total > 10_000:",
      "            total = total % 9_973",
      `    share = total / ${1000 + index}  # @inspect share`,
      "    return share",
      "",
      `def mix_${index + 1}_once(total, turn):`,
      `    larger = total * ${index + 3} + turn`,
      "    return larger",
      "",
    );
    return { line, calls };
  });
  const main = source.length + 1;
  source.push("def main():");
  const texts = [];
  const body = LINES - source.length - 8;
  for (let line = 0; line < body; line++) {
    texts.push(source.length + 1);
    const title = line === 0 ? "# A lecture that was made up" : `## Part ${line / 8}`;
    const words = line % 8 === 0 ? title : `Words of line ${line}, with **some** that are \`strong\`.`;
    source.push(`    text(${JSON.stringify(words)})`);
  }
  const loop = source.length + 1;
  source.push(
    "    state = 1",
    "    for epoch in range(1_000_000):  # until it is stopped",
    '        text(f"Epoch {epoch}")',
    "        for index, mix in enumerate(MIXERS):",
    "            share = mix(state, 6)  # @inspect share",
    "            state = int(share * 1000) % 8191 + index  # @inspect state",
    '        print("epoch", epoch, state)',
    "    return state",
  );
  if (source.length !== LINES) throw new Error(`the lecture has ${source.length} lines`);
  return { source, functions, main, texts, loop };
}

const LIMIT = Symbol("the last step");
const OUTCOME = "stopped after the steps that were asked for";

class Run {
  constructor(limit) {
    this.limit = limit;
    this.strings = new Pool();
    this.strings.index("");
    this.values = new Pool();
    this.statements = new Pool();
    this.functions = new Pool();
    this.outputs = [];
    this.table = {
      calls: { function: [], parent: [], track: [] },
      steps: { statement: [], call: [], start: [], duration: [], end: [] },
      bindings: { step: [], at: [], name: [], value: [], role: [] },
      shown: { step: [], at: [], output: [] },
      printed: { step: [], at: [], stream: [], text: [] },
    };
    this.stack = [];
    this.clock = 1;
  }

  /** The program. Each method runs what its lines would, and leaves the steps that the tracer would leave. */
  lecture({ source, functions, main, texts, loop }) {
    this.enter("main", main, LINES, -1);
    for (const line of texts) this.text(line, JSON.parse(/\((".*")\)$/.exec(source[line - 1])[1]));
    let state = 1;
    this.step(loop);
    for (let epoch = 0; ; epoch++) {
      this.step(loop + 1, loop + 6);
      this.text(loop + 2, `Epoch ${epoch}`);
      functions.forEach((place, index) => {
        this.step(loop + 3, loop + 5);
        const caller = this.step(loop + 4);
        const share = this.mix(index, place, state, 6, caller);
        this.close(caller, "share", float(share));
        state = (Math.floor(share * 1000) % 8191) + index;
        this.bind(this.step(loop + 5), "state", state);
      });
      this.step(loop + 3, loop + 5); // finds nothing left
      this.print(this.step(loop + 6), `epoch ${epoch} ${state}\n`);
    }
  }

  mix(index, { line, calls }, start, turns, caller) {
    this.enter(`mix_${index}`, line, line + 8, caller, { start, turns });
    let total = start;
    this.bind(this.step(line + 2), "total", total);
    for (let turn = 0; turn < turns; turn++) {
      this.step(line + 3, line + 6);
      const here = this.step(line + 4);
      if (calls) {
        this.enter(`mix_${index + 1}_once`, line + 10, line + 12, here, { total, turn });
        total = total * (index + 3) + turn;
        this.step(line + 11);
        this.leave(this.step(line + 12), total);
        this.close(here, "total", total);
      } else {
        total = total * (index + 2) + turn;
        this.bind(here, "total", total);
      }
      this.step(line + 5);
      if (total > 10_000) {
        total %= 9973;
        this.step(line + 6);
      }
    }
    this.step(line + 3, line + 6);
    const share = total / (1000 + index);
    this.bind(this.step(line + 7), "share", float(share));
    this.leave(this.step(line + 8), float(share));
    return share;
  }

  step(line, loopEnd = 0) {
    const { steps } = this.table;
    const step = steps.call.length;
    if (step === this.limit) throw LIMIT;
    const start = 300 + ((step * 7919) % 600);
    this.clock += start;
    steps.statement.push(this.statements.index(`${line} ${loopEnd}`));
    steps.call.push(this.stack.at(-1).call);
    steps.start.push(start);
    steps.duration.push(start - 100);
    steps.end.push(0);
    const frame = this.stack.at(-1);
    for (const [name, value] of Object.entries(frame.entered ?? {})) this.bind(step, name, value, 3);
    frame.entered = null;
    return step;
  }

  enter(name, line, endLine, parent, entered) {
    const { calls } = this.table;
    const fn = this.functions.index(`${this.strings.index(name)} ${line} ${endLine}`);
    calls.function.push(fn);
    calls.parent.push(parent);
    calls.track.push(0);
    this.stack.push({ call: calls.parent.length - 1, began: this.clock, entered });
  }

  leave(step, value) {
    this.bind(step, "", value, 1);
    this.table.steps.end[step] = 1;
    const { began } = this.stack.pop();
    this.took = this.clock - began + 200;
  }

  /** A step that called is over when its call is. */
  close(step, name, value) {
    this.table.steps.duration[step] = this.took;
    this.bind(step, name, value);
  }

  bind(step, name, value, role = 0) {
    const { bindings, steps } = this.table;
    bindings.step.push(step);
    bindings.at.push(steps.call.length - 1);
    bindings.name.push(this.strings.index(name));
    bindings.value.push(this.values.index(value, typeof value === "object" ? `float ${value.value}` : value));
    bindings.role.push(role);
  }

  text(line, words) {
    const step = this.step(line);
    this.table.shown.step.push(step);
    this.table.shown.at.push(step);
    this.table.shown.output.push(this.outputs.push({ kind: "text", text: words }) - 1);
  }

  print(step, words) {
    const { printed } = this.table;
    printed.step.push(step);
    printed.at.push(step);
    printed.stream.push(0);
    printed.text.push(this.strings.index(words));
  }

  finish({ source }) {
    const { steps } = this.table;
    // The steps that were open when the run was stopped never ended.
    for (let { call } = this.stack.at(-1); call >= 0;) {
      const step = this.table.calls.parent[call];
      if (step < 0) break;
      steps.end[step] = 4;
      steps.duration[step] = this.clock;
      call = steps.call[step];
    }
    steps.end[steps.end.length - 1] = 4;
    const { calls } = this.table;
    if (!steps.call.includes(calls.parent.length - 1)) for (const column of Object.values(calls)) column.pop();
    const functions = this.functions.items.map((text) => text.split(" ").map(Number));
    const statements = this.statements.items.map((text) => text.split(" ").map(Number));
    const zeros = statements.map(() => 0);
    return {
      format: "executable-lecture",
      version: 3,
      summary: {
        name: `made_up_${this.limit}`,
        title: "A lecture that was made up",
        steps: steps.call.length,
        seconds: this.clock / 1e9,
        outcome: { status: "stopped", message: OUTCOME },
      },
      provenance: {
        arguments: ["-m", "made_up"],
        started: "2026-01-01T00:00:00Z",
        python: "3.12.1",
        platform: "Linux",
        hardware: { machine: "x86_64", processor: "none", cores: 1, gpus: [] },
        packages: {},
        engine: "0.1.0",
      },
      clock: 1767225600,
      entry: 0,
      files: [{ path: "lectures/made_up.py", sha256: "", text: source.join("\n") + "\n", hidden: [], directives: [] }],
      strings: this.strings.items,
      functions: {
        name: functions.map(([name]) => name),
        file: functions.map(() => 0),
        line: functions.map(([, line]) => line),
        end_line: functions.map(([, , endLine]) => endLine),
      },
      statements: {
        file: zeros,
        line: statements.map(([line]) => line),
        end_line: statements.map(([line]) => line),
        loop_end: statements.map(([, loopEnd]) => loopEnd),
      },
      tracks: { rank: [-1], process: [1], thread: [0], name: [0], host: [0] },
      calls: this.table.calls,
      resumes: { call: [], step: [], parent: [] },
      steps,
      elided: { statement: [], step: [], count: [] },
      values: this.values.items,
      bindings: this.table.bindings,
      outputs: this.outputs,
      shown: this.table.shown,
      printed: this.table.printed,
      derived: { step: [], name: [], source: [], relation: [] },
      operations: { step: [], name: [], formula: [], phase: [], kind: [], count: [], flops: [], bytes: [] },
      memory: {
        step: [],
        device: [],
        parameters: [],
        gradients: [],
        optimizer: [],
        activations: [],
        other: [],
        peak: [],
        allocated: [],
      },
      machines: [],
      launches: { step: [], function: [], x: [], y: [], z: [] },
      arrays: [],
      programs: { call: [], launch: [], x: [], y: [], z: [] },
      regions: [],
      accesses: { step: [], kind: [], array: [], region: [], elements: [], masked: [], distinct: [], beyond: [] },
      ranks: [],
      groups: [],
      collectives: {
        step: [],
        name: [],
        operation: [],
        group: [],
        sequence: [],
        peer: [],
        bytes: [],
        start: [],
        duration: [],
        asynchronous: [],
        waited_step: [],
        waited_start: [],
        waited_duration: [],
      },
      failures: [],
      raised: { step: [], failure: [] },
      notices: [],
    };
  }
}

/** A float, as the format has it: 2.0 is not 2. */
function float(value) {
  return Number.isInteger(value) ? { kind: "float", value } : value;
}

/** Things that are kept once, and known by their index. */
class Pool {
  items = [];
  places = new Map();

  index(item, key = item) {
    let place = this.places.get(key);
    if (place === undefined) this.places.set(key, (place = this.items.push(item) - 1));
    return place;
  }
}
