// What password-reset-post-challenge scripts recorded, checked.

import type { PasswordResetCommand } from '#actions/password-reset-post-challenge-command.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';
import { parseAddress } from './command-schemas.ts';
import { endingFault } from './commands.ts';
import { type Checked, checkBy } from './trigger-commands.ts';

type Own = Extract<PasswordResetCommand, { name: 'transaction.setResultUrl' }>;
type SharedName = Exclude<PasswordResetCommand['name'], Own['name']>;

const parse = checkBy<Own, SharedName>(
  {
    'transaction.setResultUrl': (args) => {
      const address = parseAddress(args);
      return address && { name: 'transaction.setResultUrl', ...address };
    },
  },
  [
    'access.deny',
    'authentication.challengeWith',
    'authentication.challengeWithAny',
    'cache.set',
    'cache.delete',
    'prompt.render',
    'redirect.sendUserTo',
  ],
);

export function checkResetCommands(recorded: RecordedCommand[]): Checked<PasswordResetCommand> {
  const checked = parse(recorded);
  const message = checked.ok ? endingFault(checked.commands) : undefined;
  return message === undefined ? checked : { ok: false, message };
}
