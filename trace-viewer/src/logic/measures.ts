/** What the gutter and the table of costs weigh lines by. */
export const MEASURES = ["time", "flops", "bytes", "memory"] as const;
export type Measure = (typeof MEASURES)[number];
