import type { Trace } from "../format/generated";
import type { Account, Cost } from "./costs";
import { bytes, percent, plain, seconds, si } from "./units";

/** What a machine can do at most. */
export interface Roof {
  name: string;
  /** Peak FLOP/s, the highest first; data types that share a peak share a row. */
  ceilings: Ceiling[];
  /** Bytes per second to and from its memory. */
  bandwidth: number;
  source: string;
  /** Measured where the lecture ran, rather than published. */
  measured: boolean;
  /** Whether the lecture ran on it, so that its times may be held against it. */
  ran: boolean;
}

export interface Ceiling {
  dtypes: string[];
  flops: number;
}

/** Where work stands: FLOPs a byte, and FLOP/s (NaN where no time is known). */
export interface Point {
  intensity: number;
  rate: number;
}

const MOST_MACHINES = 50;

/** The machines of a trace that can be drawn, those that the lecture ran on first. */
export function roofsOf({ machines, memory, strings, provenance }: Trace): Roof[] {
  const onGpu = memory.device.some((device) => strings[device].startsWith("cuda"));
  const ranOn = (name: string) => {
    const model = /\b[A-Z]{1,3}\d{2,4}[A-Z]*\b/.exec(name)?.[0];
    return onGpu && model !== undefined && provenance.hardware.gpus.some((gpu) => gpu.includes(model));
  };
  const roofs = (machines as unknown[]).slice(0, MOST_MACHINES).flatMap((machine): Roof[] => {
    const { name, flops_per_second, bytes_per_second, source, measured } = (machine ?? {}) as Record<string, unknown>;
    const bandwidth = Number(bytes_per_second);
    const ceilings = ceilingsOf(flops_per_second);
    if (typeof name !== "string" || ceilings.length === 0 || !isRate(bandwidth)) return [];
    const here = measured === true;
    return [
      {
        name,
        ceilings,
        bandwidth,
        source: typeof source === "string" ? source : "",
        measured: here,
        ran: here || ranOn(name),
      },
    ];
  });
  // A lecture that used a GPU was measured on it and on its processor; the GPU comes later, and did the work.
  const ran = roofs.filter(({ ran }) => ran);
  return [...(onGpu ? ran.toReversed() : ran), ...roofs.filter(({ ran }) => !ran)];
}

function ceilingsOf(rates: unknown): Ceiling[] {
  if (typeof rates !== "object" || rates === null) return [];
  const byRate = new Map<number, string[]>();
  for (const [dtype, rate] of Object.entries(rates).slice(0, 20)) {
    if (isRate(rate)) byRate.set(rate, [...(byRate.get(rate) ?? []), dtype.slice(0, 40)]);
  }
  return [...byRate].map(([flops, dtypes]) => ({ flops, dtypes })).sort((a, b) => b.flops - a.flops);
}

function isRate(value: unknown): value is number {
  return typeof value === "number" && value >= 1 && value <= 1e30;
}

/** The ceiling to start with: that of the data type which lectures on this machine compute in. */
export function usualCeiling({ ceilings, measured }: Roof): Ceiling {
  const having = (dtype: string) => ceilings.find(({ dtypes }) => dtypes.includes(dtype));
  return (measured ? having("float32") : having("bfloat16")) ?? having("float32") ?? ceilings[0];
}

/** From this intensity on, arithmetic and not memory is the limit. */
export function ridgeOf({ bandwidth }: Roof, { flops }: Ceiling): number {
  return flops / bandwidth;
}

/** The most FLOP/s that this machine reaches at an intensity. */
export function attainable({ bandwidth }: Roof, { flops }: Ceiling, intensity: number): number {
  return Math.min(flops, intensity * bandwidth);
}

/**
 * Where a cost stands, or null where nothing was counted. Of the forward pass: backward work is charged to the line that
 * caused it, but ran, and was timed, elsewhere.
 */
export function pointOf({ forwardFlops, forwardBytes, countedSeconds }: Cost): Point | null {
  if (!(forwardFlops > 0 && forwardBytes > 0)) return null;
  return {
    intensity: forwardFlops / forwardBytes,
    rate: countedSeconds > 0 ? forwardFlops / countedSeconds : NaN,
  };
}

/** The point of an account: of its own work, or of what it called where it did none itself. */
export function standing({ own, all }: Account): { point: Point; calls: boolean } | null {
  const itself = pointOf(own);
  if (itself) return { point: itself, calls: false };
  const whole = pointOf(all);
  return whole && { point: whole, calls: true };
}

/** What it says of work that moves bytes and does no counted FLOPs; "" of what does neither. */
export function movesOnly({ forwardBytes }: Cost, roof: Roof | undefined): string {
  if (!(forwardBytes > 0)) return "";
  const moved = `Moves ${bytes(forwardBytes)}, and does no FLOPs that are counted: memory alone limits it.`;
  return roof ? `${moved} That takes ${seconds(forwardBytes / roof.bandwidth)} at least.` : moved;
}

/** What the roofline says of a point, in words. */
export function verdict({ intensity, rate }: Point, roof: Roof, ceiling: Ceiling): string {
  const ridge = ridgeOf(roof, ceiling);
  const bound = intensity < ridge ? "Memory-bound" : "Compute-bound";
  const side = intensity < ridge ? "below" : "above";
  const most = attainable(roof, ceiling, intensity);
  const place = `${bound}: ${plain(intensity)} FLOP/byte, ${side} the ridge at ${plain(ridge)}.`;
  if (!roof.ran) return `${place} Here it would reach ${si(most, "FLOP/s")} at most.`;
  if (Number.isNaN(rate)) return place;
  const reached = `${place} It reached ${si(rate, "FLOP/s")}, ${percent(rate / most)} of what is possible there.`;
  return rate <= most ? reached : `${reached} Data that stays in the caches is read faster than from memory.`;
}
