// What scripts of the triggers that never pause recorded, checked again outside as that of post-login is: commands they
// share with it by the same rules, their own by rules of their own.
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';
import { type PlainName, parseCommand } from './command-schemas.ts';
import { isDeeper, MAX_DEPTH } from './commands.ts';

export type Checked<Command> = { ok: true; commands: Command[] } | { ok: false; message: string };

type Shared<Name extends PlainName> = Extract<PostLoginCommand, { name: Name }>;

/**
 * @param own parses the arguments of a trigger's own commands; undefined for arguments that a command does not take.
 * @param shared names of the commands that mean what they mean in post-login.
 * @returns a check that answers with the commands in call order, or with what is wrong with the first that does not parse.
 */
export function checkBy<Own extends { name: string }, Name extends PlainName>(
  own: { readonly [name: string]: (args: unknown) => Own | undefined },
  shared: readonly Name[],
): (recorded: RecordedCommand[]) => Checked<Own | Shared<Name>> {
  return (recorded) => {
    const commands: (Own | Shared<Name>)[] = [];
    for (const { name, args } of recorded) {
      const sharedName = shared.find((known) => known === name);
      const parse = Object.hasOwn(own, name) ? own[name] : undefined;
      if (!parse && sharedName === undefined)
        return { ok: false, message: `The script recorded an unknown command: ${String(name).slice(0, 100)}` };
      if (isDeeper(args, MAX_DEPTH))
        return {
          ok: false,
          message: `The script called api.${name} with a value nested more than ${MAX_DEPTH} levels deep.`,
        };
      const command = parse?.(args) ?? (sharedName && (parseCommand(sharedName, args) as Shared<Name> | undefined));
      if (!command)
        return { ok: false, message: `The script called api.${name} with arguments that it does not take.` };
      commands.push(command);
    }
    return { ok: true, commands };
  };
}
