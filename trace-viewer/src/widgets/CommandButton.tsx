import { keyLabel } from "../commands/keys";
import { command, type CommandId } from "../commands/registry";
import { store, useStore } from "../state/store";
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

/** A button for a command: its icon, its name and key as a tooltip, off when it cannot be done. */
export function CommandButton({ id, wide = false, text, label: name, icon: sign, className = "" }: Props) {
  const { keys, when, run, isOn, ...own } = command(id);
  const [label, icon] = [name ?? own.label, sign ?? own.icon];
  const able = useStore(when);
  const on = useStore((state) => isOn?.(state));
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
