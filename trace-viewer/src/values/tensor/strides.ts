/** Whether the elements lie one after the other, in their own order. An axis of one index may have any stride. */
export function isContiguous(shape: number[], strides: number[]): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis];
    if (size > 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}
