/** Numbers in a table: what was measured, what is to be reached, whether it is. */

/** The value below which a share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = (numbers) => quantile(numbers, 0.5);

/**
 * A row: what was measured; its figures by the title of their column; `target`, in words; whether it is `met`, undefined
 * where there is none.
 */
export function asText(rows) {
  const lines = withHeader(rows);
  const widths = lines[0].map((_, place) => Math.max(...lines.map((cells) => cells[place].length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, place) => (place === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[place])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function asMarkdown(rows) {
  const [header, ...lines] = withHeader(rows);
  const rule = header.map((_, place) => (place === 0 ? "---" : "---:"));
  return [header, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function withHeader(rows) {
  const titles = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const cellsOf = ({ label, figures, target = "", met }) => [
    label,
    ...titles.map((title) => figures[title] ?? ""),
    target,
    met === undefined ? "" : met ? "yes" : "NO",
  ];
  return [["", ...titles, "to reach", "met"], ...rows.map(cellsOf)];
}

export const ms = (number) => `${number < 10 ? number.toFixed(1) : Math.round(number)} ms`;
export const mb = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
export const kb = (bytes) => `${(bytes / 1e3).toFixed(1)} kB`;
