import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "@playwright/test";
import type { Lists } from "../src/format/column";
import type { Trace } from "../src/format/generated";
import { python, root } from "./recorded";

/** Makes a trace of a journal as it stands, as is done for one that comes over from a cluster. */
const GROW = `
import shutil, sys
from pathlib import Path
from tracer.format.assembly import NotAJournal
from tracer.format.compact import compact
from tracer.format.schema import Outcome
journal, copy, trace = map(Path, sys.argv[1:])
shutil.copyfile(journal, copy)
try:
    compact(copy, trace, Outcome(status="running", message="This is what has come so far."))
except NotAJournal:  # not a line of it is written yet
    pass
`;

/** `e2e/lectures/live.py` while it runs, a real process under the real tracer; the server shows its trace at `address`. */
export class Running {
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), "running-"));
  private readonly served: string;
  private readonly process: ChildProcess;
  private readonly ended: Promise<void>;
  readonly address: string;

  constructor() {
    const name = `${path.basename(this.folder)}.json`;
    this.address = `var/traces/${name}`;
    this.served = path.join(root, "var/traces", name);
    mkdirSync(path.join(this.folder, "signals"));
    const lecture = path.join(import.meta.dirname, "lectures/live.py");
    this.process = spawn(python, ["execute.py", "--quiet", "-m", lecture, "-o", this.folder], {
      cwd: root,
      env: { ...process.env, LIVE_SIGNALS: path.join(this.folder, "signals") },
      stdio: "ignore",
    });
    this.ended = new Promise((resolve) => this.process.on("exit", () => resolve()));
  }

  /** Let it go on through a turn. */
  tell(turn: number, word: "go" | "fail" = "go"): void {
    const signals = path.join(this.folder, "signals");
    writeFileSync(path.join(signals, ".new"), word);
    renameSync(path.join(signals, ".new"), path.join(signals, String(turn)));
  }

  /** Have the server show what has run so far, once these words are in it. */
  async shows(words: string): Promise<Lists<Trace>> {
    await expect.poll(() => this.grow(), { timeout: 60_000 }).toContain(words);
    renameSync(this.trace, this.served);
    return JSON.parse(readFileSync(this.served, "utf8")) as Lists<Trace>;
  }

  /** Have it show the whole, once it has ended. */
  async showsAll(): Promise<Lists<Trace>> {
    await this.ended;
    copyFileSync(path.join(this.folder, "live.json"), this.trace);
    renameSync(this.trace, this.served);
    return JSON.parse(readFileSync(this.served, "utf8")) as Lists<Trace>;
  }

  /** The rest of it is wanted no more. */
  async end(): Promise<void> {
    this.process.kill("SIGINT");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    rmSync(this.served, { force: true });
  }

  private get trace(): string {
    return path.join(root, "var/traces", `.${path.basename(this.folder)}.tmp`);
  }

  private grow(): string {
    const journal = readdirSync(this.folder).find((name) => name.endsWith(".journal"));
    if (!journal) return "";
    const copy = path.join(this.folder, "copy");
    execFileSync(python, ["-c", GROW, path.join(this.folder, journal), copy, this.trace], { cwd: root });
    try {
      return readFileSync(this.trace, "utf8");
    } catch {
      return "";
    }
  }
}
