/** So long at a time, then the page may answer to keys. */
const SLICE_MS = 6;

/** Run work that yields how much of it is done, a little at a time. Fails with the signal's reason when it is aborted. */
export async function inSlices<T>(
  work: Generator<number, T>,
  signal: AbortSignal,
  progress: (share: number) => void = () => undefined,
): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS;
    let next = work.next();
    while (!next.done && performance.now() < until) next = work.next();
    if (next.done) return next.value;
    progress(next.value);
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}
