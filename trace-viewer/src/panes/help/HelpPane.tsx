import "./help.css";
import { useState } from "react";
import { PALETTE_KEYS, SEARCH_KEYS, type DialogKey } from "../../commands/dialog-keys";
import { keyLabel, toldKeys } from "../../commands/keys";
import { command, commands, type Command } from "../../commands/registry";
import { fit } from "../../logic/search/fuzzy";
import { setOverlay } from "../../state/actions";
import { store, useStore } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";
import { Icon } from "../../widgets/Icon";
import { NARROW, useMedia } from "../../widgets/useMedia";

const GROUPS: [Command["group"], string][] = [
  ["Step", "Stepping"],
  ["Go", "Going"],
  ["Show", "Showing"],
];

/** Where there is little room, first what has no button on the page. */
const NARROW_GROUPS = [GROUPS[2], GROUPS[1], GROUPS[0]];

const DIALOGS: [title: string, keys: DialogKey[]][] = [
  ["In the search, and in lists like it", SEARCH_KEYS],
  ["In the command palette, typed first", PALETTE_KEYS],
];

/** Every command with its keys; each line is also the button that does it, for those who have no keys. */
export default function HelpPane() {
  const narrow = useMedia(NARROW);
  const [text, setText] = useState("");
  const isWanted = (label: string, keys: string[]) =>
    text.trim() === "" || fit(text, label) !== null || keys.some((key) => keyLabel(key) === text.trim());
  const groups = (narrow ? NARROW_GROUPS : GROUPS)
    .map(([group, title]) => ({
      group,
      title,
      lines: commands.filter((each) => each.group === group && !(narrow && each.id === "help")),
    }))
    .map((each) => ({ ...each, lines: each.lines.filter(({ label, keys }) => isWanted(label, keys)) }))
    .filter(({ lines }) => lines.length > 0);
  const dialogs = narrow
    ? []
    : DIALOGS.map(([title, lines]) => ({ title, lines: lines.filter(({ label, keys }) => isWanted(label, keys)) }));
  const none = groups.length === 0 && dialogs.every(({ lines }) => lines.length === 0);
  return (
    <Dialog title={narrow ? "More" : command("help").label}>
      <div className="help">
        <p className="help-words">
          {narrow
            ? `This page is a program that has run. Step through it with the buttons at the bottom, step into what it calls,
              and see the values in the sheet above them. A tap on a line of code goes to the next time it ran.`
            : `This page is a program that has run. Step through it with the arrow keys, step into what it calls, and see
              the values beside it. A click on a line of code goes to the next time it ran.`}
        </p>
        <input
          type="search"
          className="help-filter"
          aria-label="Find a command"
          placeholder={narrow ? "Find a command" : "Find a command, or a key"}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="help-groups">
          {groups.map(({ group, title, lines }) => (
            <section key={group}>
              <h3>{title}</h3>
              <ul className="help-commands">
                {lines.map((each) => (
                  <li key={each.id}>
                    <HelpLine command={each} />
                  </li>
                ))}
              </ul>
            </section>
          ))}
          {dialogs.map(
            ({ title, lines }) =>
              lines.length > 0 && (
                <section key={title}>
                  <h3>{title}</h3>
                  <ul className="help-commands">
                    {lines.map(({ keys, label }) => (
                      <li key={label} className="help-line told">
                        <span className="help-label">{label}</span>
                        <Keys keys={keys} />
                      </li>
                    ))}
                  </ul>
                </section>
              ),
          )}
        </div>
        {none && <p className="nothing">No command is called that.</p>}
      </div>
    </Dialog>
  );
}

function HelpLine({ command: { id, label, keys, icon, when, run, isOn } }: { command: Command }) {
  const able = useStore(when);
  const on = useStore((state) => isOn?.(state));
  return (
    <button
      type="button"
      className="help-line"
      data-command={id}
      role={isOn && "switch"}
      aria-checked={on}
      aria-disabled={!able}
      onClick={() => {
        if (!able) return;
        if (!isOn) setOverlay(null); // a switch is seen to turn; anything else happens on the page
        if (id !== "help") run(store.getState());
      }}
    >
      <Icon name={icon} />
      <span className="help-label">{label}</span>
      {isOn && <span className="help-switch" />}
      <Keys keys={toldKeys(keys)} />
    </button>
  );
}

function Keys({ keys }: { keys: string[] }) {
  return (
    <span className="help-keys">
      {keys.map((key) => (
        <kbd key={key} className="kbd">
          {keyLabel(key)}
        </kbd>
      ))}
    </span>
  );
}
