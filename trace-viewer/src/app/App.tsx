import "./app.css";
import { lazy, Suspense, useEffect } from "react";
import { useKeyboard } from "../commands/useKeyboard";
import { ProblemPage } from "../panes/problem/ProblemPage";
import { followAddress } from "../state/address";
import { followReading } from "../state/last-read";
import { applyTheme } from "../state/settings";
import { followSources } from "../state/sources";
import { store, useStore, wholeSummary, type Opened } from "../state/store";
import { Drop } from "./Drop";
import { LecturePage, preloadBeside } from "./LecturePage";

const TracesPage = lazy(() => import("../panes/traces/TracesPage"));

/** The viewer: a lecture, the list of them, or what stands in the way. */
export function App() {
  const opened = useStore((state) => state.opened);
  useKeyboard();
  useEffect(followTheme, []);
  useEffect(followAddress, []);
  useEffect(followSources, []);
  useEffect(followReading, []);
  const running = runningPath(opened);
  useEffect(() => (running === null ? undefined : whenLoaded(import("../state/running"), running)), [running]);
  const isLoading = opened.status === "loading";
  useEffect(() => {
    if (isLoading) preloadBeside();
  }, [isLoading]);
  const title = opened.status === "ready" ? opened.lecture.title : "Executable lectures";
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <Page opened={opened} />
      <Drop />
    </>
  );
}

/** The trace that is open, if its run goes on. */
function runningPath(opened: Opened): string | null {
  if (opened.status !== "ready" || opened.file) return null;
  return wholeSummary(opened.lecture).outcome.status === "running" ? opened.path : null;
}

/** Few runs are looked at before they are over, so what follows one comes when it is needed. Returns what stops it. */
function whenLoaded(loading: Promise<typeof import("../state/running")>, path: string): () => void {
  let stop: (() => void) | null | undefined;
  loading.then(({ followRun }) => stop !== null && (stop = followRun(path))).catch(() => {});
  return () => {
    stop?.();
    stop = null;
  };
}

function Page({ opened }: { opened: Opened }) {
  switch (opened.status) {
    case "none":
      if (new URLSearchParams(window.location.search).get("trace")) return null; // about to be opened
      return (
        <Suspense>
          <TracesPage />
        </Suspense>
      );
    case "loading":
      return (
        <main className="loading" aria-busy="true">
          <p>Opening {opened.path} …</p>
        </main>
      );
    case "problem":
      return <ProblemPage problem={opened.problem} path={opened.path} />;
    case "ready":
      return <LecturePage />;
  }
}

/** The page looks as the settings and the reader's system say, from the start and whenever the latter changes its mind. */
function followTheme(): () => void {
  const apply = () => applyTheme(store.getState().settings);
  const contrast = window.matchMedia("(prefers-contrast: more)");
  apply();
  contrast.addEventListener("change", apply);
  return () => contrast.removeEventListener("change", apply);
}
