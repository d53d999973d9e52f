// One script on one recorded run: its event, its clock, its dice, its answers. Nothing leaves: what the recording does not
// hold ends as a network failure, and is told of.
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { ExecutionResult, RecordedRun, TenantRecord } from '#storage/records.ts';
import { apartFrom } from '../apart.ts';
import type { Egress } from '../egress/egress.ts';
import { checkCommands, printable } from '../pipeline/commands.ts';
import { type Failure, toResult } from '../pipeline/execution.ts';
import { callKey } from '../pipeline/recorded-run.ts';
import { redactor } from '../pipeline/redact.ts';
import { refuseFactors } from '../pipeline/run-action.ts';
import { secretsOf } from '../pipeline/run-script.ts';
import type { Ports } from '../ports.ts';
import type { ReplayScript } from '../replayed-logins.ts';
import type { RunRequest, RunResult } from '../sandbox/sandbox.ts';
import { limitsFor } from '../script-limits.ts';

export type Recording = Exclude<RecordedRun, { incomplete: string }>;

/** `unrecorded`: what it asked for that the recording does not hold. */
export type Replayed = { result: ExecutionResult; unrecorded: string[] };

/** Addresses and names of ours that are told of one run. */
const TOLD = 20;

export async function replayRun(
  { sandbox, scriptLimits }: Pick<Ports, 'sandbox' | 'scriptLimits'>,
  tenant: TenantRecord,
  { name, script, ...told }: ReplayScript,
  recording: Recording,
): Promise<Replayed> {
  const { handler, event, now, seed, cache } = recording;
  const values = [...told.secrets, ...Object.values(told.moduleSecrets ?? {}).flat()].map(({ value }) => value);
  const redact = redactor(values);
  const unrecorded: string[] = [];
  const miss = (what: string) => {
    if (unrecorded.length < TOLD && !unrecorded.includes(what)) unrecorded.push(what);
  };
  const limits = limitsFor(tenant.scriptLimits, scriptLimits);
  const result = await sandbox.run({
    tenantId: apartFrom(tenant.id),
    script,
    trigger: 'post-login',
    handler,
    eventJson: JSON.stringify(event),
    ...secretsOf(told),
    ...(cache ? { cacheJson: JSON.stringify(cache) } : {}),
    answer: answersOf(recording, redact, miss),
    request: callsOf(recording, redact, miss),
    now,
    still: true,
    seed,
    limits,
    wallMs: limits.wallMs,
  });
  const judged = judge(result, tenant, name);
  const action = { actionId: '', bindingId: '', versionId: script.versionId, name };
  return { result: toResult({ action, startedAt: now, redact, result, ...judged }), unrecorded };
}

function judge(
  result: RunResult,
  tenant: TenantRecord,
  actionName: string,
): { commands: ExecutionCommands; failure?: Failure } {
  if (!result.ok) return { commands: [], failure: result.fault };
  const checked = checkCommands(result.commands);
  if (!checked.ok) return { commands: [], failure: { kind: 'commands', name: 'Error', message: checked.message } };
  const refusal = tenant.customizeMfa ? undefined : refuseFactors(checked.commands, actionName);
  const { commands } = result;
  return refusal ? { commands, failure: { kind: 'switch', name: 'Error', message: refusal.message } } : { commands };
}

type ExecutionCommands = Extract<RunResult, { ok: true }>['commands'];

/** Each recorded call answers one call: the first that was not taken yet. */
function callsOf(
  recording: Recording,
  redact: (text: string) => string,
  miss: (what: string) => void,
): Egress['request'] {
  const left = [...recording.calls];
  return async (call) => {
    const key = callKey(call, redact);
    const at = left.findIndex(({ method, url, body }) => method === key.method && url === key.url && body === key.body);
    const [found] = at === -1 ? [] : left.splice(at, 1);
    if (!found) {
      miss(redact(named(call)));
      return { ok: false, code: 'ERR_EGRESS_NETWORK', message: 'The recorded login did not make this call.' };
    }
    if (found.answer) return { ok: true, answer: { ...found.answer, body: { text: found.answer.body } } };
    if (found.failure)
      return { ok: false, code: found.failure.code as 'ERR_EGRESS_NETWORK', message: found.failure.message };
    return { ok: false, code: 'ABORT_ERR', message: 'The recorded login did not wait for this call.' };
  };
}

/** Without its query, which may hold anything. */
function named({ method, url }: OutgoingCall): string {
  const address = URL.parse(String(url));
  return printable(
    `${String(method).slice(0, 10)} ${address ? `${address.origin}${address.pathname}`.slice(0, 200) : 'an address that is none'}`,
  );
}

function answersOf(
  { questions }: Recording,
  redact: (text: string) => string,
  miss: (what: string) => void,
): NonNullable<RunRequest['answer']> {
  return async (operation, payload) => {
    const asked = redact(payload);
    const found = questions.find((each) => each.operation === operation && each.payload === asked);
    if (found) return { ok: found.ok, payload: found.answer };
    miss(`api.${operation}`);
    const message = `api.${operation} failed: the recorded login did not ask for this.`;
    return { ok: false, payload: JSON.stringify({ name: 'Error', message }) };
  };
}
