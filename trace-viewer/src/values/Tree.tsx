import { lazy, Suspense, type ReactNode } from "react";
import type { Instance, Mapping, Sequence, Tokens, Value } from "../format/generated";
import { difference, type Mark } from "./difference";
import { Forms } from "./Forms";
import { Within, useKept } from "./kept";
import { kindOf } from "./kinds";
import { count } from "./numbers";
import { name, summarise, summaryLine, type Part } from "./summary";
import { Parts } from "./ValueInline";
import { ValueView } from "./ValueView";

const TokensView = lazy(() => import("./TokensView"));

type Container = Sequence | Mapping | Instance;
type Entry = { key: ReactNode; /** What tells it from its siblings. */ part: string; value: Value };

const PAGE = 50;
const OPEN_AT_FIRST = 12;
const LINE = 64;
/** Entries that are gone, shown where they were. */
const MOST_GONE = 20;

type Props = { value: Container; /** Not inside another. */ top?: boolean; before?: Value | undefined };

/** A container, opened or closed by its first line; its entries exist on the page only while it is open. */
export function Tree({ value, top = false, before }: Props) {
  return (
    <Fold
      summary={summaryLine(value, LINE, false, before).parts}
      heading={headingOf(value)}
      openAtFirst={top && sizeOf(value) <= OPEN_AT_FIRST}
    >
      {value.kind === "sequence" && !top ? (
        <Forms value={value} before={before}>
          <Entries value={value} before={before} />
        </Forms>
      ) : (
        <Entries value={value} before={before} />
      )}
    </Fold>
  );
}

function Entries({ value, before }: { value: Container; before: Value | undefined }) {
  const [shown, setShown] = useKept("shown", PAGE);
  const recorded = sizeOf(value);
  const { marks, removed } = difference(value, before);
  const gone = removed.slice(0, MOST_GONE);
  const rows: ReactNode[] = [];
  for (let index = 0; index <= Math.min(shown, recorded); index++) {
    gone.forEach((entry, number) => {
      if (entry.at === index) rows.push(<GoneRow key={`gone ${number}`} entry={entry} />);
    });
    if (index === Math.min(shown, recorded)) break;
    const { key, part, value: item } = entryAt(value, index);
    rows.push(
      <Row key={index} name={key} mark={marks.get(index)}>
        <Within part={part}>
          <EntryValue value={item} before={marks.get(index)?.before} />
        </Within>
      </Row>,
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

type RowProps = { name: ReactNode; mark: Mark | undefined; children: ReactNode };

function Row({ name: key, mark, children }: RowProps) {
  const was = mark?.before === undefined ? undefined : `was ${summarise(mark.before, LINE)}`;
  return (
    <div className="value-entry" data-change={mark?.change} title={was}>
      <dt>
        {key}
        {mark ? <span className="visually-hidden"> ({was ?? "new"})</span> : null}
      </dt>
      <dd>{children}</dd>
    </div>
  );
}

function GoneRow({ entry: { key, value } }: { entry: { key?: Value; value: Value } }) {
  return (
    <div className="value-entry" data-change="removed">
      <dt>
        {key === undefined ? null : <del>{summarise(key, 40, true)}</del>}
        <span className="visually-hidden"> (gone)</span>
      </dt>
      <dd>
        <del>{summarise(value, LINE)}</del>
      </dd>
    </div>
  );
}

/** An entry's value: on one line when it fits there, else behind a line that opens. */
function EntryValue({ value, before }: { value: Value; before: Value | undefined }) {
  const kind = kindOf(value);
  const { parts, cut } = summaryLine(value, LINE, false, before);
  if (kind === "sequence" || kind === "mapping" || kind === "instance") {
    return cut ? <Tree value={value as Container} before={before} /> : <Parts parts={parts} />;
  }
  if (kind === "tokens") {
    return (
      <Suspense fallback={<Parts parts={parts} />}>
        <TokensView tokens={value as Tokens} before={isTokens(before) ? before : undefined} compact />
      </Suspense>
    );
  }
  if (kind === "tensor" || kind === "records" || kind === "module") {
    return (
      <Fold summary={parts}>
        <ValueView value={value} before={before} />
      </Fold>
    );
  }
  return cut || kind === "formula" || kind === "cut" ? (
    <ValueView value={value} before={before} />
  ) : (
    <Parts parts={parts} />
  );
}

function isTokens(value: Value | undefined): value is Tokens {
  return typeof value === "object" && value?.kind === "tokens";
}

type FoldProps = {
  summary: Part[];
  /** Instead of the summary, once open. */ heading?: Part[];
  openAtFirst?: boolean;
  children: ReactNode;
};

function Fold({ summary, heading = summary, openAtFirst = false, children }: FoldProps) {
  const [open, setOpen] = useKept("open", openAtFirst);
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
      return {
        key: <span className="value-faint">{index}</span>,
        part: String(index),
        value: value.items[index] as Value,
      };
    case "mapping": {
      const [key, item] = value.entries[index] as [Value, Value];
      return { key: <Parts parts={summaryLine(key, 40).parts} />, part: summarise(key, 200), value: item };
    }
    case "instance": {
      const [field, item] = value.fields[index] as [string, Value];
      const parts = summaryLine(field, 40, true).parts.map(asProperty);
      return { key: <Parts parts={parts} />, part: field.slice(0, 200), value: item };
    }
  }
}

function asProperty(part: Part): Part {
  return { ...part, cls: "tok-property" };
}
