// Which trigger's Actions run in a flow that pauses, by what the flow is for: their handlers, what they read, and how what
// they recorded is checked.

import type { LoginCommand } from '#actions/password-reset-post-challenge-command.ts';
import type { TriggerId } from '#actions/triggers.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';
import type { Purpose } from '../transaction/transaction.ts';
import { checkCommands } from './commands.ts';
import { buildEvent, type Occasion } from './event.ts';
import { checkResetCommands } from './password-reset-commands.ts';
import { buildResetEvent } from './password-reset-event.ts';
import type { Checked } from './trigger-commands.ts';

type LoginTrigger = {
  id: Extract<TriggerId, 'post-login' | 'password-reset-post-challenge'>;
  /** The handler an Action begins with, and the one it goes on in after it has sent the person away. */
  handlers: { execute: string; resume: string };
  event(occasion: Occasion): object;
  check(recorded: RecordedCommand[]): Checked<LoginCommand>;
};

const POST_LOGIN: LoginTrigger = {
  id: 'post-login',
  handlers: { execute: 'onExecutePostLogin', resume: 'onContinuePostLogin' },
  event: buildEvent,
  check: checkCommands,
};

const POST_CHALLENGE: LoginTrigger = {
  id: 'password-reset-post-challenge',
  handlers: { execute: 'onExecutePostChallenge', resume: 'onContinuePostChallenge' },
  event: buildResetEvent,
  check: checkResetCommands,
};

/** An enrollment runs no Actions: its plan is empty. */
export const triggerOf = (purpose: Purpose): LoginTrigger =>
  purpose === 'password-reset' ? POST_CHALLENGE : POST_LOGIN;
