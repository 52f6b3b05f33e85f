import type { Command, CommandId } from "./command";
import { going } from "./going";
import { showing } from "./showing";
import { stepping } from "./stepping";

export type { Command, CommandId } from "./command";

/** Every action there is. Keys, buttons, the palette, the help page and the tests all read this list and nothing else. */
export const commands: Command[] = [...stepping, ...going, ...showing];

const byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command] as const)));
const byId = new Map(commands.map((command) => [command.id, command] as const));

export function commandFor(key: string): Command | undefined {
  return byKey.get(key);
}

export function command(id: CommandId): Command {
  return byId.get(id)!;
}
