import type { Listed } from "./listing";

/** The course that a server tells of at `api/course`: which lectures there are, and what recording one takes. */
export type Course = { title: string; description: string; lectures: CourseLecture[] };

export type CourseLecture = {
  /** The name of its trace. */
  id: string;
  /** Its number; 0 stands before the first. */
  order: number;
  title: string;
  summary: string;
  gpus: number;
  ranks: number;
  /** About, to record it; null where nobody has said. */
  seconds: number | null;
  /** What records it. */
  command: string;
};

/** `problem`: the sentence that says what is wrong with the table of contents. Both are null where there is none. */
export type CourseAnswer = { course: Course | null; problem: string | null };

const NONE: CourseAnswer = { course: null, problem: null };
const MOST = 500;

/** Asks for the course. Never throws: a page without one, or without an answer, shows its traces. */
export async function fetchCourse(signal?: AbortSignal): Promise<CourseAnswer> {
  try {
    const headers = { accept: "application/json" };
    const response = await fetch(new URL("api/course", document.baseURI), { signal, headers });
    return response.ok ? readAnswer(await response.json()) : NONE;
  } catch {
    return NONE;
  }
}

/** Each lecture with its trace, or null where it has not been recorded; and the traces that are of none. */
export function arrange(
  { lectures }: Course,
  traces: readonly Listed[],
): { entries: { lecture: CourseLecture; trace: Listed | null }[]; others: Listed[] } {
  const ids = new Set(lectures.map(({ id }) => id));
  return {
    entries: lectures.map((lecture) => ({ lecture, trace: traces.find(({ name }) => name === lecture.id) ?? null })),
    others: traces.filter(({ name }) => !ids.has(name)),
  };
}

/** What recording takes, in few words each: 2 GPUs, 8 processes, about 2 min. */
export function needs({ gpus, ranks, seconds }: CourseLecture): { machine: string[]; time: string | null } {
  return {
    machine: [
      ...(gpus > 0 ? [gpus === 1 ? "1 GPU" : `${gpus} GPUs`] : []),
      ...(ranks > 1 ? [`${ranks} processes`] : []),
    ],
    time: seconds === null ? null : about(seconds),
  };
}

function about(seconds: number): string {
  if (seconds < 60) return `about ${Math.max(Math.round(seconds), 1)} s`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min`;
  return `about ${Number((seconds / 3600).toPrecision(2))} h`;
}

function readAnswer(answer: unknown): CourseAnswer {
  const { course, problem } = fields(answer);
  const given = fields(course);
  const title = text(given.title, 200);
  const lectures = Array.isArray(given.lectures) ? given.lectures.slice(0, MOST).flatMap(readLecture) : null;
  return {
    course: title && lectures ? { title, description: text(given.description, 4000), lectures } : null,
    problem: text(problem, 1000) || null,
  };
}

function readLecture(entry: unknown): CourseLecture[] {
  const given = fields(entry);
  const { gpu, ranks, seconds } = fields(given.needs);
  const [id, title] = [text(given.id, 80), text(given.title, 200)];
  if (!id || !title) return [];
  return [
    {
      id,
      title,
      order: whole(given.order) ?? 0,
      summary: text(given.summary, 4000),
      gpus: whole(gpu) ?? 0,
      ranks: whole(ranks) ?? 1,
      seconds: typeof seconds === "number" && seconds >= 0 && Number.isFinite(seconds) ? seconds : null,
      command: text(given.command, 300),
    },
  ];
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value ? (value as Record<string, unknown>) : {};
}

function text(value: unknown, longest: number): string {
  return typeof value === "string" ? value.slice(0, longest) : "";
}

function whole(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
