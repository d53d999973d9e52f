// A script that somebody tries out: one run of a draft on a made-up event, as a login would run it, with its own secrets
// and with calls that really go out. What it commands is told and not followed, and nothing of the run is kept.
import { TRIGGERS, type TriggerId } from '#actions/triggers.ts';
import type { ExecutionResult, TenantRecord } from '#storage/records.ts';
import { apartFrom } from './apart.ts';
import { checkCommands } from './pipeline/commands.ts';
import { countCalls } from './pipeline/count-calls.ts';
import { checkExchangeCommands } from './pipeline/credentials-exchange-commands.ts';
import { checkTokenExchangeCommands } from './pipeline/custom-token-exchange-commands.ts';
import { type Failure, toResult } from './pipeline/execution.ts';
import { checkNotificationCommands } from './pipeline/notification-commands.ts';
import { checkResetCommands } from './pipeline/password-reset-commands.ts';
import { checkRegistrationCommands } from './pipeline/pre-user-registration-commands.ts';
import { redactor } from './pipeline/redact.ts';
import { refuseFactors } from './pipeline/run-action.ts';
import { secretsOf } from './pipeline/run-script.ts';
import { checkBy } from './pipeline/trigger-commands.ts';
import type { Ports } from './ports.ts';
import type { RecordedCommand, RunResult } from './sandbox/sandbox.ts';
import { limitsFor } from './script-limits.ts';
import type { ActionTrial } from './trial.ts';

type Check = (recorded: RecordedCommand[]) => { ok: true } | { ok: false; message: string };

const CACHE_ALONE = checkBy({}, ['cache.set', 'cache.delete']);
const CHECKS: { readonly [Id in TriggerId]: Check } = {
  'post-login': checkCommands,
  'credentials-exchange': checkExchangeCommands,
  'pre-user-registration': checkRegistrationCommands,
  'post-user-registration': CACHE_ALONE,
  'post-change-password': CACHE_ALONE,
  'password-reset-post-challenge': checkResetCommands,
  'custom-token-exchange': checkTokenExchangeCommands,
  'send-phone-message': checkNotificationCommands,
  'custom-phone-provider': checkNotificationCommands,
  'custom-email-provider': checkNotificationCommands,
};

export async function tryAction(
  { sandbox, egress, now, random, scriptLimits }: Pick<Ports, 'sandbox' | 'egress' | 'now' | 'random' | 'scriptLimits'>,
  tenant: TenantRecord,
  { trigger, event, script: { name, script, ...told } }: ActionTrial,
): Promise<ExecutionResult> {
  const id = trigger as TriggerId;
  const [handler = ''] = TRIGGERS[id].handlers;
  const values = [...told.secrets, ...Object.values(told.moduleSecrets ?? {}).flat()].map(({ value }) => value);
  const redact = redactor(values);
  const limits = limitsFor(tenant.scriptLimits, scriptLimits);
  const outside = countCalls(egress.request);
  const startedAt = now();
  const result = await sandbox.run({
    tenantId: apartFrom(tenant.id),
    script,
    trigger: id,
    handler,
    eventJson: JSON.stringify(event),
    ...secretsOf(told),
    request: outside.request,
    now: startedAt,
    seed: random.key(),
    limits,
    wallMs: limits.wallMs,
  });
  const action = { actionId: '', bindingId: '', versionId: script.versionId, name };
  const judged = judge(tenant, id, name, result);
  return toResult({ action, startedAt, redact, result, calls: outside.counted(), ...judged });
}

function judge(
  tenant: TenantRecord,
  trigger: TriggerId,
  name: string,
  result: RunResult,
): { commands: RecordedCommand[]; failure?: Failure } {
  if (!result.ok) return { commands: [], failure: result.fault };
  const { commands } = result;
  const checked = CHECKS[trigger](commands);
  if (!checked.ok) return { commands, failure: { kind: 'commands', name: 'Error', message: checked.message } };
  if (trigger !== 'post-login' || tenant.customizeMfa) return { commands };
  const posted = checkCommands(commands);
  const refusal = posted.ok ? refuseFactors(posted.commands, name) : undefined;
  return { commands, ...(refusal ? { failure: { kind: 'switch', name: 'Error', message: refusal.message } } : {}) };
}
