import { describe, expect, it } from "vitest";
import { render } from "vitest-browser-react";
import "../../theme/index.css";
import type { Expectation } from "../../format/generated";
import { OutputView } from "../OutputView";

async function show(output: Partial<Record<keyof Expectation, unknown>>) {
  const expectation = { kind: "expectation", tolerance: 0.1, items: [], ...output } as Expectation;
  const { container } = await render(<OutputView output={expectation} base="/" onTarget={() => undefined} />);
  await expect.poll(() => container.querySelector(".expectation")).not.toBeNull();
  return container;
}

const rows = (root: Element) =>
  [...root.querySelectorAll("tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent).join(" | "));

describe("an expectation", () => {
  it("shows what was predicted, what was measured, and whether that is a miss", async () => {
    const root = await show({
      label: "one step",
      items: [
        { measure: "flops", expected: 6e9, measured: 6.3e9 },
        { measure: "bytes", expected: 2 ** 20, measured: 3 * 2 ** 20 },
        { measure: "seconds", expected: 0.25 },
      ],
      reason: "Time was not taken.",
    });
    expect(rows(root)).toEqual([
      "FLOPs | 6 GFLOP | 6.3 GFLOP | 1.05✓ within 10 %",
      "Bytes moved, unfused | 1 MiB | 3 MiB | 3✗ missed: 3 times as much",
      "Time | 250 ms | – | ? not measured",
    ]);
    expect(root.querySelector("caption")!.textContent).toContain("one step");
    expect(root.querySelector("caption")!.textContent).toContain("tolerance 10 %");
    expect(root.querySelector("figcaption")!.textContent).toBe("Time was not taken.");
    expect(root.querySelector("td[title]")!.getAttribute("title")).toBe("6,000,000,000 FLOP");
    expect(root.querySelector("[data-missed]")).not.toBeNull();
  });

  it("puts the measured on the bar, in the band when it is within the tolerance", async () => {
    const root = await show({ items: [{ measure: "flops", expected: 100, measured: 105 }] });
    const bar = root.querySelector<HTMLElement>(".expectation-bar")!;
    const at = (name: string) => Number(bar.style.getPropertyValue(name));
    expect(at("--at")).toBeGreaterThan(0.5);
    expect(at("--at")).toBeLessThan(at("--to"));
    expect(root.querySelector("[data-missed]")).toBeNull();
  });

  it.each([
    [{ items: null }],
    [{ items: [null, 5, { measure: {}, expected: [], measured: "<img>" }] }],
    [
      {
        items: Array.from({ length: 500 }, () => ({ measure: "flops", expected: -1e300, measured: 1e300 })),
        tolerance: "x",
        label: 5,
        reason: 7,
      },
    ],
  ])("of %j is shown, whatever it says", async (output) => {
    const root = await show(output);
    expect(root.querySelector(".guard, img")).toBeNull();
    expect(root.querySelectorAll("tbody tr").length).toBeLessThanOrEqual(20);
  });

  it("fits a phone", async () => {
    const root = await show({ items: [{ measure: "bytes", expected: 2 ** 40, measured: 1 }], reason: "y".repeat(400) });
    root.style.width = "320px";
    expect(root.querySelector(".expectation")!.getBoundingClientRect().width).toBeLessThanOrEqual(320);
  });
});
