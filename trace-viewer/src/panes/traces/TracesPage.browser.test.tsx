import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import "../../theme/index.css";
import TracesPage from "./TracesPage";

/** What the server says: of the traces, and of the course, where there is one. */
const answer = (body: unknown, status = 200, course: unknown = null) =>
  vi.stubGlobal("fetch", async (url: URL) =>
    url.pathname.endsWith("/api/course") ? Response.json(course) : Response.json(body, { status }),
  );

const recorded = {
  name: "lecture_01",
  url: "var/traces/lecture_01.json",
  title: "Lecture 1: Tokens",
  steps: 740,
  seconds: 5.9,
  outcome: { status: "finished", message: "" },
  modified: new Date().toISOString(),
  bytes: 400_000,
};

const lecture = (order: number, more: object = {}) => ({
  id: `lecture_0${order}`,
  order,
  title: `Title ${order}`,
  summary: `Summary ${order}.`,
  needs: { gpu: 0, ranks: 1, seconds: 90 },
  command: `python execute.py -m lecture_0${order}`,
  ...more,
});

const course = (...lectures: object[]) => ({
  course: { title: "A course", description: "What it is about.", lectures },
  problem: null,
});

const rows = (page: HTMLElement) => Array.from(page.querySelectorAll(".trace"));

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe("the start page", () => {
  it("lists the traces, each a link, failures with their reason", async () => {
    answer([
      {
        name: "lecture_01",
        url: "var/traces/lecture_01.json",
        title: "Tokenization",
        steps: 12345,
        seconds: 3.2,
        outcome: { status: "finished", message: "" },
        modified: new Date().toISOString(),
        bytes: 400_000,
      },
      {
        name: "b",
        url: "b.json",
        title: "<b>B</b>",
        outcome: { status: "failed", message: "ValueError: no" },
        bytes: 1,
      },
      {
        name: "c",
        url: "javascript:alert(1)",
        title: "C",
        problem: "The file is not JSON, so it is no trace.",
        bytes: 1,
      },
    ]);
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelectorAll("li").length).toBe(3);
    const [first, second, third] = page.querySelectorAll("li");
    expect(first?.querySelector("a")?.getAttribute("href")).toBe("?trace=var/traces/lecture_01.json");
    expect(first?.textContent).toContain("12,345 steps");
    expect(first?.querySelector(".chip")).toBeNull();
    expect(second?.textContent).toContain("<b>B</b>");
    expect(second?.textContent).toContain("ValueError: no");
    expect(third?.textContent).toContain("not JSON");
    expect(third?.querySelector("a")?.protocol).not.toBe("javascript:");
  });

  it("says how to make the first trace", async () => {
    answer([]);
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.textContent).toContain("python execute.py -m lecture_01");
  });

  it("lets a trace be opened by its address where there is no list", async () => {
    answer(null, 404);
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelector("input[name=trace]")).not.toBeNull();
  });

  it("says that the server is in trouble, and looks again on return", async () => {
    answer(null, 500);
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelector("[role=alert]")?.textContent).toContain("answered 500");
    answer([]);
    document.dispatchEvent(new Event("visibilitychange"));
    await expect.poll(() => page.querySelector("[role=alert]")).toBeNull();
  });

  it("shows the course: each lecture in order, its run or how to make one, and other traces below", async () => {
    const gpus = { needs: { gpu: 8, ranks: 8, seconds: 7200 } };
    const failed = { status: "failed", message: "ValueError: no" };
    answer(
      [
        recorded,
        { ...recorded, name: "lecture_02", url: "b.json", changed: true },
        { ...recorded, name: "lecture_03", url: "c.json", outcome: failed },
        { ...recorded, name: "draft", url: "d.json", title: "A draft" },
      ],
      200,
      course(lecture(1), lecture(2), lecture(3), lecture(4, gpus)),
    );
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelector("h1")?.textContent).toBe("A course");
    expect(document.title).toBe("A course");
    expect(page.textContent).toContain("What it is about.");
    const [first, second, third, fourth, other] = rows(page);
    expect(first?.querySelector("h2")?.textContent).toBe("1Title 1");
    expect(first?.querySelector("a")?.getAttribute("aria-label")).toBe("Lecture 1: Title 1");
    expect(first?.querySelector("a")?.getAttribute("href")).toBe("?trace=var/traces/lecture_01.json");
    expect(first?.textContent).toContain("Summary 1.");
    expect(first?.textContent).toContain("740 stepsran 5.9 s400 kBrecorded just now");
    expect(first?.querySelector(".chip, code")).toBeNull();
    expect(second?.querySelector(".chip")?.textContent).toBe("edited since");
    expect(second?.querySelector("code")?.textContent).toBe("python execute.py -m lecture_02");
    expect(third?.textContent).toContain("ValueError: no");
    expect(third?.querySelector("code")?.textContent).toBe("python execute.py -m lecture_03");
    expect(fourth?.querySelector("a")).toBeNull();
    expect(Array.from(fourth!.querySelectorAll(".chip"), (chip) => chip.textContent)).toEqual([
      "not recorded yet",
      "8 GPUs",
      "8 processes",
    ]);
    expect(fourth?.textContent).toContain("about 2 h to record");
    expect(other?.closest("section")?.getAttribute("aria-label")).toBe("Other traces");
    expect(other?.querySelector("a")?.getAttribute("aria-label")).toBe("A draft");
  });

  it("copies the command that records a lecture", async () => {
    const copied = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    answer([], 200, course(lecture(1)));
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.textContent).toContain("No lecture has been recorded here yet");
    page.querySelector<HTMLElement>(".trace button")?.click();
    await expect.poll(() => page.querySelector(".trace [role=status]")?.textContent).toBe("Copied");
    expect(copied).toHaveBeenCalledWith("python execute.py -m lecture_01");
    copied.mockRestore();
  });

  it("tells what is wrong with the course, and lists the traces all the same", async () => {
    answer([recorded], 200, { course: null, problem: "lectures/course.yaml, line 3: no." });
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelector("[role=alert]")?.textContent).toContain("course.yaml, line 3: no.");
    expect(rows(page)).toHaveLength(1);
  });

  it("shows the trouble of the server, though it knows the course", async () => {
    answer(null, 500, course(lecture(1)));
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelector("[role=alert]")?.textContent).toContain("answered 500");
    expect(page.textContent).not.toContain("not recorded yet");
  });

  it("leads back to where a lecture was left, as long as it is there", async () => {
    const place = { trace: recorded.url, search: "?trace=x&step=7", section: "Merging", number: 8, count: 900 };
    localStorage.setItem("executable-lectures.last-read", JSON.stringify(place));
    answer([recorded], 200, course(lecture(1)));
    const { container: page } = await render(<TracesPage />);
    const back = () => page.querySelector<HTMLAnchorElement>(".go-on");
    await expect.poll(() => back()?.textContent).toBe("Go on where you wereLecture 1: Title 1Merging8 / 900");
    expect(back()?.getAttribute("href")).toBe("?trace=x&step=7");
    answer([], 200, course(lecture(1)));
    document.dispatchEvent(new Event("visibilitychange"));
    await expect.poll(back).toBeNull();
  });

  it("does not go where something else was kept as a place", async () => {
    const place = { trace: recorded.url, search: "javascript:alert(1)", section: "", number: 8, count: 900 };
    localStorage.setItem("executable-lectures.last-read", JSON.stringify(place));
    answer([recorded]);
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => rows(page).length).toBe(1);
    expect(page.querySelector(".go-on")).toBeNull();
  });

  it("is gone through by the arrow keys, from link to link", async () => {
    answer([recorded, { ...recorded, name: "b", url: "b.json", title: "B" }], 200, course(lecture(1), lecture(2)));
    const { container: page } = await render(<TracesPage />);
    await expect.poll(() => page.querySelectorAll("a").length).toBe(2);
    const [first, second] = page.querySelectorAll("a");
    const press = (key: string) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    first.focus();
    press("ArrowDown");
    expect(document.activeElement).toBe(second);
    press("ArrowDown");
    expect(document.activeElement).toBe(second);
    press("ArrowUp");
    expect(document.activeElement).toBe(first);
  });
});
