import "./sharing.css";
import { useState } from "react";
import { originsAt, type Origin, type Relation } from "../../logic/derived";
import { relation, sharingOf, type Holder, type Shared, type Write } from "../../logic/sharing";
import { useLecture, useStore } from "../../state/store";
import { visible } from "../../values/escape";
import type { SharingProps } from "./Sharing";
import { StorageView } from "./StorageView";

/** Names told in the sentence; the drawing has the others' parts too, as far as it goes. */
const MOST_TOLD = 4;

export default function SharingView({ name, value, call }: SharingProps) {
  const lecture = useLecture();
  const position = useStore((state) => state.position);
  const [chosen, setChosen] = useState<boolean | null>(null);
  const sharing = sharingOf(lecture);
  const shared = sharing.at(position).get(value.storage?.id ?? -1);
  const own = shared?.holders.find((holder) => holder.call === call && holder.name === name && holder.path === "");
  const origins = originsAt(lecture, call, name, position);
  const write = own ? sharing.writeTo(own, position) : null;
  const others = own && shared ? shared.holders.filter((holder) => holder !== own) : [];
  // Where it is made, what a view looks at is shown; else when it is asked for.
  const open = chosen ?? origins.some(({ relation }) => relation !== "own memory");
  if (origins.length === 0 && !write && others.length === 0) return null;
  return (
    <div className="sharing">
      {write && own && <WriteView write={write} own={own} />}
      {origins.length > 0 && <Origins origins={origins} />}
      {own && shared && others.length > 0 && (
        <details open={open}>
          <summary
            onClick={(event) => {
              event.preventDefault();
              setChosen(!open);
            }}
          >
            shares memory with <Others others={others} own={own} shared={shared} />
          </summary>
          {open && <StorageView shared={shared} own={own} />}
        </details>
      )}
    </div>
  );
}

function WriteView({ write: { through, line, stale }, own }: { write: Write; own: Holder }) {
  if (through && stale) {
    return (
      <p className="sharing-write">
        written to through <HolderName holder={through} from={own} />; shown as it was before, until the call is over
      </p>
    );
  }
  return (
    <p className="sharing-write">
      {through ? (
        <>
          changed through <HolderName holder={through} from={own} />
        </>
      ) : (
        `changed in place by line ${line}`
      )}
    </p>
  );
}

const MEANS: Record<Relation, [before: string, after: string]> = {
  "same object": ["the same object as ", ""],
  "same memory": ["a view of ", ": nothing was copied"],
  "own memory": ["its own memory: a copy or a new result, nothing shared with ", ""],
};

function Origins({ origins }: { origins: Origin[] }) {
  return (Object.keys(MEANS) as Relation[]).map((relation) => {
    const sources = origins.filter((origin) => origin.relation === relation);
    if (sources.length === 0) return null;
    const [before, after] = MEANS[relation];
    return (
      <p key={relation} className="sharing-origin">
        {before}
        {sources.map(({ source }, index) => (
          <span key={source}>
            {index > 0 && (index + 1 < sources.length ? ", " : relation === "own memory" ? " or " : " and ")}
            <code>{visible(source.slice(0, 80))}</code>
          </span>
        ))}
        {after}
      </p>
    );
  });
}

function Others({ others, own, shared }: { others: Holder[]; own: Holder; shared: Shared }) {
  const left = others.length - MOST_TOLD;
  return (
    <>
      {others.slice(0, MOST_TOLD).map((other, index) => {
        const words = relation(other, own, shared);
        return (
          <span key={`${other.call} ${other.name} ${other.path}`}>
            {index > 0 && ", "}
            <HolderName holder={other} from={own} />
            {words && ` (${words})`}
          </span>
        );
      })}
      {left > 0 && ` and ${left} more`}
    </>
  );
}

/** A name as the reader of another one would say it: with its function, if that is a different call. */
export function HolderName({ holder, from }: { holder: Holder; from: Holder }) {
  const { name, path, call } = holder;
  return (
    <>
      {name ? <code>{visible(`${name}${path}`.slice(0, 80))}</code> : "the value returned"}
      {call !== from.call && ` in ${visible(holder.function.slice(0, 60))}()`}
    </>
  );
}
