/** What a piece of a line is compared with what was there before. */
export type Change = "added" | "changed" | "removed";

/** A piece of a line; `cls` is "" or a class of theme/syntax.css. */
export type Part = { text: string; cls: string; change?: Change };

/** Where a line stood at some moment. */
type Mark = { length: number; last: Part | undefined; room: number; ended: boolean; cut: boolean };

/**
 * Writes a line of at most so many characters. A frugal one keeps the room that is reserved in it for what comes last:
 * whoever writes items one after another looks whether it is `tight` after each, and takes the last one back.
 */
export class LineWriter {
  readonly parts: Part[] = [];
  /** The room is used up: nothing more is written. */
  ended = false;
  /** Something was left out. */
  cut = false;
  /** What is written now was not so before. */
  change: Change | undefined = undefined;
  private room: number;
  private reserved = 0;
  readonly frugal: boolean;

  constructor(room: number, frugal: boolean) {
    this.room = room;
    this.frugal = frugal;
  }

  /** Adds to the line as much as there is room for. */
  put(text: string, cls = ""): void {
    if (this.ended || !text) return;
    if (text.length <= this.room) {
      this.room -= text.length;
      this.add(text, cls);
      return;
    }
    this.cut = this.ended = true;
    const last = this.parts.at(-1);
    if (this.room > 0) this.add(`${start(text, this.room - 1)}…`, cls);
    else if (last) this.parts[this.parts.length - 1] = { ...last, text: `${start(last.text, last.text.length - 1)}…` };
  }

  /** Adds what is there no longer: it takes no room, so that a line is as long as without it. */
  putRemoved(text: string): void {
    if (!this.ended && text) this.parts.push({ text, cls: "", change: "removed" });
  }

  private add(text: string, cls: string): void {
    this.parts.push(this.change ? { text, cls, change: this.change } : { text, cls });
  }

  /** As much of a text as could possibly fit. */
  head(text: string): string {
    return text.length > this.room + 1 ? text.slice(0, this.room + 2) : text;
  }

  /** Keeps room for what will be written when the items are. Returns what gives it free again. */
  reserve(characters: number): () => void {
    this.reserved += characters;
    return () => {
      this.reserved -= characters;
    };
  }

  /** Less room is left than is reserved. */
  get tight(): boolean {
    return this.frugal && (this.ended || this.room < this.reserved);
  }

  mark(): Mark {
    const { parts, room, ended, cut } = this;
    return { length: parts.length, last: parts.at(-1), room, ended, cut };
  }

  /** Takes back all that was written since the mark. */
  reset({ length, last, room, ended, cut }: Mark): void {
    this.parts.length = length;
    if (last) this.parts[length - 1] = last;
    Object.assign(this, { room, ended, cut });
  }
}

/** The first characters of a text, but no half of a surrogate pair. */
function start(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}
