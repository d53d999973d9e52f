// What a script recorded, checked again outside: a script may have bent everything inside its sandbox, so names, arity,
// types and sizes are parsed here as if a stranger had sent them. A bent output only ever hurts its own login.
import { z } from 'zod';
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';

const METADATA_LIMIT = 32 * 1024;
const FACTORS_LIMIT = 20;
/** Nesting of a value: far more than claims need, and far less than what overflows a stack that walks it. */
const MAX_DEPTH = 100;

const json = z.json();
const options = z.record(z.string(), json);
const factor = z.object({ type: z.string().max(100), options: options.exactOptional() });
const claim = z.tuple([z.string().min(1).max(1024), json]);
const metadata = z.tuple([z.string().max(1024), json]);

const SCHEMAS = {
  'access.deny': z.tuple([z.string()]),
  'accessToken.setCustomClaim': claim,
  'idToken.setCustomClaim': claim,
  'authentication.challengeWith': z.union([
    z.tuple([factor]),
    z.tuple([factor, z.object({ additionalFactors: z.array(factor).max(FACTORS_LIMIT).exactOptional() }).nullable()]),
  ]),
  'authentication.challengeWithAny': z.tuple([z.array(factor).max(FACTORS_LIMIT)]),
  'user.setAppMetadata': metadata,
  'user.setUserMetadata': metadata,
} as const satisfies { [Name in PostLoginCommand['name']]: z.ZodType };

export type CheckedCommands = { ok: true; commands: PostLoginCommand[] } | { ok: false; message: string };

/** @returns the commands in call order, or what is wrong with the first one that does not parse. */
export function checkCommands(recorded: RecordedCommand[]): CheckedCommands {
  const commands: PostLoginCommand[] = [];
  for (const { name, args } of recorded) {
    if (!isCommandName(name))
      return { ok: false, message: `The script recorded an unknown command: ${String(name).slice(0, 100)}` };
    if (isDeeper(args, MAX_DEPTH))
      return {
        ok: false,
        message: `The script called api.${name} with a value nested more than ${MAX_DEPTH} levels deep.`,
      };
    const command = check(name, args);
    if (!command) return { ok: false, message: `The script called api.${name} with arguments that it does not take.` };
    commands.push(command);
  }
  const written = (name: string) =>
    commands.filter((c) => c.name === name).map((c) => ('key' in c ? [c.key, c.value] : []));
  for (const [name, of] of [
    ['user.setAppMetadata', 'app_metadata'],
    ['user.setUserMetadata', 'user_metadata'],
  ] as const) {
    if (JSON.stringify(written(name)).length > METADATA_LIMIT) {
      return { ok: false, message: `The script set more than 32 KB of ${of}.` };
    }
  }
  return { ok: true, commands };
}

/** Goes no further down than it allows, so that no value can overflow the stack of whoever walks it afterwards. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function isCommandName(name: unknown): name is PostLoginCommand['name'] {
  return typeof name === 'string' && Object.hasOwn(SCHEMAS, name);
}

function check(name: PostLoginCommand['name'], args: unknown): PostLoginCommand | undefined {
  switch (name) {
    case 'access.deny': {
      const { data } = SCHEMAS[name].safeParse(args);
      return data && { name, reason: printable(data[0]) };
    }
    case 'accessToken.setCustomClaim':
    case 'idToken.setCustomClaim': {
      const { data } = SCHEMAS[name].safeParse(args);
      return data && { name, key: data[0], value: data[1] };
    }
    case 'user.setAppMetadata':
    case 'user.setUserMetadata': {
      const { data } = SCHEMAS[name].safeParse(args);
      return data && { name, key: data[0], value: data[1] };
    }
    case 'authentication.challengeWith': {
      const { data } = SCHEMAS[name].safeParse(args);
      return data && { name, factor: data[0], additionalFactors: data[1]?.additionalFactors ?? [] };
    }
    case 'authentication.challengeWithAny': {
      const { data } = SCHEMAS[name].safeParse(args);
      return data && { name, factors: data[0] };
    }
  }
}

/** A text that may stand in a redirect and a log line: at most 1,024 characters, none of them a control character. */
export function printable(text: string): string {
  const clean = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return (clean === '' ? 'Access denied.' : clean).slice(0, 1024);
}
