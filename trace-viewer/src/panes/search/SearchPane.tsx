import "./search.css";
import { memo, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { examplesOf, type Example } from "../../logic/search/examples";
import { KINDS, type Hit, type Kind } from "../../logic/search/hit";
import { endTypeAhead, goToHit, isTypedAhead, lookAtHit, setSearch } from "../../state/finding";
import { setOverlay } from "../../state/actions";
import { useLecture } from "../../state/store";
import { visible } from "../../values/escape";
import { count } from "../../values/numbers";
import { ValueInline } from "../../values/ValueInline";
import { Dialog } from "../../widgets/Dialog";
import { KeyHints } from "../../widgets/KeyHints";
import { PickList, type PickGroup } from "../../widgets/PickList";
import { useSearch } from "./useSearch";

/** What each kind is called on its switch. */
const WORDS: Record<Kind, string> = {
  words: "words",
  code: "code",
  names: "names",
  values: "values",
  output: "output",
};

type Item = Hit | (Example & { id: string });

const HINTS = [
  { keys: ["Enter"], word: "go there" },
  { keys: ["Shift+Enter"], word: "look" },
];

/** One search over all that a lecture says, shows, computes and prints. */
export default function SearchPane() {
  const lecture = useLecture();
  const { text, kinds, search, problem, setText, toggle } = useSearch();
  const looked = useRef(false);
  const [again] = useState(() => text !== "" && !isTypedAhead());
  useLayoutEffect(endTypeAhead, []);
  const typed = text.trim() !== "";
  const groups = useMemo((): readonly PickGroup<Item>[] => {
    if (typed) return (search?.groups ?? []).map(({ id, title, hits }) => ({ id, title: visible(title), items: hits }));
    const examples = examplesOf(lecture).map((example) => ({ id: `example ${example.query}`, ...example }));
    return examples.length > 0 ? [{ id: "examples", title: "Here you could look for", items: examples }] : [];
  }, [typed, search?.groups, lecture]);
  const { counts, done } = search?.found ?? { counts: null, done: true };
  const current = search?.of === text;
  const total = counts && typed ? KINDS.reduce((sum, kind) => sum + counts[kind], 0) : 0;

  const pick = (item: Item, stay: boolean) => {
    if ("query" in item) return setText(item.query);
    if (stay) {
      lookAtHit(item, !looked.current);
      looked.current = true;
      return;
    }
    setOverlay(null);
    goToHit(item);
  };

  return (
    <Dialog title="Search" variant="dock">
      <div
        className="search"
        data-for={current ? text : undefined}
        data-hits={current ? total : undefined}
        data-done={(current && done) || undefined}
      >
        <PickList
          label="Search this lecture"
          placeholder="Words, code, names, x == 0, shape:4x8"
          text={text}
          onText={setText}
          groups={groups}
          at={search?.at ?? ""}
          onAt={(at) => setSearch({ at })}
          onPick={pick}
          view={ItemView}
          again={again}
          status={typed ? statusOf(total, groups.length, done && current) : ""}
          empty={typed && current && done ? <Nothing problem={problem} /> : problem && <p>{withCode(problem)}</p>}
          foot={<KeyHints hints={HINTS} />}
        >
          <div className="search-kinds" role="group" aria-label="Only">
            {KINDS.map((kind) => (
              <button
                key={kind}
                type="button"
                className="search-kind"
                aria-pressed={kinds.includes(kind)}
                onClick={() => toggle(kind)}
              >
                {WORDS[kind]}
                {typed && counts && <span className="search-count">{count(counts[kind])}</span>}
              </button>
            ))}
          </div>
        </PickList>
      </div>
    </Dialog>
  );
}

function statusOf(total: number, places: number, done: boolean): string {
  if (total === 0) return done ? "Nothing found" : "Searching …";
  const found = `${count(total)} ${total === 1 ? "result" : "results"} in ${count(places)} ${places === 1 ? "place" : "places"}`;
  return done ? found : `${found} so far …`;
}

function Nothing({ problem }: { problem: string }) {
  if (problem) return <p>{withCode(problem)}</p>;
  return (
    <p>
      Nothing here. <code>/a.c/</code> is a regular expression, <code>x == 0</code> asks about values,{" "}
      <code>shape:4x8</code> about arrays.
    </p>
  );
}

/** A sentence, with what stands between backticks as code. */
function withCode(sentence: string): ReactNode[] {
  // oxlint-disable-next-line react/no-array-index-key
  return sentence.split("`").map((part, i) => (i % 2 === 1 ? <code key={i}>{visible(part)}</code> : visible(part)));
}

const ItemView = memo(function ItemView({ item }: { item: Item }) {
  if (!("query" in item)) return <HitView hit={item} />;
  return (
    <span className="search-example">
      <code>{item.query}</code>
      <span className="search-place">{item.words}</span>
    </span>
  );
});

function HitView({ hit }: { hit: Hit }) {
  const { trace } = useLecture();
  const { kind, label, file, line, position, value, snippet } = hit;
  return (
    <span className="search-hit">
      <span className={kind === "code" || kind === "values" || kind === "output" ? "search-text code" : "search-text"}>
        {visible(snippet.text.slice(0, snippet.from))}
        {snippet.to > snippet.from && <mark>{visible(snippet.text.slice(snippet.from, snippet.to))}</mark>}
        {visible(snippet.text.slice(snippet.to))}
        {value !== undefined && (
          <>
            {" = "}
            <ValueInline value={trace.values[value]} max={80} />
          </>
        )}
      </span>
      <span className="search-place">
        <span className="search-label" data-kind={kind}>
          {label}
        </span>
        {`${visible(trace.files[file].path.split("/").at(-1) ?? "")}:${line}`}
        {position >= 0 && <span className="search-step">{`step ${count(position + 1)}`}</span>}
        <span className="search-times">{timesOf(hit)}</span>
      </span>
    </span>
  );
}

/** How often, where that says something. */
function timesOf({ label, kind, times, position }: Hit): string {
  const often = times === 1 ? "once" : `${count(times)} times`;
  if (label === "function") return `called ${often}`;
  if (label === "variable") return `bound ${often}`;
  if (kind === "code" && label === "code") return position < 0 ? "did not run" : times > 1 ? `ran ${often}` : "";
  return times > 1 ? often : "";
}
