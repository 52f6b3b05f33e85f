import { describe, expect, it } from "vitest";
import type { Lists } from "../format/column";
import type { Trace } from "../format/generated";
import { openLecture, type Lecture } from "./lecture";
import { locate, placeAt, readPlace, writePlace } from "./place";
import { traceFromText } from "./trace-from-text";

const START = `
def main():
    first = read("a # b")  # @inspect first
    for step in range(3):
        loss = train(step)
        print(loss)
    print(loss)
    done()
def train(step):
    total = step
    total += 1
    total += 1
    return total`;

/** The program as it runs: `main`, whose loop turns three times and calls `train` each time. */
function recorded(source: string): Lecture {
  const lines = source.trim().split("\n");
  const at = (text: string) => lines.findIndex((row) => row.trim().startsWith(text)) + 1;
  const loop = at("for step");
  const row = (index: number, indent: string) => `${indent}${index + 1}`;
  const runs = (index: number) => lines[index].trim() !== "" && !lines[index].trim().startsWith("#");
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i).filter(runs);
  const deeper = (index: number) => lines[index].startsWith("        ");
  const bodyEnd = lines.findIndex((text, index) => index >= loop && text.trim() !== "" && !deeper(index));
  const drawing: string[] = range(at("def main"), loop - 1).map((index) => row(index, ""));
  for (let turn = 0; turn < 3; turn++) {
    drawing.push(`${loop}`);
    for (const index of range(loop, bodyEnd)) {
      drawing.push(row(index, ""));
      if (lines[index].includes("train(")) {
        drawing.push(...range(at("def train"), lines.length).map((inner) => row(inner, "  ")));
      }
    }
  }
  drawing.push(...range(bodyEnd, at("def train") - 1).map((index) => row(index, "")));
  const trace = traceFromText(drawing.join("\n")) as Lists<Trace>;
  trace.files[0].text = lines.join("\n");
  const [main, train] = [trace.strings.push("main") - 1, trace.strings.push("train") - 1];
  const end_line = [at("def train") - 1, lines.length];
  trace.functions = { name: [main, train], file: [0, 0], line: [at("def main"), at("def train")], end_line };
  trace.calls.function = trace.calls.function.map((_, call) => (call === 0 ? 0 : 1));
  return openLecture(trace);
}

const told = (lecture: Lecture, step: number) => {
  const text = lecture.trace.files[0].text.split("\n")[lecture.placeOf(step).line - 1];
  const before = lecture.trace.steps.statement.findIndex((_, at) => at === step);
  const { statement } = lecture.trace.steps;
  const turn = Array.from(statement).filter((of, at) => at <= before && of === statement[step]).length;
  return `${text.replace(/#.*@.*/, "").trim()} (${turn})`;
};

/** The address of a step of one recording, opened with another. */
function led(from: Lecture, step: number, to: Lecture) {
  const search = writePlace(placeAt(from, { trace: "t.json" }, from.positions.exit[step], null));
  const found = locate(to, readPlace(search));
  return { step: to.positions.step[found.position], out: to.positions.out[found.position], ...found };
}

