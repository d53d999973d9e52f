// What is written down of the Actions that run between two rests of a login: one record, made while they run and written
// by the commit of the step. Values of secrets are taken out here, before anything is shown, logged or kept.
import type {
  ExecutionError,
  ExecutionRecord,
  ExecutionResult,
  Json,
  JsonObject,
  TenantRecord,
} from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { RecordedCommand, RunResult, ScriptFault } from '../sandbox/sandbox.ts';
import type { LogDraft } from '../transaction/input.ts';
import type { BoundAction, LoginTransaction } from '../transaction/transaction.ts';
import { printable } from './commands.ts';
import type { CallsCounted } from './count-calls.ts';
import { keptArguments } from './kept-arguments.ts';
import { triggerOf } from './login-trigger.ts';
import { noRedaction, type Redact, redactJson } from './redact.ts';

/** Days that executions are kept where the tenant has not said. */
export const EXECUTION_DAYS = { default: 10, least: 1, most: 90 } as const;

const DAY_MS = 24 * 60 * 60_000;

/** Arguments of one run's commands beyond this, as JSON in UTF-16 units, are not kept. */
const ARGUMENTS_KEPT = 64 * 1024;
const STACK_KEPT = 20;

/** What ran since the login last rested. */
export type Stretch = {
  /** The id of the execution. */
  id: string;
  results: ExecutionResult[];
  /** When the wall clock of its scripts has run out, by `performance.now()`; not yet set before the first run. */
  endsAt?: number;
  /** How the login was judged, for its last log line; none before the person was known. */
  risk?: JsonObject;
  /** Takes the secrets of every Action that ran out of a text. */
  redact: Redact;
};

export function openStretch(id: string): Stretch {
  return { id, results: [], redact: noRedaction };
}

/** Notes a run that has ended. */
export function noteRun(stretch: Stretch, { result, redact }: { result: ExecutionResult; redact: Redact }): void {
  stretch.results.push(result);
  if (redact === noRedaction) return;
  const { redact: before } = stretch;
  stretch.redact = (text) => redact(before(text));
}

/** Why a run counts as failed: what the sandbox found, or what we found in its answer. */
export type Failure = Pick<ScriptFault, 'name' | 'message'> &
  Partial<Pick<ScriptFault, 'fileName' | 'at' | 'stack' | 'limit'>> & {
    kind: ScriptFault['kind'] | 'commands' | 'version' | 'switch';
  };

type Run = {
  action: BoundAction;
  versionNumber?: number;
  startedAt: number;
  result?: RunResult;
  /** What it waited for outside. */
  calls?: CallsCounted | undefined;
  commands: RecordedCommand[];
  failure?: Failure;
  redact: Redact;
};

export function toResult({
  action,
  versionNumber,
  startedAt,
  result,
  calls,
  commands,
  failure,
  redact,
}: Run): ExecutionResult {
  const durationMs = rounded(result?.wallMs ?? 0);
  return {
    actionId: action.actionId,
    actionName: action.name,
    versionId: action.versionId,
    ...(versionNumber === undefined ? {} : { versionNumber }),
    bindingId: action.bindingId,
    startedAt,
    endedAt: startedAt + Math.round(durationMs),
    durationMs,
    cpuMs: rounded(result?.cpuMs ?? 0),
    ...(calls ? { calls } : {}),
    commands: keptCommands(commands, redact),
    console: (result?.console ?? []).map(({ level, text, at }) => ({
      level,
      text: redact(text),
      ...(at === undefined ? {} : { at }),
    })),
    ...(failure ? { error: toError(failure, redact) } : {}),
  };
}

function toError({ kind, name, message, at, fileName, stack, limit }: Failure, redact: Redact): ExecutionError {
  return {
    id: kind,
    name: redact(name),
    message: redact(printable(message)),
    ...(at === undefined ? {} : { at }),
    ...(fileName === undefined ? {} : { fileName }),
    stack: (stack ?? []).slice(0, STACK_KEPT).map(redact),
    ...(limit ? { limit: { name: wireName(limit.name), value: limit.value } } : {}),
  };
}

