import { useEffect, useState } from "react";

/** A page that nobody sees has no frames: there the next one counts as painted after so long. */
const UNSEEN_MS = 100;

const waiting = new Set<() => void>();
let frame = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const { port1, port2 } = new MessageChannel(); // a message that is sent in a frame comes when that is painted
port1.addEventListener("message", () => {
  timer = undefined;
  const due = [...waiting];
  waiting.clear();
  for (const work of due) work();
});
port1.start();

/** Do something when the next frame is on the screen. Returns what stops it. */
export function afterPaint(work: () => void): () => void {
  waiting.add(work);
  if (timer === undefined) {
    const painted = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      port2.postMessage(null);
    };
    frame = requestAnimationFrame(painted);
    timer = setTimeout(painted, UNSEEN_MS);
  }
  return () => waiting.delete(work);
}

/** Whether this has been on the screen for a frame. What is drawn only then must move nothing: its room is there before. */
export function usePainted(): boolean {
  const [painted, setPainted] = useState(false);
  useEffect(() => (painted ? undefined : afterPaint(() => setPainted(true))), [painted]);
  return painted;
}

/** A value, and, when it changes, the one before until the new one's frame is on the screen. */
export function useLater<T>(value: T): T {
  const [shown, setShown] = useState(value);
  useEffect(() => (shown === value ? undefined : afterPaint(() => setShown(() => value))), [shown, value]);
  return shown;
}
