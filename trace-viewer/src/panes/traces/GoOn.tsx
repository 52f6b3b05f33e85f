import { useState } from "react";
import { type Course } from "../../format/course";
import { type Listed } from "../../format/listing";
import { traceLink } from "../../state/address";
import { lastRead } from "../../state/last-read";
import { count } from "../../values/numbers";
import { Icon } from "../../widgets/Icon";
import { fullTitle } from "./Rows";

/** Leads back to where the reader last left a lecture, as long as that is still here. */
export function GoOn({ course, traces }: { course: Course | null; traces: readonly Listed[] }) {
  const [place] = useState(lastRead);
  const trace = traces.find(({ url, problem }) => !problem && url === place?.trace);
  if (!place || !trace) return null;
  const lecture = course?.lectures.find(({ id }) => id === trace.name);
  const title = lecture ? fullTitle(lecture) : trace.title;
  const { section } = place;
  return (
    <a className="go-on card" href={place.search} {...traceLink}>
      <Icon name="play" />
      <span className="go-on-what">Go on where you were</span>
      <span className="go-on-where">
        <strong>{title}</strong>
        {section && section !== title && <span>{section}</span>}
        <span className="go-on-step">
          {count(place.number)} / {count(place.count)}
        </span>
      </span>
    </a>
  );
}
