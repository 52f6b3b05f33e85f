import { toldKeys } from "../../commands/keys";
import { commands, type Command } from "../../commands/registry";
import { programAt } from "../../logic/kernel-grid";
import { dimensionsOf, placeWords } from "../../logic/kernel-words";
import type { Lecture } from "../../logic/lecture";
import { fit, type Fit } from "../../logic/search/fuzzy";
import { functionsOf } from "../../logic/search/functions";
import { goToTurn, jumpTo, jumpToLine, peekAt } from "../../state/actions";
import { goToProgram, kernelHere } from "../../state/kernels";
import { loopHere } from "../../state/loops";
import { goToRank } from "../../state/ranks";
import type { State } from "../../state/store";
import { count } from "../../values/numbers";
import type { IconName } from "../../widgets/Icon";
import type { PickGroup } from "../../widgets/PickList";
import { viewerLink, type Listed } from "../../format/listing";
import { recentCommands, rememberCommand } from "./recent";

/** Something to choose. */
export interface Entry {
  id: string;
  icon: IconName;
  label: string;
  /** Which of its letters fit what was typed. */
  ranges: Fit["ranges"];
  detail: string;
  keys: string[];
  /** Of a switch: whether it is on. */
  on?: boolean | undefined;
  /** Do it; or the text to ask on with. */
  choose(state: State): string | void; // oxlint-disable-line typescript/no-invalid-void-type
}

type Part = "commands" | "headings" | "functions" | "files" | "lectures";

const TITLES: Record<Part, string> = {
  commands: "Commands",
  headings: "Headings",
  functions: "Functions",
  files: "Files",
  lectures: "Lectures",
};

const PREFIXES: Record<string, Part[]> = { ">": ["commands"], "@": ["functions"], "#": ["headings"] };

/** Entries of one part, where several parts are listed. */
const MOST_OF_MANY = 8;
const MOST = 300;

/** What fits what was typed. Without a sign at its beginning: everything; the parts that fit best come first. */
export function entriesFor(
  typed: string,
  state: State,
  lecture: Lecture,
  lectures: readonly Listed[],
): PickGroup<Entry>[] {
  const text = typed.trimStart();
  if (/^:\s*p/i.test(text)) return placed(text.replace(/^:\s*p[a-z]*/i, ""), state, lecture);
  if (/^:\s*r/i.test(text)) return ranked(text.replace(/^:\s*r[a-z]*/i, ""), lecture);
  if (text.startsWith(":")) return numbered(text.slice(1), state, lecture);
  if (/^\d+$/.test(text)) return [...numbered(text, state, lecture), ...named(text, null, state, lecture, lectures)];
  const only = PREFIXES[text.charAt(0)] ?? null;
  return named(only ? text.slice(1) : text, only, state, lecture, lectures);
}

function named(
  text: string,
  only: Part[] | null,
  state: State,
  lecture: Lecture,
  lectures: readonly Listed[],
): PickGroup<Entry>[] {
  const wanted = text.trim();
  const makers: Record<Part, () => Entry[]> = {
    commands: () =>
      commands.filter(({ id, when }) => id !== "palette" && when(state)).map((each) => commandEntry(each, state)),
    headings: () => headingEntries(lecture),
    functions: () => functionEntries(lecture),
    files: () => fileEntries(lecture),
    lectures: () => lectureEntries(lectures, state),
  };
  const recent = recentCommands();
  if (wanted === "" && (!only || only.includes("commands"))) return unasked(makers.commands(), recent);
  const groups = (only ?? (Object.keys(makers) as Part[])).map((part) => {
    const fitting = makers[part]().flatMap((entry) => {
      const found = fit(wanted, entry.label);
      const latest = recent.indexOf(entry.id as (typeof recent)[number]);
      return found ? [{ ...entry, ranges: found.ranges, score: found.score + (latest < 0 ? 0 : 8 - latest) }] : [];
    });
    if (wanted !== "") fitting.sort((a, b) => b.score - a.score);
    const items = fitting.slice(0, only ? MOST : MOST_OF_MANY);
    return { id: part, title: TITLES[part], items, best: items[0]?.score ?? -1 };
  });
  return groups.filter(({ items }) => items.length > 0).sort((a, b) => b.best - a.best);
}

