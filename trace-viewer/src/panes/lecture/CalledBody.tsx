import { memo, type MouseEvent } from "react";
import { CodeTokens } from "../../code/CodeTokens";
import type { LineTokens, Token } from "../../code/highlight";
import type { Target } from "../../format/generated";
import type { CallInPlace, StatementInCall } from "../../logic/call-in-place";
import { callLinks } from "../../logic/call-links";
import type { CodeItem, Item, OutputItem } from "../../logic/document";
import { OutputView } from "../../outputs/OutputView";
import { jumpTo, peekAt, say } from "../../state/actions";
import { DEEPEST, depthOf, placeOf } from "../../state/in-place";
import { useLecture, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { ValueInline } from "../../values/ValueInline";
import { Guard } from "../../widgets/Guard";
import { CallControl } from "./CallControl";
import { CalledInside } from "./CalledCall";
import { cutTokens } from "./cutTokens";
import { fileParts } from "./fileParts";

interface Props {
  call: CallInPlace;
  place: string;
  base: string;
}

/** The body of a function as one call ran it: what it did not reach is dimmed, what it inspected stands at its line. */
export const CalledBody = memo(function CalledBody({ call, place, base }: Props) {
  const lecture = useLecture();
  const { tokens, definitions, page } = fileParts(lecture, call.file);
  const own = definitions.findLast(({ line, named }) => line <= call.line && call.line <= named);
  const from = own && own.head < own.endLine ? own.head + 1 : call.line;
  const to = own?.endLine ?? call.endLine;
  const items = itemsBetween(
    page(false).blocks.flatMap((block) => block.items),
    from,
    to,
  );
  const least = Math.min(...items.map((item) => ("indent" in item ? item.indent : Infinity)));
  const outdent = Number.isFinite(least) ? least : 0;
  return (
    <div className="called-body" data-file={call.file} data-call={call.call}>
      {items.map((item) => (
        <Line key={item.line} item={item} call={call} tokens={tokens} outdent={outdent} place={place} base={base} />
      ))}
    </div>
  );
});

function itemsBetween(items: Item[], from: number, to: number): Item[] {
  const found = items
    .flatMap((item) => (item.kind === "fold" ? item.items : [item]))
    .filter(({ line }) => from <= line && line <= to);
  while (found.at(-1)?.kind === "gap") found.pop();
  return found;
}

interface LineProps extends Props {
  item: Item;
  tokens: LineTokens;
  /** Columns that all lines begin with, and none shows. */
  outdent: number;
}

function Line({ item, call, tokens, outdent, place, base }: LineProps) {
  switch (item.kind) {
    case "gap":
      return <div className="gap" />;
    case "fold":
      return null;
    case "output":
      return <Shown item={item} call={call} tokens={tokens} outdent={outdent} place={place} base={base} />;
    case "code":
      return <Code item={item} call={call} tokens={tokens} outdent={outdent} place={place} base={base} />;
  }
}

/** A line that showed something shows what it did in this call; where it did not come, its code. */
function Shown({ item, call, tokens, outdent, place, base }: LineProps & { item: OutputItem }) {
  const { outputs } = useLecture();
  const notes = useStore(({ settings }) => settings.notes);
  const did = call.ran.get(item.line);
  const showed = did ? outputs.ofStep(did.step) : [];
  const shown = showed.filter(({ kind }) => notes || kind !== "note");
  const code = !item.replaces || showed.length === 0;
  return (
    <>
      {code &&
        item.code.map((line) => (
          <Code key={line.line} item={line} call={call} tokens={tokens} outdent={outdent} place={place} base={base} />
        ))}
      {shown.length > 0 && (
        <div className="called-outputs">
          {shown.map((output, index) => (
            // The outputs of a step never change their order.
            // oxlint-disable-next-line react/no-array-index-key
            <Guard key={index} what="This output" watch={output}>
              <OutputView output={output} base={base} onTarget={lookAt} />
            </Guard>
          ))}
        </div>
      )}
    </>
  );
}

function lookAt({ file, line }: Target): void {
  peekAt(file, line);
}

/** What never runs, and is dimmed by nothing: comments, and the heads of other branches. */
const RUNS_NEVER = /^\s*(?:#|(?:else|try|finally)\s*:)/;

function Code({ item, call, tokens, outdent, place, base }: LineProps & { item: CodeItem }) {
  const lecture = useLecture();
  const pieces = tokens(item.line);
  const shown = withoutIndent(item.cuts.length > 0 ? cutTokens(pieces, item.cuts) : pieces, outdent);
  const did = call.ran.get(item.line);
  const ends = call.ends.get(item.line);
  const unreached =
    item.line > call.firstReached &&
    !call.reached.has(item.line) &&
    !RUNS_NEVER.test(pieces.map(({ text }) => text).join(""));
  const inside = placeOf(ends?.statement ?? -1, place);
  const called = did && depthOf(place) < DEEPEST && callLinks(lecture).calling[did.statement] === 1;
  const here = useStore(({ position }) => {
    const step = position < 0 ? -1 : lecture.positions.step[position];
    return step >= 0 && lecture.trace.steps.call[step] === call.call && isIn(did, lecture.trace.steps.statement[step]);
  });
  return (
    <>
      {/* Its keys are those of the page: Enter on the current line, arrows to step. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions */}
      <div
        className="called-line"
        data-line={item.line}
        data-unreached={unreached || undefined}
        data-here={here || undefined}
        onClick={(event) => goTo(event, item.line, did && lecture.positions.entry[did.step])}
      >
        <button type="button" className="number" tabIndex={-1} aria-label={`Line ${item.line} in this call`}>
          {item.line}
        </button>
        <code
          className="source"
          data-source={item.line}
          data-outdent={outdent || undefined}
          style={{ "--hang": Math.min(Math.max(item.indent - outdent, 0) + 4, 16) }}
        >
          <CodeTokens tokens={shown} />
          {called && <CallControl place={placeOf(did.statement, place)} line={item.line} />}
          {ends && <AtEnd did={ends} />}
        </code>
      </div>
      {ends && <CalledInside place={inside} statement={ends.statement} call={call.call} base={base} />}
    </>
  );
}

function isIn(did: StatementInCall | undefined, statement: number): boolean {
  return did?.statement === statement;
}

/** How often a line ran in this call, and what it inspected last. */
function AtEnd({ did: { times, values } }: { did: StatementInCall }) {
  const { trace } = useLecture();
  if (times < 2 && values.length === 0) return null;
  return (
    <span className="called-values">
      {times > 1 && <span className="called-times">{count(times)}×</span>}
      {values.map(({ name, value }) => (
        <span key={name} className="called-value">
          {name} = <ValueInline value={trace.values[value]} max={64} />
        </span>
      ))}
    </span>
  );
}

/** As in a page: a click on the code, or on the number of the line, goes to where it ran, in this call. */
function goTo({ target }: MouseEvent, line: number, position: number | undefined): void {
  const number = target instanceof Element && target.closest(".number");
  if (!number && target instanceof Element && target.closest("a, button, summary")) return;
  if (!number && window.getSelection()?.isCollapsed === false) return; // the click ended a selection
  if (position !== undefined) jumpTo(position);
  else if (number) say(`Line ${line} did not run in this call.`);
}

const outdented = new WeakMap<Token[], Map<number, Token[]>>();

/** The tokens of a line without so much of its indentation; the same array for the same line. */
function withoutIndent(tokens: Token[], columns: number): Token[] {
  let known = outdented.get(tokens);
  if (!known) outdented.set(tokens, (known = new Map()));
  let found = known.get(columns);
  if (!found) {
    const [first, ...rest] = tokens;
    const text = first?.text ?? "";
    const space = /^ */.exec(text)![0].length;
    found = first ? [{ ...first, text: text.slice(Math.min(space, columns)) }, ...rest] : tokens;
    known.set(columns, found);
  }
  return found;
}
