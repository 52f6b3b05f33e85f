import { memo, useState, type ReactNode } from "react";
import { CodeTokens } from "../../code/CodeTokens";
import type { LineTokens } from "../../code/highlight";
import type { Output, Target } from "../../format/generated";
import type { Block, CodeItem, FoldItem, Item, OutputItem } from "../../logic/document";
import type { Heat } from "../../logic/heat";
import type { Lecture } from "../../logic/lecture";
import { OutputView } from "../../outputs/OutputView";
import { peekAt } from "../../state/actions";
import { placeOf } from "../../state/in-place";
import { usePrinting } from "../../theme/printing";
import { visible } from "../../values/escape";
import { Guard } from "../../widgets/Guard";
import { CallControl, CallSlot, type CallingLines } from "./CallControl";
import { noteCurrent } from "./currentRow";
import { cutTokens } from "./cutTokens";
import { FailureView } from "./FailureView";
import { outputItems, type Mark, type Remark } from "./FilePage";

/** What all blocks of a page are drawn from: the same object until one of these changes. */
export interface Drawing {
  lecture: Lecture;
  /** Of the whole file, by line. */
  tokens: LineTokens;
  notes: boolean;
  notices: Map<number, Remark[]>;
  /** What to say of the turns that were not recorded, by line. */
  more: Map<number, string>;
  failure: { line: number; failure: number } | null;
  /** What the lines of the file cost; null while costs are not shown. */
  heat: Map<number, Heat> | null;
  /** The statements of the file that called recorded code, by line. */
  calling: CallingLines;
  base: string;
}

interface Props {
  block: Block;
  /** Whether it is its turn to be drawn: until then it is empty. */
  drawn: boolean;
  /** The page opens with it. */
  first: boolean;
  drawing: Drawing;
  /** Those that touch this block. */
  marks: Mark[];
  /** For each output item, in order: twice the step whose outputs it shows, plus one when they are there yet. */
  shown: number[];
}

/** About 32 lines. It is looked at again only when a mark enters or leaves it, or an output in it takes another turn. */
export const BlockView = memo(
  function BlockView(props: Props) {
    const { block, drawn, first } = props;
    const style = { "--rows": rowsOf(block) };
    return (
      <div className="block" data-first={first || undefined} style={style}>
        {drawn && <Items {...props} items={block.items} />}
      </div>
    );
  },
  (before, after) =>
    before.block === after.block &&
    before.drawn === after.drawn &&
    before.drawing === after.drawing &&
    before.shown.length === after.shown.length &&
    before.shown.every((execution, index) => execution === after.shown[index]) &&
    before.marks.length === after.marks.length &&
    before.marks.every(({ kind, line }, index) => kind === after.marks[index].kind && line === after.marks[index].line),
);

/** What a block is about as high as, in lines of code: outputs are a few lines, mostly. */
const ROWS: Record<Item["kind"], number> = { code: 1, output: 2.5, gap: 0.5, fold: 2 };

function rowsOf({ items }: Block): number {
  return items.reduce(
    (sum, item) => sum + ROWS[item.kind] + (item.kind === "output" && !item.replaces ? item.code.length : 0),
    0,
  );
}

/** Each item is given what it shows and no more, so that of a block only the lines are drawn again that changed. */
function Items({ items, block, drawing, marks, shown }: Omit<Props, "drawn" | "first"> & { items: Item[] }) {
  const order = outputItems(block.items);
  return items.map((item) => {
    switch (item.kind) {
      case "gap":
        return <div key={item.line} className="gap" />;
      case "fold":
        return (
          <FoldView key={item.line} item={item}>
            <Items items={item.items} block={block} drawing={drawing} marks={marks} shown={shown} />
          </FoldView>
        );
      case "code":
        return <CodeView key={item.line} item={item} mark={markOf(marks, item.line)} drawing={drawing} />;
      case "output":
        return (
          <ShowingView
            key={item.line}
            item={item}
            mark={markOf(marks, item.line, item.endLine)}
            execution={shown[order.indexOf(item)] ?? -1}
            drawing={drawing}
          />
        );
    }
  });
}

interface ItemProps {
  mark: Mark["kind"] | undefined;
  drawing: Drawing;
}

/** What marks a line: being current counts more than having called. */
function markOf(marks: Mark[], line: number, endLine = line): Mark["kind"] | undefined {
  return marks.find((mark) => mark.line <= endLine && line <= mark.endLine)?.kind;
}

function isCurrent(mark: Mark["kind"] | undefined): boolean {
  return mark !== undefined && mark !== "caller" && mark !== "looked";
}

interface RowProps {
  line: number;
  mark: Mark["kind"] | undefined;
  className: string;
  heat: Heat | undefined;
  children: ReactNode;
}

function Row({ line, mark, className, heat, children }: RowProps) {
  const current = isCurrent(mark);
  return (
    <div
      ref={current ? noteCurrent : undefined}
      className={`row ${className}`}
      data-line={line}
      data-mark={mark}
      aria-current={current ? "step" : undefined}
    >
      <button type="button" className="number" tabIndex={-1} aria-label={`Go to line ${line}`}>
        {line}
      </button>
      {heat && <CostCell line={line} heat={heat} reachable={current} />}
      {children}
    </div>
  );
}