/** Before anything is typed: what was last chosen, then all commands by what they are about. */
function unasked(entries: Entry[], recent: readonly string[]): PickGroup<Entry>[] {
  const latest = recent.flatMap((id) => entries.find((entry) => entry.id === id) ?? []);
  const groupOf = new Map(commands.map(({ id, group }) => [id as string, group as string]));
  const groups: PickGroup<Entry>[] = latest.length > 0 ? [{ id: "recent", title: "Last chosen", items: latest }] : [];
  for (const group of ["Go", "Show", "Step"]) {
    const items = entries.filter(({ id }) => groupOf.get(id) === group && !recent.includes(id));
    if (items.length > 0) groups.push({ id: group, title: group, items });
  }
  return groups;
}

function commandEntry({ id, label, icon, keys, isOn, run, when }: Command, shown: State): Entry {
  return {
    id,
    icon,
    label,
    ranges: [],
    detail: "",
    keys: toldKeys(keys).slice(0, 2),
    on: isOn?.(shown),
    choose(state) {
      rememberCommand(id);
      if (when(state)) run(state);
    },
  };
}

function headingEntries({ headings }: Lecture): Entry[] {
  return headings.map(({ text, position, level }, index) => ({
    id: `heading ${index}`,
    icon: "contents",
    label: text,
    ranges: [],
    detail: level > 1 ? "" : "title",
    keys: [],
    choose: () => jumpTo(position),
  }));
}

function functionEntries(lecture: Lecture): Entry[] {
  return functionsOf(lecture).map(({ name, file, line, calls, position }) => ({
    id: `function ${file} ${line} ${name}`,
    icon: "calls",
    label: name,
    ranges: [],
    detail: `called ${calls === 1 ? "once" : `${count(calls)} times`} · ${lecture.trace.files[file].path.split("/").at(-1)}:${line}`,
    keys: [],
    choose: () => jumpTo(position),
  }));
}

function fileEntries({ trace }: Lecture): Entry[] {
  return trace.files.map(({ path }, file) => ({
    id: `file ${file}`,
    icon: "raw",
    label: path,
    ranges: [],
    detail: "",
    keys: [],
    choose: () => peekAt(file, 1),
  }));
}

function lectureEntries(lectures: readonly Listed[], { opened }: State): Entry[] {
  const here = opened.status === "ready" ? opened.path : "";
  return lectures
    .filter(({ url, problem }) => url !== here && problem === null)
    .map(({ url, title, name }) => ({
      id: `lecture ${url}`,
      icon: "home",
      label: title,
      ranges: [],
      detail: name,
      keys: [],
      choose: () => window.location.assign(viewerLink(url)),
    }));
}

