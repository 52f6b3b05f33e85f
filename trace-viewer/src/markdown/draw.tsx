/** A tree of Markdown as React elements: each kind of node is one of ours, so nothing else can reach the page. */
import { createElement, Fragment, type ReactNode } from "react";
import { Listing } from "../code/Listing";
import { Anchor, Picture } from "./addresses";
import { Tex } from "./Tex";
import type { Node } from "./tree";

/** `base` is what addresses are relative to; `prefix` tells the footnotes of this text from those of others. */
export function drawMarkdown(tree: Node, base: string, prefix: string): ReactNode {
  const definitions = new Map<string, Node>();
  const footnotes = new Map<string, Node>();
  collect(tree);
  /** The identifiers of the footnotes that are referred to, in the order in which they are, and how often so far. */
  const called = new Map<string, number>();
  const drawn = drawAll(tree);
  return (
    <>
      {drawn}
      {called.size > 0 && drawFootnotes()}
    </>
  );

  /** The first definition of a name is the one that counts. */
  function collect({ children = [] }: Node): void {
    for (const child of children) {
      const found = child.type === "definition" ? definitions : child.type === "footnoteDefinition" ? footnotes : null;
      const name = nameOf(child);
      if (found && !found.has(name)) found.set(name, child);
      collect(child);
    }
  }

  function drawAll({ children = [] }: Node): ReactNode[] {
    return children.map((child, index) => draw(child, index));
  }

  function draw(node: Node, key: number): ReactNode {
    const { type, value = "" } = node;
    switch (type) {
      case "text":
        return value;
      case "paragraph":
        return <p key={key}>{drawAll(node)}</p>;
      case "heading":
        return createElement(`h${Math.min(node.depth ?? 1, 6)}`, { key }, drawAll(node));
      case "emphasis":
        return <em key={key}>{drawAll(node)}</em>;
      case "strong":
        return <strong key={key}>{drawAll(node)}</strong>;
      case "delete":
        return <del key={key}>{drawAll(node)}</del>;
      case "inlineCode":
        return <code key={key}>{value.replace(/\r?\n|\r/g, " ")}</code>;
      case "formula":
        return <Tex key={key} source={value} display={node.display === true} />;
      case "code":
        if (node.lang === "math") return <Tex key={key} source={value.trim()} display />;
        return <Listing key={key} text={value && `${value}\n`} language={node.lang ?? ""} />;
      case "break":
        return <br key={key} />;
      case "thematicBreak":
        return <hr key={key} />;
      case "blockquote":
        return <blockquote key={key}>{drawAll(node)}</blockquote>;
      case "list":
        return drawList(node, key);
      case "table":
        return drawTable(node, key);
      case "link":
      case "linkReference":
        return (
          <Anchor key={key} href={urlOf(node)} base={base}>
            {drawAll(node)}
          </Anchor>
        );
      case "image":
      case "imageReference":
        return <Picture key={key} src={urlOf(node)} alt={node.alt ?? ""} title={titleOf(node)} base={base} />;
      case "footnoteReference":
        return drawReference(node, key);
      case "definition":
      case "footnoteDefinition":
        return null;
      default:
        return <Fragment key={key}>{drawAll(node)}</Fragment>;
    }
  }

  function urlOf(node: Node): string {
    return (node.url ?? definitions.get(nameOf(node))?.url) || "";
  }

  function titleOf(node: Node): string | undefined {
    return (node.title ?? definitions.get(nameOf(node))?.title) || undefined;
  }

  /** The items of a list are paragraphs where there is an empty line in it or between them. */
  function drawList(list: Node, key: number): ReactNode {
    const { children: items = [] } = list;
    const loose = list.spread === true || items.some(({ spread }) => spread === true);
    const drawn = items.map((item, index) => {
      const parts = (item.children ?? []).map((child, at) =>
        !loose && child.type === "paragraph" ? <Fragment key={at}>{drawAll(child)}</Fragment> : draw(child, at),
      );
      // The items of a list never change their order.
      // oxlint-disable-next-line react/no-array-index-key
      return <li key={index}>{typeof item.checked === "boolean" ? [tick(item.checked), ...parts] : parts}</li>;
    });
    if (!list.ordered) return <ul key={key}>{drawn}</ul>;
    return (
      <ol key={key} start={list.start ?? 1}>
        {drawn}
      </ol>
    );
  }

  function drawTable({ children: rows = [], align }: Node, key: number): ReactNode {
    const drawRow = (row: Node, Cell: "th" | "td", at: number) => (
      <tr key={at}>
        {(row.children ?? []).map((cell, column) => (
          // oxlint-disable-next-line react/no-array-index-key
          <Cell key={column} style={{ textAlign: align?.[column] ?? undefined }}>
            {drawAll(cell)}
          </Cell>
        ))}
      </tr>
    );
    return (
      // Scrolls sideways, so the keyboard must reach it.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      <div key={key} className="markdown-table" tabIndex={0}>
        <table>
          <thead>{rows.slice(0, 1).map((row) => drawRow(row, "th", 0))}</thead>
          {rows.length > 1 && <tbody>{rows.slice(1).map((row, at) => drawRow(row, "td", at + 1))}</tbody>}
        </table>
      </div>
    );
  }

  function drawReference(node: Node, key: number): ReactNode {
    const name = nameOf(node);
    if (!footnotes.has(name)) return null;
    const times = (called.get(name) ?? 0) + 1;
    called.set(name, times);
    const number = [...called.keys()].indexOf(name) + 1;
    return (
      <sup key={key}>
        <Anchor href={`#${prefix}${number}`} id={`${prefix}${number}-from-${times}`} base={base}>
          {number}
        </Anchor>
      </sup>
    );
  }

  /** In the order in which they are referred to. One may refer to another, which comes to the end then. */
  function drawFootnotes(): ReactNode {
    const items: ReactNode[] = [];
    for (const name of called.keys()) {
      const number = items.length + 1;
      items.push(
        <li key={number} id={`${prefix}${number}`} tabIndex={-1}>
          {drawAll(footnotes.get(name)!)}
          <Anchor href={`#${prefix}${number}-from-1`} label={`Back to where note ${number} is referred to`} base={base}>
            ↩
          </Anchor>
        </li>,
      );
    }
    return (
      <section className="footnotes">
        <h2 className="visually-hidden">Footnotes</h2>
        <ol>{items}</ol>
      </section>
    );
  }
}

/** Names of references are the same in capitals and in small letters. */
function nameOf({ identifier = "" }: Node): string {
  return identifier.toUpperCase();
}

function tick(checked: boolean): ReactNode {
  return (
    <Fragment key="tick">
      <input type="checkbox" checked={checked} readOnly disabled aria-label={checked ? "done" : "to do"} />{" "}
    </Fragment>
  );
}
