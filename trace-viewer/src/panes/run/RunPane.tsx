import "./run.css";
import { useState } from "react";
import type { Trace } from "../../format/generated";
import { bytes, seconds, si } from "../../logic/units";
import { isNews } from "../../state/sources";
import { useLecture, useStore } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";
import { outcomeWords } from "./outcome";
import { runAgain, sourceWords } from "./sources";

type Fact = [name: string, fact: string | string[]];

/** What ran, where and with what: enough to judge a number in the lecture, and to run it again. */
export default function RunPane() {
  const { trace } = useLecture();
  const file = useStore(({ opened }) => (opened.status === "ready" && opened.file ? opened.path : ""));
  const { engine, started } = trace.provenance;
  return (
    <Dialog title="About this run">
      <Changed trace={trace} />
      {engine === "edtrace" && started === "" && (
        <p className="facts-note">
          This was recorded by edtrace, or by the engine before it, which keep neither times nor what a lecture ran on.
        </p>
      )}
      <Facts title="The run" facts={theRun(trace, file)} />
      <Facts title="The machine" facts={theMachine(trace)} />
      <Facts title="What it ran with" facts={theRest(trace)} />
    </Dialog>
  );
}

/** That the lecture was edited since, and what to do about it. */
function Changed({ trace }: { trace: Trace }) {
  const sources = useStore((state) => state.sources);
  if (!isNews(sources)) return null;
  return (
    <div className="facts-changed">
      <p>{sourceWords(sources)}. What is shown is as it ran. To record it again:</p>
      <Command words={runAgain(trace)} />
    </div>
  );
}

function Command({ words }: { words: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard?.writeText(words).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className="facts-command">
      <code>{words}</code>
      {navigator.clipboard && (
        <button type="button" className="button" onClick={copy}>
          <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
        </button>
      )}
    </div>
  );
}

function Facts({ title, facts }: { title: string; facts: Fact[] }) {
  const known = facts.filter(([, fact]) => fact.length > 0);
  if (known.length === 0) return null;
  return (
    <section>
      <h3 className="facts-title">{title}</h3>
      <dl className="facts">
        {known.map(([name, fact]) => (
          <div key={name}>
            <dt>{name}</dt>
            {[fact].flat().map((line, index) => (
              <dd key={index}>{line}</dd>
            ))}
          </div>
        ))}
      </dl>
    </section>
  );
}

function theRun(trace: Trace, file: string): Fact[] {
  const { provenance, summary, files } = trace;
  const isForeign = provenance.started === "";
  return [
    ["Lecture", summary.name],
    ["File", file && `${file}, from your own disk`],
    ["Sources", files.map(({ path }) => path).slice(0, MOST)],
    ["Command", isForeign ? "" : runAgain(trace)],
    ["Outcome", isForeign ? "" : outcomeWords(summary.outcome)],
    ["Started", isForeign ? "" : localTime(provenance.started)],
    ["Took", isForeign ? "" : seconds(summary.seconds)],
    ["Steps", summary.steps.toLocaleString("en")],
    ["Costs", isForeign ? "" : costs(trace)],
  ];
}

function theMachine({ provenance: { hardware, platform, world_size }, machines }: Trace): Fact[] {
  const { processor, cores, gpus, memory_bytes } = hardware;
  return [
    ["Processor", processor && `${processor}, ${cores} ${cores === 1 ? "core" : "cores"}`],
    ["Memory", memory_bytes ? bytes(memory_bytes) : ""],
    ["GPUs", gpus.slice(0, MOST)],
    ["Ranks", world_size ? String(world_size) : ""],
    ["Platform", platform],
    ["Peaks", machines.slice(0, MOST).flatMap(peak)],
  ];
}

function theRest({ provenance: { python, engine, packages, seed, commit, modified } }: Trace): Fact[] {
  const named = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const clean = modified === false ? ", nothing changed since" : "";
  return [
    ["Seed", seed === null || seed === undefined ? "" : String(seed)],
    ["Commit", commit ? commit.slice(0, 12) + (modified ? ", with changes that were not committed" : clean) : ""],
    ["Python", python],
    ["Packages", named.join(", ")],
    ["Engine", engine],
  ];
}

/** Lists of a trace may be of any length. */
const MOST = 50;

function costs({ provenance, operations, memory }: Trace): string {
  if (provenance.arguments.includes("--costs")) return "FLOPs, bytes and memory were counted";
  if (operations.step.length + memory.step.length > 0) return "Counted where the lecture asks for it; time everywhere";
  return "Only time; --costs counts FLOPs, bytes and memory, too";
}

/** What the machine of the run can do at most, where that was measured; else which published figures there are. */
function peak(machine: unknown): string[] {
  const { name, measured, flops_per_second, bytes_per_second } = (machine ?? {}) as Record<string, unknown>;
  if (typeof name !== "string") return [];
  if (measured !== true) return [`${name.slice(0, 80)}: published, to compare with`];
  const rates = Object.entries((flops_per_second ?? {}) as Record<string, unknown>)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .slice(0, 8)
    .map(([dtype, rate]) => `${si(rate, "FLOP/s")} ${dtype}`);
  if (typeof bytes_per_second === "number") rates.push(si(bytes_per_second, "B/s"));
  return [`${name.slice(0, 80)}: measured, ${rates.join(", ")}`];
}

function localTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString("en", { dateStyle: "long", timeStyle: "medium" });
}
