import type { ReactNode } from "react";

type Props = { /** What is not here. */ what: ReactNode; /** Why it is not. */ why: ReactNode };

/** Stands in the place of something that cannot be shown, and says so. */
export function Missing({ what, why }: Props) {
  return (
    <div className="missing" role="note">
      <span className="missing-what">{what}</span>
      <span className="missing-why">{why}</span>
    </div>
  );
}