/** A number: of a step, of a line of the file at hand, of a turn of the loop at hand. */
function numbered(text: string, state: State, lecture: Lecture): PickGroup<Entry>[] {
  const [, sign, digits] = /^\s*([lt]?)[a-z]*\s*(\d{0,9})/i.exec(text) ?? [];
  const kind = sign?.toLowerCase() ?? "";
  const number = digits ? Number(digits) : 0;
  const loop = loopHere(state);
  const { positions, trace } = lecture;
  const file =
    state.peek?.file ?? (state.position < 0 ? trace.entry : lecture.placeOf(positions.step[state.position]).file);
  const path = trace.files[file].path.split("/").at(-1) ?? "";
  const lines = trace.files[file].text.split("\n").length;
  const entry = (
    id: string,
    icon: IconName,
    what: string,
    of: number,
    detail: string,
    go: (to: number) => void,
  ): Entry => ({
    id,
    icon,
    label: number > 0 ? `Go to ${what} ${count(Math.min(number, of))}` : `Go to ${what} …`,
    ranges: [],
    detail: number > of ? `there is no ${what} ${count(number)}: this is the last` : detail,
    keys: number > 0 ? [] : [id],
    choose: () => (number > 0 ? go(Math.min(number, of)) : `${id} `),
  });
  const offered: Entry[] = [];
  if (kind === "" && positions.count > 0) {
    offered.push(entry(":", "goTo", "step", positions.count, `of ${count(positions.count)}`, (to) => jumpTo(to - 1)));
  }
  if (kind === "l" || kind === "") {
    offered.push(entry(":l", "raw", "line", lines, `of ${path}: the next time it runs`, (to) => jumpToLine(file, to)));
  }
  if (loop && (kind === "t" || kind === "")) {
    offered.push(
      entry(":t", "turns", "turn", loop.turns, `of ${count(loop.turns)} of the loop`, (to) => goToTurn(to, true)),
    );
  }
  if (kind === "" && number === 0 && kernelHere(state)) offered.push(...placed("", state, lecture)[0].items);
  if (kind === "" && number === 0) offered.push(...(ranked("", lecture)[0]?.items ?? []));
  return offered.length > 0 ? [{ id: "numbers", title: "", items: offered }] : [];
}

/** A place in the grid of the kernel at hand: `1,2`. What is left out is 0. */
function placed(text: string, state: State, lecture: Lecture): PickGroup<Entry>[] {
  const place = kernelHere(state);
  if (!place) return [];
  const { launches } = lecture.trace;
  const grid = [launches.x[place.launch], launches.y[place.launch], launches.z[place.launch]];
  const typed = (text.match(/\d{1,10}/g) ?? []).slice(0, 3).map(Number);
  const wanted = grid.map((_, axis) => typed[axis] ?? 0);
  const words = `program ${typed.length > 0 ? placeWords(wanted, grid) : "…"}`;
  const program = programAt(lecture, place.launch, wanted);
  const isInside = wanted.every((at, axis) => at < grid[axis]);
  const missing = isInside ? "it was not recorded" : "there is no such program in the grid";
  const entry: Entry = {
    id: ":p",
    icon: "kernel",
    label: `Go to ${words}`,
    ranges: [],
    detail:
      typed.length > 0 && program < 0 ? missing : `of ${grid.slice(0, dimensionsOf(grid)).map(count).join(" × ")}`,
    keys: typed.length > 0 ? [] : [":p"],
    choose: () => (program >= 0 && typed.length > 0 ? void goToProgram(program, true) : ":p "),
  };
  return [{ id: "programs", title: "", items: [entry] }];
}

/** The ranks of the run, or the one that is typed. */
function ranked(text: string, { rank }: Lecture): PickGroup<Entry>[] {
  if (!rank) return [];
  const { ranks, trace } = rank.run;
  const typed = /\d{1,9}/.exec(text)?.[0];
  const entry = (number: number | null, detail: string): Entry => ({
    id: number === null ? ":r" : `rank ${number}`,
    icon: "ranks",
    label: `Go to rank ${number ?? "…"}`,
    ranges: [],
    detail,
    keys: number === null ? [":r"] : [],
    choose: () => (number === null ? ":r " : void goToRank(number)),
  });
  if (typed !== undefined && !ranks.includes(Number(typed)))
    return [
      { id: "ranks", title: "", items: [entry(null, `there is no rank ${typed} among the ${count(ranks.length)}`)] },
    ];
  if (text === "") return [{ id: "ranks", title: "", items: [entry(null, `of ${count(ranks.length)}`)] }];
  const items = (typed === undefined ? ranks.slice(0, MOST) : [Number(typed)]).map((number) => {
    const own = trace.ranks.findLast((each) => each.rank === number);
    return entry(
      number,
      number === rank.number ? "the one that is shown" : `${own?.device ?? ""} on ${own?.host || "this machine"}`,
    );
  });
  return [{ id: "ranks", title: "", items }];
}
