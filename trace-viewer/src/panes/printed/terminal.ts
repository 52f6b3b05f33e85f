import { visible } from "../../values/escape";

/** Colours and movements of the cursor. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /\u001b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\u0007\u001b]{0,400}(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Printed text as a terminal leaves it: a line that was written over is what it was last; what is unseen is its escape. */
export function asOnTerminal(text: string): string {
  return text
    .replace(CONTROL, "")
    .split("\n")
    .map((line) => {
      const written = line.replace(/\r+$/, "");
      return written
        .slice(written.lastIndexOf("\r") + 1)
        .split("\t")
        .map(visible)
        .join("\t");
    })
    .join("\n");
}
