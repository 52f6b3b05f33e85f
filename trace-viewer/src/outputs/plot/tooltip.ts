/** What a mark stands for, in a small card by the pointer. Text only. */

const MOST_ROWS = 20;
let card: HTMLElement | undefined;

/** Vega calls this when the pointer enters and leaves marks; `value` is null to hide. */
export function showTooltip(_handler: unknown, event: MouseEvent, _item: unknown, value: unknown): void {
  card?.remove();
  card = undefined;
  if (value === null || value === undefined || value === "") return;
  card = document.createElement("div");
  card.className = "plot-tooltip card floating";
  if (typeof value === "object") card.append(...Object.entries(value).slice(0, MOST_ROWS).map(row));
  else card.textContent = words(value);
  document.body.append(card);
  const { width, height } = card.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - width - 8);
  const top = event.clientY + 14 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 14;
  Object.assign(card.style, { left: `${Math.max(8, left)}px`, top: `${Math.max(8, top)}px` });
}

/** Takes the card away, for a plot that goes while the pointer is on it. */
export function hideTooltip(): void {
  card?.remove();
  card = undefined;
}

function row([name, value]: [string, unknown]): HTMLElement {
  const line = document.createElement("div");
  const key = document.createElement("span");
  key.textContent = name;
  line.append(key, words(value));
  return line;
}

function words(value: unknown): string {
  return (typeof value === "object" && value ? JSON.stringify(value) : String(value)).slice(0, 200);
}
