import { useKept } from "../kept";

export type Panel = "histogram" | "bits" | "layout" | "index";

/** What is open of one array beyond its numbers; it stays open for that variable, from step to step. */
export interface Panels {
  open: Readonly<Record<Panel, boolean>>;
  toggle: (panel: Panel) => void;
}

export function usePanels(): Panels {
  const [open, setOpen] = useKept<Panels["open"]>("panels", CLOSED);
  return { open, toggle: (panel) => setOpen({ ...open, [panel]: !open[panel] }) };
}

const CLOSED: Panels["open"] = { histogram: false, bits: false, layout: false, index: false };
