import type { Words } from "../format/generated";
import { Markdown } from "../markdown/Markdown";
import type { OutputProps } from "./OutputView";
import { authorStyle } from "./style";

/** `text()`: Markdown, or characters exactly as they are. */
export function TextOutput({ output: { text, verbatim, style }, base }: OutputProps<Words>) {
  if (!verbatim) return <Markdown text={text} base={base} style={authorStyle(style)} />;
  return (
    <pre className="verbatim" style={authorStyle(style)}>
      {text}
    </pre>
  );
}
