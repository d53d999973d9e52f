// The loop: while a login is busy, do the work it owes and feed the result back, until it rests; then one commit with all
// guards, then what may only follow a write. Scripts run under a claim, so that no two requests run them for one login.
//
//   step → (busy? work → step)* → commit → deliver
//
// A commit that fails writes nothing. If somebody else moved the login, this request has lost and learns nothing more;
// if another guard failed (a code spent by a parallel login, a user gone), the step is done again from fresh rows.
import type { LogRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import type { Notice } from './codes.ts';
import { marked } from './delivery/awaited-message.ts';
import { deliverAfterwards } from './delivery/deliver-afterwards.ts';
import type { Delivery, Messenger } from './delivery/delivery.ts';
import { noteWork, openJournal, stepOf } from './journal.ts';
import type { LiveConsole } from './live-console.ts';
import type { LiveSteps } from './live-steps.ts';
import { handleChange, rowChange } from './login-rows.ts';
import { tellOfReset } from './password-changed.ts';
import { executionChange, executionLog, openStretch, withExecution } from './pipeline/execution.ts';
import { placeOf, withPlace } from './pipeline/log-place.ts';
import type { ScriptStage } from './pipeline/run-script.ts';
import { barrier, loadWorld, type World, withEnrolled } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import { tellOfRegistration } from './registered.ts';
import { deniedEvents } from './security-event.ts';
import { tenantLog } from './tenant-log.ts';
import type { Input, InteractionAnswer, LogDraft } from './transaction/input.ts';
import { handleKindOf, isBusy, type LoginTransaction } from './transaction/transaction.ts';
import { transition } from './transaction/transition.ts';
import { work } from './work.ts';

const LEASE_SECONDS = 15;
const RENEW_MS = 5_000;
const TRIES = 3;

export type Journey = {
  tenant: TenantRecord;
  tx: LoginTransaction;
  /** Undefined for a busy beginning (a session was recognised): there is work to do before anybody says anything. */
  input?: Input;
  caller: Caller;
  /** The revision of the stored row; undefined while there is none. */
  revision: number | undefined;
  /** The key the caller holds; kept as long as the ask is the same. */
  key?: string;
  /** Whether a login that rests here is worth a row. */
  keep?: (tx: LoginTransaction) => boolean;
};

/** What lives as long as the runtime does. */
export type Stage = ScriptStage & {
  liveConsole: LiveConsole;
  steps: LiveSteps;
  afterwards: Afterwards;
  messenger: Messenger;
};

export type Arrival =
  | {
      kind: 'rested';
      tx: LoginTransaction;
      key: string;
      notice?: Notice;
      recoveryCode?: string;
      answer?: InteractionAnswer;
      logs: LogRecord[];
    }
  /** The state does not take this input. */
  | { kind: 'refused' }
  /** Somebody else moved the login first. */
  | { kind: 'lost' };

export async function advance(ports: Ports, stage: Stage, journey: Journey): Promise<Arrival> {
  // Held across tries: a step that is done again goes on under the claim it already has.
  const claim: Claim = { owner: ports.random.uuid(), revision: journey.revision, held: false };
  for (let tries = 0; tries < TRIES; tries++) {
    const arrival = await attempt(ports, stage, journey, claim);
    if (arrival !== 'again') return arrival;
  }
  throw new Error('a login step could not be written after several tries from fresh rows');
}

type Claim = { owner: string; revision: number | undefined; held: boolean; interacted?: boolean };

async function attempt(ports: Ports, stage: Stage, journey: Journey, claim: Claim): Promise<Arrival | 'again'> {
  const { store, now } = ports;
  const { tenant, caller } = journey;
  const changes: Change[] = [];
  const logs: LogDraft[] = [];
  const messages: string[] = [];
  const journal = openJournal();
  let notice: Notice | undefined;
  let recoveryCode: string | undefined;
  let answer: InteractionAnswer | undefined;
  let tx = journey.tx;

  const take = (input: Input): boolean => {
    const step = transition(tx, input, now());
    if (!step.ok) return false;
    tx = step.tx;
    changes.push(...step.changes);
    logs.push(...step.logs);
    messages.push(...step.deliver);
    notice = step.notice;
    recoveryCode ??= step.recoveryCode;
    answer = step.answer ?? answer;
    return true;
  };

  let world = await loadWorld(store, tenant, tx);
  const barred = barrier(tx, world, now());
  const first = barred && tx.state.name !== 'completed' && tx.state.name !== 'denied' ? barred : journey.input;
  if (first && !take(first)) return { kind: 'refused' };

  const stretch = openStretch(ports.random.uuid());
  // By a try of this step that could not be written; one try may ask for several things, a page for the next one at once.
  const wasAsked = claim.interacted === true;
  while (isBusy(tx.state)) {
    if (tx.state.name === 'running' || tx.state.name === 'interacting') {
      if (tx.state.name === 'running') expectRun(ports, tx);
      const made = changes.filter((change) => change.kind === 'user.insert');
      const held = await hold(ports, journey, claim, made);
      if (held !== 'held') return held === 'again' ? held : { kind: 'lost' };
      // A script may look for the account it is told of, so that one is written already.
      tellOfNewUsers(ports, stage, { tenant, tx, world, caller }, made);
      for (const change of made) changes.splice(changes.indexOf(change), 1);
    }
    const subject = tx.subject;
    const renewal = mayTakeLong(tx) ? renewing(ports, journey, claim) : undefined;
    const task = { tx, state: tx.state, world, caller, changes, stretch, journal };
    const startedAt = performance.now();
    // Whoever was asked outside may have taken the answer: it is not given twice.
    const isSecond = tx.state.name === 'interacting' && wasAsked;
    if (tx.state.name === 'interacting') claim.interacted = true;
    const fact = isSecond ? conflicted(tx.state) : await work(ports, stage, task).finally(() => renewal?.stop());
    noteWork(journal, tx, task.state, fact, startedAt);
    if (!take(fact)) throw new Error(`${tx.state.name} does not take ${fact.kind}`);
    if (fact.kind === 'interacted' && fact.draft) world = { ...world, user: fact.draft };
    if (fact.kind === 'verified') world = withEnrolled(world, fact.changes);
    if (tx.subject !== subject && isBusy(tx.state)) {
      // Now we know who it is: rows of that person, and whether they may go on at all.
      world = await loadWorld(store, tenant, tx, changes);
      const stop = barrier(tx, world, now());
      if (stop && !take(stop)) throw new Error(`${tx.state.name} does not take ${stop.kind}`);
    }
  }

  // Each ask mints a key of its own; a key of an earlier ask is stale from this commit on.
  const held = tx.ask === journey.tx.ask || isOneForAll(tx) ? journey.key : undefined;
  const key = held ?? ports.random.key();
  const kept = journey.keep?.(tx) ?? true;
  tx = withExecution(tx, stretch);
  const place = placeOf(ports, tx, world, caller);
  const lines = logs.map((draft) => tenantLog(executionLog(ofPurpose(draft, tx), tx, stretch), place));
  const batch: Change[] = [
    ...changes.map((change) => withPlace(change, place, caller)),
    ...deniedEvents(ports, { tx, world, caller }, first?.kind === 'consented'),
    ...(kept ? rowChange(tx, claim.revision) : []),
    ...(kept && (held === undefined || claim.revision === undefined) ? [handleChange(tx, key)] : []),
    ...executionChange(stretch, tx, tenant, now()),
    ...lines.map((log): Change => ({ kind: 'log.insert', log })),
  ];
  const whole = {
    tenant,
    before: journey.tx,
    after: tx,
    input: journey.input,
    revision: claim.revision,
    notice,
    stretch,
    now: now(),
  };
  const step = batch.length === 0 ? undefined : stepOf(journal, whole, batch);
  if (step) batch.push({ kind: 'login-step.insert', step });
  const committed = batch.length === 0 ? { ok: true as const } : await store.commit(batch);
  if (!committed.ok) {
    return committed.failed.kind.startsWith('transaction.') ? { kind: 'lost' } : 'again';
  }
  if (step) stage.steps.publish(tenant.id, { step, results: stretch.results });
  tellOfNewUsers(ports, stage, { tenant, tx, world, caller }, changes);
  tellOfReset(ports, stage, { tenant, tx, world, caller }, changes);
  deliverAfterwards(stage, tenant.id, changes);
  const next = await deliverAll(ports, stage, tx, messages, (claim.revision ?? 0) + 1);
  const shown = { ...(recoveryCode === undefined ? {} : { recoveryCode }), ...(answer ? { answer } : {}) };
  return { kind: 'rested', tx: next, key, logs: lines, ...(notice ? { notice } : {}), ...shown };
}

/** Scripts and outside services: the claim is renewed meanwhile. */
const mayTakeLong = ({ state }: LoginTransaction): boolean => state.name === 'running' || state.name === 'interacting';

/** The id of a login of the JSON flow finds all of it; a page's key finds one ask. */
const isOneForAll = (tx: LoginTransaction): boolean => handleKindOf(tx) === 'authorization';

/** Somebody changed the account between an interaction and its write. */
function conflicted(state: LoginTransaction['state']): Input {
  const interaction = state.name === 'interacting' ? state.request.interaction : '';
  const body = {
    error: 'transaction_conflict',
    error_description: 'A concurrent operation conflicted with this request. Please retry.',
  };
  const nothing = { changes: [], deliver: [], logs: [] };
  return { kind: 'interacted', interaction, answer: { status: 409, body }, ...nothing };
}

/** What fails a login fails the change of a password. */
function ofPurpose(draft: LogDraft, { purpose }: LoginTransaction): LogDraft {
  return purpose === 'password-reset' && draft.type === 'f' ? { ...draft, type: 'fcp' } : draft;
}

/** Of accounts that this step has made. */
function tellOfNewUsers(
  ports: Ports,
  stage: Stage,
  { tenant, tx, world, caller }: { tenant: TenantRecord; tx: LoginTransaction; world: World; caller: Caller },
  changes: Change[],
): void {
  const { connection } = world;
  for (const change of changes) {
    if (change.kind !== 'user.insert' || !connection) continue;
    const logPlace = placeOf(ports, tx, world, caller);
    const where = { tenant, connection, caller, request: tx.request, transactionId: tx.id, logPlace };
    tellOfRegistration(ports, stage, where, change.user);
  }
}

/** Wakes what will run the next Action, while the login is still being claimed for it. */
function expectRun({ sandbox }: Ports, { tenantId, plan, cursor }: LoginTransaction): void {
  const action = plan[cursor];
  if (action) sandbox.expect(tenantId, action.versionId);
}

/**
 * Claims the stored row before a script runs, and writes accounts that this step has made. A login without a row is nobody
 * else's. `again`: somebody took the account's name meanwhile.
 */
async function hold(
  { store }: Ports,
  { tenant, tx }: Journey,
  claim: Claim,
  made: Change[],
): Promise<'held' | 'lost' | 'again'> {
  const { owner, revision, held } = claim;
  const claims: Change[] =
    held || revision === undefined
      ? []
      : [{ kind: 'transaction.claim', tenantId: tenant.id, id: tx.id, revision, owner, leaseSeconds: LEASE_SECONDS }];
  const batch = [...claims, ...made];
  if (batch.length === 0) return 'held';
  const taken = await store.commit(batch);
  if (!taken.ok) return taken.failed.kind === 'transaction.claim' ? 'lost' : 'again';
  if (claims.length > 0 && revision !== undefined) {
    claim.held = true;
    claim.revision = revision + 1;
  }
  return 'held';
}

function renewing({ store, log }: Ports, { tenant, tx }: Journey, { owner, revision, held }: Claim) {
  if (!held || revision === undefined) return undefined;
  const timer = setInterval(() => {
    store.transactions.renew(tenant.id, tx.id, revision, owner, LEASE_SECONDS).catch((error: unknown) => {
      log.warn({ transaction: tx.id, error: String(error) }, 'lease not renewed');
    });
  }, RENEW_MS);
  return { stop: () => clearInterval(timer) };
}

/**
 * Delivers after the write. A message that cannot go out is one more step: the page says so. One of which nobody knows is
 * said too and not written: its own row is asked whenever the page is shown.
 */
async function deliverAll(
  { store, now, log }: Ports,
  { messenger }: Stage,
  tx: LoginTransaction,
  messages: string[],
  revision: number,
): Promise<LoginTransaction> {
  let current = tx;
  for (const id of messages) {
    const delivery = await messenger.deliver(tx.tenantId, id).catch((cause: unknown): Delivery => {
      // What is committed stands, and the worker finds the message.
      log.error({ cause, tenantId: tx.tenantId }, 'a message was not delivered');
      return { state: 'waiting' };
    });
    const told = marked(current, delivery, now());
    if (told === current) continue;
    // Losing this write to the person's next click costs only the hint on the page.
    const isKept = delivery.state === 'unconfirmed' || (await store.commit(rowChange(told, revision))).ok;
    if (isKept) current = told;
  }
  return current;
}
