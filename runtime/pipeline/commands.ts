// What a script recorded, checked again outside: a script may have bent everything inside its sandbox, so names, arity,
// types and sizes are parsed here as if a stranger had sent them. A bent output only ever hurts its own login.

import type { LoginCommand } from '#actions/password-reset-post-challenge-command.ts';
import { NO_REDIRECT_AND_RENDER, ONLY_ONE_RENDER } from '#actions/post-login/leaving.ts';
import { SAML_ATTRIBUTE_CHANGES, SAML_BYTES } from '#actions/post-login/saml-settings.ts';
import { SESSION_METADATA_KEYS } from '#actions/post-login/sessions.ts';
import { CUSTOM_CLAIMS_BYTES, SCOPES_ADDED } from '#actions/post-login/tokens.ts';
import { TRANSACTION_BYTES } from '#actions/post-login/transaction.ts';
import { METADATA_BYTES } from '#actions/post-login/user.ts';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';
import { isPlain, isSetting, parseCommand } from './command-schemas.ts';

export { printable } from './command-schemas.ts';

/** Nesting of a value: far more than claims need, and far less than what overflows a stack that walks it. */
export const MAX_DEPTH = 100;

export type CheckedCommands = { ok: true; commands: PostLoginCommand[] } | { ok: false; message: string };

/** @returns the commands in call order, or what is wrong with the first one that does not parse. */
export function checkCommands(recorded: RecordedCommand[]): CheckedCommands {
  const commands: PostLoginCommand[] = [];
  for (const { name, args } of recorded) {
    if (!isPlain(name) && !isSetting(name))
      return { ok: false, message: `The script recorded an unknown command: ${String(name).slice(0, 100)}` };
    if (isDeeper(args, MAX_DEPTH))
      return {
        ok: false,
        message: `The script called api.${name} with a value nested more than ${MAX_DEPTH} levels deep.`,
      };
    const command = parseCommand(name, args);
    if (!command) return { ok: false, message: `The script called api.${name} with arguments that it does not take.` };
    commands.push(command);
  }
  const message = endingFault(commands) ?? totalFault(commands);
  return message === undefined ? { ok: true, commands } : { ok: false, message };
}

/** Goes no further down than it allows, so that no value can overflow the stack of whoever walks it afterwards. */
export function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Commands that exclude each other, or may be given once. */
export function endingFault(commands: readonly LoginCommand[]): string | undefined {
  const count = (name: LoginCommand['name']): number => commands.filter((command) => command.name === name).length;
  const renders = count('prompt.render');
  if (renders > 0 && count('redirect.sendUserTo') > 0) return NO_REDIRECT_AND_RENDER;
  if (renders > 1) return ONLY_ONE_RENDER;
  if (count('authentication.setPrimaryUser') > 1) return 'The primary user can only be altered once per transaction';
  return undefined;
}

type Keyed = Extract<PostLoginCommand, { key: string; value: unknown }>;

/** What may be written in one run: so many bytes, counted as JSON of all keys and values. */
const SIZES: readonly [name: Keyed['name'], bytes: number, what: string][] = [
  ['user.setAppMetadata', METADATA_BYTES, 'app_metadata'],
  ['user.setUserMetadata', METADATA_BYTES, 'user_metadata'],
  ['accessToken.setCustomClaim', CUSTOM_CLAIMS_BYTES, 'custom claims of the access token'],
  ['idToken.setCustomClaim', CUSTOM_CLAIMS_BYTES, 'custom claims of the ID token'],
];

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function totalFault(commands: PostLoginCommand[]): string | undefined {
  const written = (name: Keyed['name']): [string, unknown][] =>
    commands.flatMap((command) => (command.name === name && 'value' in command ? [[command.key, command.value]] : []));
  /** What is left of what was written: the last word on each key. */
  const left = (name: Keyed['name']): [string, unknown][] =>
    [...new Map(written(name))].filter(([, value]) => value !== null);
  for (const [name, bytes, what] of SIZES) {
    if (bytesOf(written(name)) > bytes) return `The script set more than ${bytes / 1024} KB of ${what}.`;
  }
  if (bytesOf(Object.fromEntries(left('transaction.setMetadata'))) > TRANSACTION_BYTES)
    return `The script set more than ${TRANSACTION_BYTES / 1024} KB of transaction metadata.`;
  for (const holder of ['session', 'refreshToken'] as const) {
    if (keysSet(commands, holder) > SESSION_METADATA_KEYS)
      return `The script set more than ${SESSION_METADATA_KEYS} keys with api.${holder}.setMetadata.`;
  }
  const scopes = new Map(commands.flatMap((command) => ('scope' in command ? [[command.scope, command.name]] : [])));
  if ([...scopes.values()].filter((name) => name === 'accessToken.addScope').length > SCOPES_ADDED)
    return `The number of scopes exceeds the allowed maximum of ${SCOPES_ADDED}.`;
  return attributesFault(commands);
}

/** How many keys are set in the end; those that were there before the run are for whoever writes them. */
function keysSet(commands: PostLoginCommand[], holder: 'session' | 'refreshToken'): number {
  const keys = new Set<string>();
  for (const command of commands) {
    if (command.name === `${holder}.evictMetadata`) keys.clear();
    else if (command.name === `${holder}.deleteMetadata` && 'key' in command) keys.delete(command.key);
    else if (command.name === `${holder}.setMetadata` && 'value' in command) {
      if (command.value === null) keys.delete(command.key);
      else keys.add(command.key);
    }
  }
  return keys.size;
}

function attributesFault(commands: PostLoginCommand[]): string | undefined {
  const attributes = commands.flatMap((command) =>
    command.name === 'samlResponse.setAttribute' && 'args' in command ? [command.args] : [],
  );
  if (attributes.length > SAML_ATTRIBUTE_CHANGES)
    return `A script must not change more than ${SAML_ATTRIBUTE_CHANGES} SAML attributes.`;
  const total = bytesOf(Object.fromEntries(attributes as [string, unknown][]));
  return total > SAML_BYTES
    ? `The total size of the SAML attributes exceeds the limit of ${SAML_BYTES} bytes.`
    : undefined;
}
