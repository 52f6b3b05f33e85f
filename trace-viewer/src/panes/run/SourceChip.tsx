import "./run.css";
import { setOverlay } from "../../state/actions";
import { isNews } from "../../state/sources";
import { useStore } from "../../state/store";
import { Icon } from "../../widgets/Icon";
import { sourceWords } from "./sources";

/** Says at the top that the lecture was edited since it ran; what to do about it is said with the rest about the run. */
export function SourceChip() {
  const sources = useStore((state) => state.sources);
  if (!isNews(sources)) return null;
  const words = sourceWords(sources);
  return (
    <button
      type="button"
      className="chip source-chip"
      title={words}
      aria-label={words}
      onClick={() => setOverlay("run")}
    >
      <span className="source-words">{sourceWords(sources, true)}</span>
      <span className="source-word">changed</span>
      <Icon name="edit" />
    </button>
  );
}
