import { useEffect, useState, type RefObject } from "react";
import { usePrinting } from "../theme/printing";

/** How far from the screen something is made ready, in pixels. */
const AHEAD = 900;

/** Whether the element has come near the screen yet, or the page is about to be printed. */
export function useNear(place: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  const printing = usePrinting();
  useEffect(() => {
    const element = place.current;
    if (near || !element) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), {
      rootMargin: `${AHEAD}px`,
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [near, place]);
  return near || printing;
}
