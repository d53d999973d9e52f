// All bound Actions of a trigger that never pauses, in order, on one wall clock: each with its event built afresh, up to
// the first that refuses or fails. What ran is written down at once, for whatever it ran for may come to nothing.
import type { TriggerId } from '#actions/triggers.ts';
import type { ExecutionResult, JsonObject, TenantRecord } from '#storage/records.ts';
import type { LiveConsole } from '../live-console.ts';
import type { Ports } from '../ports.ts';
import type { RecordedCommand } from '../sandbox/sandbox.ts';
import { limitsFor } from '../script-limits.ts';
import { type LogPlace, tenantLog } from '../tenant-log.ts';
import type { LogDraft } from '../transaction/input.ts';
import type { BoundAction } from '../transaction/transaction.ts';
import { recordRuns } from './execution.ts';
import { planOf } from './plan.ts';
import { noRedaction, type Redact, redactJson } from './redact.ts';
import { runScript, type ScriptStage } from './run-script.ts';
import type { Checked } from './trigger-commands.ts';

export type TriggerStage = ScriptStage & { liveConsole: LiveConsole };

export type TriggerRun<Command> = {
  tenant: TenantRecord;
  trigger: Exclude<TriggerId, 'post-login' | 'password-reset-post-challenge'>;
  handler: string;
  /** What runs, where something else than the trigger's bindings says so. */
  plan?: readonly BoundAction[];
  /** What the event tells beside the secrets of Actions, and what is not to be found in anything they leave behind. */
  hidden?: readonly string[];
  /** The event of the next Action, from what those before it have commanded. */
  event(before: readonly Command[]): object;
  check(recorded: RecordedCommand[]): Checked<Command>;
  /** Whether no later Action runs after this command. */
  ends(command: Command): boolean;
  /** Where the log lines of this run happen. */
  place: LogPlace;
  /** The login it belongs to, and whose. */
  transactionId?: string;
  userId?: string;
};

/** `executions`: what the last log line about it names; `redact` takes the secrets of all that ran out of a text. */
export type TriggerRan<Command> = { executions: string[]; redact: Redact } & (
  | { outcome: 'done'; commands: Command[] }
  | { outcome: 'ended'; by: Command; actionName: string }
  /** `details`: what the log says of the failure, without secrets. */
  | { outcome: 'failed'; reason: string; actionName: string; details: JsonObject }
);

type NamedCommand = { name: string };

export async function runTrigger<Command extends NamedCommand>(
  ports: Ports,
  { versions, cache, liveConsole }: TriggerStage,
  run: TriggerRun<Command>,
): Promise<TriggerRan<Command>> {
  const { store, now, random, scriptLimits } = ports;
  const { tenant, trigger, transactionId, userId } = run;
  const plan = run.plan ?? (await planOf(store, tenant.id, trigger));
  if (plan.length === 0) return { outcome: 'done', commands: [], executions: [], redact: noRedaction };

  const executionId = random.uuid();
  const endsAt = performance.now() + limitsFor(tenant.scriptLimits, scriptLimits).wallMs;
  const login = transactionId === undefined ? {} : { transactionId };
  const whose = userId === undefined ? {} : { userId };
  const results: ExecutionResult[] = [];
  const commands: Command[] = [];
  const logs: LogDraft[] = [];
  let redact = noRedaction;
  let ending: { outcome: 'ended'; by: Command; actionName: string } | Failed | undefined;

  for (const action of plan) {
    const ran = await runScript<Command>(
      ports,
      { versions, cache },
      {
        tenant,
        action,
        trigger,
        handler: run.handler,
        eventJson: JSON.stringify(run.event(commands)),
        wallMs: Math.max(0, Math.floor(endsAt - performance.now())),
        executionId,
        ...(run.hidden ? { hidden: run.hidden } : {}),
        check: run.check,
      },
    );
    results.push(ran.result);
    liveConsole.publish(tenant.id, { executionId, ...login, ...whose, result: ran.result });
    redact = both(redact, ran.redact);
    if (!ran.ok) {
      const { failure, told } = splitFailure(ran.logs);
      logs.push(...told);
      ending = { outcome: 'failed', reason: ran.reason, actionName: action.name, details: failure };
      break;
    }
    logs.push(...ran.logs);
    commands.push(...ran.commands);
    const last = ran.commands.find(run.ends);
    if (last) {
      ending = { outcome: 'ended', by: last, actionName: action.name };
      break;
    }
  }

  const lines = logs.map(({ description, details, ...rest }) => {
    const clean = details === undefined ? {} : { details: redactJson(details, redact) };
    return tenantLog({ ...rest, description: redact(description), ...clean }, { ...run.place, now: now() });
  });
  const clientId = run.place.clientId === undefined ? {} : { clientId: run.place.clientId };
  const status = ending ? 'partial' : 'final';
  const ran = { id: executionId, triggerId: trigger, ...login, ...whose, ...clientId, status, results } as const;
  await store.commit([
    ...recordRuns(tenant, now(), ran),
    ...lines.map((log) => ({ kind: 'log.insert' as const, log })),
  ]);
  const about = { executions: [executionId], redact };
  return ending ? { ...ending, ...about } : { outcome: 'done', commands, ...about };
}

type Failed = { outcome: 'failed'; reason: string; actionName: string; details: JsonObject };

/**
 * The line `f` is the last word on a login, and this is none: what it says of the place goes into the line about
 * the Action, and to whoever has the last word here.
 */
function splitFailure(logs: LogDraft[]): { failure: JsonObject; told: LogDraft[] } {
  const failure = logs.find(({ type }) => type === 'f')?.details ?? {};
  const { error } = failure;
  const told = logs
    .filter(({ type }) => type !== 'f')
    .map((draft) =>
      draft.type === 'actions_execution_failed'
        ? {
            ...draft,
            details: { ...draft.details, ...(error === undefined ? {} : { error }) },
          }
        : draft,
    );
  return { failure, told };
}

function both(first: Redact, second: Redact): Redact {
  if (second === noRedaction) return first;
  return first === noRedaction ? second : (text) => second(first(text));
}
