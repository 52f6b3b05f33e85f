import { useState } from "react";
import type { Image } from "../format/generated";
import { OUTWARD } from "../markdown/links";
import { Missing } from "./Missing";
import type { OutputProps } from "./OutputView";
import { isOurs, loading, sourceUrl } from "./sources";
import { authorStyle } from "./style";
import { Wide } from "./Wide";

/** Wider pictures are photographs and the like. Pixels. */
const MOST_SQUARES = 256;

/** `image()`: its room is there before it has loaded, and a sentence is when it cannot be. */
export function ImageOutput({ output, base }: OutputProps<Image>) {
  const { source, alt = "", width, height, style } = output;
  const [broken, setBroken] = useState(false);
  const url = sourceUrl(source, base);
  const what = alt || "A picture";
  if (!url) return <Missing what={what} why="Its address is not one that may be loaded." />;
  if (!isOurs(url, base)) {
    return (
      <Missing
        what={what}
        why={
          <>
            It lies elsewhere and was not copied into the record:{" "}
            <a href={url.href} {...OUTWARD}>
              {url.host}
            </a>
          </>
        }
      />
    );
  }
  if (broken) return <Missing what={what} why={`The file ${fileName(url)} could not be loaded.`} />;
  return (
    <Wide width={style?.width === undefined ? positive(width) : undefined}>
      <img
        className="picture"
        {...loading(url)}
        src={url.href}
        alt={alt}
        width={positive(width)}
        height={positive(height)}
        loading="lazy"
        decoding="async"
        style={authorStyle(style)}
        onError={() => setBroken(true)}
        onLoad={({ currentTarget: picture }) => {
          // A small array drawn large: its elements are squares, not a blur.
          const grown = picture.clientWidth / (picture.naturalWidth || Infinity);
          if (grown >= 2 && picture.naturalWidth <= MOST_SQUARES) picture.dataset.squares = "";
        }}
      />
    </Wide>
  );
}

/** The last part of an address, readable. */
export function fileName(url: URL): string {
  if (url.protocol === "data:") return "inside the record";
  try {
    return decodeURIComponent(url.pathname.split("/").at(-1) ?? "").slice(0, 80);
  } catch {
    return "named in the record";
  }
}

function positive(size: number | null | undefined): number | undefined {
  return size && size > 0 && size < 20_000 ? Math.round(size) : undefined;
}
