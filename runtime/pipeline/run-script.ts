// One Action of any trigger: load its pinned version, run it in the sandbox, check what it recorded, write down what
// happened. A script's fault is a value and ends nothing but what it ran for.
import type { TriggerId } from '#actions/triggers.ts';
import type { ActionSecret, ExecutionResult, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import type { RecordedCommand, RunRequest, RunResult } from '../sandbox/sandbox.ts';
import { limitsFor } from '../script-limits.ts';
import type { LogDraft } from '../transaction/input.ts';
import type { BoundAction } from '../transaction/transaction.ts';
import { printable } from './commands.ts';
import { countCalls } from './count-calls.ts';
import { type Failure, failureLogs, toResult } from './execution.ts';
import { type LoadedVersion, toScript, type Versions } from './plan.ts';
import { openRecording } from './recorded-run.ts';
import { type Redact, redactor } from './redact.ts';
import type { CacheChange, ScriptCache } from './script-cache.ts';

/** What running scripts needs beside the ports: what is kept of them between runs. */
export type ScriptStage = { versions: Versions; cache: ScriptCache };

export type Occasion<Command> = {
  tenant: TenantRecord;
  action: BoundAction;
  trigger: TriggerId;
  handler: string;
  eventJson: string;
  /** What is left for the trigger's scripts, in milliseconds. */
  wallMs: number;
  executionId: string;
  /** What the script is told beside its secrets, and what is not to be found in anything it leaves behind. */
  hidden?: readonly string[];
  /** What the script reads and is answered is kept with the result. */
  record?: boolean;
  /** Parses what the script recorded: its commands in call order, or what is wrong with the first that does not parse. */
  check(recorded: RecordedCommand[]): { ok: true; commands: Command[] } | { ok: false; message: string };
  /** Why the commands cannot be followed, for reasons outside the script. */
  refuse?(commands: Command[]): { message: string; logs: LogDraft[] } | undefined;
  /** Answers what the script asks of us while it runs. */
  answer?: (operation: string, payload: string) => Promise<{ ok: boolean; payload: string }>;
};

/** `result`: what is written down of the run. `redact` takes the Action's secrets out of a text. */
export type ScriptRan<Command> = { result: ExecutionResult; redact: Redact } & (
  | { ok: true; commands: Command[]; logs: LogDraft[] }
  | { ok: false; reason: string; logs: LogDraft[] }
);

type NamedCommand = { name: string };

export async function runScript<Command extends NamedCommand>(
  { sandbox, egress, now, random, scriptLimits }: Pick<Ports, 'sandbox' | 'egress' | 'now' | 'random' | 'scriptLimits'>,
  { versions, cache }: ScriptStage,
  occasion: Occasion<Command>,
): Promise<ScriptRan<Command>> {
  const { tenant, action, trigger, handler, eventJson, wallMs, executionId, answer } = occasion;
  const version = await versions(tenant.id, action.versionId);
  const startedAt = now();
  const shared = version?.moduleSecrets ?? {};
  const secrets = version ? [...version.secrets, ...Object.values(shared).flat()] : [];
  const redact = redactor(
    secrets.map(({ value }) => value),
    occasion.hidden,
  );
  const recording = occasion.record ? openRecording(egress.request, answer) : undefined;
  const outside = countCalls((recording ?? egress).request);
  const seed = random.key();
  const cacheJson = cache.read(tenant.id, trigger);
  const versionNumber = version ? { versionNumber: version.number } : {};
  const ended = (result: RunResult | undefined, commands: RecordedCommand[], failure?: Failure) => {
    const run = { action, ...versionNumber, startedAt, calls: outside.counted(), commands, redact };
    const noted = toResult({ ...run, ...(result ? { result } : {}), ...(failure ? { failure } : {}) });
    if (!recording || !result) return noted;
    return { ...noted, recorded: recording.close({ handler, eventJson, now: startedAt, seed, cacheJson, redact }) };
  };
  const failed = (failure: Failure, result?: RunResult): ScriptRan<Command> => {
    const noted = ended(result, [], failure);
    const reason = noted.error?.message ?? failure.message;
    return { ok: false, reason, logs: failureLogs(noted, trigger, executionId), result: noted, redact };
  };
  if (!version) {
    const message = `The deployed version of ${action.name} no longer exists.`;
    return failed({ kind: 'version', name: 'Error', message });
  }

  const { answer: ask = answer } = recording ?? {};
  const result = await sandbox.run({
    tenantId: tenant.id,
    script: toScript(version, action.name),
    trigger,
    handler,
    eventJson,
    ...secretsOf(version),
    ...(cacheJson === undefined ? {} : { cacheJson }),
    ...(ask ? { answer: ask } : {}),
    request: outside.request,
    now: startedAt,
    seed,
    limits: limitsFor(tenant.scriptLimits, scriptLimits),
    wallMs,
  });
  if (!result.ok) return failed(result.fault, result);
  const checked = occasion.check(result.commands);
  if (!checked.ok) return failed({ kind: 'commands', name: 'Error', message: checked.message }, result);
  const { commands } = checked;
  const refusal = occasion.refuse?.(commands);
  if (refusal) {
    const { message, logs } = refusal;
    const noted = ended(result, result.commands, { kind: 'switch', name: 'Error', message });
    return { ok: false, reason: message, logs, result: noted, redact };
  }
  cache.write(tenant.id, trigger, cacheChanges(commands));
  const logs = lateCalls(action.name, result.lateCalls ?? []);
  return { ok: true, commands, logs, result: ended(result, result.commands), redact };
}

/** Of every trigger the cache's commands are the same. */
function cacheChanges(commands: NamedCommand[]): CacheChange[] {
  return commands.filter(({ name }) => name === 'cache.set' || name === 'cache.delete') as CacheChange[];
}

const byName = (secrets: ActionSecret[]): Record<string, string> =>
  Object.fromEntries(secrets.map(({ name, value }) => [name, value]));

/** What a script and its modules are told beside the event. */
export function secretsOf({
  secrets,
  modules,
  moduleSecrets = {},
}: Pick<LoadedVersion, 'secrets' | 'moduleSecrets'> & { modules?: { moduleName: string }[] }): Pick<
  RunRequest,
  'secretsJson' | 'moduleSecretsJson'
> {
  const own = { secretsJson: JSON.stringify(byName(secrets)) };
  if (!modules) return own;
  // Every module has its entry, an empty one too: a name such as `constructor` must find nothing else.
  const kept = new Map(Object.entries(moduleSecrets));
  const entries = modules.map(({ moduleName }) => [moduleName, byName(kept.get(moduleName) ?? [])]);
  return { ...own, moduleSecretsJson: JSON.stringify(Object.fromEntries(entries)) };
}

/** Calls of `api` after the handler had settled did nothing; the tenant is told, once for each method. */
function lateCalls(actionName: string, names: string[]): LogDraft[] {
  return [...new Set(names.map((name) => printable(name)))].slice(0, 10).map((name) => ({
    type: 'w',
    description: `The Action ${actionName} called api.${name} after its handler had settled; the call did nothing.`,
    details: { action_name: actionName },
  }));
}
