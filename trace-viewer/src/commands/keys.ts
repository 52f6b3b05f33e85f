/** The name of a pressed key as the registry writes it: `l`, `Shift+L`, `ArrowRight`, `Space`, `?`; null with Ctrl, Alt, Meta. */
export function keyName(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">,
): string | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const key = event.key === " " ? "Space" : event.key;
  if (/^[a-z]$/i.test(key)) return event.shiftKey ? `Shift+${key.toUpperCase()}` : key.toLowerCase();
  if (key.length === 1) return key; // a sign: on many keyboards it takes Shift, on others not
  return event.shiftKey ? `Shift+${key}` : key;
}

const SIGNS: Record<string, string> = {
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowDown: "↓",
  ArrowUp: "↑",
  Escape: "Esc",
};

/** A key as people read it: `Shift+→`. */
export function keyLabel(key: string): string {
  return key
    .split("+")
    .map((part) => SIGNS[part] ?? part)
    .join("+");
}

/** Whether a key press belongs to what has the focus, and so is no command. */
export function belongsTo(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return /^(Arrow|Home|End|Page)/.test(key);
  if (target.closest("input, textarea, select, [contenteditable=''], [contenteditable=true]")) return true;
  // Enter and Space press a button; arrows scroll what can be scrolled, such as a wide table.
  if (key === "Space" || key === "Enter" || key === "Shift+Space") {
    return target.closest("button, a, summary, video, [role=button], [role=tab]") !== null;
  }
  return false;
}
