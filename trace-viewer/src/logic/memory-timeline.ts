import type { Heading } from "./headings";
import { ROLES, type DeviceMemory, type Live } from "./memory";

/** The memory of a device over the lecture in as many columns as are drawn, each at its fullest moment. */
export interface Timeline {
  columns: number;
  /** By role: bytes, column after column. They are those of the moment at which most was alive in the column. */
  live: Float64Array[];
  /** The most that was alive at once in a column, while steps ran. */
  peak: Float64Array;
}

/** One look at every row, so that no moment between two columns is lost. `count` is the number of positions. */
export function timelineOf(device: DeviceMemory, count: number, most: number): Timeline {
  const columns = Math.max(1, Math.min(Math.floor(most), count));
  const live = ROLES.map(() => new Float64Array(columns));
  const peak = new Float64Array(columns);
  const columnOf = (position: number) => Math.min(columns - 1, Math.floor(((position + 0.5) * columns) / count));
  const { known, total } = device;
  const put = (column: number, row: number) =>
    device.live(row).forEach((bytes, role) => {
      live[role][column] = bytes;
    });
  const fullest = new Float64Array(columns).fill(-1);
  const best = new Int32Array(columns).fill(-1);
  const show = (column: number, row: number) => {
    if (total[row] <= fullest[column]) return;
    fullest[column] = total[row];
    best[column] = row;
  };
  for (let row = 0; row < known.length; row++) {
    const from = columnOf(known[row]);
    peak[from] = Math.max(peak[from], device.peak(row));
    const end = row + 1 < known.length ? known[row + 1] : count;
    if (end <= known[row]) continue; // the next one is known at the same moment
    const to = columnOf(end - 1);
    for (let column = from; column <= to; column++) show(column, row);
  }
  for (let column = 0; column < columns; column++) {
    if (best[column] >= 0) put(column, best[column]);
    peak[column] = Math.max(peak[column], fullest[column]);
  }
  return { columns, live, peak };
}

/** A stretch of the lecture under one heading. */
export interface Section {
  title: string;
  /** Bytes alive when it ends, by role, and together; null where nothing is known yet. */
  live: Live | null;
  total: number | null;
  /** The most that was alive at once in it, and the position where that is told. */
  peak: number;
  at: number;
}

const MOST_SECTIONS = 200;

/** The timeline in words, section by section. What comes before the first heading is a section, if memory was in use. */
export function sectionsOf(device: DeviceMemory, headings: Heading[], count: number): Section[] {
  const marks = headings.filter(({ level }) => level <= 2).sort((a, b) => a.position - b.position);
  const starts = marks.filter(({ position }, i) => i + 1 === marks.length || marks[i + 1].position > position);
  const bounds = [...starts.slice(0, MOST_SECTIONS).map(({ position }) => position), count];
  const found: Section[] = [];
  if (bounds[0] > 0) {
    const before = section("Beginning", 0, bounds[0]);
    if (before.total !== null) found.push(before);
  }
  for (let i = 0; i + 1 < bounds.length; i++) found.push(section(starts[i].text, bounds[i], bounds[i + 1]));
  return found;

  function section(title: string, from: number, to: number): Section {
    const last = device.rowAt(to - 1);
    if (last < 0) return { title, live: null, total: null, peak: 0, at: from };
    let [peak, at] = [0, from];
    const carried = device.rowAt(from - 1);
    if (carried >= 0) peak = device.total[carried];
    for (let row = carried + 1; row <= last; row++) {
      if (device.peak(row) <= peak) continue;
      peak = device.peak(row);
      at = device.known[row];
    }
    return { title, live: device.live(last), total: device.total[last], peak, at };
  }
}

/** The position at which memory changed last before this one, or first after it; -1 when it does not. */
export function changeFrom({ known, rowAt }: DeviceMemory, position: number, direction: 1 | -1): number {
  if (direction > 0) {
    const next = rowAt(position) + 1;
    return next < known.length ? known[next] : -1;
  }
  const row = rowAt(position - 1);
  return row < 0 ? -1 : known[row];
}
