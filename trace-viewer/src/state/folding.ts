import { store } from "./store";

/** Unfold all long functions, or fold all but those that the reader is in. */
export function foldAll(open: boolean): void {
  store.setState({ folding: { open } });
}
