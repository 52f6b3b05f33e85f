/** Markdown with formulas, as React elements. Whatever the text holds, only the tags that Markdown makes reach the page. */
import {
  memo,
  useState,
  type ComponentProps,
  type CSSProperties,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
} from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize from "rehype-sanitize";
import { Listing } from "../code/Listing";
import { OUTWARD, isRemote, printedAddress, safeHref } from "./links";
import { extractMath } from "./math";
import { remarkFormulas, remarkGfm, remarkHtmlAsText, schema } from "./plugins";
import { Tex } from "./Tex";
import "./Markdown.css";

export { preloadMath } from "./katex";

type Props = {
  text: string;
  /** What relative pictures and links are relative to. */
  base?: string;
  style?: CSSProperties;
};

const MOST_CACHED = 1000;
const cache = new Map<string, ReactElement>();

/** A Markdown text. Parsed once for each text and base, however often it is shown. */
export const Markdown = memo(function Markdown({ text, base = "", style }: Props) {
  return (
    <div className="markdown" style={style}>
      {elements(text, base)}
    </div>
  );
});

function elements(text: string, base: string): ReactElement {
  const key = `${base}\n${text}`;
  let tree = cache.get(key);
  if (!tree) {
    const { text: children, formulas } = extractMath(text);
    // A plain function of its options: calling it, rather than rendering it, gives a tree to keep.
    tree = ReactMarkdown({
      children,
      remarkPlugins: [remarkGfm, remarkHtmlAsText, [remarkFormulas, { formulas }]],
      remarkRehypeOptions: { clobberPrefix: `note-${hash(key)}-` },
      rehypePlugins: [[rehypeSanitize, schema]],
      urlTransform: (url) => safeHref(url) ?? "",
      components: componentsFor(base),
    });
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(key, tree);
  }
  return tree;
}

const componentsByBase = new Map<string, Components>();

function componentsFor(base: string): Components {
  let components = componentsByBase.get(base);
  if (!components) {
    components = {
      a: ({ href, children, id }) => (
        <Anchor href={href && relativeTo(href, base)} id={id}>
          {children}
        </Anchor>
      ),
      img: ({ src, alt, title }) => <Picture src={src} alt={alt} title={title} base={base} />,
      code: InlineCode,
      pre: Block,
      input: ({ checked }) => (
        <input type="checkbox" checked={checked} readOnly disabled aria-label={checked ? "done" : "to do"} />
      ),
      table: ({ children }) => (
        // Scrolls sideways, so the keyboard must reach it.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="markdown-table" tabIndex={0}>
          <table>{children}</table>
        </div>
      ),
    };
    componentsByBase.set(base, components);
  }
  return components;
}

function Anchor({ href, id, children }: { href?: string; id?: string; children?: ReactNode }) {
  if (!href) return <span>{children}</span>;
  if (!href.startsWith("#")) {
    return (
      <a href={href} data-address={printedAddress(href, children)} {...OUTWARD}>
        {children}
      </a>
    );
  }
  return (
    <a href={href} id={id} onClick={goWithinPage}>
      {children}
    </a>
  );
}

/** Footnotes scroll to their place; the page's address belongs to the viewer and stays as it is. */
function goWithinPage(event: MouseEvent<HTMLAnchorElement>): void {
  event.preventDefault();
  const place = document.getElementById(decodeURIComponent(event.currentTarget.hash.slice(1)));
  place?.scrollIntoView({ block: "center" });
  place?.focus({ preventScroll: true });
}

/** The page loads no picture from elsewhere: one that lies elsewhere is a link. */
function Picture({ src, alt, title, base }: { src?: unknown; alt?: string; title?: string; base: string }) {
  if (typeof src !== "string" || !src) return <span>{alt}</span>;
  if (isRemote(src)) return <Anchor href={src}>{alt || src}</Anchor>;
  return <Own src={relativeTo(src, base)} alt={alt ?? ""} title={title} />;
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

function InlineCode({ className, children }: ComponentProps<"code">) {
  if (className?.includes("math-"))
    return <Tex source={String(children)} display={className.includes("math-display")} />;
  return <code>{children}</code>;
}

/** A fenced block: a listing in its language, or a formula when that language is `math`. */
function Block({ children }: ComponentProps<"pre">) {
  const { className = "", children: text = "" } =
    (children as ReactElement<ComponentProps<"code">> | undefined)?.props ?? {};
  const language = /language-(\S+)/.exec(className)?.[1] ?? "";
  const source = String(text);
  return language === "math" ? <Tex source={source.trim()} display /> : <Listing text={source} language={language} />;
}

function relativeTo(address: string, base: string): string {
  if (!base || address.startsWith("#") || address.startsWith("?") || /^[a-z][a-z+.-]*:|^\//i.test(address))
    return address;
  return base.replace(/[^/]*$/, "") + address;
}

/** FNV-1a: tells the footnotes of one text from those of another. */
function hash(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(36);
}
