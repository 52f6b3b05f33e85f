import "./help.css";
import { keyLabel } from "../../commands/keys";
import { command, commands, type Command } from "../../commands/registry";
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

/** Every command with its keys; each line is also the button that does it, for those who have no keys. */
export default function HelpPane() {
  const narrow = useMedia(NARROW);
  return (
    <Dialog title={narrow ? "More" : command("help").label}>
      <p className="help-words">
        {narrow
          ? `This page is a program that has run. Step through it with the buttons at the bottom, step into what it calls,
            and see the values in the sheet above them. A tap on a line of code goes to the next time it ran.`
          : `This page is a program that has run. Step through it with the arrow keys, step into what it calls, and see
            the values beside it. A click on a line of code goes to the next time it ran.`}
      </p>
      {(narrow ? NARROW_GROUPS : GROUPS).map(([group, title]) => (
        <section key={group}>
          <h3>{title}</h3>
          <ul className="help-commands">
            {commands
              .filter((each) => each.group === group && !(narrow && each.id === "help"))
              .map((each) => (
                <li key={each.id}>
                  <HelpLine command={each} />
                </li>
              ))}
          </ul>
        </section>
      ))}
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
      <span className="help-keys">
        {keys
          .filter((key, index) => index === 0 || !/^Shift\+[A-Z]$/.test(key)) // capitals repeat what is there already
          .map((key) => (
            <kbd key={key} className="kbd">
              {keyLabel(key)}
            </kbd>
          ))}
      </span>
    </button>
  );
}
