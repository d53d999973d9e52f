// Server, timelines: one JSON that explains a login, put together from its steps, what ran in them, their log lines and
// their messages. Codes, texts of messages, tokens and passwords are in none of these.
import type { ExecutionResult, JsonObject, LoginStepRecord, LogRecord, MessageRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { iso, optional } from '../management/fields.ts';
import { maskedAddress } from '../management/messages.ts';
import { showResult } from '../management/show-execution.ts';
import { restText, stepTitle, whyText, workText } from './words.ts';

/** Milliseconds with their fraction. */
type Ms = number;

export type TimelineStep = {
  number: number;
  /** What came in, and where the login rests since, in words. */
  title: string;
  rest: string;
  /** ISO 8601, when the step was over. */
  at: string;
  /** For the person, before it. */
  waited_ms: Ms;
  took_ms: Ms;
  input: JsonObject;
  from?: string;
  to: JsonObject;
  notice?: string;
  work: JsonObject[];
  execution_id?: string;
  runs: JsonObject[];
  logs: JsonObject[];
  messages: JsonObject[];
};

export type Timeline = {
  transaction_id: string;
  purpose: string;
  door: string;
  client_id: string;
  client_name?: string;
  user_id?: string;
  user_name?: string;
  began_at: string;
  /** Of its last step. */
  moved_at: string;
  expires_at: string;
  outcome: Outcome;
  /** Of a login that was denied. */
  code?: string;
  reason?: string;
  time: {
    /** From the beginning to the last step. */
    total_ms: Ms;
    /** For the person. */
    waiting_ms: Ms;
    /** In scripts, without what they waited for outside; `cpu_ms` is what they used of a processor. */
    scripts_ms: Ms;
    cpu_ms: Ms;
    /** Calls of scripts to outside services. */
    calls_ms: Ms;
    /** Everything else that we did. */
    own_ms: Ms;
  };
  actions: JsonObject[];
  steps: TimelineStep[];
};

/** `waiting`: for the person. `run-out`: the person did not come back in time. */
export type Outcome = 'completed' | 'denied' | 'waiting' | 'run-out';

type Needed = Pick<Deps, 'store' | 'clock'>;

/** Undefined: nothing is known of such a login, or no longer. */
export async function timelineOf(
  { store, clock }: Needed,
  tenantId: string,
  transactionId: string,
): Promise<Timeline | undefined> {
  const now = clock.now();
  const steps = (await store.loginSteps.ofLogin(tenantId, transactionId)).filter(({ expiresAt }) => expiresAt > now);
  const [first] = steps;
  const last = steps.at(-1);
  if (!first || !last) return undefined;
  const [client, user, outcome, details] = await Promise.all([
    store.clients.find(tenantId, last.clientId),
    last.userId === undefined ? undefined : store.users.find(tenantId, last.userId),
    outcomeOf({ store, clock }, last),
    Promise.all(steps.map((step) => detailOf(store, step))),
  ]);
  const ran = details.flatMap(({ results }) => results);
  return {
    transaction_id: transactionId,
    purpose: last.purpose,
    door: last.door,
    client_id: last.clientId,
    ...optional('client_name', client?.name),
    ...optional('user_id', last.userId),
    ...optional('user_name', user && (user.email ?? user.username ?? user.phoneNumber ?? user.name)),
    began_at: iso(last.beganAt),
    moved_at: iso(last.at),
    expires_at: iso(last.expiresAt),
    outcome,
    ...(last.to.state === 'denied' ? { code: String(last.to.code), reason: String(last.to.reason) } : {}),
    time: timeOf(steps, ran),
    actions: actionsOf(ran),
    steps: steps.map((step, at) => showStep(at + 1, step, steps[at - 1], details[at] ?? NOTHING)),
  };
}

/** What became of a login whose last step this is. */
export async function outcomeOf({ store, clock }: Needed, last: LoginStepRecord): Promise<Outcome> {
  const { state } = last.to;
  if (state === 'completed' || state === 'denied') return state;
  const found = await store.transactions.find(last.tenantId, last.transactionId);
  return found && found.transaction.expiresAt > clock.now() ? 'waiting' : 'run-out';
}

type Detail = { results: ExecutionResult[]; logs: LogRecord[]; messages: MessageRecord[] };
const NOTHING: Detail = { results: [], logs: [], messages: [] };

async function detailOf(store: Deps['store'], step: LoginStepRecord): Promise<Detail> {
  const { tenantId, executionId, logIds, messageIds } = step;
  const [execution, logs, messages] = await Promise.all([
    executionId === undefined ? undefined : store.executions.find(tenantId, executionId),
    Promise.all(logIds.map((id) => store.logs.find(tenantId, id))),
    Promise.all(messageIds.map((id) => store.messages.find(tenantId, id))),
  ]);
  return {
    results: execution?.results ?? [],
    logs: logs.filter((line) => line !== undefined),
    messages: messages.filter((message) => message !== undefined),
  };
}

function showStep(
  number: number,
  step: LoginStepRecord,
  before: LoginStepRecord | undefined,
  { results, logs, messages }: Detail,
): TimelineStep {
  return {
    number,
    title: stepTitle(step),
    rest: restText(step),
    at: iso(step.at),
    waited_ms: waitedBefore(step, before),
    took_ms: step.tookMs,
    input: step.input,
    ...optional('from', step.from),
    to: step.to,
    ...optional('notice', step.notice),
    work: step.work.map((work) => {
      const { tookMs, why, ...rest } = work;
      const reason = why ? { why: { ...why, text: whyText(why) } } : {};
      return { ...rest, text: workText(work), took_ms: tookMs, ...reason } as JsonObject;
    }),
    ...optional('execution_id', step.executionId),
    runs: results.map((result) => showResult(result) as JsonObject),
    logs: logs.map(showLine),
    messages: messages.map(showMessage),
  };
}

/** The clock of the server may be moved in development, so that a step can be longer than the time since the last one. */
function waitedBefore(step: LoginStepRecord, before: LoginStepRecord | undefined): Ms {
  return before ? Math.max(0, rounded(step.at - step.tookMs - before.at)) : 0;
}

function timeOf(steps: LoginStepRecord[], ran: ExecutionResult[]): Timeline['time'] {
  const took = sum(steps.map(({ tookMs }) => tookMs));
  const waiting = sum(steps.map((step, at) => waitedBefore(step, steps[at - 1])));
  const calls = sum(ran.map((result) => result.calls?.ms ?? 0));
  const scripts = Math.max(0, rounded(sum(ran.map(({ durationMs }) => durationMs)) - calls));
  return {
    total_ms: rounded(took + waiting),
    waiting_ms: waiting,
    scripts_ms: scripts,
    cpu_ms: sum(ran.map(({ cpuMs }) => cpuMs)),
    calls_ms: calls,
    own_ms: Math.max(0, rounded(took - scripts - calls)),
  };
}

/** Each version that ran, once, in the order in which they ran. */
function actionsOf(ran: ExecutionResult[]): JsonObject[] {
  const versions = Map.groupBy(ran, ({ versionId }) => versionId);
  return [...versions.values()].flatMap((runs) => {
    const [first] = runs;
    if (!first) return [];
    return [
      {
        name: first.actionName,
        action_id: first.actionId,
        version_id: first.versionId,
        ...optional('version_number', first.versionNumber),
        runs: runs.length,
        duration_ms: sum(runs.map(({ durationMs }) => durationMs)),
        commands: runs.flatMap(({ commands }) => commands.map(({ name }) => name)),
        failed: runs.some(({ error }) => error !== undefined),
      },
    ];
  });
}

function showLine({ id, at, type, description, details }: LogRecord): JsonObject {
  return { log_id: id, date: iso(at), type, description, ...optional('details', details) };
}

/** Never what it said. */
function showMessage(message: MessageRecord): JsonObject {
  const { id, channel, state, attempts, at, outcome } = message;
  return {
    id,
    channel,
    to: maskedAddress(message),
    state,
    attempts,
    at: iso(at),
    ...optional('provider', outcome?.provider),
    ...optional('status', outcome?.status),
    ...optional('detail', outcome?.detail),
  };
}

const sum = (figures: number[]): Ms => rounded(figures.reduce((total, each) => total + each, 0));
/** Hundredths of a millisecond. */
const rounded = (ms: number): Ms => Math.round(ms * 100) / 100;
