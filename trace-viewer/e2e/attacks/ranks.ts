/** In a run of several ranks: who they say they are, what they call what they do together, when, and with whom. */
import { EVIL, MARKUP, SCRIPT, type Attack, type Record } from "./attack";
import { NAMES, UNSEEN } from "./record";

const PANE = "section.ranks";

/** The golden record as that of two ranks, who meet in one operation: its main thread is rank 0, its worker rank 1. */
function ranked(trace: Record): void {
  const { strings, tracks, calls, steps } = trace;
  tracks.rank = [0, 1];
  tracks.process = [1000, 1001];
  const host = strings[tracks.host[0]];
  trace.ranks = [0, 1].map((rank) => ({
    rank,
    launch: 0,
    host,
    process: 1000 + rank,
    device: "cpu",
    outcome: { status: "finished" },
    clock_offset: 0,
    clock_error: 1000,
  }));
  trace.groups = [[0, 1]];
  const step = [0, 1].map((track) => Array.from(steps.call).findIndex((call) => calls.track[call] === track));
  const each = (cell: number) => [cell, cell];
  trace.collectives = {
    step,
    name: each(strings.push("all_reduce") - 1),
    operation: each(strings.push("sum") - 1),
    group: each(0),
    sequence: each(1),
    peer: each(-1),
    bytes: each(64),
    start: [0, 1_000_000],
    duration: each(2_000_000),
    asynchronous: each(0),
    waited_step: each(-1),
    waited_start: each(-1),
    waited_duration: each(-1),
  };
}

/** What a string of the record says from now on, for all who refer to it. */
function say(trace: Record, index: number, words: string): void {
  trace.strings[index] = words;
}

function nameAll(trace: Record, words: string): void {
  const { collectives, ranks, tracks } = trace;
  say(trace, collectives.name[0], words);
  say(trace, collectives.operation[0], words);
  say(trace, tracks.host[0], words);
  for (const rank of ranks)
    Object.assign(rank, {
      host: words,
      device: words,
      outcome: { status: "failed", message: words, exit_code: 2 ** 31 },
    });
}

const changes: { [name: string]: (trace: Record) => void } = {
  "ranks and what they do, called markup": (trace) => nameAll(trace, MARKUP),
  "ranks and what they do, of unseen characters": (trace) => nameAll(trace, UNSEEN),
  "ranks and what they do, called an address": (trace) => nameAll(trace, `javascript:${SCRIPT}//${EVIL}`),
  "ranks and what they do, called a style": (trace) => nameAll(trace, `x)}body{background:url(${EVIL}/x)}`),
  "ranks and what they do, of a million characters": (trace) => nameAll(trace, "<b>".repeat(350_000)),
  ...Object.fromEntries(
    NAMES.slice(0, 4).map((name) => [
      `ranks and what they do, called ${name}`,
      (trace: Record) => nameAll(trace, name),
    ]),
  ),
  "an exception of markup in every rank": (trace) => {
    const line = { file: -1, path: `${EVIL}/x.py`, line: 1e308, function: MARKUP, text: MARKUP };
    const failure = trace.failures.push({ type: MARKUP, message: MARKUP, traceback: [line], cause: MARKUP }) - 1;
    for (const rank of trace.ranks) rank.outcome = { status: "failed", message: MARKUP, failure };
  },
  "very many ranks": ({ ranks }) => {
    for (let rank = 2; rank < 20_000; rank++) ranks.push({ ...ranks[0], rank, process: 1000 + rank, host: MARKUP });
  },
  "ranks of the same number": ({ ranks }) => {
    for (let more = 0; more < 50; more++) ranks.push({ ...ranks[1], process: 2000 + more });
  },
  "a rank of a number beyond all others": ({ ranks, tracks }) => {
    ranks[1].rank = tracks.rank[1] = 2 ** 31 - 1;
  },
  "ranks of which nothing ran": ({ ranks, tracks }) => {
    ranks.push({ ...ranks[0], rank: 7, launch: 2 ** 31 - 1, process: 1e308 });
    tracks.rank = [0, 0];
  },
  "groups of ranks that there are not, and of very many": (trace) => {
    trace.groups = [[0, 1, 2 ** 31 - 1, 5, 5, 5, ...Array.from({ length: 100_000 }, (_, rank) => rank)]];
  },
  "operations beyond all times": ({ collectives }) => {
    collectives.start = [0, 2 ** 52];
    collectives.duration = [2 ** 52, 2 ** 52];
    collectives.bytes = [2 ** 52, 0];
    collectives.sequence = [2 ** 52, 2 ** 52];
  },
  "operations that never end, with nobody": ({ collectives }) => {
    collectives.duration = [-1, -1];
    collectives.peer = [2 ** 31 - 1, 0];
    collectives.asynchronous = [1, 1];
  },
  "clocks that cannot be": ({ ranks }) => {
    for (const rank of ranks) Object.assign(rank, { clock_offset: 1e308, clock_error: 1e308 });
  },
};

const damages: { [name: string]: (trace: Record) => void } = {
  "a rank that is a page": ({ ranks }) => Object.assign(ranks[0], { rank: MARKUP }),
  "a rank whose host is no string": ({ ranks }) => Object.assign(ranks[0], { host: { toString: MARKUP } }),
  "a group that is a page": (trace) => {
    trace.groups = [[MARKUP as never]];
  },
  "an operation of no group": ({ collectives }) => {
    collectives.group = [1e9, 1e9];
  },
  "an operation that no step called": ({ collectives }) => {
    collectives.step = [1e9, 1e9];
  },
};

const after = (change: (trace: Record) => void) => (trace: Record) => {
  ranked(trace);
  change(trace);
};

export const ranks: Attack[] = [
  ...Object.entries(changes).map(([name, change]) => ({ name, change: after(change), shows: PANE })),
  ...Object.entries(damages).map(([name, change]) => ({ name, change: after(change), gives: "problem" as const })),
];
