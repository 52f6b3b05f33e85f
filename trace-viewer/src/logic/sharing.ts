import type { Tensor, Value } from "../format/generated";
import { framesAt } from "./bindings";
import { ANOTHER_PART, groundOf, relationWords, type Ground } from "./layout-words";
import type { Lecture } from "./lecture";
import { layoutOf, type Layout } from "./strided";

/** An array in sight, and what holds it. */
export interface Holder {
  call: number;
  /** The name of the function whose variable it is. */
  function: string;
  /** The variable or inspected expression; empty for what the step returned. */
  name: string;
  /** Where in the variable the array is: `[2]`, `["keys"]`, `.weight`; empty for the variable itself. */
  path: string;
  tensor: Tensor;
  layout: Layout | null;
  /** The variable became this at exactly the present position. */
  changed: boolean;
  /** It is the same array as before, over the same memory: what changed is what that memory holds. */
  written: boolean;
}

/** A storage that arrays in sight look into, the outermost function's first. */
export interface Shared {
  bytes: number;
  holders: Holder[];
  /** What the holders' parts are told by; null when the layout of none of them is known. */
  ground: Ground | null;
}

/** Why an array has changed to which nothing was assigned. */
export interface Write {
  /** The name that it was written to by, if that is in sight. */
  through: Holder | null;
  /** The line that wrote. */
  line: number;
  /** What is shown is from before the write: a caller's values are looked at again when the call is over. */
  stale: boolean;
}

export interface Sharing {
  /** The storages in sight at a position, by their numbers. */
  at(position: number): Map<number, Shared>;
  /** Whether this array was written to at exactly this position, and by what. */
  writeTo(holder: Holder, position: number): Write | null;
}

/** Bounds of what is looked at, whatever a trace holds. */
const MOST_FRAMES = 64;
const MOST_ITEMS = 64;
const MOST_HOLDERS = 512;

const WRITTEN = 4;

const byLecture = new WeakMap<Lecture, Sharing>();

/** Who shares memory with whom in a lecture: worked out for the position that is asked about, and kept until another is. */
export function sharingOf(lecture: Lecture): Sharing {
  let sharing = byLecture.get(lecture);
  if (!sharing) byLecture.set(lecture, (sharing = buildSharing(lecture)));
  return sharing;
}

/** What another array is to this one, in words, if the layout of both is known. */
export function relation(other: Holder, own: Holder, { ground }: Shared): string {
  return ground && other.layout && own.layout ? relationWords(other.layout, own.layout, ground) : "";
}

function buildSharing(lecture: Lecture): Sharing {
  let last = { position: -1, storages: new Map<number, Shared>() };
  let rows: Map<string, number> | null = null;
  const at = (position: number) => {
    if (last.position !== position) last = { position, storages: byStorage(holdersAt(lecture, position)) };
    return last.storages;
  };
  return {
    at,
    writeTo(own, position) {
      rows ??= writtenRows(lecture);
      const rowOf = ({ call, name }: Holder) => rows!.get(keyOf(call, name, position));
      const shared = at(position).get(own.tensor.storage?.id ?? -1);
      const others = (shared?.holders ?? []).filter(
        (other) => other.path === "" && other.name !== "" && !(other.call === own.call && other.name === own.name),
      );
      const row = rowOf(own);
      if (row !== undefined) {
        const { line, file } = lecture.placeOf(lecture.trace.bindings.step[row]);
        const writer = writtenName(lineOf(lecture, file, line));
        if (writer === own.name) return { through: null, line, stale: false };
        const asked = others.filter((other) => other.changed && rowOf(other) === undefined);
        const named = others.find((other) => other.call === own.call && other.name === writer);
        return { through: named ?? asked.find(({ written }) => written) ?? asked[0] ?? null, line, stale: false };
      }
      const { line } = lecture.placeOf(lecture.positions.step[position]);
      if (own.written) return { through: null, line, stale: false };
      if (own.changed || own.path !== "" || own.name === "") return null;
      const through = others.find(
        (other) => other.written && other.call !== own.call && relation(other, own, shared!) !== ANOTHER_PART,
      );
      return through ? { through, line, stale: true } : null;
    },
  };
}

const keyOf = (call: number, name: string, position: number) => `${call} ${position} ${name}`;

