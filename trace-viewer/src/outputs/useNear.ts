import { useEffect, useState, type RefObject } from "react";

/** How far from the screen something is made ready, in pixels. */
const AHEAD = 900;

/** Whether the element has come near the screen yet, or the page is about to be printed. */
export function useNear(place: RefObject<Element | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (near || !element) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setNear(true), {
      rootMargin: `${AHEAD}px`,
    });
    const print = () => setNear(true);
    observer.observe(element);
    addEventListener("beforeprint", print);
    return () => {
      observer.disconnect();
      removeEventListener("beforeprint", print);
    };
  }, [near, place]);
  return near;
}
