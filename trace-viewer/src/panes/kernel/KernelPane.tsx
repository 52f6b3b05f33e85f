import "./kernel.css";
import { useEffect, useRef, useState } from "react";
import { accessWords, count, placeWords, programWords } from "../../logic/kernel-words";
import { KINDS, bytesOf } from "../../logic/kernels";
import { bytes as written } from "../../logic/units";
import { jumpTo } from "../../state/actions";
import { useStore } from "../../state/store";
import { visible } from "../../values/escape";
import { Guard } from "../../widgets/Guard";
import { useOnTop } from "../../widgets/useOnTop";
import { Counts } from "./Counts";
import { Grid } from "./Grid";
import { KindMark, KindPatterns } from "./marks";
import { Sheets } from "./Sheets";
import { useKernel, type KernelNow } from "./useKernel";

/** Work out, ahead of the first step into a kernel, what grows with the trace. */
export { prepareKernels as prepare } from "./useKernel";

/** So many accesses of one step are told one by one. */
const MOST_TOLD = 8;

/** Inside a kernel: its grid, the tiles of each array that this program touches, and what all of it moves. */
export default function KernelPane() {
  const now = useKernel();
  const pane = useRef<HTMLElement>(null);
  const [isCounted, setCounted] = useState(false); // kept while the reader steps in and out of kernels
  useOnTop(pane, now !== null);
  if (!now) return null;
  const { facts } = now;
  return (
    <section ref={pane} className="kernel" data-keeps aria-label="Kernel">
      <KindPatterns />
      <Guard what="This kernel" watch={facts.launch}>
        <div className="kernel-top">
          <Head {...now} />
          <Grid {...now} />
        </div>
        <Step {...now} />
        <Sheets {...now} />
        <Counts {...now} isOpen={isCounted} onOpen={setCounted} />
        <Told {...now} />
      </Guard>
    </section>
  );
}

function Head({ lecture, facts, program }: KernelNow) {
  const { trace, positions } = lecture;
  const { grid, programs, kernel, launch } = facts;
  const step = trace.launches.step[launch];
  const all = grid[0] * grid[1] * grid[2];
  return (
    <header className="kernel-head">
      <h2 className="side-title">Kernel</h2>
      <p className="kernel-place">{program < 0 ? "Launched here" : programWords(trace, program)}</p>
      <p className="kernel-name">
        <code>{visible(kernel.slice(0, 80))}</code>
      </p>
      <p className="kernel-note">
        {grid.every((size) => size > 0)
          ? `of ${placeWords(grid, grid)
              .replace(/^\(|\)$/g, "")
              .replaceAll(", ", " × ")} programs${programs.length < all ? `, ${count(programs.length)} recorded` : ""}`
          : "A grid without programs: nothing ran"}
        {program >= 0 && step >= 0 && (
          <>
            <br />
            <button type="button" className="text-button" onClick={() => jumpTo(positions.entry[step])}>
              launched by line {lecture.placeOf(step).line}
            </button>
          </>
        )}
      </p>
    </header>
  );
}

/** What this step did, in words that are also the legend of the picture. */
function Step({ lecture: { trace }, kernels, now, program }: KernelNow) {
  if (program < 0) return null;
  const { kind, beyond } = trace.accesses;
  return (
    <ul className="kernel-step" aria-label="This step">
      <li className="kernel-program">{programWords(trace, program)}</li>
      {now.length === 0 && <li className="nothing">This line touches no memory.</li>}
      {Array.from(now.subarray(0, MOST_TOLD), (access) => (
        <li key={access} data-wrong={beyond[access] > 0 || undefined}>
          <KindMark kind={KINDS[kind[access]]} />
          <span>
            {visible(accessWords(trace, kernels.shapes, access))}{" "}
            <span className="kernel-small">{written(bytesOf(trace, access))}</span>
          </span>
        </li>
      ))}
      {now.length > MOST_TOLD && <li className="nothing">and {count(now.length - MOST_TOLD)} more</li>}
    </ul>
  );
}

/** A key held down steps many times a second: only where it stops is told. */
const PAUSE_MS = 300;

/** The same for who does not see the picture. */
function Told({ lecture: { trace }, kernels, now, program }: KernelNow) {
  const playing = useStore((state) => state.playing);
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => {
      const did = Array.from(now.subarray(0, MOST_TOLD), (access) => accessWords(trace, kernels.shapes, access));
      setWords(program < 0 || did.length === 0 ? "" : `${programWords(trace, program)}: ${did.join("; ")}`);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [trace, kernels, now, program]);
  return (
    <p className="visually-hidden" aria-live={playing ? "off" : "polite"} aria-atomic="true">
      {visible(words)}
    </p>
  );
}
