import { memo } from "react";
import { timesRead, type ArrayTraffic } from "../../logic/kernel-reuse";
import { count } from "../../logic/kernel-words";
import { KINDS, tally, type Kind, type Tallies } from "../../logic/kernels";
import { bytes as written, plain } from "../../logic/units";
import type { Lecture } from "../../logic/lecture";
import { visible } from "../../values/escape";
import type { KernelNow, LaunchFacts } from "./useKernel";

const NAMES: Record<Kind, string> = { load: "Loads", store: "Stores", atomic: "Atomics" };

interface Props extends KernelNow {
  isOpen: boolean;
  onOpen: (isOpen: boolean) => void;
}

/** What was moved, in a line; open, by this step, this program so far and the whole launch, and how often each byte was read. */
export function Counts({ isOpen, onOpen, ...kernel }: Props) {
  const { kernels, facts, program, lecture, now } = kernel;
  const total = kernels.total(facts.launch);
  return (
    <div className="kernel-counts">
      <details open={isOpen} onToggle={({ currentTarget }) => onOpen(currentTarget.open)}>
        <summary className="kernel-moved">
          Moved{" "}
          {program >= 0 && (
            <>
              <strong>{written(moved(tally(lecture, now)))}</strong> by this step,{" "}
            </>
          )}
          <strong>{written(moved(total))}</strong> in all
        </summary>
        {isOpen && (
          <>
            <Tallied {...kernel} total={total} />
            <Traffic lecture={lecture} traffic={facts.traffic} />
          </>
        )}
      </details>
      {facts.remarks.map((remark) => (
        <p key={remark} className="kernel-note">
          {visible(remark)}
        </p>
      ))}
    </div>
  );
}

/** Bytes: what is added to in place is read and written. */
function moved(tallies: Tallies): number {
  return tallies.reduce((sum, { bytes }, kind) => sum + bytes * (KINDS[kind] === "atomic" ? 2 : 1), 0);
}

function Tallied({ lecture, kernels, facts, program, position, now, total }: KernelNow & { total: Tallies }) {
  const isAtomic = total[2].accesses > 0;
  return (
    <table className="kernel-table">
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">What moved</span>
          </th>
          <th scope="col">Accesses</th>
          <th scope="col">Elements</th>
          <th scope="col">Masked</th>
          <th scope="col">Bytes</th>
        </tr>
      </thead>
      {program >= 0 && (
        <>
          <Rows title="This step" tallies={tally(lecture, now)} isAtomic={isAtomic} />
          <Rows title="This program so far" tallies={kernels.sum(program, position)} isAtomic={isAtomic} />
        </>
      )}
      <Rows title={launchTitle(facts)} tallies={total} isAtomic={isAtomic} />
    </table>
  );
}

function launchTitle({ programs, grid }: LaunchFacts): string {
  const all = grid[0] * grid[1] * grid[2];
  return programs.length < all
    ? `The launch: ${count(programs.length)} recorded of ${count(all)} programs`
    : "The whole launch";
}

function Rows({ title, tallies, isAtomic }: { title: string; tallies: Tallies; isAtomic: boolean }) {
  return (
    <tbody>
      <tr className="kernel-part">
        <th scope="rowgroup" colSpan={5}>
          {title}
        </th>
      </tr>
      {KINDS.slice(0, isAtomic ? 3 : 2).map((kind, i) => {
        const { accesses, elements, masked, bytes } = tallies[i];
        return (
          <tr key={kind} data-none={accesses === 0 || undefined}>
            <th scope="row">{NAMES[kind]}</th>
            <td>{count(accesses)}</td>
            <td>{count(elements)}</td>
            <td>{count(masked)}</td>
            <td>{written(bytes)}</td>
          </tr>
        );
      })}
    </tbody>
  );
}

const MOST_ARRAYS = 50;

interface TrafficProps {
  lecture: Lecture;
  traffic: ArrayTraffic[];
}

/** By array; the number that tiling is there to bring down stands out. */
const Traffic = memo(function Traffic({ lecture, traffic }: TrafficProps) {
  const { arrays } = lecture.trace;
  return (
    <table className="kernel-table">
      <thead>
        <tr>
          <th scope="col">Array</th>
          <th scope="col">Loaded</th>
          <th scope="col">Stored</th>
          <th scope="col">Each byte read</th>
        </tr>
      </thead>
      <tbody>
        {traffic.slice(0, MOST_ARRAYS).map((own) => (
          <tr key={own.array}>
            <th scope="row">
              <code>{visible(arrays[own.array].name.slice(0, 40))}</code>
            </th>
            <td>{own.loaded > 0 ? written(own.loaded) : "–"}</td>
            <td>{own.stored > 0 ? written(own.stored) : "–"}</td>
            <td className="kernel-times">{timesWords(own)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});

/** `4 ×`, or `≥ 4 ×` where it may be more. */
export function timesWords(traffic: ArrayTraffic): string {
  const times = timesRead(traffic);
  if (times === null) return traffic.loaded > 0 ? "not worked out" : "–";
  return `${traffic.isBound ? "≥ " : ""}${plain(times)} ×`;
}
