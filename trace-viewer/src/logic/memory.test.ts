import { describe, expect, it } from "vitest";
import { openLecture } from "./lecture";
import { buildMemory, memoryOf } from "./memory";
import { traceFromText } from "./trace-from-text";

const read = (drawing: string) => {
  const lecture = openLecture(traceFromText(drawing));
  return { lecture, devices: memoryOf(lecture) };
};

/** The total of the first device at every position; null before anything is known. */
const totals = ({ lecture, devices: [device] }: ReturnType<typeof read>) =>
  Array.from({ length: lecture.positions.count }, (_, position) => device.at(position)?.total ?? null);

describe("memory at a position", () => {
  it("is that of the last step that ended and changed it", () => {
    const it = read(`
      1
      2 mem:cpu:4,0,0,1,0:7
      3
      4 mem:cpu:4,4,8,0,0:16`);
    expect(totals(it)).toEqual([null, 5, 5, 16]);
    expect(it.devices[0].at(1)).toEqual({ live: [4, 0, 0, 1, 0], total: 5, peak: 7, highest: 7, allocated: null });
    expect(it.devices[0].at(2)).toMatchObject({ total: 5, peak: null, highest: 7 });
    expect(it.devices[0].at(3)).toMatchObject({ live: [4, 4, 8, 0, 0], peak: 16, highest: 16 });
  });

  it("is, on the way into a call, what it was before, and on the way out what the call left", () => {
    const it = read(`
      1 mem:cpu:0,0,0,1,0:1
      2
        10
        11
          20 mem:cpu:0,0,0,5,0:9
        ^ mem:cpu:0,0,0,3,0:9
        12
      ^ mem:cpu:0,0,0,2,0:9
      3`);
    // 1, 2 in, 10, 11 in, 20, 11 out, 12, 2 out, 3
    expect(totals(it)).toEqual([1, 1, 1, 1, 5, 3, 3, 2, 2]);
    const peaks = Array.from({ length: 9 }, (_, position) => it.devices[0].at(position)?.peak);
    expect(peaks).toEqual([1, null, null, null, 9, 9, null, 9, null]);
    // The innermost step that reached the peak is where it is found.
    expect(it.devices[0].known[it.devices[0].top]).toBe(4);
  });

  it("is not held back by a generator's step that went on later", () => {
    // Step 1 (line 10) of the generator yields, with a row, and has its way out only after it has gone on, at the end.
    const it = read(`
      1
        10 mem:cpu:0,0,0,1,0:1
      2 mem:cpu:0,0,0,2,0:2
      3 mem:cpu:0,0,0,3,0:3
      4
        @1 11
          20 mem:cpu:0,0,0,4,0:4
      5`);
    const { positions, trace } = it.lecture;
    const late = { ...positions, exit: positions.exit.slice() };
    late.exit[1] = positions.count - 2;
    const [device] = buildMemory({ trace, positions: late });
    const at = (step: number) => device.at(positions.exit[step])?.total;
    expect([at(2), at(3), at(6)]).toEqual([2, 3, 4]);
  });

  it("follows the order of recording where another thread's step ended long after it opened", () => {
    const trace = traceFromText(`
      1
      2 mem:cpu:0,0,0,7,0:7
      3`);
    trace.memory.step.push(0); // opened first, ended after step 1 had
    for (const [column, cell] of Object.entries({ device: trace.memory.device[0], activations: 9, peak: 9 })) {
      trace.memory[column as "peak"].push(cell);
    }
    for (const column of ["parameters", "gradients", "optimizer", "other", "allocated"] as const)
      trace.memory[column].push(0);
    expect(totals({ lecture: openLecture(trace), devices: memoryOf(openLecture(trace)) })).toEqual([null, 9, 9]);
  });

  it("is told device by device, with what the allocator says", () => {
    const { devices } = read(`
      1 mem:cpu:1,0,0,0,0:1
      2 mem:cuda:0,0,0,6,0:6:512
      3 mem:cpu:2,0,0,0,0:2`);
    expect(devices.map(({ device }) => device)).toEqual(["cpu", "cuda"]);
    expect(devices.map((device) => device.at(2)?.total)).toEqual([2, 6]);
    expect(devices[1].at(0)).toBeNull();
    expect(devices[1].at(2)?.allocated).toBe(512);
  });

  it("counts what is alive at the end of a step into its peak, whatever the record says", () => {
    const { devices } = read(`
      1 mem:cpu:5,0,0,0,0:2`);
    expect(devices[0].at(0)).toMatchObject({ peak: 5, highest: 5 });
  });
});
