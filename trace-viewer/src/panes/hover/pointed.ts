/** Which character of the source lies under a point of the window, and where a stretch of it lies on the page. */

export interface Pointed {
  /** The code of one line. */
  source: HTMLElement;
  line: number;
  /** UTF-16, from 0. */
  column: number;
  /** A name could be here: a letter, outside of strings, comments and keywords. */
  word: boolean;
}

/** What stands behind a line, and is not part of it. */
const BESIDE = ".more-turns, .called-values";

/** Tokens that no name is in. */
const NO_NAME = "tok-keyword tok-string tok-comment tok-number tok-bool tok-operator tok-escape".split(" ");

export function pointedAt(x: number, y: number): Pointed | null {
  const [node, offset] = caretAt(x, y);
  if (!(node instanceof Text)) return null;
  const source = node.parentElement?.closest<HTMLElement>("[data-source]");
  const parent = node.parentElement;
  if (!source || !parent || parent.closest(BESIDE)) return null;
  const at = [offset, offset - 1].find((each) => isUnder(node, each, x, y));
  if (at === undefined) return null;
  const word = /[\p{L}\p{N}_]/u.test(node.data.charAt(at)) && !NO_NAME.some((cls) => parent.classList.contains(cls));
  return {
    source,
    line: Number(source.dataset.source),
    column: leftOut(source) + columnsBefore(source, node) + at,
    word,
  };
}

/** The part of a line's code between two columns; null if the page does not show it. */
export function rangeOf(source: HTMLElement, from: number, to: number): Range | null {
  const range = document.createRange();
  let [column, begun] = [leftOut(source), false];
  for (const node of textsOf(source)) {
    const end = column + node.length;
    if (!begun && from < end) {
      range.setStart(node, Math.max(0, from - column));
      begun = true;
    }
    if (begun && to <= end) {
      range.setEnd(node, to - column);
      return range;
    }
    column = end;
  }
  return null;
}

/** Columns at the beginning of a line that are not shown. */
function leftOut({ dataset }: HTMLElement): number {
  return Number(dataset.outdent ?? 0);
}

function caretAt(x: number, y: number): [Node | null, number] {
  if (document.caretPositionFromPoint) {
    const caret = document.caretPositionFromPoint(x, y);
    return [caret?.offsetNode ?? null, caret?.offset ?? 0];
  }
  const range = document.caretRangeFromPoint?.(x, y); // Safari
  return [range?.startContainer ?? null, range?.startOffset ?? 0];
}

/** A caret is between two characters, and the nearest one even to a point far behind the line. */
function isUnder(node: Text, at: number, x: number, y: number): boolean {
  if (at < 0 || at >= node.length) return false;
  const range = document.createRange();
  range.setStart(node, at);
  range.setEnd(node, at + 1);
  return [...range.getClientRects()].some((box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom);
}

function columnsBefore(source: HTMLElement, node: Text): number {
  let columns = 0;
  for (const text of textsOf(source)) {
    if (text === node) break;
    columns += text.length;
  }
  return columns;
}

function* textsOf(source: HTMLElement): Generator<Text> {
  const walker = document.createTreeWalker(source, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement?.closest(BESIDE)) yield node as Text;
  }
}
