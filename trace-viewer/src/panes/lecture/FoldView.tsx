import { useLayoutEffect, useRef, type ReactNode } from "react";
import type { Fold } from "../../logic/folds";

interface Props {
  fold: Fold;
  open: boolean;
  onToggle: (fold: Fold, open: boolean) => void;
  children: ReactNode;
}

/**
 * The body of a long function, or, while it is folded, what it is about and how long it is. Folded, it is still there for
 * a search in the page, which opens it, and for paper.
 */
export function FoldView({ fold, open, onToggle, children }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const lines = fold.endLine - fold.head;
  useLayoutEffect(() => {
    const element = body.current!;
    if (open) element.removeAttribute("hidden");
    else element.setAttribute("hidden", "until-found");
    const find = () => onToggle(fold, true);
    element.addEventListener("beforematch", find);
    return () => element.removeEventListener("beforematch", find);
  }, [fold, open, onToggle]);
  return (
    <div className="folded" data-open={open || undefined}>
      <button
        type="button"
        className="folded-button"
        aria-expanded={open}
        aria-label={`${open ? "Fold" : "Unfold"} lines ${fold.head + 1} to ${fold.endLine}`}
        style={{ "--indent": Math.min(fold.indent, 12) + 4 }}
        onClick={() => onToggle(fold, !open)}
      >
        {!open && (
          <>
            {fold.summary && <span className="folded-summary">{fold.summary.slice(0, 200)}</span>}
            <span className="folded-lines">… {lines} lines</span>
          </>
        )}
      </button>
      <div className="folded-body" ref={body}>
        {children}
      </div>
    </div>
  );
}