/** How much a line cost. The keyboard reaches that of the current line; the card beside it is `CostCard`'s. */
function CostCell({ line, heat: { share, text, label }, reachable }: { line: number; heat: Heat; reachable: boolean }) {
  return (
    <button
      type="button"
      className="cost"
      tabIndex={reachable ? 0 : -1}
      aria-label={`Line ${line} cost ${label}`}
      style={{ "--share": share.toFixed(3) }}
    >
      <span>{text}</span>
    </button>
  );
}

const CodeView = memo(function CodeView({ item, mark, drawing }: ItemProps & { item: CodeItem }) {
  const { line } = item;
  const state = item.unreached ? "unreached" : item.hidden ? "kept-out" : item.indent === 0 ? "outermost" : "";
  return (
    <>
      <Row line={line} mark={mark} className={`is-code ${state}`} heat={drawing.heat?.get(line)}>
        <Source item={item} drawing={drawing} more={drawing.more.get(line)} current={isCurrent(mark)} />
      </Row>
      {below(drawing, line)}
    </>
  );
});

interface SourceProps {
  item: CodeItem;
  drawing: Drawing;
  more?: string | undefined;
  current: boolean;
}

function Source({ item, drawing: { tokens, calling }, more, current }: SourceProps) {
  const pieces = tokens(item.line);
  const calls = calling.begins.get(item.line); // the statement that begins here, if it called recorded code
  return (
    <code className="source" data-source={item.line} style={{ "--hang": Math.min(item.indent + 4, 16) }}>
      <CodeTokens tokens={item.cuts.length > 0 ? cutTokens(pieces, item.cuts) : pieces} />
      {calls !== undefined && <CallControl place={placeOf(calls)} line={item.line} reachable={current} />}
      {more && <MoreTurns words={more} />}
    </code>
  );
}

const ShowingView = memo(function ShowingView({
  item,
  mark,
  execution,
  drawing,
}: ItemProps & { item: OutputItem; execution: number }) {
  const { lecture, notes, more, heat, base } = drawing;
  const { line, endLine } = item;
  const showed = lecture.outputs.ofStep(execution >> 1);
  const outputs = showed.filter(({ kind }) => notes || kind !== "note");
  const code = !item.replaces || showed.length === 0;
  return (
    <>
      {(outputs.length > 0 || code) && (
        <Row line={line} mark={mark} className={code ? "is-output with-code" : "is-output"} heat={heat?.get(line)}>
          <div className="shown" style={{ "--indent": Math.min(item.indent, 12) }}>
            {code &&
              item.code.map((each) => (
                <Source key={each.line} item={each} drawing={drawing} current={isCurrent(mark)} />
              ))}
            {outputs.length > 0 && (
              <div className="outputs" data-waiting={execution % 2 === 0 || undefined}>
                {outputs.map((output, index) => (
                  // The outputs of a step never change their order.
                  // oxlint-disable-next-line react/no-array-index-key
                  <GuardedOutput key={index} output={output} base={base} />
                ))}
              </div>
            )}
            {more.has(endLine) && <MoreTurns words={more.get(endLine)!} />}
          </div>
        </Row>
      )}
      {below(drawing, line, endLine)}
    </>
  );
});

/** Beside a line that went on running when enough of its turns had been recorded. */
function MoreTurns({ words }: { words: string }) {
  return (
    <span
      className="more-turns"
      title="The run recorded no more than --max-visits turns of a line, and counted the rest"
    >
      … {words}
    </span>
  );
}

const GuardedOutput = memo(function GuardedOutput({ output, base }: { output: Output; base: string }) {
  return (
    <Guard what="This output" watch={output}>
      <OutputView output={output} base={base} onTarget={lookAt} />
    </Guard>
  );
});

function lookAt({ file, line }: Target): void {
  peekAt(file, line);
}

function FoldView({ item, children }: { item: FoldItem; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  if (usePrinting()) return null; // FilePage puts it at the end
  return (
    <>
      <button type="button" className="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        Imports and names, lines {item.line}–{item.endLine}
      </button>
      {open && children}
    </>
  );
}

/** Below a line: what the author should know about it, how the run ended there, and what it called, if that is open. */
function below({ lecture, notices, failure, calling, base }: Drawing, line: number, endLine = line): ReactNode {
  const said: Remark[] = [];
  for (let at = line; at <= endLine; at++) said.push(...(notices.get(at) ?? []));
  const failed = failure !== null && line <= failure.line && failure.line <= endLine;
  const statement = calling.ends.get(endLine);
  if (said.length === 0 && !failed && statement === undefined) return null;
  return (
    <>
      {said.map(({ category, message }) => (
        <p key={`${category} ${message}`} className="notice">
          {category && <strong>{visible(category)}: </strong>}
          {message.split("\n").map(visible).join("\n")}
        </p>
      ))}
      {failed && <FailureView failure={lecture.trace.failures[failure.failure]} />}
      {statement !== undefined && <CallSlot statement={statement} base={base} />}
    </>
  );
}
