// What credentials-exchange scripts recorded: checked, and applied to the token in the making.
import { z } from 'zod';
import { type CredentialsExchangeCommand, EXCHANGE_REFUSALS } from '#actions/credentials-exchange-command.ts';
import { SCOPES_ADDED, scopeFault } from '#actions/post-login/tokens.ts';
import { printable } from './command-schemas.ts';
import { checkBy } from './trigger-commands.ts';

type Own = Exclude<CredentialsExchangeCommand, { name: 'accessToken.setCustomClaim' | 'cache.set' | 'cache.delete' }>;

const scope = z.string().refine((text) => text === text.trim() && scopeFault(text) === undefined);
const scopes = z.array(scope).max(SCOPES_ADDED);
const refusal = z.enum(EXCHANGE_REFUSALS);

export const checkExchangeCommands = checkBy<Own, 'accessToken.setCustomClaim' | 'cache.set' | 'cache.delete'>(
  {
    'access.deny': (args) => {
      const { data } = z.union([z.tuple([refusal]), z.tuple([refusal, z.string()])]).safeParse(args);
      return data && { name: 'access.deny', code: data[0], reason: printable(data[1] ?? '') };
    },
    'transaction.addTargetScope': (args) => {
      const { data } = z.tuple([scope]).safeParse(args);
      return data && { name: 'transaction.addTargetScope', scope: data[0] };
    },
    'transaction.removeTargetScope': (args) => {
      const { data } = z.tuple([scope]).safeParse(args);
      return data && { name: 'transaction.removeTargetScope', scope: data[0] };
    },
    'transaction.setTargetScopes': (args) => {
      const { data } = z.tuple([scopes]).safeParse(args);
      return data && { name: 'transaction.setTargetScopes', scopes: data[0] };
    },
    'transaction.clearTargetScopes': (args) =>
      z.tuple([]).safeParse(args).success ? { name: 'transaction.clearTargetScopes' } : undefined,
  },
  ['accessToken.setCustomClaim', 'cache.set', 'cache.delete'],
);

/** The scopes that scripts have settled on, from those the token would have carried without them. */
export function targetScopes(initial: readonly string[], commands: readonly CredentialsExchangeCommand[]): string[] {
  let targets = new Set(initial);
  for (const command of commands) {
    if (command.name === 'transaction.addTargetScope') targets.add(command.scope);
    else if (command.name === 'transaction.removeTargetScope') targets.delete(command.scope);
    else if (command.name === 'transaction.setTargetScopes') targets = new Set(command.scopes);
    else if (command.name === 'transaction.clearTargetScopes') targets = new Set();
  }
  return [...targets];
}
