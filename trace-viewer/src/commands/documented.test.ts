import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { keyLabel, toldKeys } from "./keys";
import { commands } from "./registry";

const page = readFileSync(path.resolve(import.meta.dirname, "../../../docs/viewer.md"), "utf8");

/** The rows of the table of keys: what is to be pressed, and what it does. */
const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, keys, words]) => ({
  keys: keys.split(" "),
  words,
}));

it.each(commands.map((command) => [command.label, command] as const))(
  "%s is documented with its keys",
  (label, { keys }) => {
    const row = rows.find(
      ({ words }) => words === label || words.startsWith(`${label}:`) || words.startsWith(`${label},`),
    );
    const told = toldKeys(keys).map(keyLabel);
    expect(row?.keys).toEqual(told.length > 0 ? told : ["—"]);
  },
);

it("no other keys are documented", () => {
  expect(rows.filter(({ keys }) => keys[0] !== "key" && keys[0] !== "---")).toHaveLength(commands.length);
});
