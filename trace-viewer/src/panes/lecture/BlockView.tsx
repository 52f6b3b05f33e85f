import { memo, useState, type ReactNode } from "react";
import { CodeTokens } from "../../code/CodeTokens";
import type { LineTokens } from "../../code/highlight";
import type { Output, Target } from "../../format/generated";
import type { Block, CodeItem, Item, OutputItem } from "../../logic/document";
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

interface Props {
  block: Block;
  /** Whether it is its turn to be drawn: until then it is empty. */
  drawn: boolean;
  lecture: Lecture;
  /** Of the whole file, by line. */
  tokens: LineTokens;
  /** Those that touch this block. */
  marks: Mark[];
  /** For each output item, in order: twice the step whose outputs it shows, plus one when they are there yet. */
  shown: number[];
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

/** About 32 lines. It is drawn again only when a mark enters or leaves it, or an output in it takes another turn. */
export const BlockView = memo(
  function BlockView(props: Props) {
    const { block, drawn, shown } = props;
    const style = { "--rows": rowsOf(block) };
    if (!drawn) return <div className="block" style={style} />;
    const order = new Map(outputItems(block.items).map((item, index) => [item, shown[index]]));
    return (
      <div className="block" style={style}>
        {block.items.map((item) => (
          <ItemView key={item.line} item={item} order={order} {...props} />
        ))}
      </div>
    );
  },
  (before, after) =>
    before.block === after.block &&
    before.drawn === after.drawn &&
    before.lecture === after.lecture &&
    before.tokens === after.tokens &&
    before.notes === after.notes &&
    before.heat === after.heat &&
    before.base === after.base &&
    same(before.shown, after.shown) &&
    same(
      before.marks.map(({ kind, line }) => `${kind} ${line}`),
      after.marks.map(({ kind, line }) => `${kind} ${line}`),
    ),
);

/** What a block is about as high as, in lines of code: outputs are a few lines, mostly. */
const ROWS: Record<Item["kind"], number> = { code: 1, output: 2.5, gap: 0.5, fold: 2 };

function rowsOf({ items }: Block): number {
  return items.reduce(
    (sum, item) => sum + ROWS[item.kind] + (item.kind === "output" && !item.replaces ? item.code.length : 0),
    0,
  );
}

function same(before: unknown[], after: unknown[]): boolean {
  return before.length === after.length && before.every((item, index) => item === after[index]);
}

type ItemProps = Props & { item: Item; order: Map<OutputItem, number> };

function ItemView(props: ItemProps) {
  const { item, marks, tokens, order, more, heat, calling } = props;
  switch (item.kind) {
    case "gap":
      return <div className="gap" />;
    case "fold":
      return <FoldView {...props} item={item} />;
    case "code":
      return (
        <>
          <CodeRow
            item={item}
            tokens={tokens}
            mark={markOf(marks, item.line)}
            more={more.get(item.line)}
            heat={heat?.get(item.line)}
            calls={calling.begins.get(item.line)}
          />
          <Remarks {...props} line={item.line} />
          <CallsBelow {...props} line={item.line} />
        </>
      );
    case "output":
      return (
        <>
          <OutputRow {...props} item={item} execution={order.get(item) ?? -1} />
          <Remarks {...props} line={item.line} endLine={item.endLine} />
          <CallsBelow {...props} line={item.endLine} />
        </>
      );
  }
}

/** What the statement that ends on a line called, where the reader has opened it. */
function CallsBelow({ calling, line, base }: ItemProps & { line: number }) {
  const statement = calling.ends.get(line);
  return statement === undefined ? null : <CallSlot statement={statement} base={base} />;
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

const CodeRow = memo(function CodeRow({
  item,
  tokens,
  mark,
  more,
  heat,
  calls,
}: {
  item: CodeItem;
  tokens: LineTokens;
  mark: RowProps["mark"];
  more: string | undefined;
  heat: Heat | undefined;
  calls: number | undefined;
}) {
  const state = item.unreached ? "unreached" : item.hidden ? "kept-out" : item.indent === 0 ? "outermost" : "";
  return (
    <Row line={item.line} mark={mark} className={`is-code ${state}`} heat={heat}>
      <Source item={item} tokens={tokens} more={more} calls={calls} current={isCurrent(mark)} />
    </Row>
  );
});

interface SourceProps {
  item: CodeItem;
  tokens: LineTokens;
  more?: string | undefined;
  /** The statement that begins here, if it called recorded code. */
  calls?: number | undefined;
  current?: boolean;
}

function Source({ item, tokens, more, calls, current = false }: SourceProps) {
  const pieces = tokens(item.line);
  return (
    <code className="source" data-source={item.line} style={{ "--hang": Math.min(item.indent + 4, 16) }}>
      <CodeTokens tokens={item.cuts.length > 0 ? cutTokens(pieces, item.cuts) : pieces} />
      {calls !== undefined && <CallControl place={placeOf(calls)} line={item.line} reachable={current} />}
      {more && <MoreTurns words={more} />}
    </code>
  );
}

function OutputRow({
  item,
  execution,
  lecture,
  marks,
  tokens,
  notes,
  more,
  heat,
  calling,
  base,
}: ItemProps & { item: OutputItem; execution: number }) {
  const outputs = lecture.outputs.ofStep(execution >> 1).filter(({ kind }) => notes || kind !== "note");
  const mark = markOf(marks, item.line, item.endLine);
  const code = !item.replaces || lecture.outputs.ofStep(execution >> 1).length === 0;
  if (outputs.length === 0 && !code) return null;
  return (
    <Row
      line={item.line}
      mark={mark}
      className={code ? "is-output with-code" : "is-output"}
      heat={heat?.get(item.line)}
    >
      <div className="shown" style={{ "--indent": Math.min(item.indent, 12) }}>
        {code &&
          item.code.map((line) => (
            <Source
              key={line.line}
              item={line}
              tokens={tokens}
              calls={calling.begins.get(line.line)}
              current={isCurrent(mark)}
            />
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
        {more.has(item.endLine) && <MoreTurns words={more.get(item.endLine)!} />}
      </div>
    </Row>
  );
}

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

function FoldView({ item, ...props }: ItemProps & { item: Extract<Item, { kind: "fold" }> }) {
  const [open, setOpen] = useState(false);
  if (usePrinting()) return null; // FilePage puts it at the end
  return (
    <>
      <button type="button" className="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
        Imports and names, lines {item.line}–{item.endLine}
      </button>
      {open && item.items.map((inner) => <ItemView key={inner.line} {...props} item={inner} />)}
    </>
  );
}

/** Below a line: what the author should know about it, and how the run ended there. */
function Remarks({ lecture, notices, failure, line, endLine = line }: ItemProps & { line: number; endLine?: number }) {
  const said = [...notices].filter(([at]) => line <= at && at <= endLine).flatMap(([, messages]) => messages);
  const failed = failure !== null && line <= failure.line && failure.line <= endLine;
  return (
    <>
      {said.map(({ category, message }) => (
        <p key={`${category} ${message}`} className="notice">
          {category && <strong>{visible(category)}: </strong>}
          {message.split("\n").map(visible).join("\n")}
        </p>
      ))}
      {failed && <FailureView failure={lecture.trace.failures[failure.failure]} />}
    </>
  );
}
