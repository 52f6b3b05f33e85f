import "./hover.css";
import { useEffect, useLayoutEffect, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { createPortal } from "react-dom";
import { Icon } from "../../widgets/Icon";
import { placeCard } from "./place";

interface Props {
  card: RefObject<HTMLDivElement | null>;
  label: string;
  /** What the card is about, on the page. */
  about: Range | Element | null;
  onClose: () => void;
  onKeyDown?: (event: KeyboardEvent) => void;
  /** It was asked for by a key or a tap: it takes the focus, and says what it holds when that changes. */
  asked: boolean;
  children: ReactNode;
}

/** A small card beside a piece of the source: on a narrow screen a sheet above the instrument. */
export function HoverCard({ card, label, about, onClose, onKeyDown, asked, children }: Props) {
  useMarked(about);
  useLayoutEffect(() => {
    const place = () => {
      const box = about && firstBox(about);
      const current = document.querySelector(".page:not([hidden]) [aria-current=step]");
      if (card.current && box) placeCard(card.current, box, current?.getBoundingClientRect() ?? null);
    };
    place();
    window.addEventListener("scroll", place, { passive: true });
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place);
      window.removeEventListener("resize", place);
    };
  });
  useEffect(() => {
    if (!asked) return undefined;
    const before = document.activeElement;
    const element = card.current;
    element?.focus({ preventScroll: true });
    uncover(about, element);
    return () => {
      const lost = document.activeElement === document.body || element?.contains(document.activeElement);
      if (lost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
    // It is uncovered once, when the card opens; after that the reader scrolls.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [asked, card]);
  return createPortal(
    // The keys are the card's own: from name to name, and away.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="hover-card card floating"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      ref={card}
      onKeyDown={onKeyDown}
    >
      <div aria-live={asked ? "polite" : undefined}>{children}</div>
      <button type="button" className="icon-button hover-close" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>,
    document.body,
  );
}

/** As a sheet the card may lie over what it is about: bring that above it. */
function uncover(about: Range | Element | null, card: HTMLElement | null): void {
  if (!about || !card) return;
  const [box, sheet] = [firstBox(about), card.getBoundingClientRect()];
  const isUnder = box.bottom > sheet.top && box.top < sheet.bottom && box.right > sheet.left && box.left < sheet.right;
  if (isUnder) window.scrollBy({ top: box.bottom - sheet.top + 24, behavior: "instant" });
}

/** Of what is broken over lines, its first line. */
function firstBox(about: Range | Element): DOMRect {
  return about.getClientRects()[0] ?? about.getBoundingClientRect();
}

const MARK = "pointed";

/** Shows on the page what the card is about, without touching the elements there. */
function useMarked(about: Range | Element | null): void {
  useEffect(() => {
    if (!(about instanceof Range) || !CSS.highlights) return undefined;
    const mark = new Highlight(about);
    CSS.highlights.set(MARK, mark);
    return () => {
      if (CSS.highlights.get(MARK) === mark) CSS.highlights.delete(MARK);
    };
  }, [about]);
}
