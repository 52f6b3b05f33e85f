import "./palette.css";
import { useMemo, useState } from "react";
import { keyLabel } from "../../commands/keys";
import { setOverlay } from "../../state/actions";
import { store, useLecture } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";
import { Icon } from "../../widgets/Icon";
import { KeyHints } from "../../widgets/KeyHints";
import { PickList } from "../../widgets/PickList";
import { Fitting } from "../../widgets/Fitting";
import { useTyped } from "../../widgets/useTyped";
import { useLectures } from "../../state/useLectures";
import { entriesFor, type Entry } from "./entries";

const HINTS = [
  { keys: [">"], word: "commands" },
  { keys: ["@"], word: "functions" },
  { keys: ["#"], word: "headings" },
  { keys: [":"], word: "step, line, turn" },
];

/** Everything that can be done now, and everything that can be gone to, by a few of its letters. */
export default function PalettePane() {
  const lecture = useLecture();
  const lectures = useLectures();
  // What applies is asked when the palette opens: nothing else happens while it is open.
  const [state] = useState(() => store.getState());
  const [text, setText] = useTyped();
  const [at, setAt] = useState("");
  const groups = useMemo(() => entriesFor(text, state, lecture, lectures), [text, state, lecture, lectures]);
  const total = groups.reduce((sum, { items }) => sum + items.length, 0);
  const choose = (entry: Entry) => {
    setText("");
    const asked = entry.choose({ ...store.getState(), overlay: null }) ?? store.getState().palette;
    setText(asked);
    setAt("");
    if (asked === "" && store.getState().overlay === "palette") setOverlay(null); // unless it opened another
  };
  return (
    <Dialog title="Command palette" variant="bar">
      <PickList
        label="Do something, or go somewhere"
        placeholder="A command, a function, a heading, a step"
        text={text}
        onText={(typed) => {
          setText(typed);
          setAt("");
        }}
        groups={groups}
        at={at}
        onAt={setAt}
        onPick={choose}
        view={EntryView}
        status={total === 1 ? "1 choice" : `${total} choices`}
        empty={<p>Nothing that can be done now, and no place here, is called that.</p>}
        foot={<KeyHints hints={HINTS} />}
      />
    </Dialog>
  );
}

function EntryView({ item: { icon, label, ranges, detail, keys, on } }: { item: Entry }) {
  return (
    <span className="palette-entry">
      <Icon name={icon} />
      <span className="palette-label">
        <Fitting text={label} ranges={ranges} />
      </span>
      <span className="palette-detail">{on === undefined ? detail : on ? "on" : "off"}</span>
      <span className="palette-keys">
        {keys.map((key) => (
          <kbd key={key} className="kbd">
            {keyLabel(key)}
          </kbd>
        ))}
      </span>
    </span>
  );
}
