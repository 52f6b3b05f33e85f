import type { Trace } from "../../format/generated";

/** A fact about how a trace was made that is another for the other. */
export interface Fact {
  name: string;
  a: string;
  b: string;
}

const MOST_PACKAGES = 6;

/** In what the runs differ: what was run, with what, and where. When they ran always differs, and is no matter. */
export function differingFacts(a: Trace, b: Trace): Fact[] {
  const facts: Fact[] = [];
  const add = (name: string, of: (trace: Trace) => string | number | boolean | null | undefined) => {
    const [x, y] = [of(a), of(b)].map((fact) => String(fact ?? "none").slice(0, 200));
    if (x !== y) facts.push({ name, a: x, b: y });
  };
  add("lecture", ({ summary }) => summary.name);
  add("arguments", ({ provenance }) => optionsOf(provenance.arguments));
  add("seed", ({ provenance }) => provenance.seed);
  const edited = editedFiles(a, b);
  if (edited.length > 0) facts.push({ name: "source", a: edited.join(", "), b: "edited" });
  add(
    "commit",
    ({ provenance: { commit, modified } }) => commit && commit.slice(0, 10) + (modified ? " and changes" : ""),
  );
  add("ranks", ({ provenance }) => provenance.world_size);
  add("GPU", ({ provenance }) => provenance.hardware.gpus.join(", ") || null);
  add("processor", ({ provenance: { hardware } }) => `${hardware.processor}, ${hardware.cores} cores`);
  add("platform", ({ provenance }) => provenance.platform);
  add("Python", ({ provenance }) => provenance.python);
  const versions = (trace: Trace) => new Map(Object.entries(trace.provenance.packages));
  const [own, other] = [versions(a), versions(b)];
  const packages = [...new Set([...own.keys(), ...other.keys()])].filter((name) => own.get(name) !== other.get(name));
  for (const name of packages.slice(0, MOST_PACKAGES)) {
    facts.push({ name, a: own.get(name) ?? "none", b: other.get(name) ?? "none" });
  }
  const more = packages.length - MOST_PACKAGES;
  if (more > 0) facts.push({ name: "packages", a: `${more} more`, b: "other versions" });
  add("engine", ({ provenance }) => provenance.engine);
  return facts;
}

/** What was asked for, but not of which lecture: that has a fact of its own. */
function optionsOf(given: string[]): string {
  const at = given.findIndex((argument) => argument === "-m" || argument === "--module");
  return given.filter((_, index) => at < 0 || (index !== at && index !== at + 1)).join(" ") || "none";
}

function editedFiles(a: Trace, b: Trace): string[] {
  const texts = new Map(b.files.map(({ path, text }) => [path, text]));
  const own = a.files[a.entry]?.path ?? "";
  if (!texts.has(own)) texts.set(own, b.files[b.entry]?.text ?? ""); // a lecture under another name
  return a.files
    .filter(({ path, text }) => texts.has(path) && texts.get(path) !== text)
    .map(({ path }) => path.split("/").at(-1) ?? path)
    .slice(0, 4);
}
