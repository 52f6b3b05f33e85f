import "./app.css";
import { useEffect } from "react";
import { useKeyboard } from "../commands/useKeyboard";
import { ProblemPage } from "../panes/problem/ProblemPage";
import { TracesPage } from "../panes/traces/TracesPage";
import { followAddress } from "../state/address";
import { applyTheme } from "../state/settings";
import { store, useStore } from "../state/store";
import { LecturePage } from "./LecturePage";

/** The viewer: a lecture, the list of them, or what stands in the way. */
export function App() {
  const opened = useStore((state) => state.opened);
  useKeyboard();
  useEffect(() => {
    applyTheme(store.getState().settings);
    return followAddress();
  }, []);
  const title = opened.status === "ready" ? opened.lecture.title : "Executable lectures";
  useEffect(() => {
    document.title = title;
  }, [title]);
  switch (opened.status) {
    case "none":
      return <TracesPage />;
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
