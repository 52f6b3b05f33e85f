import { useEffect, useState } from "react";
import { lastAtMost } from "../../logic/columns";
import type { Lecture } from "../../logic/lecture";
import { count } from "../../values/numbers";

/** So near to a heading, in pixels, the heading itself is meant. */
const NEAR = 5;

/** What a place on the slider is: its section and step, under the pointer or, with the focus on the slider, at its thumb. */
export function ScrubberTip({ lecture, input }: { lecture: Lecture; input: HTMLInputElement }) {
  const [at, setAt] = useState<{ share: number; position: number } | null>(null);
  useEffect(() => {
    const headings = [...new Set(lecture.headings.map(({ position }) => position))];
    const last = Math.max(lecture.positions.count - 1, 1);
    const show = (share: number, snap: number) => {
      const exact = share * last;
      const near = headings.find((position) => Math.abs(position - exact) <= snap * last);
      setAt({ share, position: near ?? Math.round(exact) });
    };
    const move = ({ clientX }: PointerEvent) => {
      const { left, width } = input.getBoundingClientRect();
      const thumb = 0.9 * parseFloat(getComputedStyle(document.documentElement).fontSize);
      const room = width - thumb;
      show(Math.min(Math.max((clientX - left - thumb / 2) / room, 0), 1), NEAR / room);
    };
    const byKey = () => input.matches(":focus-visible") && show(Number(input.value) / last, 0);
    const hide = () => setAt(null);
    input.addEventListener("pointermove", move);
    input.addEventListener("pointerleave", hide);
    input.addEventListener("pointercancel", hide);
    input.addEventListener("focus", byKey);
    input.addEventListener("input", byKey);
    input.addEventListener("blur", hide);
    return () => {
      input.removeEventListener("pointermove", move);
      input.removeEventListener("pointerleave", hide);
      input.removeEventListener("pointercancel", hide);
      input.removeEventListener("focus", byKey);
      input.removeEventListener("input", byKey);
      input.removeEventListener("blur", hide);
    };
  }, [lecture, input]);
  if (!at) return null;
  const section = sectionAt(lecture, at.position);
  return (
    <p className="scrubber-tip card floating" aria-hidden="true" style={{ "--at": at.share }}>
      {section && <span className="scrubber-tip-section">{section}</span>}
      <span className="scrubber-tip-step">step {count(at.position + 1)}</span>
    </p>
  );
}

function sectionAt({ headings }: Lecture, position: number): string {
  const at = lastAtMost(position, 0, headings.length, (index) => headings[index].position);
  return at < 0 ? "" : headings[at].text;
}
