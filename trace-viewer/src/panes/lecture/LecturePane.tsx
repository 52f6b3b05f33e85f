import "./lecture.css";
import { useRef } from "react";
import { useLecture } from "../../state/store";
import { FilePage } from "./FilePage";
import { useFollow } from "./useFollow";
import { useLecturePane } from "./useLecturePane";
import { useLineClicks } from "./useLineClicks";

/** The lecture as a document: the file that the reader is in, its lines, and what they showed in place of them. */
export function LecturePane() {
  const lecture = useLecture();
  const { file, visited, position, statement, cursor, callers, looked, settings, base, goal, motion } =
    useLecturePane(lecture);
  const root = useRef<HTMLDivElement>(null);
  useLineClicks(root, file);
  useFollow(root, { file, goal, motion, layout: `${settings.raw} ${settings.notes}` });
  return (
    <div className="lecture" ref={root}>
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
          base={base}
        />
      ))}
    </div>
  );
}
