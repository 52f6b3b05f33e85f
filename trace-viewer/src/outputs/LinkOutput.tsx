import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
} from "react";
import type { Link, Reference } from "../format/generated";
import { OUTWARD, printedAddress, safeHref } from "../markdown/links";
import type { OutputProps } from "./OutputView";
import { authorList, credit, spokenDate } from "./reference";
import { authorStyle } from "./style";

/** `link()`: to a place in the source, a button; outward, a link with who and when, and a card that says more. */
export function LinkOutput({ output, onTarget }: OutputProps<Link>) {
  const { label, reference, target, style } = output;
  if (target) {
    return (
      <button type="button" className="source-link" style={authorStyle(style)} onClick={() => onTarget(target)}>
        <code>{label}</code>
        <span aria-hidden="true">→</span>
        <span className="visually-hidden">, show its source</span>
      </button>
    );
  }
  return <OutwardLink label={label} reference={reference ?? {}} style={style} />;
}

function OutwardLink({ label, reference, style }: { label: string; reference: Reference; style: Link["style"] }) {
  const card = useCard();
  const href = reference.url ? safeHref(reference.url) : undefined;
  const words = label || reference.title || reference.url || "link";
  const by = credit(reference);
  const more = hasMore(reference, words);
  return (
    <span className="reference" style={authorStyle(style)} {...(more ? card.handlers : {})}>
      {href ? (
        <a
          href={href}
          data-address={printedAddress(href, words)}
          {...OUTWARD}
          aria-describedby={card.open && more ? card.id : undefined}
        >
          {words}
        </a>
      ) : (
        <span>{words}</span>
      )}
      {by && !saysSo(words, by) ? <span className="reference-credit">{by}</span> : null}
      {more ? (
        <button
          type="button"
          className="reference-more"
          aria-expanded={card.open}
          aria-label={`About ${words}`}
          onClick={card.toggle}
        >
          i
        </button>
      ) : null}
      {card.open && more ? <ReferenceCard id={card.id} reference={reference} /> : null}
    </span>
  );
}

function ReferenceCard({ id, reference }: { id: string; reference: Reference }) {
  const { title, authors, organization, date, description, notes, url } = reference;
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current) keepInView(place.current);
  }, []);
  const facts = [organization, date ? spokenDate(date) : null].filter(Boolean).join(" · ");
  return (
    <span className="reference-card card floating" id={id} role="tooltip" ref={place}>
      {title ? <strong>{title}</strong> : null}
      {authors?.length ? <span>{authorList(authors)}</span> : null}
      {facts ? <span className="faint">{facts}</span> : null}
      {description ? <span className="reference-description">{description}</span> : null}
      {notes ? <span className="reference-notes">{notes}</span> : null}
      {url ? <span className="reference-url">{url}</span> : null}
    </span>
  );
}

/** Opens on hover and focus, closes on Escape and on leaving both; a button opens it where there is no hover. */
function useCard() {
  const id = useId();
  const [open, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const soon = useCallback((next: boolean, ms: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(next), ms);
  }, []);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    id,
    open,
    toggle: () => soon(!open, 0),
    handlers: {
      onPointerEnter: (event: { pointerType: string }) => event.pointerType === "mouse" && soon(true, 150),
      onPointerLeave: (event: { pointerType: string }) => event.pointerType === "mouse" && soon(false, 200),
      onFocus: (event: FocusEvent) => event.target.matches("a:focus-visible") && soon(true, 0),
      onBlur: (event: FocusEvent) => !event.currentTarget.contains(event.relatedTarget) && soon(false, 0),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        soon(false, 0);
      },
    },
  };
}

/** Whether the words of a link say who and when already, as `[Shannon 1948]` and `[Vaswani+ 2017]` do. */
function saysSo(words: string, by: string): boolean {
  const bare = (text: string) => text.replace(/ et al\.| and .*?(?=,|$)|[[\],+]/g, "").trim();
  return words.includes(by) || bare(words) === bare(by);
}

function hasMore({ title, authors, organization, date, description, notes }: Reference, words: string): boolean {
  return Boolean(description || notes || authors?.length || organization || date || (title && title !== words));
}

/** Moves a card sideways until it is inside the page, and above its link when there is no room below. */
function keepInView(card: HTMLElement): void {
  const box = card.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const over = box.right - (room - 8);
  if (over > 0) card.style.translate = `${-Math.min(over, box.left - 8)}px 0`;
  if (box.bottom > innerHeight && box.top > box.height + 40) card.classList.add("above");
}
