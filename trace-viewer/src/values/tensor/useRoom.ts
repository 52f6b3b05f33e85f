import { useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { Room } from "./sheet";

const START: Room = { width: 288, height: 184 };
const [NARROWEST, WIDEST] = [120, 480];
const ZOOM_BUTTONS = 28;

/** How much room a picture has inside the element: its width, and of the height about two thirds of that. */
export function useRoom(): [RefObject<HTMLDivElement | null>, Room] {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(START);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const measure = () => {
      const width = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(current.clientWidth - ZOOM_BUTTONS)));
      const height = Math.round(width * 0.64);
      setRoom((known) => (known.width === width ? known : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [element, room];
}
