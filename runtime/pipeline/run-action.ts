// One Action of a login or of a password reset, by the handler it stands at. Every outcome is a fact for the login; a script's fault
// ends its own login and nothing else.
import type { LoginCommand } from '#actions/password-reset-post-challenge-command.ts';
import type { ExecutionResult } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { actionDetails, type LogDraft, type WorkInput } from '../transaction/input.ts';
import type { LoginTransaction, Visit } from '../transaction/transaction.ts';
import { answerScript } from './answer-script.ts';
import { triggerOf } from './login-trigger.ts';
import { findPrimary } from './primary-user.ts';
import type { Redact } from './redact.ts';
import { runScript, type ScriptStage } from './run-script.ts';
import type { World } from './world.ts';

/** Said when a script asks for a factor while the tenant's switch is off: the login fails closed. */
export const SWITCH_IS_OFF =
  'An MFA challenge is used in a PostLogin action, but customize_mfa_in_postlogin_action is off in the tenant settings. Turn it on to let Actions choose factors.';

export type Ran = {
  /** What the login is moved by. */
  fact: WorkInput;
  /** What is written down of the run. */
  result: ExecutionResult;
  /** Takes the Action's secrets out of a text. */
  redact: Redact;
};

type Occasion = {
  eventJson: string;
  /** How the person came back to the Action, if this is its second handler's turn. */
  visit?: Visit | undefined;
  /** What is left for the trigger's scripts, in milliseconds. */
  wallMs: number;
  executionId: string;
};

export async function runAction(
  ports: Ports,
  stage: ScriptStage,
  tx: LoginTransaction,
  world: World,
  { eventJson, visit, wallMs, executionId }: Occasion,
): Promise<Ran> {
  const action = tx.plan[tx.cursor];
  if (!action) throw new Error('running without an Action left');
  const { tenant } = world;
  const trigger = triggerOf(tx.purpose);
  // The switch is about logins: what a script asks of somebody who forgot a password only makes the reset harder.
  const mayChoose = tenant.customizeMfa || trigger.id !== 'post-login';
  const ran = await runScript<LoginCommand>(ports, stage, {
    tenant,
    action,
    trigger: trigger.id,
    handler: visit ? trigger.handlers.resume : trigger.handlers.execute,
    eventJson,
    wallMs,
    executionId,
    record: tenant.recordLogins === true && trigger.id === 'post-login',
    check: trigger.check,
    refuse: (commands) => (mayChoose ? undefined : refuseFactors(commands, action.name)),
    answer: answerScript(ports.store, world),
  });
  const { result, redact, logs } = ran;
  if (!ran.ok) return { fact: { kind: 'failed', reason: ran.reason, logs }, result, redact };

  const { commands } = ran;
  const named = {
    name: action.name,
    ...(result.versionNumber === undefined ? {} : { version: result.versionNumber }),
  };
  const primary = await findPrimary(ports.store, tx, commands);
  if (primary.kind === 'refused') {
    const { reason } = primary;
    const line: LogDraft = { type: 'f', description: reason, details: actionDetails(named) };
    return { fact: { kind: 'failed', reason, logs: [...logs, line] }, result, redact };
  }
  const handedOver = primary.kind === 'found' ? { primary: primary.subject } : {};
  return { fact: { kind: 'ran', action: named, commands, ...handedOver, logs }, result, redact };
}

/** The tenant has not let Actions choose factors. A denial is no choice of a factor. */
export function refuseFactors(commands: LoginCommand[], actionName: string) {
  const asks = commands.some(({ name }) => FACTOR_COMMANDS.has(name));
  if (!asks || commands.some(({ name }) => name === 'access.deny')) return undefined;
  const details = { action_name: actionName };
  return { message: SWITCH_IS_OFF, logs: [{ type: 'mfar' as const, description: SWITCH_IS_OFF, details }] };
}

const FACTOR_COMMANDS: ReadonlySet<string> = new Set<LoginCommand['name']>([
  'authentication.challengeWith',
  'authentication.challengeWithAny',
  'authentication.enrollWith',
  'authentication.enrollWithAny',
]);
