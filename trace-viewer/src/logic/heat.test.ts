import { expect, it } from "vitest";
import { costsOf } from "./costs";
import { amountOf, amountText, heatOf, measuresOf } from "./heat";
import { openLecture } from "./lecture";
import { traceFromText } from "./trace-from-text";

const costs = (() => {
  const trace = traceFromText("1\n2\n  10\n3");
  trace.steps.duration = [1e6, 100e6, 96e6, 0];
  const row = { name: [0], formula: [0], phase: [0], kind: [0], count: [1] };
  trace.operations = { ...row, step: [2], flops: [1e9], bytes: [2048] };
  const memory = { parameters: [0], gradients: [0], optimizer: [0], activations: [0], other: [0], allocated: [-1] };
  trace.memory = { ...memory, step: [2], device: [0], peak: [4096] };
  return costsOf(openLecture(trace));
})();

it("is the share of the costliest line, so that small ones are still seen", () => {
  const heat = heatOf(costs, 0, "time", true);
  expect([...heat.keys()]).toEqual([1, 2, 3, 10]);
  expect(heat.get(3)).toEqual({ share: 0, text: "", label: "nothing" });
  expect(heat.get(2)).toEqual({ share: 1, text: "100 ms", label: "100 ms, 99 % of the lecture" });
  expect(heat.get(1)!.share).toBeCloseTo(0.1);
  expect(heatOf(costs, 0, "time", false).get(2)!.share).toBeCloseTo(Math.sqrt(4 / 96));
});

it("is of the lines themselves, or of what they called too", () => {
  const flops = (calls: boolean) => [...heatOf(costs, 0, "flops", calls).values()].map(({ text }) => text);
  expect(flops(false)).toEqual(["", "", "", "1 GFLOP"]);
  expect(flops(true)).toEqual(["", "1 GFLOP", "", "1 GFLOP"]);
  expect(heatOf(costs, 0, "bytes", false).get(10)!.text).toBe("2 KiB");
  expect(heatOf(costs, 0, "memory", false).get(10)!.label).toBe("at most 4 KiB");
  expect(heatOf(costs, 1, "time", true).size).toBe(0);
});

it("is written with its unit, or as a dash where it is not known", () => {
  expect(amountText(amountOf(costs.lineAt(0, 1)!, "memory", true), "memory")).toBe("–");
  expect(amountText(amountOf(costs.lecture, "flops", true), "flops")).toBe("1 GFLOP");
});

it("can be of what was counted", () => {
  expect(measuresOf(costs)).toEqual(["time", "flops", "bytes", "memory"]);
  expect(measuresOf(costsOf(openLecture(traceFromText("1"))))).toEqual(["time"]);
});
