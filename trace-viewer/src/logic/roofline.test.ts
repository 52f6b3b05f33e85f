import { describe, expect, it } from "vitest";
import type { Trace } from "../format/generated";
import { movesOnly, pointOf, ridgeOf, roofsOf, standing, usualCeiling, verdict } from "./roofline";
import { traceFromText } from "./trace-from-text";

const H100 = {
  name: "NVIDIA H100 SXM",
  flops_per_second: { float32: 66.9e12, float16: 989e12, bfloat16: 989e12 },
  bytes_per_second: 3.35e12,
  source: "data sheet",
};
const HERE = {
  name: "Xeon",
  flops_per_second: { float32: 1e11, bfloat16: 4e11 },
  bytes_per_second: 1e10,
  measured: true,
};

function traceWith(machines: unknown[], { device = "cpu", gpus = [] as string[] } = {}): Trace {
  const trace = traceFromText("1");
  trace.machines = machines as Trace["machines"];
  trace.provenance.hardware.gpus = gpus;
  const row = { parameters: [0], gradients: [0], optimizer: [0], activations: [0], other: [0], allocated: [-1] };
  trace.memory = { ...row, step: [0], device: [trace.strings.push(device) - 1], peak: [8] };
  return trace;
}

const cost = (forwardFlops: number, forwardBytes: number, countedSeconds = 1) => ({
  seconds: 9,
  countedSeconds,
  forwardFlops,
  forwardBytes,
  backwardFlops: 1e9,
  backwardBytes: 1e9,
});

describe("machines", () => {
  it("that the lecture ran on come first, and those that share a peak share a row", () => {
    const roofs = roofsOf(traceWith([H100, HERE]));
    expect(roofs.map(({ name, ran, measured }) => [name, ran, measured])).toEqual([
      ["Xeon", true, true],
      ["NVIDIA H100 SXM", false, false],
    ]);
    expect(roofs[1].ceilings).toEqual([
      { dtypes: ["float16", "bfloat16"], flops: 989e12 },
      { dtypes: ["float32"], flops: 66.9e12 },
    ]);
  });

  it("are those of the run when the trace names that GPU, and it was used", () => {
    const ran = (options: object) => roofsOf(traceWith([H100], options)).map((roof) => roof.ran)[0];
    expect(ran({ device: "cuda:0", gpus: ["NVIDIA H100 80GB HBM3"] })).toBe(true);
    expect(ran({ device: "cpu", gpus: ["NVIDIA H100 80GB HBM3"] })).toBe(false);
    expect(ran({ device: "cuda:0", gpus: ["NVIDIA A100"] })).toBe(false);
    const both = roofsOf(traceWith([HERE, { ...H100, measured: true }], { device: "cuda:0" }));
    expect(both.map(({ name }) => name)).toEqual(["NVIDIA H100 SXM", "Xeon"]);
  });

  it("that make no sense are left out", () => {
    const bad = [null, 5, "x", {}, { ...H100, bytes_per_second: 0 }, { ...H100, bytes_per_second: "many" }];
    const worse = [
      { ...H100, flops_per_second: { float32: -1, x: null, y: 1e300 } },
      { ...H100, name: 7 },
    ];
    expect(roofsOf(traceWith([...bad, ...worse, { ...H100, source: 5 }]))).toMatchObject([{ source: "" }]);
  });

  it("start with the data type that lectures compute in there", () => {
    const [here, published] = roofsOf(traceWith([HERE, H100]));
    expect(usualCeiling(here).dtypes).toEqual(["float32"]);
    expect(usualCeiling(published).dtypes).toContain("bfloat16");
    expect(ridgeOf(published, usualCeiling(published))).toBeCloseTo(295.2, 1);
  });
});

describe("a cost", () => {
  it("stands where its forward FLOPs, bytes and time put it", () => {
    expect(pointOf(cost(32e9, 10e9, 2))).toEqual({ intensity: 3.2, rate: 16e9 });
    expect(pointOf(cost(32e9, 10e9, 0))).toMatchObject({ rate: NaN });
    expect(pointOf(cost(0, 10))).toBeNull();
    expect(pointOf(cost(10, 0))).toBeNull();
  });

  it("of a line that only calls is that of what it called", () => {
    const account = { runs: 1, peak: -1, own: cost(0, 0), all: cost(6, 2) };
    expect(standing(account)).toMatchObject({ calls: true, point: { intensity: 3 } });
    expect(standing({ ...account, own: cost(8, 2) })).toMatchObject({ calls: false, point: { intensity: 4 } });
    expect(standing({ ...account, all: cost(0, 0) })).toBeNull();
  });

  it("that moves bytes and does no FLOPs is limited by memory alone", () => {
    const [here] = roofsOf(traceWith([HERE]));
    const words = "Moves 9.77 KiB, and does no FLOPs that are counted: memory alone limits it.";
    expect(movesOnly(cost(0, 10_000), undefined)).toBe(words);
    expect(movesOnly(cost(0, 10_000), here)).toBe(`${words} That takes 1 µs at least.`);
    expect(movesOnly(cost(0, 0), here)).toBe("");
  });

  it("is held against a machine in words", () => {
    const [here, published] = roofsOf(traceWith([HERE, H100]));
    const say = (flops: number, bytes: number, seconds: number, roof = here) =>
      verdict(pointOf(cost(flops, bytes, seconds))!, roof, usualCeiling(roof));
    expect(say(32, 10, 2e-9)).toBe(
      "Memory-bound: 3.2 FLOP/byte, below the ridge at 10. It reached 16 GFLOP/s, 50 % of what is possible there.",
    );
    expect(say(400, 10, 1e-8)).toBe(
      "Compute-bound: 40 FLOP/byte, above the ridge at 10. It reached 40 GFLOP/s, 40 % of what is possible there.",
    );
    expect(say(10, 10, 1e-10)).toMatch(/1,000 % of what is possible there. Data that stays in the caches/);
    expect(say(10, 10, 0)).toBe("Memory-bound: 1 FLOP/byte, below the ridge at 10.");
    expect(say(32, 10, 1, published)).toBe(
      "Memory-bound: 3.2 FLOP/byte, below the ridge at 295. Here it would reach 10.7 TFLOP/s at most.",
    );
  });
});
