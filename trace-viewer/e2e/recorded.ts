import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readTrace } from "../src/format/whole";
import { openLecture, type Lecture } from "../src/logic/lecture";

export const root = path.resolve(import.meta.dirname, "../..");
const own = path.join(root, ".venv/bin/python");
export const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");

/** Run a lecture of `e2e/lectures/` under the tracer: its trace as it was written, and as the viewer's logic opens it. */
export function record(name: string): { text: string; lecture: Lecture } {
  const folder = mkdtempSync(path.join(os.tmpdir(), "recorded-"));
  try {
    const lecture = path.join(import.meta.dirname, "lectures", `${name}.py`);
    execFileSync(python, ["execute.py", "--quiet", "-m", lecture, "-o", folder], { cwd: root });
    const text = readFileSync(path.join(folder, `${name}.json`), "utf8");
    return { text, lecture: openLecture(readTrace(text)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
