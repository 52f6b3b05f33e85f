import { lazy, Suspense } from "react";
import type { Tensor } from "../../format/generated";
import { Guard } from "../../widgets/Guard";

export const loadSharing = () => import("./SharingView");
const SharingView = lazy(loadSharing);

export interface SharingProps {
  /** The variable, or the inspected expression; empty for what a step returned. */
  name: string;
  value: Tensor;
  call: number;
}

/** Under an array: what it was made from, what it shares its memory with, and whether it was written to by another name. */
export function Sharing(props: SharingProps) {
  return (
    <Guard what="What this array shares" watch={props.value}>
      <Suspense>
        <SharingView {...props} />
      </Suspense>
    </Guard>
  );
}
