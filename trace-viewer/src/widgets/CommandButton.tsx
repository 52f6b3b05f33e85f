import { keyLabel } from "../commands/keys";
import { command, type CommandId } from "../commands/registry";
import { useSoon } from "../state/soon";
import { store } from "../state/store";
import { Icon, type IconName } from "./Icon";

interface Props {
  id: CommandId;
  /** Show the words beside the icon. */
  wide?: boolean;
  /** Shorter words than the command's label, for a wide button. */
  text?: string;
  /** Another name and icon than the command's, where the place asks for them. */
  label?: string | undefined;
  icon?: IconName | undefined;
  className?: string;
}

/** Whether a command can be done, and whether it is on; undefined for one that is never on or off. */
const STATES: [able: boolean, on: boolean | undefined][] = [
  [false, undefined],
  [false, false],
  [false, true],
  [true, undefined],
  [true, false],
  [true, true],
];

/** A button for a command: its icon, its name and key as a tooltip, off when it cannot be done. */
export function CommandButton({ id, wide = false, text, label: name, icon: sign, className = "" }: Props) {
  const { keys, when, run, isOn, ...own } = command(id);
  const [label, icon] = [name ?? own.label, sign ?? own.icon];
  // Both at once, in one word: there are two dozen of these, and each is asked at every step.
  const [able, on] = STATES[useSoon((state) => (when(state) ? 3 : 0) + (isOn ? (isOn(state) ? 2 : 1) : 0))];
  return (
    <button
      type="button"
      className={`${wide ? "button" : "icon-button"} ${className}`}
      data-command={id}
      aria-label={wide && !text ? undefined : label}
      aria-pressed={on}
      aria-disabled={!able}
      title={keys[0] ? `${label} (${keyLabel(keys[0])})` : label}
      onClick={() => {
        const state = store.getState();
        if (when(state)) run(state);
      }}
    >
      <Icon name={icon} />
      {wide && <span>{text ?? label}</span>}
    </button>
  );
}
