// The work that each busy state owes, and the fact it ends in. Everything a login waits for on our side happens here.

import type { ClientRecord, PushRequestRecord, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import type { Messenger } from './delivery/delivery.ts';
import { withTicketSpent } from './enrollment-ticket.ts';
import { limitMessages } from './factors/limit-messages.ts';
import { type PasswordDoor, verifyPassword } from './factors/password.ts';
import { prepare } from './factors/prepare.ts';
import { limitPushes } from './factors/push-limit.ts';
import { verifyAnswer, verifyDevice } from './factors/verify-answer.ts';
import { verifyCode } from './factors/verify-code.ts';
import { verifyEnrollment } from './factors/verify-enrollment.ts';
import { verifyAssertion } from './factors/verify-webauthn.ts';
import { verifyAttestation } from './factors/verify-webauthn-attestation.ts';
import { verifyPasskey } from './factors/verify-webauthn-passkey.ts';
import { whyPrepared } from './factors/why.ts';
import { awaitInteractions } from './gate/await-interactions.ts';
import { isDraftTaken } from './gate/draft-taken.ts';
import { interact } from './gate/interact.ts';
import { opensFor } from './gate/open-gate.ts';
import type { Journal } from './journal.ts';
import { mfaAudience } from './lifecycle/scopes.ts';
import type { LiveConsole } from './live-console.ts';
import { noteRun, type Stretch } from './pipeline/execution.ts';
import { placeOf } from './pipeline/log-place.ts';
import { triggerOf } from './pipeline/login-trigger.ts';
import { type Circumstances, circumstancesOf } from './pipeline/risk.ts';
import { runAction } from './pipeline/run-action.ts';
import type { ScriptStage } from './pipeline/run-script.ts';
import { personOf, type World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import { renewPassword } from './renew-password.ts';
import { riskSummary } from './risk/risk.ts';
import { limitsFor } from './script-limits.ts';
import { sendCode } from './send-passwordless-code.ts';
import { isRisky, settle } from './settle.ts';
import { signUp, welcomeMail } from './sign-up.ts';
import { messagePlace } from './tenant-log.ts';
import { actionDetails, type Input, type WorkInput } from './transaction/input.ts';
import type { BusyState, LoginTransaction } from './transaction/transaction.ts';
import { verifyPasswordless } from './verify-passwordless.ts';

export type Task = {
  tx: LoginTransaction;
  state: BusyState;
  world: World;
  caller: Caller;
  /** Writes of this step so far. */
  changes: Change[];
  stretch: Stretch;
  journal: Journal;
};

export async function work(
  ports: Ports,
  stage: ScriptStage & { liveConsole: LiveConsole; afterwards: Afterwards; messenger: Messenger },
  task: Task,
): Promise<Input> {
  const { tx, state, world, caller } = task;
  switch (state.name) {
    case 'verifying':
      return withTicketSpent(ports, tx, await verify(ports, stage, task, state), world.user);
    case 'interacting':
      return interact(ports, stage, { tx, world, caller }, state.request);
    case 'opening':
      return opensFor(ports, { tx, world, caller });
    case 'sending':
      return sendCode(ports, tx, state, world, caller);
    case 'running':
      return run(ports, stage, task, state);
    case 'preparing': {
      const { ask } = state;
      if (ask.kind === 'form' && !(await ports.store.forms.find(tx.tenantId, ask.formId))) {
        const reason = `The form ${ask.formId} does not exist.`;
        const logs = [{ type: 'f' as const, description: reason, details: actionDetails(ask.askedBy) }];
        return { kind: 'prepared', result: 'unusable', reason, logs };
      }
      const found = circumstances(ports, task);
      const { remembered } = world;
      const browser = {
        risky: isRisky(world.tenant, found),
        mfaAudience: mfaAudience(world.tenant.baseUrl),
        ...(remembered ? { record: remembered } : {}),
      };
      const prepared = prepare(ports, tx, state, personOf(world), { browser, about: aboutOf(task, found) });
      const awaited = tx.door === 'json' && (await awaitInteractions(ports, tx, ask, prepared, personOf(world)));
      const met = awaited || prepared;
      if (met.kind === 'prepared') task.journal.why = whyPrepared(tx, state, met, personOf(world));
      if (awaited) return awaited;
      const limited = await limitPushes(ports, tx, prepared);
      return limitMessages(ports, world.tenant, tx, state, limited);
    }
    case 'settling': {
      const stop = (await wasLinked(ports, tx)) || (await wasTaken(ports, tx));
      return stop || withWelcome(ports, task, settle(ports, tx, world, circumstances(ports, task), caller));
    }
  }
}

/** Somebody whose account is written only now is mailed what every new account is. */
async function withWelcome(ports: Ports, { tx, world, caller }: Task, fact: WorkInput): Promise<WorkInput> {
  const { connection, tenant } = world;
  if (fact.kind !== 'settled' || !tx.draft || !connection) return fact;
  const setting = { locale: tx.request.locale, place: messagePlace(placeOf(ports, tx, world, caller)) };
  return { ...fact, changes: [...fact.changes, ...(await welcomeMail(ports, tenant, connection, tx.draft, setting))] };
}

function verify(
  ports: Ports,
  stage: ScriptStage & { liveConsole: LiveConsole; afterwards: Afterwards; messenger: Messenger },
  { tx, world, caller }: Task,
  { submission, from }: Extract<BusyState, { name: 'verifying' }>,
): Promise<WorkInput> | WorkInput {
  switch (submission.method) {
    case 'code':
      return verifyCode(ports, tx, submission, personOf(world));
    case 'enrollment':
      if (from.name !== 'enrolling') throw new Error(`nothing is being enrolled while ${from.name}`);
      return verifyEnrollment(ports, tx, from, submission.code, personOf(world));
    case 'assertion':
      return verifyAssertion(ports, tx, submission, personOf(world));
    case 'answer':
      return verifyAnswer(ports, tx, submission, personOf(world));
    case 'attestation':
      if (from.name !== 'enrolling' && from.name !== 'suggesting') throw new Error(`no key is made while ${from.name}`);
      return verifyAttestation(ports, tx, from, submission, personOf(world), caller);
    case 'device': {
      if (from.name !== 'enrolling' || from.enrollment.factor !== 'push-notification')
        throw new Error(`no device is awaited while ${from.name}`);
      return verifyDevice(ports, tx, { ...from, enrollment: from.enrollment }, personOf(world));
    }
    case 'passkey':
      if (!world.client) throw new Error('a credential was judged without a client');
      return verifyPasskey(ports, tx, submission, passwordDoor(tx, world.tenant, world.client), caller);
    case 'sign-up':
      return signUp(ports, stage, { tx, world, caller }, submission.registration);
    case 'password':
      if (!world.client) throw new Error('a credential was judged without a client');
      return verifyPassword(ports, stage, submission, passwordDoor(tx, world.tenant, world.client), caller);
    case 'passwordless':
      return verifyPasswordless(ports, stage, { tx, world, caller }, submission);
    case 'new-password':
      return renewPassword(ports, tx, submission.password, world);
  }
}

async function run(
  ports: Ports,
  stage: ScriptStage & { liveConsole: LiveConsole },
  task: Task,
  { visit }: Extract<BusyState, { name: 'running' }>,
): Promise<Input> {
  const { tx, world, caller, stretch } = task;
  const { risk, place } = circumstances(ports, task);
  const now = ports.now();
  const event = triggerOf(tx.purpose).event({
    tx,
    world,
    caller,
    loginsCount: loginsCount(task),
    risk,
    place,
    visit,
    now,
  });
  // Counted from the first run on: checking a password is no script's time.
  stretch.endsAt ??= performance.now() + limitsFor(world.tenant.scriptLimits, ports.scriptLimits).wallMs;
  const wallMs = Math.max(0, Math.floor(stretch.endsAt - performance.now()));
  const occasion = { eventJson: JSON.stringify(event), visit, wallMs, executionId: stretch.id };
  const ran = await runAction(ports, stage, tx, world, occasion);
  noteRun(stretch, ran);
  const whose = tx.subject.kind === 'user' ? { userId: tx.subject.userId } : {};
  stage.liveConsole.publish(tx.tenantId, {
    executionId: stretch.id,
    transactionId: tx.id,
    ...whose,
    result: ran.result,
  });
  return ran.fact;
}

/** What a device tells its person of the sign-in that it is asked about. */
function aboutOf({ world, caller, tx }: Task, { place }: Circumstances): PushRequestRecord['about'] {
  const { cityName, countryName } = place ?? {};
  const where = [cityName, countryName].filter((name) => name !== undefined).join(', ');
  const { friendlyName, name } = world.tenant;
  return {
    // What no application asks for, a page of ours does.
    application: world.client?.name ?? (tx.request.clientId || (friendlyName ?? name)),
    ip: caller.ip,
    ...(where === '' ? {} : { place: where }),
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent.slice(0, 300) }),
  };
}

