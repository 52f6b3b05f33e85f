import type { Lists } from "./column";
import { FORMAT, VERSION, type Trace } from "./generated";

type Run = "summary" | "provenance" | "clock" | "entry" | "files";

/** A trace in which nothing has run yet, on one track; the caller says which run it is of. String 0 is the empty one. */
export function emptyTables(): Lists<Omit<Trace, Run>> {
  return {
    format: FORMAT,
    version: VERSION,
    strings: [""],
    functions: { name: [], file: [], line: [], end_line: [] },
    statements: { file: [], line: [], end_line: [], loop_end: [] },
    tracks: { rank: [-1], process: [0], thread: [0], name: [0], host: [0] },
    calls: { function: [], parent: [], track: [] },
    resumes: { call: [], step: [], parent: [] },
    steps: { statement: [], call: [], start: [], duration: [], end: [] },
    elided: { statement: [], step: [], count: [] },
    values: [],
    bindings: { step: [], at: [], name: [], value: [], role: [] },
    outputs: [],
    shown: { step: [], at: [], output: [] },
    printed: { step: [], at: [], stream: [], text: [] },
    derived: { step: [], name: [], source: [], relation: [] },
    operations: { step: [], name: [], formula: [], phase: [], kind: [], count: [], flops: [], bytes: [] },
    memory: {
      step: [],
      device: [],
      parameters: [],
      gradients: [],
      optimizer: [],
      activations: [],
      other: [],
      peak: [],
      allocated: [],
    },
    machines: [],
    launches: { step: [], function: [], x: [], y: [], z: [] },
    arrays: [],
    programs: { call: [], launch: [], x: [], y: [], z: [] },
    regions: [],
    accesses: { step: [], kind: [], array: [], region: [], elements: [], masked: [], distinct: [], beyond: [] },
    ranks: [],
    groups: [],
    collectives: {
      step: [],
      name: [],
      operation: [],
      group: [],
      sequence: [],
      peer: [],
      bytes: [],
      start: [],
      duration: [],
      asynchronous: [],
      waited_step: [],
      waited_start: [],
      waited_duration: [],
    },
    failures: [],
    raised: { step: [], failure: [] },
    notices: [],
  };
}
