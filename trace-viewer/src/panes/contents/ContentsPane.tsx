import "./contents.css";
import { useMemo, useState } from "react";
import { lastAtMost } from "../../logic/columns";
import type { Lecture } from "../../logic/lecture";
import { functionsOf } from "../../logic/search/functions";
import { fit, type Fit } from "../../logic/search/fuzzy";
import { jumpTo, peekAt, setOverlay } from "../../state/actions";
import { useLecture, useStore } from "../../state/store";
import { count } from "../../values/numbers";
import { Dialog } from "../../widgets/Dialog";
import { Fitting } from "../../widgets/Fitting";
import { PickList, type PickGroup } from "../../widgets/PickList";
import { useTyped } from "../../widgets/useTyped";
import { viewerLink, type Listed } from "../../format/listing";
import { useLectures } from "../../state/useLectures";

interface Place {
  id: string;
  label: string;
  /** Indented so far: of a heading, by its level. */
  level: number;
  detail: string;
  code: boolean;
  current: boolean;
  go(): void;
  ranges?: Fit["ranges"];
}

const PARTS = ["headings", "functions", "files", "lectures"] as const;
type Part = (typeof PARTS)[number];

const TITLES: Record<Part, string> = {
  headings: "Headings",
  functions: "Functions",
  files: "Source files",
  lectures: "Other lectures",
};

/** Where to go: the headings, functions and files of the lecture, and the other lectures, narrowed by what is typed. */
export default function ContentsPane() {
  const lecture = useLecture();
  const lectures = useLectures();
  const position = useStore((state) => state.position);
  const path = useStore(({ opened }) => (opened.status === "ready" ? opened.path : ""));
  const [text, setText] = useTyped();
  const [only, setOnly] = useState<Part | null>(null);
  const parts = useMemo(
    (): Record<Part, Place[]> => ({
      headings: headingsOf(lecture, position),
      functions: functionsIn(lecture, position),
      files: filesOf(lecture, position),
      lectures: lecturesOf(lectures, path),
    }),
    [lecture, position, lectures, path],
  );
  const groups = useMemo(
    (): PickGroup<Place>[] =>
      PARTS.filter((part) => only === null || part === only)
        .map((part) => ({ id: part, title: TITLES[part], items: fitting(parts[part], text) }))
        .filter(({ items }) => items.length > 0),
    [parts, text, only],
  );
  const [at, setAt] = useState(
    () => (text === "" ? parts.headings.find(({ current }) => current)?.id : undefined) ?? "",
  );
  const total = groups.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <Dialog title="Contents" variant="bar">
      <PickList
        label="Find a heading, a function or a file"
        placeholder="Find a heading, a function or a file"
        text={text}
        onText={(typed) => {
          setText(typed);
          setAt("");
        }}
        groups={groups}
        at={at}
        onAt={setAt}
        onPick={({ go }) => {
          setOverlay(null);
          go();
        }}
        view={PlaceView}
        status={total === 1 ? "1 place" : `${count(total)} places`}
        empty={<p>Nothing here is called that.</p>}
      >
        <div className="contents-parts" role="group" aria-label="Only">
          {PARTS.filter((part) => parts[part].length > 0).map((part) => (
            <button
              key={part}
              type="button"
              className="contents-part"
              aria-pressed={part === only}
              onClick={() => {
                setOnly(part === only ? null : part);
                setAt(parts[part].find(({ current }) => current)?.id ?? "");
              }}
            >
              {TITLES[part]} <span className="contents-count">{count(parts[part].length)}</span>
            </button>
          ))}
        </div>
      </PickList>
    </Dialog>
  );
}

function PlaceView({ item: { label, level, detail, code, current, ranges } }: { item: Place }) {
  return (
    <span className="contents-place" data-level={level} data-current={current || undefined}>
      <span className={code ? "contents-label code" : "contents-label"}>
        <Fitting text={label} ranges={ranges ?? []} />
      </span>
      <span className="contents-detail">
        {current && "here"}
        {current && detail && " · "}
        {detail}
      </span>
    </span>
  );
}

/** In their own order: who reads contents looks for a place among others. */
function fitting(places: Place[], text: string): Place[] {
  if (text.trim() === "") return places;
  return places.flatMap((place) => {
    const found = fit(text, place.label);
    return found ? [{ ...place, ranges: found.ranges }] : [];
  });
}

function headingsOf({ headings }: Lecture, position: number): Place[] {
  const here = lastAtMost(position, 0, headings.length, (index) => headings[index].position);
  return headings.map((heading, index) => ({
    id: `heading ${index}`,
    label: heading.text,
    level: heading.level,
    detail: "",
    code: false,
    current: index === here,
    go: () => jumpTo(heading.position),
  }));
}

function functionsIn(lecture: Lecture, at: number): Place[] {
  const { trace, positions } = lecture;
  const call = at < 0 ? -1 : trace.steps.call[positions.step[at]];
  const here = call < 0 ? -1 : trace.calls.function[call];
  const isHere = (name: string, file: number, line: number) =>
    here >= 0 &&
    trace.functions.file[here] === file &&
    trace.functions.line[here] === line &&
    trace.strings[trace.functions.name[here]] === name;
  return functionsOf(lecture).map(({ name, file, line, calls, position }) => ({
    id: `function ${file} ${line} ${name}`,
    label: name,
    level: 2,
    detail: `called ${calls === 1 ? "once" : `${count(calls)} times`} · ${fileName(trace.files[file].path)}:${line}`,
    code: true,
    current: isHere(name, file, line),
    go: () => jumpTo(position),
  }));
}

function filesOf(lecture: Lecture, at: number): Place[] {
  const { files } = lecture.trace;
  const here = at < 0 ? -1 : lecture.placeOf(lecture.positions.step[at]).file;
  return files.map(({ path }, file) => ({
    id: `file ${file}`,
    label: path,
    level: 2,
    detail: "",
    code: true,
    current: file === here,
    go: () => peekAt(file, 1),
  }));
}

function lecturesOf(lectures: readonly Listed[], here: string): Place[] {
  return lectures
    .filter(({ url, problem }) => url !== here && problem === null)
    .map(({ url, title, name }) => ({
      id: `lecture ${url}`,
      label: title,
      level: 2,
      detail: name,
      code: false,
      current: false,
      go: () => window.location.assign(viewerLink(url)),
    }));
}

function fileName(path: string): string {
  return path.split("/").at(-1) ?? path;
}
