import { visible } from "../escape";

/**
 * What made a tensor, from the name of its node in torch's graph: `MmBackward0` was made by mm, `NativeLayerNormBackward0`
 * by native_layer_norm. A `torch.autograd.Function` of the lecture's own has no number, and keeps its name.
 */
export function madeBy(origin: string): string {
  const short = (origin.split("::").at(-1) || origin).slice(0, 80);
  const operation = /^(\w+?)Backward\d+$/.exec(short)?.[1];
  if (operation) return visible(snakeCase(operation));
  if (short === "CopySlices") return "a write into a part of it";
  return visible(short.replace(/Backward$/, "") || short);
}

function snakeCase(camel: string): string {
  return camel
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}
