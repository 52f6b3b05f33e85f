import { lazy, Suspense, useEffect, useRef, type ReactNode } from "react";
import { dimensionsOf } from "../logic/dimensions";
import { hasKernels } from "../logic/kernel-place";
import { isTimed } from "../logic/timed";
import { useContextMenu } from "../panes/breakpoints/useContextMenu";
import { CallstackPane } from "../panes/callstack/CallstackPane";
import { ControlsPane } from "../panes/controls/ControlsPane";
import { LecturePane } from "../panes/lecture/LecturePane";
import { OutcomeBanner, OutcomeChip } from "../panes/run/OutcomeBanner";
import { SourceChip } from "../panes/run/SourceChip";
import { say } from "../state/actions";
import { hasRoomForOutline, ROOMY } from "../state/room";
import { useLecture, useStore, type Overlay } from "../state/store";
import { DimensionNames } from "../values/DimName";
import { CommandButton } from "../widgets/CommandButton";
import { Icon } from "../widgets/Icon";
import { NARROW, useMedia } from "../widgets/useMedia";
import { Announcer } from "./Announcer";
import { SidePanel } from "./SidePanel";
import { useKeepFocus } from "./useKeepFocus";
import { usePreload } from "./usePreload";
import { useSideParts } from "./useSideParts";
import { useSwipe } from "./useSwipe";

const HelpPane = lazy(() => import("../panes/help/HelpPane"));
const ContentsPane = lazy(() => import("../panes/contents/ContentsPane"));
const SearchPane = lazy(() => import("../panes/search/SearchPane"));
const PalettePane = lazy(() => import("../panes/palette/PalettePane"));
const loadOutline = () => import("../panes/outline/OutlinePane");
const loadLineTools = () => import("../panes/breakpoints/LineTools");
const OutlinePane = lazy(loadOutline);
const BreakpointsPane = lazy(() => import("../panes/breakpoints/BreakpointsPane"));
const LineTools = lazy(loadLineTools);
const RunPane = lazy(() => import("../panes/run/RunPane"));
const ComparePane = lazy(() => import("../panes/compare/ComparePane"));
const CompareDialog = lazy(() => import("../panes/compare/CompareDialog"));
const ValuesOfLine = lazy(() => import("../panes/hover/ValuesOfLine"));

const OVERLAYS: Record<Overlay, ReactNode> = {
  help: <HelpPane />,
  contents: <ContentsPane />,
  search: <SearchPane />,
  palette: <PalettePane />,
  breakpoints: <BreakpointsPane />,
  run: <RunPane />,
  values: <ValuesOfLine />,
  compare: <CompareDialog />,
};

/** Load what stands beside every lecture, while one is on its way. What fails is tried again when it is drawn. */
export function preloadBeside(): void {
  void Promise.allSettled([loadOutline(), loadLineTools()]);
}

/** An open lecture: the document in the middle, and the instrument around it. */
export function LecturePage() {
  const lecture = useLecture();
  const { trace } = lecture;
  const overlay = useStore((state) => state.overlay);
  const comparing = useStore((state) => state.comparing !== null);
  const parts = useSideParts();
  const side = comparing ? [] : parts; // a comparison brings the values of both
  const outline = useOutline() && !comparing;
  const main = useRef<HTMLElement>(null);
  useSwipe(main);
  useContextMenu();
  useKeepFocus();
  usePreload(lecture);
  return (
    <DimensionNames names={dimensionsOf(trace)}>
      <div className="lecture-page" data-side={side.length > 0 || undefined} data-outline={outline || undefined}>
        <button type="button" className="button skip" onClick={() => main.current?.focus()}>
          Skip to the lecture
        </button>
        <Header />
        {outline && (
          <Suspense>
            <OutlinePane />
          </Suspense>
        )}
        <main ref={main} tabIndex={-1}>
          <OutcomeBanner />
          {comparing ? (
            <Suspense>
              <ComparePane />
            </Suspense>
          ) : (
            <LecturePane />
          )}
        </main>
        {side.length > 0 && <SidePanel parts={side} />}
        <ControlsPane />
        <Message />
        <Announcer />
        <Suspense>
          <LineTools />
        </Suspense>
        <Suspense>{overlay && OVERLAYS[overlay]}</Suspense>
      </div>
    </DimensionNames>
  );
}

/** Whether the contents stand beside the lecture. */
function useOutline(): boolean {
  const roomy = useMedia(ROOMY);
  return useStore((state) => state.settings.outline && roomy && hasRoomForOutline(state));
}

function Header() {
  const lecture = useLecture();
  const { title, printed, trace } = lecture;
  const narrow = useMedia(NARROW);
  return (
    <header className="top">
      <a className="icon-button" href={window.location.pathname} aria-label="All lectures" title="All lectures">
        <Icon name="home" />
      </a>
      <div className="top-place">
        <h1 className="top-title">{title}</h1>
        <CallstackPane />
      </div>
      <OutcomeChip />
      <SourceChip />
      <div className="top-commands" role="toolbar" aria-label="Show">
        <CommandButton id="search" />
        <CommandButton id="contents" />
        <CommandButton id="variables" className="roomy" />
        <CommandButton id="calls" className="roomy" />
        {printed.any && <CommandButton id="printed" className="roomy" />}
        {trace.memory.step.length > 0 && <CommandButton id="memory" className="roomy" />}
        {isTimed(trace) && <CommandButton id="costs" className="roomy" />}
        {hasKernels(lecture) && <CommandButton id="kernel" className="roomy" />}
        {lecture.rank && <CommandButton id="ranks" className="roomy" />}
        <CommandButton id="notes" className="roomy" />
        <CommandButton id="animate" className="roomy" />
        <CommandButton id="raw" className="roomy" />
        <CommandButton id="run" className="roomy" />
        <CommandButton id="theme" />
        <CommandButton id="help" {...(narrow && { label: "More", icon: "more" })} />
      </div>
    </header>
  );
}

const MESSAGE_MS = 6000;

/** A sentence that goes away by itself. */
function Message() {
  const message = useStore((state) => state.message);
  useEffect(() => {
    if (!message) return undefined;
    const timer = setTimeout(() => say(null), MESSAGE_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div className="passing-message" role="status">
      {message && <p>{message}</p>}
    </div>
  );
}
