import { useRef } from "react";

interface Props {
  min?: number;
  max: number;
  value: number;
  label: string;
  /** The value in words. */
  text: string;
  /** `first`: the first move of a drag. */
  onMove(value: number, first: boolean): void;
  className?: string;
}

/** A range to drag along, or to go along by keys. Let go of with the pointer, it gives the keys back to the page. */
export function Slider({ min = 0, max, value, label, text, onMove, className = "" }: Props) {
  const moving = useRef(false);
  const rest = () => {
    moving.current = false;
  };
  return (
    <input
      type="range"
      className={className}
      min={min}
      max={max}
      value={value}
      aria-label={label}
      aria-valuetext={text}
      onChange={(event) => {
        onMove(Number(event.target.value), !moving.current);
        moving.current = true;
      }}
      onPointerUp={(event) => {
        rest();
        event.currentTarget.blur();
      }}
      onBlur={rest}
      onKeyUp={rest}
    />
  );
}
