import "./lecture.css";
import { lazy, Suspense, useRef } from "react";
import { useLecture } from "../../state/store";
import { useHover } from "../hover/useHover";
import { usePrinting } from "../../theme/printing";
import { FilePage } from "./FilePage";
import { useFoldAnchor } from "./useFoldAnchor";
import { useFollow } from "./useFollow";
import { useHeat } from "./useHeat";
import { useLayAhead } from "./useLayAhead";
import { useLecturePane } from "./useLecturePane";
import { useLineClicks } from "./useLineClicks";
import { useWayBack } from "./useWayBack";

const CostCard = lazy(() => import("./CostCard"));
const HoverLayer = lazy(() => import("../hover/HoverLayer"));

const NOBODY: number[] = [];

/** The lecture as a document: the file that the reader is in, its lines, and what they showed in place of them. */
export function LecturePane() {
  const lecture = useLecture();
  const { file, visited, position, statement, cursor, callers, looked, settings, base, goal, motion } =
    useLecturePane(lecture);
  const root = useRef<HTMLDivElement>(null);
  // Paper holds the file of the lecture, wherever the reader is: at its end, each line with its last turn, none marked.
  const paper = usePrinting();
  const { entry } = lecture.trace;
  const files = paper && !visited.includes(entry) ? [...visited, entry] : visited;
  const weigh = useHeat(lecture, settings);
  const hover = useHover(root);
  useLineClicks(root, file);
  useFoldAnchor(root);
  useWayBack(goal, motion);
  const layout = `${settings.raw} ${settings.notes} ${settings.costs}`;
  useFollow(root, { file, goal, motion, layout });
  useLayAhead(root, file, layout);
  return (
    <div className="lecture" data-costs={settings.costs || undefined} ref={root}>
      {files.map((visitedFile) => (
        <FilePage
          key={visitedFile}
          lecture={lecture}
          file={visitedFile}
          away={visitedFile !== (paper ? entry : file)}
          position={paper ? lecture.positions.count - 1 : position}
          statement={paper ? -1 : statement}
          cursor={cursor}
          callers={paper ? NOBODY : callers}
          looked={visitedFile === file && !paper ? looked : 0}
          raw={settings.raw}
          notes={settings.notes}
          animate={settings.animate}
          weigh={weigh}
          base={base}
        />
      ))}
      {hover.first && (
        <Suspense>
          <HoverLayer root={root} first={hover.first} tap={hover.tap} />
        </Suspense>
      )}
      {weigh && (
        <Suspense>
          <CostCard key={`${file} ${settings.raw}`} root={root} file={file} />
        </Suspense>
      )}
    </div>
  );
}
