import { useState } from "react";
import type { Video } from "../format/generated";
import { OUTWARD } from "../markdown/links";
import { fileName } from "./ImageOutput";
import { Missing } from "./Missing";
import type { OutputProps } from "./OutputView";
import { isOurs, loading, sourceUrl } from "./sources";
import { authorStyle } from "./style";

/** `video()`: a film beside the trace plays in place; one elsewhere is a link. */
export function VideoOutput({ output: { source, alt = "", style }, base }: OutputProps<Video>) {
  const [broken, setBroken] = useState(false);
  const url = sourceUrl(source, base);
  const what = alt || "A video";
  if (!url || url.protocol === "file:") return <Missing what={what} why="Its address is not one that may be loaded." />;
  if (!isOurs(url, base)) {
    return (
      <p className="outside">
        <a href={url.href} {...OUTWARD}>
          {alt || "Video"}
        </a>{" "}
        <span className="faint">{url.host}</span>
      </p>
    );
  }
  if (broken) return <Missing what={what} why={`The file ${fileName(url)} could not be played.`} />;
  return (
    // The words are the lecture's own, around it; `alt` names it.
    // oxlint-disable-next-line jsx-a11y/media-has-caption
    <video
      className="film"
      crossOrigin={loading(url).crossOrigin}
      src={url.href}
      aria-label={what}
      controls
      playsInline
      preload="metadata"
      style={authorStyle(style)}
      onError={() => setBroken(true)}
    />
  );
}
