// What is written down of a step, so that somebody can later read what happened and why: one row, assembled while the
// step is made and written by its commit. It says what kind of thing came in and what we did with it; what was typed, codes,
// tokens, and the addresses that people are sent to are nowhere in it.
import type { Json, LoginStepRecord, LoginWorkRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Notice } from './codes.ts';
import { expiryOf, type Stretch } from './pipeline/execution.ts';
import { redactJson } from './pipeline/redact.ts';
import type { Input } from './transaction/input.ts';
import type { BusyState, LoginState, LoginTransaction, Offer } from './transaction/transaction.ts';

/** The notes of one step. */
export type Journal = {
  /** By `performance.now()`. */
  startedAt: number;
  work: LoginWorkRecord[];
  /** Why the ask that is being prepared is met as it is, or why one is made; of the work under way. */
  why?: LoginWorkRecord['why'];
};

export function openJournal(): Journal {
  return { startedAt: performance.now(), work: [] };
}

type Detail = { [name: string]: Json };

/** Notes work that is done. `startedAt`: by `performance.now()`. */
export function noteWork(
  journal: Journal,
  tx: LoginTransaction,
  state: BusyState,
  fact: Input,
  startedAt: number,
): void {
  const { why } = journal;
  delete journal.why;
  const took = { tookMs: rounded(performance.now() - startedAt) };
  journal.work.push({ state: state.name, fact: fact.kind, ...took, ...detailOf(fact, tx), ...(why ? { why } : {}) });
}

type Step = {
  tenant: TenantRecord;
  /** The login as it came, and as it rests. */
  before: LoginTransaction;
  after: LoginTransaction;
  /** What was taken; undefined where a login begins by itself. */
  input: Input | undefined;
  /** Of the row that the step begins from; undefined while there is none. */
  revision: number | undefined;
  notice: Notice | undefined;
  stretch: Stretch;
  now: number;
};

/**
 * The step as it is kept, with the writes of its batch so far. Undefined: somebody asked whether a device has answered, and
 * it has not; that is asked every few seconds.
 */
export function stepOf(journal: Journal, step: Step, batch: readonly Change[]): LoginStepRecord | undefined {
  const { tenant, before, after, input, revision, notice, stretch, now } = step;
  if (input?.kind === 'polled' && notice?.key === 'challenge-transaction-pending') return undefined;
  const told = redactJson(
    { input: inputOf(input, before), to: stateOf(after.state, after), work: journal.work as Json[] },
    stretch.redact,
  );
  return {
    tenantId: tenant.id,
    transactionId: after.id,
    ordinal: (revision ?? 0) + 1,
    clientId: after.request.clientId,
    ...(after.subject.kind === 'user' ? { userId: after.subject.userId } : {}),
    purpose: after.purpose,
    door: after.door,
    beganAt: after.createdAt,
    at: now,
    tookMs: rounded(performance.now() - journal.startedAt),
    ...(told as Pick<LoginStepRecord, 'input' | 'to' | 'work'>),
    ...(revision === undefined ? {} : { from: before.state.name }),
    ...(stretch.results.length === 0 ? {} : { executionId: stretch.id }),
    logIds: batch.flatMap((change) => (change.kind === 'log.insert' ? [change.log.id] : [])),
    messageIds: batch.flatMap((change) => (change.kind === 'message.insert' ? [change.message.id] : [])),
    ...(notice ? { notice: notice.key } : {}),
    expiresAt: expiryOf(tenant, now),
  };
}

/** What came in, as far as it may be told. */
function inputOf(input: Input | undefined, { origin }: LoginTransaction): LoginStepRecord['input'] {
  if (!input) return { kind: 'begun', by: origin.kind };
  switch (input.kind) {
    case 'chosen':
      return { kind: input.kind, factor: input.factor, ...(input.via ? { via: input.via } : {}) };
    case 'resent':
      return { kind: input.kind, ...(input.via ? { via: input.via } : {}) };
    case 'called':
      return { kind: input.kind, interaction: input.interaction.slice(0, LONGEST) };
    case 'continued':
      return { kind: input.kind, by: input.visit.kind };
    case 'consented':
      return { kind: input.kind, allowed: input.allowed };
    default:
      return { kind: input.kind };
  }
}

/** Where the login rests, as far as it may be told. */
function stateOf(state: LoginState, { challenges }: LoginTransaction): LoginStepRecord['to'] {
  const named = { state: state.name };
  switch (state.name) {
    case 'denied':
      return { ...named, code: state.code, reason: state.reason.slice(0, LONGEST) };
    case 'choosing':
      return {
        ...named,
        to: state.to,
        factors: factorsOf(state.offers),
        ...(state.within ? { within: state.within.by } : {}),
      };
    case 'challenging': {
      const open = challenges.find(({ id }) => id === state.challengeId);
      return { ...named, ...(open ? { factor: open.factor, ...(open.via ? { via: open.via } : {}) } : {}) };
    }
    case 'enrolling':
      return { ...named, factor: state.enrollment.factor };
    case 'gated':
      return { ...named, factors: factorsOf(state.offers) };
    case 'expecting':
      return { ...named, by: state.strategy };
    case 'redirected':
      return { ...named, by: state.ask.kind };
    case 'suggesting':
      return { ...named, factor: state.suggestion.factor };
    case 'informing':
      return { ...named, notes: state.notes.map(({ kind }) => kind) };
    case 'consenting':
      return { ...named, scope: state.scope };
    default:
      return named;
  }
}

/** What the work found out, as far as it may be told. */
function detailOf(fact: Input, { plan, cursor, mfa }: LoginTransaction): Detail {
  switch (fact.kind) {
    case 'verified':
      return { method: fact.method.name, ...(fact.method.type ? { factor: fact.method.type } : {}) };
    case 'rejected':
      return { notice: fact.notice.key };
    case 'throttled':
      return { retry_after: fact.retryAfterSeconds };
    case 'ran':
      return { action: { ...fact.action } };
    case 'failed':
      return { action: { name: plan[cursor]?.name ?? '' } };
    case 'prepared':
      return { result: fact.result };
    case 'demanded':
      return { provider: fact.provider, because: fact.adaptive ? 'risk' : mfa.enable ? 'script' : 'policy' };
    case 'interacted':
      return { interaction: fact.interaction.slice(0, LONGEST), status: fact.answer.status };
    case 'unopened':
      return { status: fact.answer.status, factors: factorsOf(fact.offers) };
    case 'opened':
      return fact.acr === undefined ? {} : { acr: fact.acr };
    case 'sent':
      return { by: fact.strategy };
    case 'barred':
      return { code: fact.code };
    default:
      return {};
  }
}

const LONGEST = 1000;

const factorsOf = (offers: readonly Offer[]): string[] => offers.map(({ factor }) => factor);

/** Hundredths of a millisecond. */
const rounded = (ms: number): number => Math.round(ms * 100) / 100;
