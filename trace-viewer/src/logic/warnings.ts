import type { Lecture } from "./lecture";

/** A warning of Python's `warnings`, as it went to stderr: `lecture.py:44: UserWarning: words`. */
export interface Warned {
  /** The line that it is about: the one it names, if that is in the record, else the one that ran. */
  file: number;
  line: number;
  category: string;
  message: string;
}

const STDERR = 1;
const MOST_WARNINGS = 200;
const LONGEST_TEXT = 20_000;
const HEAD = /^(.{1,400}?):(\d{1,7}): ([A-Za-z_][\w.]{0,80}Warning): (.*)$/;

const known = new WeakMap<Lecture, Warned[]>();

/** The warnings among what was written to stderr, each once a line. */
export function warningsOf(lecture: Lecture): Warned[] {
  let found = known.get(lecture);
  if (!found) known.set(lecture, (found = findWarnings(lecture)));
  return found;
}

function findWarnings({ trace, placeOf }: Lecture): Warned[] {
  const { printed, strings, files } = trace;
  const found = new Map<string, Warned>();
  for (let row = 0; row < printed.step.length && found.size < MOST_WARNINGS; row++) {
    if (printed.stream[row] !== STDERR || !strings[printed.text[row]].includes("Warning: ")) continue;
    for (const { path, line, category, message } of readWarnings(strings[printed.text[row]].slice(0, LONGEST_TEXT))) {
      const named = files.findIndex((file) => path === file.path || path.endsWith(`/${file.path}`));
      const place = named >= 0 ? { file: named, line } : placeOf(printed.step[row]);
      const key = JSON.stringify([place.file, place.line, category, message]);
      if (!found.has(key)) found.set(key, { file: place.file, line: place.line, category, message });
    }
  }
  return [...found.values()];
}

/** The warnings in a text: a head, further lines of the message, and the line of source that Python adds, indented. */
function readWarnings(text: string): { path: string; line: number; category: string; message: string }[] {
  const found: ReturnType<typeof readWarnings> = [];
  let open = false;
  for (const row of text.split("\n")) {
    const head = HEAD.exec(row);
    if (head) {
      const [, path, line, category, message] = head;
      found.push({ path, line: Number(line), category: category.split(".").at(-1) ?? category, message });
      open = true;
    } else if (open && row !== "" && !row.startsWith("  ")) found[found.length - 1].message += `\n${row}`;
    else open = false;
  }
  return found;
}