/** As the script wrote them, once they were checked: the method of `api` and its arguments. */
function keptCommands(commands: RecordedCommand[], redact: Redact): ExecutionResult['commands'] {
  let size = 0;
  return commands.map((command) => {
    const { name } = command;
    const args = keptArguments(command) as Json[];
    size += JSON.stringify(args).length;
    return { name, ...(size > ARGUMENTS_KEPT ? {} : { args: redactJson(args, redact) }) };
  });
}

/** The tenant's logs of a failed run, without secrets. `f` follows as the last word on the login. */
export function failureLogs(result: ExecutionResult, triggerId: string, executionId: string): LogDraft[] {
  const { error } = result;
  if (!error) return [];
  const { id: kind, name, message, at, fileName, stack, limit } = error;
  const place = {
    ...(at === undefined ? {} : { at }),
    ...(fileName === undefined ? {} : { file_name: fileName }),
    ...(limit ? { limit } : {}),
  };
  const version = result.versionNumber === undefined ? {} : { action_version: result.versionNumber };
  return [
    {
      type: 'actions_execution_failed',
      description: `Execution of the Action ${result.actionName} failed`,
      details: {
        execution_id: executionId,
        trigger_id: triggerId,
        action_id: result.actionId,
        action_name: result.actionName,
        binding_id: result.bindingId,
        version_id: result.versionId,
        ...version,
        error_class: errorClass(kind),
        action_error: { name, message, code: kind, stack: stack.join('\n') },
      },
    },
    {
      type: 'f',
      description: message,
      details: { action_name: result.actionName, ...version, error: { name, message, kind, stack, ...place } },
    },
  ];
}

function errorClass(kind: string): string {
  if (kind === 'timeout' || kind === 'stalled') return 'action_timeout';
  return kind === 'crash' || kind === 'version' ? 'platform_error' : 'action_error';
}

/** The write of what ran, once the login rests; none when nothing did. */
export function executionChange(stretch: Stretch, tx: LoginTransaction, tenant: TenantRecord, now: number): Change[] {
  return recordRuns(tenant, now, {
    id: stretch.id,
    triggerId: triggerOf(tx.purpose).id,
    transactionId: tx.id,
    ...(tx.subject.kind === 'user' ? { userId: tx.subject.userId } : {}),
    clientId: tx.request.clientId,
    status: tx.state.name === 'completed' ? 'final' : tx.state.name === 'denied' ? 'partial' : 'suspended',
    results: stretch.results,
  });
}

/** How long what is written down of logins is kept. */
export function expiryOf({ executionDays = EXECUTION_DAYS.default }: TenantRecord, now: number): number {
  return now + executionDays * DAY_MS;
}

type Ran = Omit<ExecutionRecord, 'tenantId' | 'createdAt' | 'updatedAt' | 'expiresAt'>;

/** The record of runs that belong together, kept for as long as the tenant says; none when nothing ran. */
export function recordRuns(tenant: TenantRecord, now: number, ran: Ran): Change[] {
  const [first] = ran.results;
  if (!first) return [];
  const expiresAt = expiryOf(tenant, now);
  const execution = { ...ran, tenantId: tenant.id, createdAt: first.startedAt, updatedAt: now, expiresAt };
  return [{ kind: 'execution.insert', execution }];
}

/** The login with the execution among those that its last log line names. */
export function withExecution(tx: LoginTransaction, { id, results }: Stretch): LoginTransaction {
  return results.length === 0 ? tx : { ...tx, executions: [...(tx.executions ?? []), id] };
}

/** A log line of the login as the tenant may read it: without secrets, the last word with what ran. */
export function executionLog(draft: LogDraft, tx: LoginTransaction, { redact, risk }: Stretch): LogDraft {
  const isLastWord = draft.type === 's' || draft.type === 'f';
  const { description, details, ...rest } = draft;
  const told: JsonObject = {
    ...(details === undefined ? {} : redactJson(details, redact)),
    ...(isLastWord && tx.executions ? { actions: { executions: tx.executions } } : {}),
    ...(isLastWord && risk ? { riskAssessment: risk } : {}),
    ...(draft.type === 'mfar' && risk ? risk : {}),
  };
  const known = Object.keys(told).length === 0 ? {} : { details: told };
  return { ...rest, description: redact(description), ...known };
}

/** `cpuMs` as the wire has it: `cpu_ms`. */
function wireName(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Hundredths of a millisecond. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
