"""The record as a whole, and what is said of the run."""

from __future__ import annotations

from typing import Literal

from tracer.format.schema.code import Functions, SourceFile, Statements
from tracer.format.schema.execution import (
    Bindings,
    Calls,
    Derived,
    Elided,
    Failure,
    Memory,
    Notice,
    Operations,
    Printed,
    Raised,
    Resumes,
    Shown,
    Steps,
    Tracks,
)
from tracer.format.schema.kernels import Accesses, KernelArray, Launches, Programs
from tracer.format.schema.outputs import Output
from tracer.format.schema.ranks import Collectives
from tracer.format.schema.values import Value
from tracer.format.struct import Struct, prepare


class Hardware(Struct):
    machine: str
    processor: str
    cores: int
    gpus: list[str]
    memory_bytes: int | None = None


class Provenance(Struct):
    """What ran, where, with what: enough to judge a number in the lecture and to run it again."""

    arguments: list[str]
    started: str
    python: str
    platform: str
    hardware: Hardware
    packages: dict[str, str]
    engine: str
    seed: int | None = None
    commit: str | None = None
    modified: bool | None = None
    world_size: int | None = None


class Machine(Struct):
    """What a machine can do at most: FLOP/s by dtype, bytes per second to and from its memory. For the roofline.

    `measured`: on this run's machine, by the engine; else `source` says where the figures are published.
    """

    name: str
    flops_per_second: dict[str, float]
    bytes_per_second: float
    memory_bytes: int | None = None
    source: str = ""
    measured: bool = False


class Outcome(Struct):
    """How the run ended: `finished`; `failed` by an exception; `interrupted` by Ctrl-C or a signal; `stopped` at a limit;
    `lost` when the process died without a word. Or that it has not: `running`, in a trace made of what had run by then.
    `failure` indexes the exception, `exit_code` is the process's."""

    status: Literal["finished", "failed", "interrupted", "stopped", "lost", "running"]
    message: str = ""
    failure: int | None = None
    exit_code: int = 0


class Rank(Struct):
    """A process that was a rank: it was started as one, or became one of a process group.

    Its steps are those of the rows of `tracks` with its `host` and `process`. `launch` counts from 0 the times that ranks were
    started in this run: a lecture that does so twice has two processes of each rank. `device` is what its first collective worked
    on (`cpu`, `cuda:3`; empty: there was none). `outcome` is how this rank ended. `clock_offset` (nanoseconds) is what its clock
    was moved by to stand with the others, and `clock_error` by how much that may be wrong (0: they read one and the same
    clock; -1: not known, the times of day were believed).
    """

    rank: int
    launch: int
    host: str
    process: int
    device: str
    outcome: Outcome
    clock_offset: int
    clock_error: int


class Summary(Struct):
    """What a list of traces shows of this one."""

    name: str
    title: str
    steps: int
    seconds: float
    outcome: Outcome


class Trace(Struct):
    """The whole record. `clock` is the moment of the clock base, in seconds since 1970; `entry` the file of the lecture.

    `machines`: those that costs may be held against, where costs were counted. `regions`: boxes of elements of an array, for
    each of its dimensions `start`, `stop` and `step` of what is inside.

    `ranks` and `collectives` are those of a distributed run; `groups` the ranks that took part in an operation together. The
    steps of all its processes stand in the order of one clock, and `steps.start` is then in real time, with what recording
    took; each process has lanes of its own (`tracks`).
    """

    format: str
    version: int
    summary: Summary
    provenance: Provenance
    clock: float
    entry: int
    files: list[SourceFile]
    strings: list[str]
    functions: Functions
    statements: Statements
    tracks: Tracks
    calls: Calls
    resumes: Resumes
    steps: Steps
    elided: Elided
    values: list[Value]
    bindings: Bindings
    outputs: list[Output]
    shown: Shown
    printed: Printed
    derived: Derived
    operations: Operations
    memory: Memory
    machines: list[Machine]
    launches: Launches
    arrays: list[KernelArray]
    programs: Programs
    regions: list[list[int]]
    accesses: Accesses
    ranks: list[Rank]
    groups: list[list[int]]
    collectives: Collectives
    failures: list[Failure]
    raised: Raised
    notices: list[Notice]


prepare(Trace)
