import { isPacked } from "./column";
import { VERSION } from "./generated";
import { TraceProblem } from "./problem";

type Data = Record<string, unknown>;

/**
 * One upgrader a version: `upgraders[n]` turns a trace of version n into one of version n + 1, in place. Every change of
 * the format adds one and never touches those before it.
 */
const upgraders: Record<number, (data: Data) => void> = {
  // Version 2 adds the statements that ran on unrecorded. In version 1 every one was recorded.
  1: (data) => (data.elided = { statement: [], step: [], count: [] }),
  // Version 3 adds where loops end, where arrays come from, what operations and memory cost; `costs` was always empty.
  2: (data) => {
    const statements = data.statements as Data | null | undefined;
    if (isPacked(statements?.line)) statements.loop_end = new Uint8Array(statements.line.length);
    else if (Array.isArray(statements?.line)) statements.loop_end = statements.line.map(() => 0);
    delete data.costs;
    data.derived = { step: [], name: [], source: [], relation: [] };
    data.operations = { step: [], name: [], formula: [], phase: [], kind: [], count: [], flops: [], bytes: [] };
    data.memory = {
      step: [],
      device: [],
      parameters: [],
      gradients: [],
      optimizer: [],
      activations: [],
      other: [],
      peak: [],
      allocated: [],
    };
    data.machines = [];
  },
  // Version 4 adds what kernels did to memory, program by program. Before, nobody looked.
  3: (data) => {
    data.launches = { step: [], function: [], x: [], y: [], z: [] };
    data.arrays = [];
    data.programs = { call: [], launch: [], x: [], y: [], z: [] };
    data.regions = [];
    data.accesses = {
      step: [],
      kind: [],
      array: [],
      region: [],
      elements: [],
      masked: [],
      distinct: [],
      beyond: [],
    };
  },
  // Version 5 knows runs that go on, as `running`. Before, a trace was made when the run was over.
  4: () => {},
  // Version 6 adds the ranks of distributed runs, and what they said to each other. Before, only one of them was recorded.
  5: (data) => {
    data.ranks = [];
    data.groups = [];
    data.collectives = {
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
    };
  },
};

/** Bring a trace to the version that this viewer reads. */
export function upgrade(data: Data): void {
  const { version } = data;
  if (!Number.isInteger(version) || (version as number) < 1) {
    throw new TraceProblem("This is not a trace", "It does not say which version of the trace format it follows.");
  }
  if ((version as number) > VERSION) {
    throw new TraceProblem(
      "This trace is newer than the viewer",
      `This trace is version ${version as number}; this viewer reads up to ${VERSION}. Update the viewer.`,
    );
  }
  for (let from = version as number; from < VERSION; from++) {
    upgraders[from](data);
    data.version = from + 1;
  }
}
