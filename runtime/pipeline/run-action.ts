// One Action of a login: load its pinned version, run it in the sandbox, check what it recorded. Every outcome is a fact
// for the login; a script's fault ends its own login and nothing else.
import type { Ports } from '../ports.ts';
import type { ScriptFault } from '../sandbox/sandbox.ts';
import type { LogDraft, WorkInput } from '../transaction/input.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import { checkCommands, printable } from './commands.ts';
import { toScript, type Versions } from './plan.ts';
import type { World } from './world.ts';

/** The trigger's scripts together have this long; the clock starts again after a pause. */
export const TRIGGER_WALL_MS = 20_000;

/** Said when a script asks for a factor while the tenant's switch is off: the login fails closed. */
export const SWITCH_IS_OFF =
  'An MFA challenge is used in a PostLogin action, but customize_mfa_in_postlogin_action is off in the tenant settings. Turn it on to let Actions choose factors.';

export async function runAction(
  { sandbox, now, random }: Pick<Ports, 'sandbox' | 'now' | 'random'>,
  versions: Versions,
  tx: LoginTransaction,
  world: World,
  eventJson: string,
  wallMs: number,
): Promise<WorkInput> {
  const action = tx.plan[tx.cursor];
  if (!action) throw new Error('running without an Action left');
  const version = await versions(tx.tenantId, action.versionId);
  if (!version) return failed(action.name, printable(`The deployed version of ${action.name} no longer exists.`));

  const result = await sandbox.run({
    tenantId: tx.tenantId,
    script: toScript(version, action.name),
    trigger: 'post-login',
    handler: 'onExecutePostLogin',
    eventJson,
    secretsJson: JSON.stringify(Object.fromEntries(version.secrets.map(({ name, value }) => [name, value]))),
    now: now(),
    seed: random.key(),
    wallMs,
  });
  if (!result.ok) return failed(action.name, printable(result.fault.message), result.fault);

  const checked = checkCommands(result.commands);
  if (!checked.ok) return failed(action.name, checked.message);
  const challenges = checked.commands.some(({ name }) => name.startsWith('authentication.'));
  const denies = checked.commands.some(({ name }) => name === 'access.deny');
  if (challenges && !denies && !world.tenant.customizeMfa) {
    const logs: LogDraft[] = [{ type: 'mfar', description: SWITCH_IS_OFF, details: { action_name: action.name } }];
    return { kind: 'failed', reason: SWITCH_IS_OFF, logs };
  }
  return { kind: 'ran', commands: checked.commands, logs: lateCalls(action.name, result.lateCalls ?? []) };
}

function failed(actionName: string, reason: string, fault?: ScriptFault): WorkInput {
  const error = fault
    ? { name: fault.name, message: printable(fault.message), kind: fault.kind, stack: fault.stack.slice(0, 20) }
    : { name: 'Error', message: reason };
  return {
    kind: 'failed',
    reason,
    logs: [{ type: 'f', description: reason, details: { action_name: actionName, error } }],
  };
}

/** Calls of `api` after the handler had settled did nothing; the tenant is told, once for each method. */
function lateCalls(actionName: string, names: string[]): LogDraft[] {
  return [...new Set(names.map((name) => printable(name)))].slice(0, 10).map((name) => ({
    type: 'w',
    description: `The Action ${actionName} called api.${name} after its handler had settled; the call did nothing.`,
    details: { action_name: actionName },
  }));
}
