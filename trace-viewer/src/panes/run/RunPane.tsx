import "./run.css";
import { useLecture } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";
import { outcomeWords } from "./outcome";

/** What ran, where and with what: enough to judge a number in the lecture, and to run it again. */
export default function RunPane() {
  const { trace } = useLecture();
  const { provenance, summary } = trace;
  const { hardware, packages } = provenance;
  const memory = hardware.memory_bytes ? `, ${(hardware.memory_bytes / 2 ** 30).toFixed(1)} GiB of memory` : "";
  const facts: [string, string][] = [
    ["Lecture", summary.name],
    ["Command", ["python execute.py", ...provenance.arguments].join(" ")],
    ["Outcome", outcomeWords(summary.outcome)],
    ["Started", localTime(provenance.started)],
    ["Took", `${duration(summary.seconds)}, ${summary.steps.toLocaleString("en")} steps`],
    ["Python", provenance.python],
    ["Platform", provenance.platform],
    ["Processor", hardware.processor && `${hardware.processor}, ${hardware.cores} cores${memory}`],
    ["GPUs", hardware.gpus.join(", ")],
    ["Ranks", provenance.world_size ? String(provenance.world_size) : ""],
    ["Seed", provenance.seed === null || provenance.seed === undefined ? "" : String(provenance.seed)],
    ["Commit", provenance.commit ? provenance.commit + (provenance.modified ? ", with changes since" : "") : ""],
    ["Engine", provenance.engine],
    [
      "Packages",
      Object.entries(packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
  ];
  return (
    <Dialog title="About this run">
      <dl className="facts">
        {facts
          .filter(([, fact]) => fact)
          .map(([name, fact]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{fact}</dd>
            </div>
          ))}
      </dl>
    </Dialog>
  );
}

function localTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString("en", { dateStyle: "long", timeStyle: "medium" });
}

function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
