import { describe, expect, it } from "vitest";
import { openLecture } from "./lecture";
import { locate, readPlace, writePlace, type Place } from "./place";
import { traceFromText } from "./trace-from-text";

const lecture = openLecture(
  traceFromText(`
    1
    2
      10
    3`),
);

const at = (search: string) => locate(lecture, readPlace(search));

describe("the address", () => {
  const nowhere = { local: null, anchor: null, file: null, line: 1, text: null };
  const anchor = {
    file: "lectures/lm/bpe.py",
    function: "Pairs.count",
    line: 40,
    code: "a = b[0:1]",
    like: 1,
    beside: "",
    turn: 1,
  };
  const places: Place[] = [
    { ...nowhere, trace: "var/traces/lecture_01.json", step: 12, out: true },
    { ...nowhere, trace: "var/traces/lecture 01&x=?.json", step: 0, out: false },
    { ...nowhere, trace: "t.json", step: 3, out: false, file: "lectures/lm/bpe.py", line: 40, text: "# a + b = 'c'" },
    { ...nowhere, trace: "t.json", step: 3, out: false, anchor },
    {
      ...nowhere,
      trace: "t.json",
      step: 3,
      out: false,
      anchor: { ...anchor, file: "", like: 2, beside: "k3.9fa", turn: 17 },
    },
    { ...nowhere, trace: null, local: "mine & yours.json", step: 3, out: true, anchor },
    { ...nowhere, trace: null, step: 0, out: false },
  ];

  it.each(places)("says a place and gives it back: $trace", (place) => {
    expect(readPlace(writePlace(place))).toEqual(place);
  });

  it("stays short and readable", () => {
    expect(writePlace(places[0])).toBe("?trace=var/traces/lecture_01.json&step=12&phase=out");
    expect(writePlace({ ...places[0], step: 0, out: false })).toBe("?trace=var/traces/lecture_01.json");
    expect(writePlace(places[3])).toBe("?trace=t.json&step=3&code=a+=+b[0:1]&at=lectures/lm/bpe.py:Pairs.count:40");
    expect(writePlace(places[4])).toBe(
      "?trace=t.json&step=3&code=a+=+b[0:1]&like=2&beside=k3.9fa&turn=17&at=Pairs.count:40",
    );
  });

  it("leads to a position", () => {
    expect(at("?trace=t&step=1")).toEqual({ position: 1, peek: null, problem: null });
    expect(at("?trace=t&step=1&phase=out")).toEqual({ position: 3, peek: null, problem: null });
    expect(at("?trace=t&step=3").position).toBe(4);
    expect(at("?trace=t&file=lectures/drawn.py&line=7").peek).toEqual({ file: 0, line: 7 });
  });

  it.each([
    ["-5", 0, "no step -5"],
    ["1e9", 4, "the nearest, step 3"],
    ["NaN", 0, "no proper step"],
    ["", 0, "no proper step"],
    ["1.5", 0, "no proper step"],
    ["abc", 0, "no proper step"],
  ])("with the step %s leads to the nearest place and says so", (step, position, problem) => {
    expect(at(`?trace=t&step=${step}`)).toMatchObject({
      position,
      problem: expect.stringContaining(problem) as string,
    });
  });

  it("says that a file is not part of the trace", () => {
    expect(at("?trace=t&step=1&file=../../etc/passwd")).toEqual({
      position: 1,
      peek: null,
      problem: "../../etc/passwd is not part of this trace.",
    });
  });

  it.each(["at=main", "at=main:1e9", "at=:", "at=main:3&like=x&turn=-1", "code=&at=::::3"])(
    "that is half an address is one without: %s",
    (search) => expect(at(`?trace=t&step=1&${search}`)).toMatchObject({ position: 1 }),
  );

  it("of half a character can be written", () => {
    const place = { ...places[0], file: "a\ud800.py", text: "b\udc00" };
    expect(readPlace(writePlace(place)).file).toBe("a\ufffd.py");
  });

  it("of a trace without steps leads nowhere", () => {
    expect(locate(openLecture(traceFromText("")), readPlace("?trace=t&step=4")).position).toBe(-1);
  });
});
