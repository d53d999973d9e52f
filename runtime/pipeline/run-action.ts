// One Action of a login: load its pinned version, run it in the sandbox, check what it recorded. Every outcome is a fact
// for the login; a script's fault ends its own login and nothing else.
import type { PostLoginCommand } from '#actions/post-login-command.ts';
import type { ActionSecret, ExecutionResult } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import type { RunResult } from '../sandbox/sandbox.ts';
import { limitsFor } from '../script-limits.ts';
import type { LogDraft, WorkInput } from '../transaction/input.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import { checkCommands, printable } from './commands.ts';
import { type Failure, failureLogs, toResult } from './execution.ts';
import { type LoadedVersion, toScript, type Versions } from './plan.ts';
import { noRedaction, type Redact, redactor } from './redact.ts';
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
  /** What is left for the trigger's scripts, in milliseconds. */
  wallMs: number;
  executionId: string;
};

export async function runAction(
  { sandbox, now, random, scriptLimits }: Pick<Ports, 'sandbox' | 'now' | 'random' | 'scriptLimits'>,
  versions: Versions,
  tx: LoginTransaction,
  world: World,
  { eventJson, wallMs, executionId }: Occasion,
): Promise<Ran> {
  const action = tx.plan[tx.cursor];
  if (!action) throw new Error('running without an Action left');
  const version = await versions(tx.tenantId, action.versionId);
  const startedAt = now();
  const shared = version?.moduleSecrets ?? {};
  const hidden = version ? [...version.secrets, ...Object.values(shared).flat()] : [];
  const redact = version ? redactor(hidden.map(({ value }) => value)) : noRedaction;
  const versionNumber = version ? { versionNumber: version.number } : {};
  const ended = (result: RunResult | undefined, commands: PostLoginCommand[], failure?: Failure) => {
    const run = { action, ...versionNumber, startedAt, commands, redact };
    return toResult({ ...run, ...(result ? { result } : {}), ...(failure ? { failure } : {}) });
  };
  const failed = (failure: Failure, result?: RunResult): Ran => {
    const noted = ended(result, [], failure);
    const reason = noted.error?.message ?? failure.message;
    return { fact: { kind: 'failed', reason, logs: failureLogs(noted, executionId) }, result: noted, redact };
  };
  if (!version) {
    const message = `The deployed version of ${action.name} no longer exists.`;
    return failed({ kind: 'version', name: 'Error', message });
  }

  const result = await sandbox.run({
    tenantId: tx.tenantId,
    script: toScript(version, action.name),
    trigger: 'post-login',
    handler: 'onExecutePostLogin',
    eventJson,
    secretsJson: JSON.stringify(byName(version.secrets)),
    ...(version.modules && { moduleSecretsJson: moduleSecretsJson(version) }),
    now: startedAt,
    seed: random.key(),
    limits: limitsFor(world.tenant.scriptLimits, scriptLimits),
    wallMs,
  });
  if (!result.ok) return failed(result.fault, result);
  const checked = checkCommands(result.commands);
  if (!checked.ok) return failed({ kind: 'commands', name: 'Error', message: checked.message }, result);

  const { commands } = checked;
  const challenges = commands.some(({ name }) => name.startsWith('authentication.'));
  const denies = commands.some(({ name }) => name === 'access.deny');
  if (challenges && !denies && !world.tenant.customizeMfa) {
    const noted = ended(result, commands, { kind: 'switch', name: 'Error', message: SWITCH_IS_OFF });
    const logs: LogDraft[] = [{ type: 'mfar', description: SWITCH_IS_OFF, details: { action_name: action.name } }];
    return { fact: { kind: 'failed', reason: SWITCH_IS_OFF, logs }, result: noted, redact };
  }
  const fact: WorkInput = { kind: 'ran', commands, logs: lateCalls(action.name, result.lateCalls ?? []) };
  return { fact, result: ended(result, commands), redact };
}

const byName = (secrets: ActionSecret[]): Record<string, string> =>
  Object.fromEntries(secrets.map(({ name, value }) => [name, value]));

/** Every module has its entry, an empty one too: a name such as `constructor` must find nothing else. */
function moduleSecretsJson({ modules = [], moduleSecrets = {} }: LoadedVersion): string {
  const secretsOf = new Map(Object.entries(moduleSecrets));
  return JSON.stringify(
    Object.fromEntries(modules.map(({ moduleName }) => [moduleName, byName(secretsOf.get(moduleName) ?? [])])),
  );
}

/** Calls of `api` after the handler had settled did nothing; the tenant is told, once for each method. */
function lateCalls(actionName: string, names: string[]): LogDraft[] {
  return [...new Set(names.map((name) => printable(name)))].slice(0, 10).map((name) => ({
    type: 'w',
    description: `The Action ${actionName} called api.${name} after its handler had settled; the call did nothing.`,
    details: { action_name: actionName },
  }));
}
