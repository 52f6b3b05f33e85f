import "./help.css";
import { keyLabel } from "../../commands/keys";
import { commands, type Command } from "../../commands/registry";
import { setOverlay } from "../../state/actions";
import { store, useStore } from "../../state/store";
import { Dialog } from "../../widgets/Dialog";
import { Icon } from "../../widgets/Icon";

const GROUPS: [Command["group"], string][] = [
  ["Step", "Stepping"],
  ["Go", "Going"],
  ["Show", "Showing"],
];

/** Every command with its keys; each line is also a button, for those who have none. */
export function HelpPane() {
  return (
    <Dialog title="Keys and help">
      <p className="help-words">
        This page is a program that has run. Step through it with the arrow keys, step into what it calls, and see the
        values beside it. A click on a line of code goes to the next time it ran.
      </p>
      {GROUPS.map(([group, title]) => (
        <section key={group}>
          <h3>{title}</h3>
          <ul className="help-commands">
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                <li key={command.id}>
                  <HelpLine command={command} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

function HelpLine({ command }: { command: Command }) {
  const { id, label, keys, icon, when, run, isOn } = command;
  const able = useStore((state) => when(state) && id !== "help");
  const on = useStore((state) => isOn?.(state));
  return (
    <button
      type="button"
      className="help-line"
      aria-disabled={!able}
      aria-pressed={on}
      onClick={() => {
        if (!able) return;
        if (!isOn) setOverlay(null);
        run(store.getState());
      }}
    >
      <Icon name={icon} />
      <span className="help-label">{label}</span>
      {on !== undefined && <span className="help-on">{on ? "on" : "off"}</span>}
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
