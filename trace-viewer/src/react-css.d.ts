import "react";

declare module "react" {
  /** Our own custom properties may be set as styles. */
  interface CSSProperties {
    [name: `--${string}`]: string | number;
  }
}
