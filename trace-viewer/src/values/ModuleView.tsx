import type { Module } from "../format/generated";
import { Tree } from "./Tree";

/** A neural network module, by its fields. */
export function ModuleView({ module: { type, fields, length } }: { module: Module }) {
  return <Tree value={{ kind: "instance", type, fields, length }} top />;
}
