import { afterEach, describe, expect, it, vi } from "vitest";
import { ago, chapterOf, duration, fetchListing, fileSize, inOrder, viewerLink, type Listed } from "./listing";

const answer = (body: string, status = 200, type = "application/json") =>
  vi.stubGlobal("fetch", async () => new Response(body, { status, headers: { "content-type": type } }));

afterEach(() => vi.unstubAllGlobals());

describe("fetchListing", () => {
  it("reads what is there and leaves out what is not an entry", async () => {
    const entry = {
      name: "a",
      url: "var/traces/a.json",
      steps: "many",
      seconds: -1,
      outcome: { status: 3 },
      bytes: null,
    };
    answer(JSON.stringify([entry, null, 3, { name: "b" }, { __proto__: null, url: 1 }]));
    expect(await fetchListing()).toEqual({
      state: "ready",
      traces: [
        {
          name: "a",
          url: "var/traces/a.json",
          title: "a",
          steps: null,
          seconds: null,
          outcome: null,
          modified: "",
          bytes: 0,
          problem: null,
          changed: false,
        },
      ],
    });
  });

  it("tells a site without a list from a server in trouble", async () => {
    answer("", 404);
    expect((await fetchListing()).state).toBe("absent");
    answer("<!doctype html>", 200, "text/html");
    expect((await fetchListing()).state).toBe("absent");
    answer("", 500);
    expect(await fetchListing()).toEqual({
      state: "failed",
      message: "The server could not list the traces: it answered 500.",
    });
    answer("[", 200);
    expect((await fetchListing()).state).toBe("failed");
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("Failed to fetch")));
    expect(await fetchListing()).toEqual({
      state: "failed",
      message: "The server does not answer. Is it still running?",
    });
  });
});

it("viewerLink keeps a trace's address whole", () => {
  expect(viewerLink("var/traces/lecture_01.json")).toBe("?trace=var/traces/lecture_01.json");
  expect(new URLSearchParams(viewerLink("var/traces/a%23b&c.json")).get("trace")).toBe("var/traces/a%23b&c.json");
});

it("says times and sizes in words", () => {
  expect([0.42, 0.999, 9.5, 59.6, 200, 7500].map(duration)).toEqual([
    "0.42 s",
    "1.0 s",
    "9.5 s",
    "1 min 0 s",
    "3 min 20 s",
    "2 h 5 min",
  ]);
  expect([999, 12_345, 3_400_000].map(fileSize)).toEqual(["999 B", "12 kB", "3.4 MB"]);
  const now = Date.parse("2026-03-10T12:00:00Z");
  expect(ago("2026-03-10T11:59:40Z", now)).toBe("just now");
  expect(ago("2026-03-10T11:55:00Z", now)).toBe("5 minutes ago");
  expect(ago("2026-03-09T11:55:00Z", now)).toBe("yesterday");
  expect(ago("2025-03-09T11:55:00Z", now)).toBe("9 Mar 2025");
  expect(ago("soon", now)).toBe("");
});

describe("chapters", () => {
  it.each<[string, number | null, string]>([
    ["Lecture 3: Attention", 3, "Attention"],
    ["Lecture 12 – On a cluster", 12, "On a cluster"],
    ["A tour: seeing inside", null, "A tour: seeing inside"],
    ["Lecture 7", null, "Lecture 7"],
  ])("%s", (title, number, words) => {
    expect(chapterOf(title)).toEqual({ number, words });
  });

  it("come first, by their number", () => {
    const titled = (title: string) => ({ title }) as Listed;
    const listed = ["A tour", "Lecture 10: Z", "Draft", "Lecture 2: B", "Lecture 2: A"].map(titled);
    expect(inOrder(listed).map(({ title }) => title)).toEqual([
      "Lecture 2: B",
      "Lecture 2: A",
      "Lecture 10: Z",
      "A tour",
      "Draft",
    ]);
  });
});
