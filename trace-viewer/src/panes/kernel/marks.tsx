import type { Kind } from "../../logic/kernels";

/** The patterns of what is loaded, stored and left out by a mask: no kind is told by its colour alone. */
const MARKS: Record<Kind, string> = {
  load: "M1.5 1.5h1.5v1.5h-1.5zM4.5 4.5h1.5v1.5h-1.5z",
  store: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
  atomic: "M-1 7L7 -1M-1 -1L7 7",
};

/** For the whole pane, once. Ids of a page are one's own: there is one kernel pane. */
export function KindPatterns() {
  return (
    <svg className="kernel-patterns" width="0" height="0" aria-hidden="true">
      <defs>
        {(Object.keys(MARKS) as Kind[]).map((kind) => (
          <pattern key={kind} id={`kernel-${kind}`} width="6" height="6" patternUnits="userSpaceOnUse">
            <path
              d={MARKS[kind]}
              className={`kernel-pattern kernel-${kind}`}
              data-solid={kind === "load" || undefined}
            />
          </pattern>
        ))}
        {["masked", "beyond"].map((which) => (
          <pattern key={which} id={`kernel-${which}`} width="6" height="6" patternUnits="userSpaceOnUse">
            <path d="M-1 1L1 -1M-1 7L7 -1M5 7L7 5M-1 5L1 7M-1 -1L7 7M5 -1L7 1" className={`kernel-${which}-lines`} />
          </pattern>
        ))}
      </defs>
    </svg>
  );
}

/** A tile of a kind, as the sheets draw it. */
export function KindMark({ kind }: { kind: Kind }) {
  return (
    <svg className={`kernel-mark kernel-${kind}`} width="16" height="16" aria-hidden="true">
      <rect className="kernel-tile" x="1.5" y="1.5" width="13" height="13" />
      <rect x="2" y="2" width="12" height="12" fill={`url(#kernel-${kind})`} />
    </svg>
  );
}
