/** Between a card and what it is about, and between a card and the edges of the window. Pixels. */
const GAP = 6;
const EDGE = 8;

interface Box {
  left: number;
  top: number;
  bottom: number;
}

/**
 * Puts a card above what it is about, or below it: on the side where it covers neither that nor the current line, if there
 * is one, and never beyond the window. Where neither side has room, the larger one is taken and the card scrolls.
 */
export function placeCard(card: HTMLElement, about: Box, current: Box | null): void {
  const style = getComputedStyle(document.documentElement);
  const top = (parseFloat(style.scrollPaddingTop) || 0) + GAP;
  const bottom = window.innerHeight - (parseFloat(style.scrollPaddingBottom) || 0) - GAP;
  card.style.maxHeight = "";
  const { offsetWidth: width, offsetHeight: natural } = card;
  const sides = [
    { room: about.top - GAP - top, at: (height: number) => about.top - GAP - height },
    { room: bottom - about.bottom - GAP, at: () => about.bottom + GAP },
  ];
  const covers = ({ at }: (typeof sides)[number]) =>
    current !== null && at(natural) < current.bottom && current.top < at(natural) + natural;
  const fitting = sides.filter(({ room }) => room >= natural);
  const side = fitting.find((each) => !covers(each)) ?? fitting[0] ?? sides.toSorted((a, b) => b.room - a.room)[0];
  const height = Math.min(natural, Math.max(side.room, 80));
  const left = Math.max(EDGE, Math.min(about.left, document.documentElement.clientWidth - width - EDGE));
  card.style.maxHeight = height < natural ? `${height}px` : "";
  card.style.top = `${side.at(height)}px`;
  card.style.left = `${left}px`;
}
