import "./tokens.css";
import { useId, useMemo, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { Value } from "../format/generated";
import { inOrder } from "./difference";
import { stretches } from "./escape";
import { useKept } from "./kept";
import { count } from "./numbers";
import { summarise } from "./summary";
import { grounds } from "./tokens";
import { Toggle } from "./Toggle";

const PAGE = 400;
/** Tokens that are gone, shown where they were. */
const MOST_GONE = 50;

export type Listed = {
  pieces: readonly string[];
  /** None for a list of words. */ ids?: readonly number[] | undefined;
  /** Of all tokens; the record may hold fewer. */ length: number;
};

type Props = {
  tokens: Listed;
  before?: Listed | undefined;
  /** The chips alone. */ compact?: boolean;
  /** Stands beside the buttons. */ children?: ReactNode;
};

/** Tokens as chips over their text, with their ids on demand. The arrow keys go from one to the next. */
export default function TokensView({ tokens, before, compact = false, children }: Props) {
  const { pieces, ids, length } = tokens;
  const [shown, setShown] = useKept("shown", PAGE);
  const [withIds, setWithIds] = useKept("ids", false);
  const [chosen, setChosen] = useState(-1);
  const recorded = Math.min(pieces.length, ids?.length ?? Infinity);
  const colors = useMemo(() => grounds((ids ?? pieces).slice(0, shown)), [ids, pieces, shown]);
  const { marks, removed } = useMemo(() => compared(tokens, before), [tokens, before]);
  const list = useId();
  const many = Math.min(shown, recorded);

  const step = (event: KeyboardEvent) => {
    const to = stepped(event, chosen, many);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setChosen(to);
    document.getElementById(`${list}-${to}`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const point = ({ target }: PointerEvent) => {
    const at = target instanceof Element ? target.closest<HTMLElement>("[data-at]")?.dataset.at : undefined;
    if (at !== undefined) setChosen(Number(at));
  };

  const chips: ReactNode[] = [];
  for (let index = 0; index < many; index++) {
    const piece = String(pieces[index]);
    for (const [number, entry] of removed.entries()) {
      if (entry.at === index && number < MOST_GONE) chips.push(<Gone key={`gone ${number}`} value={entry.value} />);
    }
    chips.push(
      <span
        key={index}
        id={`${list}-${index}`}
        role="option"
        aria-selected={index === chosen}
        aria-label={`${summarise(piece)}${ids ? `, id ${ids[index]}` : ""}`}
        className={`token token-${(colors[index] ?? 0) + 1}`}
        title={ids ? `id ${ids[index]}` : undefined}
        data-at={index}
        data-change={marks.get(index)?.change}
        tabIndex={-1}
      >
        <span className="token-text">{drawn(piece)}</span>
        {withIds && ids && !compact ? <span className="token-id">{String(ids[index])}</span> : null}
      </span>,
    );
    if (piece.endsWith("\n")) chips.push(<br key={`line ${index}`} />);
  }

  return (
    <div className="value-tokens">
      <div
        className={withIds && ids ? "token-list with-ids" : "token-list"}
        role="listbox"
        tabIndex={0}
        aria-label={`${count(length)} tokens`}
        aria-activedescendant={chosen >= 0 && chosen < many ? `${list}-${chosen}` : undefined}
        onKeyDown={step}
        onPointerOver={point}
        onPointerLeave={() => setChosen(-1)}
        onBlur={() => setChosen(-1)}
      >
        {chips}
      </div>
      {recorded > many ? (
        <button type="button" className="text-button value-more" onClick={() => setShown(shown + PAGE * 4)}>
          Show {count(Math.min(PAGE * 4, recorded - many))} more of {count(recorded)}
        </button>
      ) : null}
      {length > recorded ? (
        <p className="value-more value-faint">… and {count(length - recorded)} more, not recorded</p>
      ) : null}
      {compact ? null : (
        <div className="value-facts">
          <span>
            {count(length)} {length === 1 ? "token" : "tokens"}
          </span>
          {ids ? (
            <Toggle pressed={withIds} onPress={setWithIds} title="Show the id of each token below its text">
              ids
            </Toggle>
          ) : null}
          {children}
          <span className="token-told">
            {chosen >= 0 && chosen < many ? (
              <>
                [{chosen}] {ids ? `id ${ids[chosen]} ` : ""}
                {summarise(String(pieces[chosen]), 60)}
              </>
            ) : null}
          </span>
        </div>
      )}
    </div>
  );
}

/** Where a key leads to from the token that is chosen; undefined for a key that leads nowhere. */
function stepped({ key, ctrlKey, altKey, metaKey }: KeyboardEvent, from: number, many: number): number | undefined {
  if (ctrlKey || altKey || metaKey || many === 0) return undefined;
  if (key === "ArrowRight" || key === "ArrowDown") return Math.min(from + 1, many - 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return Math.max(from - 1, 0);
  return key === "Home" ? 0 : key === "End" ? many - 1 : undefined;
}

function compared(tokens: Listed, before: Listed | undefined) {
  const keys = ({ ids, pieces }: Listed) => (ids ?? pieces) as readonly Value[];
  if (!before || (before.ids === undefined) !== (tokens.ids === undefined)) return { marks: new Map(), removed: [] };
  const { marks, removed } = inOrder(keys(tokens), keys(before), tokens.length, before.length);
  const gone = removed.map(({ at, value }, number) => ({
    at,
    value: before.pieces[at + number] ?? String(value),
  }));
  return { marks, removed: gone };
}

function Gone({ value }: { value: string }) {
  return (
    <del className="token" aria-hidden="true">
      {drawn(value)}
    </del>
  );
}

/** The text of a token: what is unseen in it made visible, and its line ends no ends of lines. */
function drawn(piece: string): ReactNode {
  if (piece === "") return <span className="value-faint">∅</span>;
  return stretches(piece, true)
    .filter(({ text }) => text !== "\n")
    .map(({ kind, text }, index) =>
      kind === "plain" ? (
        text.replaceAll("\n", "")
      ) : (
        // oxlint-disable-next-line react/no-array-index-key -- a stretch stands at its place
        <span key={index} className={kind === "space" ? "value-space" : "value-escape"}>
          {text}
        </span>
      ),
    );
}
