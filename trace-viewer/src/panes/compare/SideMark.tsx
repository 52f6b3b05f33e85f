/** The letter of a side: A on a filled square, B in a round outline, so that they are told apart without colours. */
export function SideMark({ side }: { side: "a" | "b" }) {
  return (
    <span className="side-mark" data-side={side}>
      {side.toUpperCase()}
    </span>
  );
}
