// What custom-token-exchange scripts recorded, checked: each call by itself, and that together they name one person.
import { z } from 'zod';
import { DENIAL_CODE, ONLY_ONE_ACTOR, ONLY_ONE_USER } from '#actions/custom-token-exchange.ts';
import { actorFault } from '#actions/custom-token-exchange-actor.ts';
import {
  type Actor,
  type ConnectionUser,
  CREATION_BEHAVIORS,
  type CustomTokenExchangeCommand,
  UPDATE_BEHAVIORS,
} from '#actions/custom-token-exchange-command.ts';
import { ATTRIBUTES_BYTES, attributesFault, NAME_CHARACTERS } from '#actions/custom-token-exchange-user.ts';
import { USER_ID_CHARACTERS } from '#actions/post-login/authentication.ts';
import { METADATA_BYTES } from '#actions/post-login/user.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';
import { printable } from './command-schemas.ts';
import { type Checked, checkBy } from './trigger-commands.ts';

type Own = Extract<CustomTokenExchangeCommand, { name: `access.${string}` | `authentication.${string}` }>;
type SharedName = Exclude<CustomTokenExchangeCommand['name'], Own['name']>;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const code = z.string().refine((text) => text.trim() !== '' && DENIAL_CODE.test(text));
const name = z.string().min(1).max(NAME_CHARACTERS);
const actor = z.custom<Actor>((value) => actorFault(value) === undefined);
const attributes = z.custom<ConnectionUser>(
  (value) => attributesFault(value) === undefined && bytesOf(value) <= ATTRIBUTES_BYTES,
);
const behaviors = z.strictObject({
  creationBehavior: z.enum(CREATION_BEHAVIORS),
  updateBehavior: z.enum(UPDATE_BEHAVIORS),
});

const parse = checkBy<Own, SharedName>(
  {
    'access.deny': (args) => {
      const { data } = z.tuple([code, z.string()]).safeParse(args);
      return data && { name: 'access.deny', code: data[0], reason: printable(data[1]) };
    },
    'access.rejectInvalidSubjectToken': (args) => {
      const { data } = z.tuple([z.string()]).safeParse(args);
      return data && { name: 'access.rejectInvalidSubjectToken', reason: printable(data[0]) };
    },
    'authentication.setActor': (args) => {
      const { data } = z.tuple([actor]).safeParse(args);
      return data && { name: 'authentication.setActor', actor: data[0] };
    },
    'authentication.setOrganization': (args) => {
      const { data } = z.tuple([name]).safeParse(args);
      return data && { name: 'authentication.setOrganization', organization: data[0] };
    },
    'authentication.setUserByConnection': (args) => {
      const { data } = z.tuple([name, attributes, behaviors]).safeParse(args);
      return (
        data && { name: 'authentication.setUserByConnection', connection: data[0], attributes: data[1], ...data[2] }
      );
    },
    'authentication.setUserById': (args) => {
      const { data } = z.tuple([z.string().min(1).max(USER_ID_CHARACTERS)]).safeParse(args);
      return data && { name: 'authentication.setUserById', userId: data[0] };
    },
  },
  ['cache.set', 'cache.delete', 'user.setAppMetadata', 'user.setUserMetadata'],
);

export const refuses = ({ name }: CustomTokenExchangeCommand): boolean =>
  name === 'access.deny' || name === 'access.rejectInvalidSubjectToken';

export function checkTokenExchangeCommands(recorded: RecordedCommand[]): Checked<CustomTokenExchangeCommand> {
  const checked = parse(recorded);
  const message = checked.ok ? togetherFault(checked.commands) : undefined;
  return message === undefined ? checked : { ok: false, message };
}

/** Whoever is refused is nobody: the rest is looked at only where there is no refusal. */
function togetherFault(commands: readonly CustomTokenExchangeCommand[]): string | undefined {
  if (commands.some(refuses)) return undefined;
  const count = (...names: CustomTokenExchangeCommand['name'][]): number =>
    commands.filter((command) => names.includes(command.name)).length;
  if (count('authentication.setUserById', 'authentication.setUserByConnection') !== 1) return ONLY_ONE_USER;
  if (count('authentication.setActor') > 1) return ONLY_ONE_ACTOR;
  for (const [command, field] of [
    ['user.setAppMetadata', 'app_metadata'],
    ['user.setUserMetadata', 'user_metadata'],
  ] as const) {
    if (bytesOf(metadataBy(command, commands)) > METADATA_BYTES)
      return `The script set more than ${METADATA_BYTES / 1024} KB of ${field}.`;
  }
  return undefined;
}

/** What is to be written, key by key: of several calls for one key the last one stands, and null removes. */
export function metadataBy(
  name: 'user.setAppMetadata' | 'user.setUserMetadata',
  commands: readonly CustomTokenExchangeCommand[],
): Record<string, unknown> {
  return Object.fromEntries(
    commands.flatMap((command) => (command.name === name && 'value' in command ? [[command.key, command.value]] : [])),
  );
}
