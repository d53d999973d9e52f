// Server, deploy: values of secrets, which a project never holds: from the environment or from a file that stays at home. They
// go to the tenant and nowhere else; what is missing is named, what is there is not shown.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandError, type Terminal } from '../cli/command.ts';
import type { ActionChange, Change } from './changes.ts';

/** The value of a secret of an Action. */
export type SecretValues = (action: string, name: string) => string | undefined;

/** `SALLYPORT_SECRET_PHONE_FIRST_API_KEY`: letters and digits stay, in upper case; anything else is `_`. */
function secretVariable(action: string, name: string): string {
  return `SALLYPORT_SECRET_${action}_${name}`.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
}

/** @param file JSON: by Action, by name. It counts before the environment. */
export async function openSecretValues({ env, cwd }: Terminal, file: string | undefined): Promise<SecretValues> {
  const values = file === undefined ? {} : await readSecretsFile(resolve(cwd, file), file);
  return (action, name) => {
    const ofAction = Object.hasOwn(values, action) ? values[action] : undefined;
    return ofAction && Object.hasOwn(ofAction, name) ? ofAction[name] : env(secretVariable(action, name));
  };
}

async function readSecretsFile(path: string, shown: string): Promise<Record<string, Record<string, string>>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandError(`the secrets file ${shown} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  const isText = (value: unknown) => typeof value === 'string';
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // What the parser says quotes the text.
    parsed = undefined;
  }
  if (isRecord(parsed) && Object.values(parsed).every((one) => isRecord(one) && Object.values(one).every(isText))) {
    return parsed as Record<string, Record<string, string>>;
  }
  throw new CommandError(`the secrets file ${shown} is not of the form {"phone-first": {"API_KEY": "…"}}.`);
}

/**
 * Throws `CommandError` where a value is missing that has to be sent. A tenant takes the secrets of an Action whole: when one
 * joins or goes, all values are needed.
 */
export function requireSecretValues(changes: readonly Change[], values: SecretValues): void {
  const needed = changes
    .filter((change): change is ActionChange => change.what === 'action')
    .flatMap(({ name, wanted, secrets }) => (secrets ? wanted.secrets.map((secret) => [name, secret] as const) : []));
  const missing = needed.filter(([action, name]) => values(action, name) === undefined);
  if (missing.length > 0) {
    const listed = missing.map(([action, name]) => `  ${name} of ${action}: ${secretVariable(action, name)}`);
    throw new CommandError(
      [
        'values of secrets are missing. Set these variables, or name a file with --secrets-file:',
        ...listed,
        'A tenant takes all secrets of an Action at once: when one joins or goes, the values of the others are needed too.',
      ].join('\n'),
    );
  }
  const readBy = new Map<string, string>();
  for (const [action, name] of needed) {
    const variable = secretVariable(action, name);
    const other = readBy.get(variable);
    if (other !== undefined && values(action, name) === values(...(JSON.parse(other) as [string, string]))) {
      const [otherAction, otherName] = JSON.parse(other) as [string, string];
      throw new CommandError(
        `${name} of ${action} and ${otherName} of ${otherAction} would both be ${variable}; give them with --secrets-file.`,
      );
    }
    readBy.set(variable, JSON.stringify([action, name]));
  }
}
