import { describe, expect, it } from "vitest";
import { traceFromText } from "../../logic/trace-from-text";
import { runAgain, sourceWords } from "./sources";

const words = (changed: string[], gone: string[] = []) => sourceWords({ changed, gone });

describe("what has changed, in words", () => {
  it("names a file, two, or how many more there are", () => {
    expect(words(["lectures/a.py"])).toBe("a.py has changed since this was recorded");
    expect(words(["lectures/a.py", "lectures/lm/b.py"])).toBe("a.py and b.py have changed since this was recorded");
    expect(words(["a.py", "b.py", "c.py", "d.py"])).toBe("a.py, b.py and 2 more have changed since this was recorded");
    expect(words([], ["a.py"])).toBe("a.py is not there any more");
    expect(words(["a.py"], ["b.py"])).toBe("a.py has changed since this was recorded; b.py is not there any more");
    expect(sourceWords({ changed: ["a.py"], gone: [] }, true)).toBe("a.py has changed since");
    expect(words([])).toBe("");
  });
});

describe("the command that records it again", () => {
  it("is that of the run, quoted for a shell", () => {
    const trace = traceFromText("1");
    trace.provenance.arguments = ["-m", "my lecture", "--costs", "it's; rm -rf /"];
    expect(runAgain(trace)).toBe(`python execute.py -m 'my lecture' --costs 'it'\\''s; rm -rf /'`);
    trace.provenance.arguments = [];
    expect(runAgain(trace)).toBe("python execute.py -m drawn");
  });
});
