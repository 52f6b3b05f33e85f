/** What the reader opened or chose in a value: kept by the value's name and the way to the part, from step to step. */
import { createContext, use, useState, type ReactNode } from "react";

/** Choices are few: whoever makes thousands loses the oldest. */
const MOST = 5000;

const kept = new Map<string, unknown>();
const Way = createContext<string | undefined>(undefined);

/** Names the value that is inside: choices made there are remembered for it. Without a name they last as long as it is shown. */
export function Named({ id, children }: { id: string | undefined; children: ReactNode }) {
  return <Way value={id}>{children}</Way>;
}

/** A part of a value: a field, an item, an entry. */
export function Within({ part, children }: { part: string; children: ReactNode }) {
  const way = use(Way);
  return <Way value={way === undefined ? undefined : `${way}\u0000${part}`}>{children}</Way>;
}

/** Like `useState`, but what the reader chose is found again wherever this part of this value is shown next. */
export function useKept<T>(choice: string, initial: T): [T, (value: T) => void] {
  const way = use(Way);
  const key = way === undefined ? undefined : `${way}\u0001${choice}`;
  const [state, setState] = useState(() => ({ key, value: recall(key, initial) }));
  let { value } = state;
  if (state.key !== key) {
    value = recall(key, initial);
    setState({ key, value });
  }
  const choose = (next: T) => {
    if (key !== undefined) remember(key, next);
    setState({ key, value: next });
  };
  return [value, choose];
}

function recall<T>(key: string | undefined, initial: T): T {
  return key !== undefined && kept.has(key) ? (kept.get(key) as T) : initial;
}

function remember(key: string, value: unknown): void {
  kept.delete(key);
  kept.set(key, value);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST) break;
    kept.delete(oldest);
  }
}
