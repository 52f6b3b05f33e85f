import type { Code } from "../format/generated";
import { Listing } from "../code/Listing";
import type { OutputProps } from "./OutputView";

/** `code()`: a listing that is shown, not run. */
export function CodeOutput({ output: { text, language = "python", caption } }: OutputProps<Code>) {
  return (
    <figure className="listing-figure">
      {caption ? <figcaption>{caption}</figcaption> : null}
      <Listing text={text} language={language} />
    </figure>
  );
}
