import "./problem.css";
import type { TraceProblem } from "../../format/problem";
import { CommandButton } from "../../widgets/CommandButton";

/** A page for a trace that cannot be shown: what is wrong, and what to do. */
export function ProblemPage({ problem, path }: { problem: TraceProblem; path: string }) {
  return (
    <main className="problem">
      <p className="problem-path">{path}</p>
      <h1>{problem.title}</h1>
      <p>{withCode(problem.sentence)}</p>
      <p className="problem-ways">
        <a className="button primary" href={window.location.pathname}>
          All lectures
        </a>
        <CommandButton id="openFile" wide />
      </p>
    </main>
  );
}

/** Commands between backquotes are set as code. */
function withCode(sentence: string) {
  return sentence.split("`").map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part));
}
