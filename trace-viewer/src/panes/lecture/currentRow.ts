/** The rows that are marked as current, in all files that are drawn: to look for them in the page takes longer than a step. */
const rows = new Set<HTMLElement>();

/** As the `ref` of a current row. */
export function noteCurrent(row: HTMLElement | null): (() => void) | undefined {
  if (!row) return undefined;
  rows.add(row);
  return () => void rows.delete(row);
}

/** The first current row of the file that is on show, if it is there. */
export function currentRow(): HTMLElement | null {
  let first: HTMLElement | null = null;
  for (const row of rows) {
    if (first && row.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) first = null;
    if (!first && row.closest(".page:not([hidden])")) first = row;
  }
  return first;
}
