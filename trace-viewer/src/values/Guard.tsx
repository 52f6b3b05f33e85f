import { Component, type ReactNode } from "react";

type Props = {
  /** What is being shown, in a word. */
  of: string;
  /** The thing itself: with another one, another try. */
  subject: unknown;
  children: ReactNode;
};

/** Keeps a value or an output that is not what the format promises from taking the page with it. */
export class Guard extends Component<Props, { message: string | null }> {
  override state: { message: string | null; subject: unknown } = { message: null, subject: this.props.subject };

  static getDerivedStateFromError(problem: unknown) {
    return { message: problem instanceof Error ? problem.message : String(problem) };
  }

  static getDerivedStateFromProps(props: Props, state: { subject: unknown }) {
    return props.subject === state.subject ? null : { message: null, subject: props.subject };
  }

  override render() {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <span className="value-bad" title={message}>
        This {this.props.of} is not as the trace format describes it and cannot be shown.
      </span>
    );
  }
}
