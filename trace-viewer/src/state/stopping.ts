import { lineAt, type LinePlace } from "./here";
import { store, type State } from "./store";

/** What has to do with breakpoints is loaded when it is first asked for; these are the ways in. */

export async function continueTo(by: 1 | -1): Promise<void> {
  const stops = await import("./stops");
  await stops.continueTo(by);
}

export async function toggleBreakpoint(at: LinePlace | null = lineAt(store.getState())): Promise<void> {
  const breakpoints = await import("./breakpoints");
  if (at) breakpoints.toggleBreakpoint(at);
}

/** Open the menu of the line that the reader is at. */
export function openLineMenu(state: State): void {
  const at = lineAt(state);
  if (at) store.setState({ lineMenu: { ...at, condition: false } });
}
