import type { Tensor } from "../format/generated";
import { Head } from "./tensor/Head";
import { useLens } from "./tensor/load";

type Props = {
  tensor: Tensor;
  /** What the same name held before; what differs is marked. */ before?: Tensor | undefined;
};

/** An array: its shape first, then the lens on its elements, which is loaded when the first array asks for it. */
export function TensorView({ tensor, before }: Props) {
  const loaded = useLens();
  return (
    <div className="value-tensor">
      {loaded ? <loaded.Lens tensor={tensor} before={before} /> : <Head tensor={tensor} before={before} />}
    </div>
  );
}
