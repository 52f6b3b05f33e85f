import { Component, type ReactNode } from "react";

interface Props {
  /** What is drawn inside, as in "This value". */
  what: string;
  children: ReactNode;
  /** When this changes, drawing is tried again. */
  watch?: unknown;
}

/** Keeps the rest of the page standing when a part of it meets content that it cannot draw. */
export class Guard extends Component<Props, { failed: boolean; watch: unknown }> {
  override state = { failed: false, watch: this.props.watch };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  static getDerivedStateFromProps(props: Props, state: { watch: unknown }) {
    return props.watch === state.watch ? null : { failed: false, watch: props.watch };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <p className="guard">{this.props.what} cannot be shown: the record of it is damaged.</p>;
  }
}
