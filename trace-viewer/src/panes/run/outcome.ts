import type { Outcome } from "../../format/generated";

/** How the run ended, as a sentence. */
export function outcomeWords({ status, message }: Outcome): string {
  const words: Record<Outcome["status"], string> = {
    finished: "finished",
    failed: "failed",
    interrupted: "interrupted",
    stopped: "stopped at a limit",
    lost: "lost: the process ended without a word",
    running: "goes on",
  };
  return (words[status] ?? status) + (message ? `: ${message}` : "");
}
