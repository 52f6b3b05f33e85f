import { lazy, Suspense, useMemo, type ReactNode } from "react";
import type { Sequence, Value } from "../format/generated";
import { tableOf } from "./forms";
import { useKept } from "./kept";
import { pieces } from "./tokens";
import { Toggle } from "./Toggle";

const TokensView = lazy(() => import("./TokensView"));
const RecordsView = lazy(() => import("./RecordsView"));

type Props = { value: Sequence; before: Value | undefined; /** The list as a list. */ children: ReactNode };

/** A list, and a button if there is something else to see it as: words as tokens, like records as a table. */
export function Forms({ value, before, children }: Props) {
  const [other, setOther] = useKept("form", false);
  const was = typeof before === "object" && before?.kind === "sequence" ? before : undefined;
  const words = useMemo(() => pieces(value), [value]);
  const table = useMemo(() => (words ? undefined : tableOf(value)), [value, words]);
  if (!words && !table) return children;
  const button = (
    <Toggle pressed={other} onPress={setOther}>
      as {words ? "tokens" : "table"}
    </Toggle>
  );
  if (!other) {
    return (
      <div className="value-forms">
        <div className="value-form">{children}</div>
        {button}
      </div>
    );
  }
  if (words) {
    const old = was && pieces(was);
    return (
      <Suspense fallback={children}>
        <TokensView
          tokens={{ pieces: words, length: value.length }}
          before={old && was && { pieces: old, length: was.length }}
        >
          {button}
        </TokensView>
      </Suspense>
    );
  }
  return (
    <Suspense fallback={children}>
      {table ? <RecordsView records={table} before={was && tableOf(was)} /> : null}
      <div className="value-facts value-form-button">{button}</div>
    </Suspense>
  );
}
