import "./lecture.css";
import { lazy, Suspense, useRef } from "react";
import { useLecture } from "../../state/store";
import { FilePage } from "./FilePage";
import { useFollow } from "./useFollow";
import { useHeat } from "./useHeat";
import { useLecturePane } from "./useLecturePane";
import { useLineClicks } from "./useLineClicks";

const CostCard = lazy(() => import("./CostCard"));

/** The lecture as a document: the file that the reader is in, its lines, and what they showed in place of them. */
export function LecturePane() {
  const lecture = useLecture();
  const { file, visited, position, statement, cursor, callers, looked, settings, base, goal, motion } =
    useLecturePane(lecture);
  const root = useRef<HTMLDivElement>(null);
  const weigh = useHeat(lecture, settings);
  useLineClicks(root, file);
  useFollow(root, { file, goal, motion, layout: `${settings.raw} ${settings.notes} ${settings.costs}` });
  return (
    <div className="lecture" data-costs={settings.costs || undefined} ref={root}>
      {visited.map((visitedFile) => (
        <FilePage
          key={visitedFile}
          lecture={lecture}
          file={visitedFile}
          away={visitedFile !== file}
          position={position}
          statement={statement}
          cursor={cursor}
          callers={callers}
          looked={visitedFile === file ? looked : 0}
          raw={settings.raw}
          notes={settings.notes}
          animate={settings.animate}
          weigh={weigh}
          base={base}
        />
      ))}
      {weigh && (
        <Suspense>
          <CostCard key={`${file} ${settings.raw}`} root={root} file={file} />
        </Suspense>
      )}
    </div>
  );
}
