/** Vega itself, kept apart so that only a page with a plot loads it. No expression is compiled and nothing is fetched. */
import { View, logger, None, parse, type Loader, type Spec as VegaSpec } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type Config, type TopLevelSpec } from "vega-lite";
import { safeHref } from "../../markdown/links";
import { inkOn } from "../../theme/legible";
import type { Scheme } from "../../theme/scheme";
import { defaultSize, groundOf, isVega, tamed, type Spec } from "./spec";
import { plotTheme } from "./theme";
import { hideTooltip, showTooltip } from "./tooltip";

export type Drawn = {
  remove: () => void;
  /** What the plot asked to be fetched and was not given. */
  refused?: string;
};

type Options = { scheme: Scheme; /** Pixels there are for it. */ width: number; alt: string };

/** Draws into `place`. Throws an Error whose message says what is wrong with the specification. */
export async function drawPlot(place: HTMLElement, spec: Spec, { scheme, width, alt }: Options): Promise<Drawn> {
  const room = width || 560;
  const ground = groundOf(spec);
  const config = { ...plotTheme(!ground ? scheme : inkOn(ground) === "#ffffff" ? "dark" : "light", room) };
  const tame = tamed(spec, room);
  const quiet = logger(None);
  const full = isVega(tame)
    ? (tame as unknown as VegaSpec)
    : compile(tame as unknown as TopLevelSpec, {
        config: { ...config, view: { ...config.view, ...defaultSize(room) } } as Config,
        logger: quiet,
      }).spec;
  // A control may not be put outside the plot.
  for (const signal of full.signals ?? []) if ("bind" in signal && signal.bind) delete (signal.bind as Spec).element;

  const runtime = parse(full, { ...(isVega(tame) ? config : {}), events: { selector: false } } as never, { ast: true });
  const { loader, refused } = closedLoader();
  const view = new View(runtime, {
    expr: expressionInterpreter,
    loader,
    logger: quiet,
    renderer: "svg",
    hover: true,
    tooltip: showTooltip,
    container: place,
  } as ConstructorParameters<typeof View>[1]);
  if (alt) view.description(alt);
  await view.runAsync();
  const remove = () => {
    hideTooltip();
    view.finalize();
  };
  return { remove, refused: refused() };
}

/** A loader that loads nothing, links only where any link may lead, and takes pictures only from inside the plot. */
function closedLoader(): { loader: Loader; refused: () => string | undefined } {
  let first: string | undefined;
  const refuse = (address: unknown) => {
    first ??= String(address).slice(0, 120);
    return Promise.reject(new Error(`${String(address).slice(0, 120)} is not part of the plot`));
  };
  const loader = {
    load: refuse,
    http: refuse,
    file: refuse,
    sanitize(address: string, { context }: { context?: string } = {}) {
      const href =
        context === "image" ? /^data:image\//i.test(address) && address : context === "href" && safeHref(address);
      return href ? Promise.resolve({ href, target: "_blank", rel: "noopener noreferrer" }) : refuse(address);
    },
  };
  return { loader: loader as unknown as Loader, refused: () => first };
}
