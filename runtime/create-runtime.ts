// The runtime behind its face: finds a login by its handle, lets it advance, and hands back what may be shown.
import type { TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { type Arrival, advance } from './advance.ts';
import { createAfterwards } from './afterwards.ts';
import { bearingsOf } from './bearings.ts';
import { withDelivery } from './delivery/awaited-message.ts';
import { createMessenger } from './delivery/create-messenger.ts';
import { takeTwilioReport } from './delivery/twilio-reports.ts';
import { pushPublicKey } from './delivery/web-push.ts';
import { makeEnrollmentTicket } from './enrollment-ticket.ts';
import { exchangeCredentials } from './exchange-credentials.ts';
import { exchangeToken } from './exchange-token.ts';
import { renewRecoveryCode } from './factors/renew-recovery-code.ts';
import { newCeremonyChallenge } from './factors/webauthn.ts';
import { invite } from './invite.ts';
import { createJobWork } from './job-work.ts';
import { createLive } from './live.ts';
import { createLiveConsole } from './live-console.ts';
import type { LiveStep } from './live-steps.ts';
import { hashOf, isBoundTo, isHeldBy, keyKindOf } from './login-keys.ts';
import { rowChange } from './login-rows.ts';
import { createPace } from './pace.ts';
import { tellOfNewPassword } from './password-changed.ts';
import { requestPasswordReset } from './password-reset.ts';
import { triggerOf } from './pipeline/login-trigger.ts';
import { createVersions, planOf } from './pipeline/plan.ts';
import { createScriptCache } from './pipeline/script-cache.ts';
import { policiesFor } from './policies/policies-for.ts';
import type { Ports } from './ports.ts';
import { prefetch } from './prefetch.ts';
import { createPushDevices } from './push/create-push-devices.ts';
import { replayLogins } from './replay/replay-logins.ts';
import type { Found, Reference, RestedLogin, Runtime, Shown } from './runtime.ts';
import { isAlive } from './sessions/session.ts';
import { signUpApart } from './sign-up-apart.ts';
import { startPasswordless } from './start-passwordless.ts';
import { NO_JOBS, NO_MESSENGER, NOTHING_AFTERWARDS } from './stillness.ts';
import { decode, type StoredTransaction } from './transaction/snapshot.ts';
import {
  begin,
  handleKindOf,
  isBusy,
  type LoginTransaction,
  type Reply,
  STATE_KINDS,
} from './transaction/transaction.ts';
import { transition } from './transaction/transition.ts';
import { tryAction } from './try-action.ts';
import { tryPhone } from './try-phone.ts';
import { sendVerification } from './verification-ticket.ts';

/** Between the redirect and the exchange; RFC 6749 §4.1.2 asks for at most ten minutes. */
const CODE_LIFETIME_MS = 5 * 60_000;

/** @param still whether it is a rehearsal's: no message leaves, and nothing follows an answer. */
export function createRuntime(ports: Ports, { still = false }: { still?: boolean } = {}): Runtime {
  const { store, now, random } = ports;
  const liveConsole = createLiveConsole();
  const afterwards = still ? NOTHING_AFTERWARDS : createAfterwards(ports.log);
  const scripts = { versions: createVersions(store), cache: createScriptCache(now), liveConsole };
  const pace = createPace();
  const jobs = still ? NO_JOBS : createJobWork(pace, ports.log);
  const messenger = still ? NO_MESSENGER : createMessenger(ports, scripts);
  const steps = createLive<LiveStep>();
  const stage = { ...scripts, steps, afterwards, messenger };

  /** The row behind a handle, if this browser may have it. */
  async function find(tenant: TenantRecord, reference: Reference): Promise<Located> {
    const kind = keyKindOf(reference);
    const handle = await store.handles.find(tenant.id, kind, reference.key);
    if (!handle) return { found: 'nothing' };
    const row = await store.transactions.find(tenant.id, handle.targetId);
    if (!row) return { found: now() >= handle.expiresAt ? 'expired' : 'nothing' };
    const tx = decode(row.transaction.snapshot);
    if (!tx) return { found: 'expired' };
    if (!isHeldBy(tx, reference)) return { found: 'nothing' };
    if (now() >= handle.expiresAt || now() >= tx.expiresAt) return { found: 'expired' };
    if (row.lease?.held) return { found: 'busy' };
    // Pages complete what programs began, and the other way round: whoever comes says what is shown next.
    const shown: StoredTransaction =
      tx.door === 'json' ? { ...tx, selection: kind === 'authorization' ? 'client' : 'server' } : tx;
    const stale = kind !== 'authorization' && handle.ask !== tx.ask;
    return { found: 'row', tx: shown, revision: row.transaction.revision, stale };
  }

  /** A new key for the present ask: the old one is hashed at rest and cannot be given again. */
  async function renewKey(tx: StoredTransaction): Promise<Shown> {
    const key = random.key();
    const { tenantId, id: targetId, ask, expiresAt } = tx;
    const kind = handleKindOf(tx);
    await store.commit([{ kind: 'handle.insert', handle: { tenantId, kind, key, targetId, ask, expiresAt } }]);
    return { login: tx, key };
  }

  /** Where a request that came too late is sent: the login as it is now. */
  async function elsewhere(
    tenant: TenantRecord,
    reference: Reference,
  ): Promise<{ outcome: 'elsewhere'; shown: Shown } | Missing> {
    const again = await find(tenant, reference);
    if (again.found !== 'row') return { outcome: again.found };
    const shown = again.stale ? await renewKey(again.tx) : { login: again.tx, key: reference.key };
    return { outcome: 'elsewhere', shown };
  }

  const runtime: Runtime = {
    begin: async (tenant, opening, caller) => {
      const { door, selection, request, binding, purpose = 'login', queue, wants, input, headless } = opening;
      const [bearing, plan, policies] = await Promise.all([
        bearingsOf(store, random, tenant.id, opening),
        purpose === 'enrollment' ? [] : planOf(store, tenant.id, triggerOf(purpose).id),
        door === 'json' ? policiesFor(store, tenant.id, request) : undefined,
      ]);
      prefetch(ports, stage.versions, tenant, plan, triggerOf(purpose).id);
      const tx = begin(
        {
          id: random.uuid(),
          tenantId: tenant.id,
          door,
          purpose,
          selection,
          request,
          plan,
          ...bearing,
          ...(policies ? { gate: { kind: 'policy', policies } as const } : {}),
          ...(headless ? { headless } : {}),
          ...(binding === undefined ? {} : { binding: hashOf(binding) }),
          ...(queue ? { queue } : {}),
          ...(wants ? { wants } : {}),
          // Before anybody is known, a passkey may say who it is.
          ...(selection === 'server' && bearing.subject.kind === 'none'
            ? { passkeyChallenge: newCeremonyChallenge(random) }
            : {}),
        },
        now(),
      );
      if (bearing.subject.kind === 'none' && selection === 'nobody') {
        // Nobody can be asked: over before it began, and nothing is stored.
        const login: RestedLogin = {
          ...tx,
          state: { name: 'denied', code: 'login_required', reason: 'Login required' },
        };
        return { login, key: random.key() };
      }
      const arrival = await advance(ports, stage, {
        tenant,
        tx,
        caller,
        revision: undefined,
        ...(input ? { input } : {}),
        // What nobody can come back to leaves its log lines and no row: a silent login that is over, one that a client
        // was answered about at once, one that its first input left where it was.
        // The id of a login of the JSON flow is written into addresses: a UUID, as its callers expect.
        ...(door === 'json' ? { key: random.uuid() } : {}),
        keep: ({ state }) =>
          !(selection === 'nobody' && state.name === 'denied') &&
          !(binding === undefined && STATE_KINDS[state.name] === 'final') &&
          !(input && state.name === 'identifying'),
      });
      if (arrival.kind !== 'rested') throw new Error(`a new login was ${arrival.kind}`);
      return toShown(arrival);
    },

    read: async (tenant, reference): Promise<Found> => {
      const located = await find(tenant, reference);
      if (located.found !== 'row') return located;
      if (located.stale) return { found: 'stale', shown: await renewKey(located.tx) };
      const login = rested(await withDelivery(messenger, located.tx, now()));
      return { found: 'present', shown: { login, key: reference.key } };
    },

    submit: async (tenant, reference, input, caller) => {
      const located = await find(tenant, reference);
      if (located.found !== 'row') return { outcome: located.found };
      // A handle of an earlier ask counts no attempt and moves nothing.
      if (located.stale) return { outcome: 'elsewhere', shown: await renewKey(located.tx) };
      const { tx, revision } = located;
      const arrival = await advance(ports, stage, { tenant, tx, input, caller, revision, key: reference.key });
      return arrival.kind === 'rested' ? { outcome: 'moved', shown: toShown(arrival) } : elsewhere(tenant, reference);
    },

    openPages: async (tenant, reference): Promise<Found> => {
      const located = await find(tenant, reference);
      if (located.found !== 'row') return located;
      if (!isBoundTo(located.tx, reference.binding)) return { found: 'nothing' };
      return { found: 'present', shown: await renewKey({ ...located.tx, selection: 'server' }) };
    },

    finish: async (tenant, reference) => {
      const located = await find(tenant, reference);
      if (located.found !== 'row') return { outcome: located.found };
      if (located.stale) return { outcome: 'elsewhere', shown: await renewKey(located.tx) };
      const { tx, revision } = located;
      const code = random.key();
      const sessionKey = random.key();
      const session = await store.sessions.find(tenant.id, tx.sessionId);
      // Revoked between the end of the login and its fetching: there is nothing to hand out any more.
      if (tx.state.name === 'completed' && !tx.state.taken && !session) return { outcome: 'expired' };
      if (tx.state.name !== 'completed' || !session) return elsewhere(tenant, reference);
      const at = now();
      const forCode = { tenantId: tx.tenantId, kind: 'code', key: code, targetId: tx.id, ask: 0 } as const;
      const expiresAt = at + CODE_LIFETIME_MS;
      const step = transition(tx, { kind: 'taken' }, at);
      if (!step.ok) return elsewhere(tenant, reference);
      const committed = await store.commit([
        ...rowChange(step.tx, revision),
        ...(asksForCode(tx.request.reply)
          ? [{ kind: 'handle.insert', handle: { ...forCode, expiresAt } } as const]
          : []),
        {
          kind: 'handle.insert',
          handle: {
            tenantId: tx.tenantId,
            kind: 'session',
            key: sessionKey,
            targetId: session.id,
            ask: 0,
            expiresAt: session.expiresAt,
          },
        },
      ]);
      if (!committed.ok) return elsewhere(tenant, reference);
      return { outcome: 'finished', login: rested(step.tx), code, sessionKey, session };
    },

    redeem: async (tenant, code) => {
      const handle = await store.handles.find(tenant.id, 'code', code);
      if (!handle || now() >= handle.expiresAt) return undefined;
      const row = await store.transactions.find(tenant.id, handle.targetId);
      if (!row) return undefined;
      const login = decode(row.transaction.snapshot);
      const spend: Change = { kind: 'handle.take', tenantId: tenant.id, handleKind: 'code', key: code, now: now() };
      return login && { login, spend };
    },

    recognise: async (tenant, sessionKey) => {
      const handle = await store.handles.find(tenant.id, 'session', sessionKey);
      if (!handle) return undefined;
      const session = await store.sessions.find(tenant.id, handle.targetId);
      return session && isAlive(session, now()) ? session : undefined;
    },

    deliverDue: () => messenger.deliverDue(),

    tidy: async () => {
      await store.sweep(now());
    },

    exchangeCredentials: (tenant, exchange, caller) => exchangeCredentials(ports, stage, tenant, exchange, caller),
    exchangeToken: (tenant, exchange, caller) => exchangeToken(ports, stage, tenant, exchange, caller),
    tellOfNewPassword: (change, user) => tellOfNewPassword(ports, stage, change, user),
    renewRecoveryCode: (tenant, user) => renewRecoveryCode(ports, tenant, user),
    requestPasswordReset: (request) => requestPasswordReset(ports, stage, request),
    invite: (tenant, draft) => invite(ports, stage, tenant, draft),
    makeEnrollmentTicket: (tenant, promise) => makeEnrollmentTicket(ports, stage, tenant, promise),
    signUp: (application, registration) => signUpApart(ports, stage, application, registration),
    startPasswordless: (tenant, request, caller) => startPasswordless(ports, stage, tenant, request, caller),
    sendVerification: (tenant, addressee, setting) => sendVerification(ports, stage, tenant, addressee, setting),
    tryPhone: (tenant, trial) => tryPhone(ports, stage, tenant, trial),
    takeTwilioReport: (tenant, report) => takeTwilioReport(ports, tenant, report),
    push: createPushDevices(ports, (tenant) => pushPublicKey(ports, tenant.id)),
    pace,
    jobs,
    settled: async (withinMs) => {
      await Promise.all([afterwards.done(withinMs), jobs.done(withinMs)]);
    },
    drain: async (withinMs) => {
      await Promise.all([afterwards.done(withinMs), jobs.end(withinMs), messenger.drain(withinMs)]);
    },
    liveConsole,
    replay: (request) => replayLogins(ports, stage.versions, request),
    tryAction: (tenant, trial) => tryAction(ports, tenant, trial),
    steps,
    scriptLimits: ports.scriptLimits,
    rehearsing: (rehearsed) => createRuntime({ ...ports, store: rehearsed }, { still: true }),
  };
  return runtime;
}

type Missing = { outcome: 'busy' | 'expired' | 'nothing' };
type Located =
  | { found: 'row'; tx: StoredTransaction; revision: number; stale: boolean }
  | { found: 'busy' | 'expired' | 'nothing' };

function toShown({ tx, key, notice, recoveryCode, answer }: Extract<Arrival, { kind: 'rested' }>): Shown {
  const shown = { ...(recoveryCode === undefined ? {} : { recoveryCode }), ...(answer ? { answer } : {}) };
  return { login: rested(tx), key, ...(notice ? { notice } : {}), ...shown };
}

function rested(tx: LoginTransaction): RestedLogin {
  const { state } = tx;
  if (isBusy(state)) throw new Error(`a login came to rest while it is ${state.name}`);
  return { ...tx, state };
}

/** Without one in the answer it would lie there for whoever finds it. What a device polls for is kept like a code. */
function asksForCode(reply: Reply): boolean {
  return reply.by === 'device' || (reply.by === 'redirect' && reply.responseTypes.includes('code'));
}
