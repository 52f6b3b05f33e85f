/** Links and pictures in a text: what they may lead to, and what they are relative to. */
import { useState, type MouseEvent, type ReactNode } from "react";
import { OUTWARD, isRemote, printedAddress, safeHref } from "./links";

interface AnchorProps {
  href: string;
  base: string;
  id?: string;
  /** What it is called, where its words do not say it. */
  label?: string;
  children?: ReactNode;
}

/** A link, if its address is safe to follow; else its words. */
export function Anchor({ href, base, id, label, children }: AnchorProps) {
  const safe = safeHref(href);
  if (!safe) return <span>{children}</span>;
  if (!safe.startsWith("#")) {
    const address = relativeTo(safe, base);
    return (
      <a href={address} data-address={printedAddress(address, children)} {...OUTWARD}>
        {children}
      </a>
    );
  }
  return (
    <a href={safe} id={id} aria-label={label} onClick={goWithinPage}>
      {children}
    </a>
  );
}

/** Footnotes scroll to their place; the page's address belongs to the viewer and stays as it is. */
function goWithinPage(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const { hash } = event.currentTarget;
  const place = /^#[\w-]+$/.test(hash) ? document.getElementById(hash.slice(1)) : null;
  place?.scrollIntoView({ block: "center" });
  place?.focus({ preventScroll: true });
}

/** The page loads no picture from elsewhere: one that lies elsewhere is a link. */
export function Picture({ src, alt, title, base }: { src: string; alt: string; title?: string; base: string }) {
  const safe = safeHref(src);
  if (!safe) return <span>{alt}</span>;
  if (!isRemote(safe)) return <Own src={relativeTo(safe, base)} alt={alt} title={title} />;
  return (
    <Anchor href={safe} base={base}>
      {alt || safe}
    </Anchor>
  );
}

/** A picture beside the trace; one that is not there says so. */
function Own({ src, alt, title }: { src: string; alt: string; title?: string }) {
  const [broken, setBroken] = useState(false);
  if (!broken)
    return <img src={src} alt={alt} title={title} loading="lazy" decoding="async" onError={() => setBroken(true)} />;
  return (
    <span className="missing" role="note">
      <span className="missing-what">{alt || "A picture"}</span>
      <span className="missing-why">The file {src.split("/").at(-1)?.slice(0, 80)} could not be loaded.</span>
    </span>
  );
}

function relativeTo(address: string, base: string): string {
  if (!base || address.startsWith("#") || address.startsWith("?") || /^[a-z][a-z+.-]*:|^\//i.test(address))
    return address;
  return base.replace(/[^/]*$/, "") + address;
}
