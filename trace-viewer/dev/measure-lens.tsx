/** The page that `measure-lens.mjs` opens: draws the lens on fresh arrays, and tells how long the script ran each time. */
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import type { Tensor } from "../src/format/generated";
import "../src/theme/index.css";
import { Named } from "../src/values/kept";
import { Lens } from "../src/values/tensor/Lens";
import "../src/values/values.css";

const TURNS = 30;

/** The largest array whose every element a trace may hold, as it comes out of JSON. */
function tensor(turn: number): Tensor {
  const elements = Array.from({ length: 65_536 }, (_, i) => Number(Math.sin(i * 0.37 + turn).toPrecision(8)));
  elements[turn] = "nan" as unknown as number;
  return JSON.parse(
    JSON.stringify({
      kind: "tensor",
      type: "torch.Tensor",
      dtype: "float32",
      device: "cpu",
      shape: [4, 128, 128],
      strides: [16_384, 128, 1],
      storage: { id: 1, bytes: 262_144, offset: 0 },
      elements,
    }),
  ) as Tensor;
}

const tensors = Array.from({ length: TURNS + 1 }, (_, turn) => tensor(turn));
const root = createRoot(document.getElementById("root") as HTMLElement);

function timed(work: () => void): number {
  const start = performance.now();
  flushSync(work);
  return performance.now() - start;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 30));

async function measure(): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = { opened: [], "stepped to the next": [], "with histogram and bits": [] };
  for (let turn = 0; turn < TURNS; turn++) {
    flushSync(() => root.render(null));
    await pause();
    times.opened.push(timed(() => root.render(<Lens tensor={tensors[turn]} />)));
    await pause();
    const next = JSON.parse(JSON.stringify(tensors[turn + 1])) as Tensor;
    times["stepped to the next"].push(timed(() => root.render(<Lens tensor={next} before={tensors[turn]} />)));
    await pause();
  }
  const drawn = (tensor: Tensor) => (
    <Named id="x">
      <Lens tensor={tensor} />
    </Named>
  );
  flushSync(() => root.render(drawn(tensors[0])));
  for (const button of document.querySelectorAll<HTMLButtonElement>(".lens-disclosure"))
    if (/histogram|bits/.test(button.textContent)) button.click();
  await pause();
  for (let turn = 0; turn < TURNS; turn++) {
    const fresh = JSON.parse(JSON.stringify(tensors[turn])) as Tensor;
    times["with histogram and bits"].push(timed(() => root.render(drawn(fresh))));
    await pause();
  }
  return times;
}

declare global {
  interface Window {
    measured?: Promise<Record<string, number[]>>;
  }
}

window.measured = measure();
