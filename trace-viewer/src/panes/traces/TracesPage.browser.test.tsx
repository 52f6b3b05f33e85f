import { afterEach, describe, expect, it, vi } from "vitest";
import { render } from "vitest-browser-react";
import "../../theme/index.css";
import TracesPage from "./TracesPage";

const answer = (body: unknown, status = 200) => vi.stubGlobal("fetch", async () => Response.json(body, { status }));

afterEach(() => vi.unstubAllGlobals());

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
});
