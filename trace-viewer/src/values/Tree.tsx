import { useState, type ReactNode } from "react";
import type { Instance, Mapping, Sequence, Value } from "../format/generated";
import { kindOf } from "./kinds";
import { count } from "./numbers";
import { name, summaryLine, type Part } from "./summary";
import { Parts } from "./ValueInline";
import { ValueView } from "./ValueView";

type Container = Sequence | Mapping | Instance;
type Entry = { key: ReactNode; value: Value };

const PAGE = 50;
const OPEN_AT_FIRST = 12;
const LINE = 64;

/** A container, opened or closed by its first line; its entries exist on the page only while it is open. */
export function Tree({ value, top = false }: { value: Container; /** Not inside another. */ top?: boolean }) {
  const open = top && sizeOf(value) <= OPEN_AT_FIRST;
  return (
    <Fold summary={summaryLine(value, LINE).parts} heading={headingOf(value)} open={open}>
      <Entries value={value} />
    </Fold>
  );
}

function Entries({ value }: { value: Container }) {
  const [shown, setShown] = useState(PAGE);
  const recorded = sizeOf(value);
  const rows: ReactNode[] = [];
  for (let index = 0; index < Math.min(shown, recorded); index++) {
    const entry = entryAt(value, index);
    rows.push(
      <div className="value-entry" key={index}>
        <dt>{entry.key}</dt>
        <dd>
          <EntryValue value={entry.value} />
        </dd>
      </div>,
    );
  }
  const unrecorded = value.length - recorded;
  return (
    <>
      <dl className="value-entries">{rows}</dl>
      {recorded > shown ? (
        <button type="button" className="text-button value-more" onClick={() => setShown(shown + PAGE * 4)}>
          Show {count(Math.min(PAGE * 4, recorded - shown))} more of {count(recorded)}
        </button>
      ) : null}
      {unrecorded > 0 ? <p className="value-more value-faint">… and {count(unrecorded)} more, not recorded</p> : null}
    </>
  );
}

/** An entry's value: on one line when it fits there, else behind a line that opens. */
function EntryValue({ value }: { value: Value }) {
  const kind = kindOf(value);
  const { parts, cut } = summaryLine(value, LINE);
  if (kind === "sequence" || kind === "mapping" || kind === "instance") {
    return cut ? <Tree value={value as Container} /> : <Parts parts={parts} />;
  }
  if (kind === "tensor" || kind === "records") {
    return (
      <Fold summary={parts}>
        <ValueView value={value} />
      </Fold>
    );
  }
  return cut || kind === "formula" || kind === "cut" ? <ValueView value={value} /> : <Parts parts={parts} />;
}

type FoldProps = {
  summary: Part[];
  /** Instead of the summary, once open. */ heading?: Part[];
  open?: boolean;
  children: ReactNode;
};

function Fold({ summary, heading = summary, open: openAtFirst = false, children }: FoldProps) {
  const [open, setOpen] = useState(openAtFirst);
  return (
    <details className="value-fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <Parts parts={open ? heading : summary} />
      </summary>
      {open ? children : null}
    </details>
  );
}

/** What an open container is: its entries say the rest. */
function headingOf(value: Container): Part[] {
  const nouns = { sequence: ["item", "items"], mapping: ["entry", "entries"], instance: ["field", "fields"] }[
    value.kind
  ];
  const size = value.length < 0 ? "" : ` ${count(value.length)} ${nouns[value.length === 1 ? 0 : 1]}`;
  return [
    { text: name(value.type), cls: "tok-class" },
    { text: size, cls: "value-faint" },
  ];
}

/** How many entries the record holds; `value.length` is how many there were. */
function sizeOf(value: Container): number {
  return (value.kind === "sequence" ? value.items : value.kind === "mapping" ? value.entries : value.fields).length;
}

function entryAt(value: Container, index: number): Entry {
  switch (value.kind) {
    case "sequence":
      return { key: <span className="value-faint">{index}</span>, value: value.items[index] as Value };
    case "mapping": {
      const [key, item] = value.entries[index] as [Value, Value];
      return { key: <Parts parts={summaryLine(key, 40).parts} />, value: item };
    }
    case "instance": {
      const [field, item] = value.fields[index] as [string, Value];
      return { key: <Parts parts={summaryLine(field, 40, true).parts.map(asProperty)} />, value: item };
    }
  }
}

function asProperty(part: Part): Part {
  return { ...part, cls: "tok-property" };
}