/** Numbers that are as good as random, and the same every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return state % below;
  };
}

const ADDED = ["    pass", "    x = 1", "", "    # words", '    print("more")', "    log(first)"];

describe("an address leads to the same statement and turn", () => {
  const before = recorded(START);
  const steps = Array.from(before.trace.steps.call, (_, step) => step).slice(1); // the first is the beginning, in any case

  it("of the same recording, without a word", () => {
    for (const step of steps) expect(led(before, step, before)).toMatchObject({ step, problem: null });
  });

  it("whatever lines are added, and whatever others taken away, elsewhere", () => {
    let moved = 0;
    for (let seed = 0; seed < 120; seed++) {
      const random = numbers(seed);
      const step = steps[random(steps.length)];
      const target = before.placeOf(step).line;
      const kept = new Set([1, 3, 8, 4, target]); // heads, the call, and the line itself; 10 and 11 are the same
      if (target >= 10) kept.add(10).add(11);
      let lines = START.trim()
        .split("\n")
        .map((text, index) => ({ text, number: index + 1 }));
      lines = lines.filter(({ number }) => kept.has(number) || random(4) > 0);
      for (let i = random(6); i > 0; i--) {
        const at = 1 + random(lines.length);
        const inLoop = /^ {8}/.test(lines[at]?.text ?? "") || /for /.test(lines[at - 1].text);
        const text = ADDED[random(ADDED.length)];
        lines.splice(at, 0, { text: inLoop && text ? `    ${text}` : text, number: 0 });
      }
      const after = recorded(lines.map(({ text }) => text).join("\n"));
      const found = led(before, step, after);
      expect(told(after, found.step), `seed ${seed}`).toBe(told(before, step));
      const isMoved = found.step !== step;
      moved += isMoved ? 1 : 0;
      expect(found.problem?.startsWith("The lecture has changed since this link was made: its line") ?? false).toBe(
        isMoved,
      );
    }
    expect(moved).toBeGreaterThan(50);
  });

  it("on the way out as on the way in", () => {
    const after = recorded(START.replace("    first =", "    zero = 0\n    first ="));
    const call = steps.find((step) => told(before, step) === "loss = train(step) (2)")!;
    expect(led(before, call, after)).toMatchObject({
      out: 1,
      problem: expect.stringContaining("line 5 now") as string,
    });
  });
});

describe("of lines that are the same, an address leads to the one it names", () => {
  /** A function without loops or calls: all of its lines run, in order. */
  const straight = (lines: string[]) => {
    const trace = traceFromText(lines.map((_, index) => `${index + 1}`).join("\n")) as Lists<Trace>;
    trace.files[0].text = lines.join("\n");
    trace.functions.end_line[0] = lines.length;
    return openLecture(trace);
  };
  const linesOf = ({ trace, placeOf }: Lecture) =>
    Array.from(trace.steps.call, (_, step) => ({ step, line: placeOf(step).line }));

  it("whatever copies of it come and go, as long as a neighbour that stands there once stays", () => {
    let ambiguous = 0;
    for (let seed = 0; seed < 400; seed++) {
      const random = numbers(seed);
      let own = 0;
      const fresh = () => `own_${own++} = ${seed}`;
      const some = () => (random(2) ? "x += 1" : random(2) ? "y += 1" : fresh());
      const lines = ["start()", "y += 1", "y += 1", ...Array.from({ length: 4 + random(12) }, some)];
      const at = 3 + random(lines.length);
      const beside = fresh();
      lines.splice(Math.min(at, lines.length), 0, ...(random(2) ? [beside, "x += 1"] : ["x += 1", beside]));
      const target = lines.indexOf("x += 1", lines.indexOf(beside) - 1);
      const before = straight(lines);
      const { step } = linesOf(before).find(({ line }) => line === target + 1)!;

      const marked = lines.map((text, index) => ({ text, is: index === target, stays: index === target }));
      marked[lines.indexOf(beside)].stays = true;
      const edited = marked.filter(({ stays }, index) => stays || index < 3 || random(4) > 0);
      for (let i = random(6); i > 0; i--) {
        const place = 3 + random(edited.length - 2);
        // Of a copy right beside it nothing could say which of the two was there before.
        const between = edited[place - 1].is || edited[place]?.is;
        if (!between) edited.splice(place, 0, { text: random(3) ? "x += 1" : fresh(), is: false, stays: false });
      }
      const after = straight(edited.map(({ text }) => text));
      const search = writePlace(placeAt(before, { trace: "t.json" }, before.positions.entry[step], null));
      const found = locate(after, readPlace(search));
      const wanted = edited.findIndex(({ is }) => is) + 1;
      expect(after.placeOf(after.positions.step[found.position]).line, `seed ${seed}`).toBe(wanted);
      if (edited.filter(({ text }) => text === "x += 1").length > 1) ambiguous++;
    }
    expect(ambiguous).toBeGreaterThan(200);
  });

  it("by its count, where all neighbours are alike", () => {
    const before = straight(["start()", "x += 1", "x += 1", "x += 1", "x += 1", "done()"]);
    for (const { step } of linesOf(before)) expect(led(before, step, before)).toMatchObject({ step, problem: null });
    const after = straight(["zero = 0", "start()", "x += 1", "x += 1", "x += 1", "x += 1", "done()"]);
    for (const { step, line } of linesOf(before).slice(1))
      expect(after.placeOf(led(before, step, after).step).line).toBe(line + 1);
  });

  it("without a word where only a line beside it was edited", () => {
    const before = straight(["start()", "a = 1", "x += 1", "b = 2"]);
    const after = straight(["start()", "a = 5", "x += 1", "b = 2"]);
    expect(led(before, 2, after)).toMatchObject({ step: 2, problem: null });
  });
});

