import type { Lists } from "../format/column";
import type { Trace } from "../format/generated";
import { traceFromText } from "./trace-from-text";

/** One row of `operations`, in words; for tests. */
export interface Ran {
  step: number;
  name?: string;
  formula?: string;
  backward?: boolean;
  kind?: number;
  count?: number;
  flops?: number;
  bytes?: number;
}

/** Append what was counted to a trace. */
export function ran(trace: Lists<Trace>, rows: Ran[]): void {
  const string = (text: string) => {
    const found = trace.strings.indexOf(text);
    return found >= 0 ? found : trace.strings.push(text) - 1;
  };
  const { operations } = trace;
  for (const { step, name = "mm", formula = "", backward = false, kind = 0, count = 1, flops = 0, bytes = 0 } of rows) {
    operations.step.push(step);
    operations.name.push(string(name));
    operations.formula.push(string(formula));
    operations.phase.push(backward ? 1 : 0);
    operations.kind.push(kind);
    operations.count.push(count);
    operations.flops.push(flops);
    operations.bytes.push(bytes);
  }
}

/**
 * A small run with costs, drawn for tests: lines 1 and 3 of `main` take 1 ms each; line 2 takes 100 ms twice, of which 96 ms
 * in line 10, which multiplies matrices: 1 GFLOP forward, 2 backward, 1 MiB each way, each time.
 */
export function countedTrace(): Lists<Trace> {
  const trace = traceFromText("1\n2\n  10\n2\n  10\n3");
  trace.steps.duration = [1e6, 100e6, 96e6, 100e6, 96e6, 1e6];
  for (const step of [2, 4]) {
    ran(trace, [
      { step, formula: "2·M·N·K = 2·500·1000·1000", flops: 1e9, bytes: 2 ** 20 },
      { step, formula: "2·M·N·K = 2·500·1000·1000", backward: true, count: 2, flops: 2e9, bytes: 2 ** 20 },
      { step, name: "view", kind: 1 },
    ]);
  }
  const none = [0, 0];
  const roles = { parameters: none, gradients: none, optimizer: none, activations: none, other: none };
  trace.memory = { step: [2, 4], device: none, ...roles, peak: [4096, 8192], allocated: [-1, -1] };
  trace.provenance.arguments = ["-m", "drawn", "--costs"];
  trace.machines = [
    { name: "This CPU", flops_per_second: { float32: 50e9 }, bytes_per_second: 5e9, source: "timed", measured: true },
    { name: "GPU X100", flops_per_second: { bfloat16: 1e15 }, bytes_per_second: 2e12, source: "its data sheet" },
  ];
  return trace;
}