function passwordDoor(
  { request: { connection, locale } }: LoginTransaction,
  tenant: TenantRecord,
  client: ClientRecord,
): PasswordDoor {
  return { tenant, client, locale, ...(connection === undefined ? {} : { connectionName: connection }) };
}

/** The account may have been linked to another meanwhile, by a script of this login too, which then has to say so here. */
async function wasLinked({ store }: Ports, { tenantId, subject }: LoginTransaction): Promise<Input | false> {
  const user = subject.kind === 'user' ? await store.users.find(tenantId, subject.userId) : undefined;
  if (user?.linkedTo === undefined) return false;
  const reason =
    'The account of this login was linked to another one; hand the login over with api.authentication.setPrimaryUser.';
  return { kind: 'barred', code: 'access_denied', reason, logs: [{ type: 'f', description: reason }] };
}

/** Somebody else may have made an account of these names while scripts had this one's person do something. */
async function wasTaken({ store }: Ports, { draft }: LoginTransaction): Promise<Input | false> {
  if (!draft || !(await isDraftTaken(store, draft))) return false;
  const reason = 'user is conflict with username and password';
  return { kind: 'barred', code: 'access_denied', reason, logs: [{ type: 'fs', description: reason }] };
}

function circumstances(ports: Ports, task: Task): Circumstances {
  const found = circumstancesOf(ports, task.tx, task.world, task.caller, loginsCount(task));
  task.stretch.risk = riskSummary(found.risk);
  return found;
}

/** One more when this very step proved the first factor, and where the row is not written yet. */
function loginsCount({ world, changes, tx }: Task): number {
  const counted = tx.draft || changes.some(({ kind }) => kind === 'user.logged-in') ? 1 : 0;
  return (world.user?.loginsCount ?? 0) + counted;
}
