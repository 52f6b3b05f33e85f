import { useLayoutEffect, useRef, useState, type RefObject } from "react";
import type { Room } from "./sheet";

const START: Room = { width: 288, height: 184 };
const [NARROWEST, WIDEST] = [120, 480];
const ZOOM_BUTTONS = 28;
/** More than a scroll bar is wide: what one takes and gives must not set it off again. */
const SLACK = 24;

/** How much room a picture has inside the element: its width, and of the height about two thirds of that. */
export function useRoom(): [RefObject<HTMLDivElement | null>, Room] {
  const element = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(START);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return undefined;
    const measure = () => {
      const width = Math.min(WIDEST, Math.max(NARROWEST, Math.floor(current.clientWidth - ZOOM_BUTTONS)));
      setRoom((known) =>
        known.width <= width && width < known.width + SLACK ? known : { width, height: Math.round(width * 0.64) },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [element, room];
}
