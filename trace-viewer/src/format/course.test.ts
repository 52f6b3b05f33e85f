import { afterEach, describe, expect, it, vi } from "vitest";
import { arrange, fetchCourse, needs, type CourseLecture } from "./course";
import type { Listed } from "./listing";

const answer = (body: unknown, status = 200) => vi.stubGlobal("fetch", async () => Response.json(body, { status }));

const lecture = (given: Partial<CourseLecture>): CourseLecture => ({
  id: "a",
  order: 1,
  title: "A",
  summary: "",
  gpus: 0,
  ranks: 1,
  seconds: null,
  command: "",
  ...given,
});

afterEach(() => vi.unstubAllGlobals());

describe("fetchCourse", () => {
  it("reads what is there and leaves out what is no lecture", async () => {
    const lectures = [
      { id: "a", order: 1, title: "A", summary: "S", needs: { gpu: 2, ranks: 8, seconds: 90 }, command: "run a" },
      { id: "b", title: "B", order: -1, needs: { gpu: "many", ranks: 0.5, seconds: -3 }, summary: 5 },
      { id: "", title: "C" },
      null,
      5,
    ];
    answer({ course: { title: "T", lectures }, problem: null });
    expect(await fetchCourse()).toEqual({
      problem: null,
      course: {
        title: "T",
        description: "",
        lectures: [
          lecture({ summary: "S", gpus: 2, ranks: 8, seconds: 90, command: "run a" }),
          lecture({ id: "b", title: "B", order: 0 }),
        ],
      },
    });
  });

  it("passes on what is wrong with it", async () => {
    answer({ course: null, problem: "line 3" });
    expect(await fetchCourse()).toEqual({ course: null, problem: "line 3" });
  });

  it("is none where there is none, or no answer", async () => {
    const none = { course: null, problem: null };
    for (const body of [null, [], "x", { course: [] }, { course: { title: "T" } }, { course: { lectures: [] } }]) {
      answer(body);
      expect(await fetchCourse()).toEqual(none);
    }
    answer({ course: { title: "T", lectures: [] } }, 404);
    expect(await fetchCourse()).toEqual(none);
    vi.stubGlobal("fetch", async () => new Response("<!doctype html>"));
    expect(await fetchCourse()).toEqual(none);
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await fetchCourse()).toEqual(none);
  });
});

it("arrange puts each trace with its lecture, and the others behind", () => {
  const traces = ["z", "b", "__proto__"].map((name) => ({ name }) as Listed);
  const lectures = [lecture({ id: "b" }), lecture({ id: "constructor" })];
  const { entries, others } = arrange({ title: "", description: "", lectures }, traces);
  expect(entries.map(({ trace }) => trace?.name)).toEqual(["b", undefined]);
  expect(others.map(({ name }) => name)).toEqual(["z", "__proto__"]);
});

it("says what recording takes", () => {
  expect(needs(lecture({}))).toEqual({ machine: [], time: null });
  expect(needs(lecture({ gpus: 1, seconds: 0.2 }))).toEqual({ machine: ["1 GPU"], time: "about 1 s" });
  expect(needs(lecture({ gpus: 8, ranks: 16, seconds: 110 }))).toEqual({
    machine: ["8 GPUs", "16 processes"],
    time: "about 2 min",
  });
  expect(needs(lecture({ seconds: 9000 })).time).toBe("about 2.5 h");
});
