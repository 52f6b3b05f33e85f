import { commands, type CommandId } from "../../commands/registry";

const KEY = "executable-lectures.recent-commands";
const KEPT = 6;

/** The commands that were last chosen in the palette, the latest first. */
export function recentCommands(): CommandId[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(stored)) return [];
    const known = new Set<unknown>(commands.map(({ id }) => id));
    return [...new Set(stored.filter((id): id is CommandId => known.has(id)))].slice(0, KEPT);
  } catch {
    return []; // no storage, or not ours
  }
}

export function rememberCommand(id: CommandId): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([id, ...recentCommands().filter((each) => each !== id)].slice(0, KEPT)));
  } catch {
    // Then it is forgotten.
  }
}
