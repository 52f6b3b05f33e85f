import type { Value } from "../format/generated";
import type { Lecture } from "./lecture";

const ARGUMENT = 3;

/** What a call was made with, as recorded before its first line ran. */
export function argumentsOf({ trace, bindings }: Lecture, call: number): { name: string; value: Value }[] {
  return bindings.names(call).flatMap(({ name, rows }) => {
    const value = trace.bindings.value[rows[0]];
    return trace.bindings.role[rows[0]] === ARGUMENT && value >= 0 ? [{ name, value: trace.values[value] }] : [];
  });
}