describe("an address says what it could not have", () => {
  const before = recorded(START);
  const stepOf = (what: string) =>
    Array.from(before.trace.steps.call).findIndex((_, step) => told(before, step) === what);
  const after = (change: (source: string) => string) => recorded(change(START));
  const lands = (what: string, lecture: Lecture) => {
    const { step, problem } = led(before, stepOf(what), lecture);
    return [told(lecture, step), problem?.replace("The lecture has changed since this link was made: ", "")];
  };

  it("a line that was edited", () => {
    const lecture = after((source) => source.replace("loss = train(step)", "losses = train(step + 1)"));
    expect(lands("loss = train(step) (2)", lecture)).toEqual([
      "losses = train(step + 1) (2)",
      "this is the line most like the one it named, line 4.",
    ]);
  });

  it("a line that only got another comment or other quotes is the same", () => {
    const lecture = after((source) => source.replace('read("a # b")  # @inspect first', "read('a # b')"));
    const { problem } = led(before, stepOf('first = read("a # b") (1)'), lecture);
    expect(problem).toBeNull();
  });

  it("a line that is in another function now", () => {
    const lecture = after((source) => source.replace("    done()\n", "").replace("    return total", "    done()"));
    expect(lands("done() (1)", lecture)).toEqual(["done() (1)", "its line is in train now, line 11."]);
  });

  it("a line that is gone", () => {
    const lecture = after((source) => source.replace("    done()\n", ""));
    expect(lands("done() (1)", lecture)).toEqual([
      "print(loss) (1)",
      "the line it named is gone; this is what ran nearest to it, line 6.",
    ]);
  });

  it("a turn that there was not", () => {
    const [text, problem] = lands(
      "total = step (3)",
      openedWith(recorded(START), (trace) => cutAfterTurn(trace)),
    );
    expect(text).toBe("total = step (1)");
    expect(problem).toBe("its line, line 9 now, ran only once; this is the last.");
  });

  it("a file that is not there", () => {
    const search = "?trace=t&step=3&code=x&at=other.py:f:3";
    expect(locate(before, readPlace(search))).toMatchObject({ position: 3, problem: null });
  });
});

describe("a look at a line", () => {
  const before = recorded(START);
  const at = (search: string) => locate(before, readPlace(`?trace=t&file=lectures/drawn.py&${search}`));

  it("follows its text", () => {
    expect(at("line=3&text=for+step+in+range(3):")).toMatchObject({ peek: { line: 3 }, problem: null });
    expect(at("line=9&text=for+step+in+range(3):").peek).toEqual({ file: 0, line: 3 });
    expect(at("line=9&text=for+step+in+range(3):").problem).toContain("line 3 now");
    expect(at("line=9&text=gone").problem).toContain("the line it showed is gone");
  });
});

function openedWith(lecture: Lecture, change: (trace: Lists<Trace>) => void): Lecture {
  const trace = lecture.trace as Lists<Trace>;
  change(trace);
  return openLecture(trace);
}

/** As if the loop had turned once. */
function cutAfterTurn({ steps, calls, summary }: Lists<Trace>): void {
  const length = steps.call.indexOf(2);
  for (const column of Object.values(steps)) column.length = length;
  for (const column of Object.values(calls)) column.length = 2;
  summary.steps = length;
}