/** The name that a statement writes to: of `x[0] = 1`, `x += 1`, `x.mul_(2)` it is x. Asked of statements that wrote. */
function writtenName(line: string): string {
  return (
    /^\s*([\p{L}_][\p{L}\p{N}_]{0,99})\s*(?:\[|(?:[-+*/%@&|^]|\/\/|\*\*|<<|>>)=|\.[a-z]\w{0,99}_\()/u.exec(line)?.[1] ??
    ""
  );
}

const LONGEST_LINE = 500;

function lineOf({ trace }: Lecture, file: number, line: number): string {
  const { text } = trace.files[file];
  let from = 0;
  for (let i = 1; i < line && from >= 0; i++) from = text.indexOf("\n", from) + 1 || -1;
  return from < 0 ? "" : text.slice(from, from + LONGEST_LINE).split("\n", 1)[0];
}

/** The rows that record a write by another name, by when each is known. */
function writtenRows({ trace, bindings: { known } }: Lecture): Map<string, number> {
  const { bindings, steps, strings } = trace;
  const found = new Map<string, number>();
  const variable = (row: number) => steps.call[bindings.step[row]] * strings.length + bindings.name[row];
  const written = new Set<number>();
  bindings.role.forEach((role, row) => role === WRITTEN && written.add(variable(row)));
  if (written.size === 0) return found;
  for (let row = 0; row < bindings.step.length; row++) {
    if (!written.has(variable(row))) continue;
    const key = keyOf(steps.call[bindings.step[row]], strings[bindings.name[row]], known[row]);
    if (bindings.role[row] === WRITTEN) found.set(key, row);
    else found.delete(key); // asked for as well, at the same moment
  }
  return found;
}

function byStorage(holders: Holder[]): Map<number, Shared> {
  const storages = new Map<number, Shared>();
  for (const holder of holders) {
    const { id, bytes } = holder.tensor.storage!;
    const shared = storages.get(id);
    if (shared) shared.holders.push(holder);
    else storages.set(id, { bytes, holders: [holder], ground: null });
  }
  for (const shared of storages.values()) {
    if (shared.holders.length < 2) continue;
    shared.bytes = Math.max(...shared.holders.map(({ tensor }) => tensor.storage!.bytes)); // it may have been resized
    const layouts = shared.holders.flatMap(({ layout }) => layout ?? []);
    if (layouts.length > 0) shared.ground = groundOf(layouts, shared.bytes);
  }
  return storages;
}

function holdersAt(lecture: Lecture, position: number): Holder[] {
  const { trace, bindings } = lecture;
  const found: Holder[] = [];
  const add = (value: Value, rest: Omit<Holder, "tensor" | "layout" | "path" | "written">, before: Value) => {
    for (const [path, tensor] of arraysIn(value)) {
      if (found.length >= MOST_HOLDERS) return;
      const written = rest.changed && path === "" && isTensor(before) && samePlace(tensor, before);
      found.push({ ...rest, path, tensor, layout: layoutOf(tensor), written });
    }
  };
  const frames = framesAt(bindings, lecture.stackAt(position).slice(0, MOST_FRAMES), position);
  for (const { frame, variables } of frames.toReversed()) {
    const of = { call: frame.call, function: lecture.functionName(frame.call) };
    for (const { name, value, before, changed, gone } of variables) {
      if (gone) continue;
      add(trace.values[value], { ...of, name, changed }, before < 0 ? null : trace.values[before]);
    }
  }
  const returned = bindings.returned(position);
  if (returned >= 0 && frames[0]) {
    const { call } = frames[0].frame;
    add(trace.values[returned], { call, function: lecture.functionName(call), name: "", changed: true }, null);
  }
  return found;
}

/** The arrays that a value is or directly holds, each with its place in it. */
function* arraysIn(value: Value): Generator<[path: string, tensor: Tensor]> {
  if (value === null || typeof value !== "object") return;
  if (isTensor(value)) yield ["", value];
  else if (value.kind === "sequence") {
    for (const [index, item] of listed(value.items)) if (isTensor(item)) yield [`[${index}]`, item];
  } else if (value.kind === "mapping") {
    for (const [, entry] of listed(value.entries)) {
      if (Array.isArray(entry) && isTensor(entry[1])) yield [`[${keyWords(entry[0])}]`, entry[1]];
    }
  } else if (value.kind === "instance" || value.kind === "module") {
    for (const [, field] of listed(value.fields)) {
      if (Array.isArray(field) && isTensor(field[1])) yield [`.${String(field[0]).slice(0, 60)}`, field[1]];
    }
  }
}

function listed<T>(items: T[]): Iterable<[number, T]> {
  return Array.isArray(items) ? items.slice(0, MOST_ITEMS).entries() : [];
}

function keyWords(key: Value): string {
  return typeof key === "string" || typeof key === "number" ? JSON.stringify(key).slice(0, 60) : "…";
}

function isTensor(value: Value): value is Tensor {
  if (value === null || typeof value !== "object" || value.kind !== "tensor") return false;
  const { storage } = value;
  return typeof storage === "object" && storage !== null && isCount(storage.id) && isCount(storage.bytes);
}

function isCount(number: unknown): boolean {
  return Number.isSafeInteger(number) && (number as number) >= 0;
}

function samePlace(a: Tensor, b: Tensor): boolean {
  const [here, there] = [layoutOf(a), layoutOf(b)];
  if (!here || !there || a.storage!.id !== b.storage!.id || here.offset !== there.offset || here.dtype !== there.dtype)
    return false;
  const alike = (one: number[], other: number[]) => one.length === other.length && one.every((n, i) => n === other[i]);
  return alike(here.shape, there.shape) && alike(here.strides, there.strides);
}
