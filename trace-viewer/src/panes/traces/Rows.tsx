import { needs, type CourseLecture } from "../../format/course";
import { chapterOf, viewerLink, type Listed } from "../../format/listing";
import { traceLink } from "../../state/address";
import { Command } from "./Command";
import { TraceFacts, Trouble } from "./TraceFacts";

/** A lecture of the course: what it is about, and its recorded run or how to make one. */
export function LectureRow({ lecture, trace }: { lecture: CourseLecture; trace: Listed | null }) {
  const { id, order, title, summary, command } = lecture;
  const { machine, time } = needs(lecture);
  const isWhole = trace && !trace.problem && (trace.outcome?.status ?? "finished") === "finished";
  return (
    <li className={trace ? "trace" : "trace unrecorded"}>
      <h2>
        <span className="trace-number">{order || null}</span>
        {trace ? (
          <a href={viewerLink(trace.url)} aria-label={fullTitle(lecture)} {...traceLink}>
            {title}
          </a>
        ) : (
          title
        )}
      </h2>
      <span className="trace-name">{id}</span>
      {summary && <p className="trace-summary">{summary}</p>}
      {trace ? (
        <TraceFacts trace={trace} machine={machine} />
      ) : (
        <span className="trace-facts">
          <span className="chip">not recorded yet</span>
          {machine.map((need) => (
            <span key={need} className="chip">
              {need}
            </span>
          ))}
          {time && <span>{time} to record</span>}
        </span>
      )}
      {trace && <Trouble trace={trace} />}
      {(!isWhole || trace.changed) && command && (
        <Command words={trace ? "To record it again:" : "To record it:"}>{command}</Command>
      )}
    </li>
  );
}

/** A trace of no course. */
export function TraceRow({ trace }: { trace: Listed }) {
  const { number, words } = chapterOf(trace.title);
  return (
    <li className="trace">
      <a href={viewerLink(trace.url)} aria-label={trace.title} {...traceLink}>
        <span className="trace-number">{number}</span>
        <span>{words}</span>
      </a>
      <span className="trace-name">{trace.name}</span>
      <TraceFacts trace={trace} />
      <Trouble trace={trace} />
    </li>
  );
}

export function fullTitle({ order, title }: CourseLecture): string {
  return order > 0 ? `Lecture ${order}: ${title}` : title;
}
