import { useMemo, useState } from "react";
import type { Trace } from "../../format/generated";
import { layOut, rowsInSlice, sliceOf, type Layout } from "../../logic/kernel-sheets";
import { boxOf } from "../../logic/kernel-tiles";
import { count, programWords } from "../../logic/kernel-words";
import { writerAt, writersOf } from "../../logic/kernel-writers";
import { visible } from "../../values/escape";
import { useWidth } from "../../widgets/useWidth";
import { timesWords } from "./Counts";
import { elementText, samplesOf } from "./samples";
import { SheetView, type Cursor } from "./SheetView";
import { type DrawnArray, type KernelNow, type LaunchFacts } from "./useKernel";

/** Whose writing is shown below the tiles. */
export type Scope = "program" | "soFar" | "launch";

const SCOPES: Record<Scope, string> = {
  program: "this program",
  soFar: "all so far",
  launch: "the whole launch",
};

/** What the reader chose last, in any kernel: the pane comes and goes with the steps. */
let lastScope: Scope = "program";

/** How high the picture of a few arrays may be; of more it is higher, so that each can still be seen. */
const [HIGHEST, FEW, EACH_MORE] = [460, 6, 90];
const NONE = new Int32Array();

/** The arrays of the kernel to scale, with the tiles of this step, and those before them. */
export function Sheets(now: KernelNow) {
  return now.facts.arrays.length > 0 ? <Drawn {...now} /> : <p className="nothing">This kernel was given no array.</p>;
}

function Drawn(now: KernelNow) {
  const { lecture, kernels, facts, program, position } = now;
  const { trace } = lecture;
  const [box, width] = useWidth();
  const [scope, setScope] = useState(lastScope);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  const layout = useMemo(() => layoutOf(facts, trace, width), [facts, trace, width]);

  const shown: Scope = program < 0 && scope === "program" ? "soFar" : scope;
  const reading = cursor && facts.arrays.find(({ array }) => array === cursor.array);
  const sheets = facts.arrays.map((drawn) => {
    const tiles = program < 0 ? NONE : kernels.tiles(program, drawn.array);
    const present = now.now.filter(
      (row) => trace.accesses.array[row] === drawn.array && trace.accesses.region[row] >= 0,
    );
    const latest = present.at(-1) ?? kernels.before(tiles, position).at(-1);
    const slice = latest === undefined ? drawn.plane.leading.map(() => 0) : sliceOf(boxOf(trace, latest)!);
    const before = kernels.before(rowsInSlice(trace, tiles, slice), position);
    return { drawn, slice, present: rowsInSlice(trace, present, slice), before };
  });
  const read = reading && sheets.find(({ drawn }) => drawn === reading);

  return (
    <div className="kernel-sheets-part">
      <div ref={box} className="kernel-sheets" style={{ height: layout.height }}>
        {width > 0 &&
          sheets.map(({ drawn, slice, present, before }, i) => (
            <SheetView
              key={drawn.array}
              lecture={lecture}
              kernels={kernels}
              facts={facts}
              drawn={drawn}
              placed={layout.sheets[i]}
              slice={slice}
              present={present}
              before={before}
              scope={shown}
              position={position}
              cursor={cursor?.array === drawn.array ? cursor : null}
              onCursor={setCursor}
            />
          ))}
      </div>
      <p className="kernel-reading" aria-live="polite">
        {cursor && read ? readingWords(now, read.drawn, read.slice, cursor, shown) : "Point at an element to read it."}
      </p>
      <div className="kernel-scope">
        <span className="kernel-small" id="kernel-scope">
          Written by
        </span>
        <div className="segments" role="group" aria-labelledby="kernel-scope">
          {(Object.keys(SCOPES) as Scope[]).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === shown}
              disabled={each === "program" && program < 0}
              onClick={() => setScope((lastScope = each))}
            >
              {SCOPES[each]}
            </button>
          ))}
        </div>
      </div>
      {facts.more > 0 && <p className="nothing">{count(facts.more)} more arrays are not drawn.</p>}
    </div>
  );
}

/** `a_ptr[3, 7] = −0.42, written by program (1, 0)` */
function readingWords(
  { lecture, kernels, position }: KernelNow,
  { array, plane, traffic }: DrawnArray,
  slice: number[],
  { row, column }: Cursor,
  scope: Scope,
): string {
  const { trace } = lecture;
  const own = trace.arrays[array];
  const index = own.shape.length === 0 ? [] : own.shape.length === 1 ? [column] : [...slice, row, column];
  const name = `${visible(own.name.slice(0, 40))}[${index.join(", ")}]`;
  const access = writerAt(writersOf(lecture, array, slice), plane, row, column);
  const isWritten = access >= 0 && (scope === "launch" || kernels.known[access] <= position);
  const writer = isWritten ? kernels.program[access] : -1;
  const written = writer >= 0 ? `, written by ${programWords(trace, writer).replace("Program", "program")}` : "";
  if (traffic.loaded === 0 && traffic.stored > 0) return name + (written || ", written by no program yet");
  const samples = samplesOf(trace, own, plane, slice);
  const text = samples && elementText(samples, row, column);
  const value = text === null ? ": not in the record" : isWritten ? `, ${text} before the launch` : ` = ${text}`;
  return name + value + written;
}

function layoutOf({ arrays, product }: LaunchFacts, trace: Trace, width: number): Layout {
  const captions = arrays.map((drawn) => captionOf(trace, drawn, drawn.plane.leading));
  const height = LINE * Math.max(...captions.map(({ length }) => length)) + BELOW_CAPTION;
  const sheets = arrays.map(({ plane: { rows, columns }, below, beside }, i) => {
    const [name, ...lines] = captions[i];
    const wide = Math.max(name.length * CODE_LETTER, ...lines.map(({ length }) => length * LETTER));
    return { rows, columns, isVector: rows === 1, below, beside, caption: { width: wide, height } };
  });
  const more = Math.max(arrays.length - FEW, 0);
  return layOut(sheets, { width, height: HIGHEST + more * EACH_MORE }, product);
}

/** What stands above an array: its name, the size of what is drawn, which slice that is, how often each byte was read. */
export function captionOf(trace: Trace, { array, plane, traffic }: DrawnArray, slice: readonly number[]): string[] {
  const { name, shape } = trace.arrays[array];
  const times = traffic.loaded > 0 && traffic.distinct ? [`read ${timesWords(traffic)}`] : [];
  const which = plane.leading.length > 0 ? [`slice [${slice.slice(0, 8).map(count).join(", ")}]`] : [];
  return [name.slice(0, 40), shape.slice(-2).map(count).join(" × ") || "one number", ...which, ...times];
}

/** About as wide as a letter is, of a name and of what stands below it; as high as a line; and the gap below. In pixels. */
const [CODE_LETTER, LETTER, LINE, BELOW_CAPTION] = [7.3, 6, 15, 6];
