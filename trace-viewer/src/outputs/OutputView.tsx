/** What a line of the lecture showed, one renderer a kind. */
import { memo, type FunctionComponent } from "react";
import type { Output, Target } from "../format/generated";
import { CodeOutput } from "./CodeOutput";
import { ExpectationOutput } from "./expectation/ExpectationOutput";
import { LazyGraph } from "./graph/LazyGraph";
import { ImageOutput } from "./ImageOutput";
import { LinkOutput } from "./LinkOutput";
import { Missing } from "./Missing";
import { NoteOutput } from "./NoteOutput";
import { PlaceholderOutput } from "./PlaceholderOutput";
import { PlotOutput } from "./plot/PlotOutput";
import { QuizOutput } from "./quiz/QuizOutput";
import { TableOutput } from "./TableOutput";
import { TextOutput } from "./TextOutput";
import { VideoOutput } from "./VideoOutput";
import "./outputs.css";

/** What every renderer gets. `base` is the address of the trace: sources are relative to it. */
export type OutputProps<O extends Output = Output> = {
  output: O;
  base: string;
  /** Called when the reader follows a link to a place in the recorded source. */
  onTarget: (target: Target) => void;
};

type Renderers = { [K in Output["kind"]]: FunctionComponent<OutputProps<Extract<Output, { kind: K }>>> };

const renderers: Renderers = {
  text: TextOutput,
  image: ImageOutput,
  video: VideoOutput,
  link: LinkOutput,
  plot: PlotOutput,
  graph: LazyGraph,
  table: TableOutput,
  code: CodeOutput,
  note: NoteOutput,
  placeholder: PlaceholderOutput,
  expectation: ExpectationOutput,
  quiz: QuizOutput,
};

/** Any output. Outputs are compared by identity: the same object is never drawn twice. */
export const OutputView = memo(function OutputView(props: OutputProps) {
  const { kind } = props.output;
  if (!Object.hasOwn(renderers, kind)) {
    return <Missing what={`An output of a kind this viewer does not know`} why={String(kind).slice(0, 60)} />;
  }
  const Renderer = renderers[kind] as FunctionComponent<OutputProps>;
  return (
    <div className={`output output-${kind}`}>
      <Renderer {...props} />
    </div>
  );
});
