import { useEffect, useState } from "react";
import type { Block } from "../../logic/document";

/** A line takes at least so many pixels. */
const LEAST = 20;
/** What is drawn at once before and after the lines that the reader is led to, in heights of the window. */
const BEFORE = 0.4;
const AFTER = 1;
/** Blocks drawn in one go, when the browser has nothing else to do. */
const AT_ONCE = 4;

/**
 * Which blocks of a page are drawn: those around these lines at once, and the others by and by. Until then they are as high
 * as the browser takes blocks out of sight to be, so that nothing moves. A block that was drawn stays so. What is folded
 * away takes no room, so what comes behind it is in sight, too. The first of all are those that a page opens with.
 */
export function useDrawn(blocks: Block[], lines: number[], isFolded: (block: Block) => boolean) {
  const [first] = useState(() => new WeakSet(around(blocks, lines, isFolded)));
  const [drawn] = useState(() => new WeakSet<Block>());
  const [, setTimes] = useState(0);
  for (const block of around(blocks, lines, isFolded)) drawn.add(block);
  const rest = blocks.filter((block) => !drawn.has(block));
  useEffect(() => {
    if (rest.length === 0) return undefined;
    return whenIdle(() => {
      for (const block of rest.slice(0, AT_ONCE)) drawn.add(block);
      setTimes((times) => times + 1);
    });
  });
  return { isDrawn: (block: Block) => drawn.has(block), isFirst: (block: Block) => first.has(block) };
}

/** The blocks that hold these lines, or come before or after them so closely that they may be in sight with them. */
function around(blocks: Block[], lines: number[], isFolded: (block: Block) => boolean): Block[] {
  const found = new Set<number>();
  /** Add blocks from one on, forwards or backwards, as long as there is room for them. */
  const add = (from: number, by: 1 | -1, room: number) => {
    for (let i = from; i >= 0 && i < blocks.length && room > 0; i += by) {
      if (isFolded(blocks[i])) continue;
      found.add(i);
      room -= leastHeight(blocks[i]);
    }
  };
  const [before, after] = [BEFORE * window.innerHeight, AFTER * window.innerHeight];
  for (const line of lines.length > 0 ? lines : [0]) {
    const at = Math.max(
      blocks.findLastIndex((block) => block.line <= line),
      0,
    );
    add(at, 1, after);
    add(at - 1, -1, before);
  }
  return [...found].map((index) => blocks[index]);
}

function leastHeight({ items }: Block): number {
  return items.reduce((sum, { kind }) => (kind === "gap" ? sum : sum + LEAST), 0);
}

/** Longest that a block waits for an idle moment. */
const LATEST_MS = 200;

function whenIdle(callback: () => void): () => void {
  if (typeof requestIdleCallback !== "function") {
    const timer = setTimeout(callback, 50);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(callback, { timeout: LATEST_MS });
  return () => cancelIdleCallback(handle);
}
