/**
 * The name of a pressed key as the registry writes it: `l`, `Shift+L`, `ArrowRight`, `Space`, `?`, `Ctrl+K`; null with several
 * of Ctrl, Alt, Meta, and with one of them and Shift.
 */
export function keyName(
  event: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">,
): string | null {
  const key = event.key === " " ? "Space" : event.key;
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.metaKey && "Meta"].filter(Boolean);
  if (held.length > 0) {
    return held.length > 1 || event.shiftKey ? null : `${held[0]}+${key.length === 1 ? key.toUpperCase() : key}`;
  }
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
  Meta: "⌘",
};

/** A key as people read it: `Shift+→`. */
export function keyLabel(key: string): string {
  return key
    .split("+")
    .map((part) => SIGNS[part] ?? part)
    .join("+");
}

/** Of the keys of a command, those that are told: capitals that repeat a small letter are not. */
export function toldKeys(keys: string[]): string[] {
  const small = keys.some((key) => /^[a-z]$/.test(key));
  return keys.filter((key, index) => index === 0 || !(small && /^Shift\+[A-Z]$/.test(key)));
}

/** Whether a key press belongs to what has the focus, and so is no command. */
export function belongsTo(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return /^(Arrow|Home|End|Page)/.test(key);
  if (/^(Ctrl|Meta)\+/.test(key)) return false;
  if (target.closest("input, textarea, select, [contenteditable=''], [contenteditable=true]")) return true;
  // Enter and Space press a button; arrows scroll what can be scrolled, such as a wide table.
  if (key === "Space" || key === "Enter" || key === "Shift+Space") {
    return target.closest("button, a, summary, video, [role=button], [role=tab]") !== null;
  }
  return false;
}
