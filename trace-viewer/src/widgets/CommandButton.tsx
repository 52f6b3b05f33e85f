import { keyLabel } from "../commands/keys";
import { command, type CommandId } from "../commands/registry";
import { store, useStore } from "../state/store";
import { Icon } from "./Icon";

interface Props {
  id: CommandId;
  /** Show the words beside the icon. */
  wide?: boolean;
  /** Shorter words than the command's label, for a wide button. */
  text?: string;
  className?: string;
}

/** A button for a command: its icon, its name and key as a tooltip, off when it cannot be done. */
export function CommandButton({ id, wide = false, text, className = "" }: Props) {
  const { label, keys, icon, when, run, isOn } = command(id);
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
      title={`${label} (${keyLabel(keys[0])})`}
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
