// Server, account: the logins that begin here: the one that says who is there, and those in which a person who is signed in
// shows a factor or gets another one. They end where they were begun, and give no application anything.
import type { FactorType } from '#actions/post-login.ts';
import { type ProofNeeded, proofNeeded } from '#runtime/account-proof.ts';
import { connectionFor } from '#runtime/factors/password.ts';
import { ACCOUNT_PROOFS, type Bucket, FURTHER_ENROLLMENTS } from '#runtime/rate-limit.ts';
import type { Opening, Shown } from '#runtime/runtime.ts';
import type { EnrollAsk, LoginRequest } from '#runtime/transaction/transaction.ts';
import type { ClientRecord } from '#storage/records.ts';
import { show } from '../door.ts';
import { ensureBinding } from '../hosted/binding.ts';
import { errorPage } from '../hosted/error-page.ts';
import { hostedDoor } from '../hosted/hosted.ts';
import type { HostedContext } from '../hosted/show-screen.ts';
import { wantedLanguage } from '../hosted/voice.ts';
import { accountName, type Visit } from './visit.ts';

/** More applications than these are not looked through for one that people sign in to. */
const APPLICATIONS_READ = 200;

/**
 * The person signs in first. The scripts of logins run as for the application whose login it is: the one that `clientId`
 * names, or the first of the tenant's own that the default connection is open for.
 * @param to a path of ours.
 */
export async function signIn(context: HostedContext, to: string, clientId?: string, visit?: Visit): Promise<Response> {
  const { c } = context;
  const client = await applicationFor(context, clientId);
  if (!client) {
    const reason = 'invalid_request: no first-party application of the tenant has a connection to sign in by';
    return errorPage(c, { status: 400, key: 'bad-application', reason });
  }
  // Whoever is asked once more has to be the same person.
  const same = visit ? { hintedUserId: visit.session.userId, loginHint: accountName(visit) } : {};
  return open(context, { request: { ...requestOf(context, client.id, to), ...same } });
}

/** The proof that is needed before a person changes how they sign in; undefined where it was given within minutes. */
export async function proveFirst(context: HostedContext, visit: Visit, to: string): Promise<Response | undefined> {
  const needed = neededBy(context, visit);
  return needed.kind === 'none' ? undefined : prove(context, visit, needed, to);
}

/**
 * Another factor for the person, or a passkey; first the proof, where it is needed.
 * @param from where the person goes on after the proof; `to` after the enrollment.
 * @param more one more of a kind that the person has.
 */
export async function enroll(
  context: HostedContext,
  visit: Visit,
  { from, to }: { from: string; to: string },
  what: FactorType | 'passkey',
  more: boolean,
): Promise<Response> {
  const needed = neededBy(context, visit);
  if (needed.kind !== 'none') return prove(context, visit, needed, from);
  if (what === 'passkey') return openFor(context, visit, to, { wants: 'passkey' });
  const ask: EnrollAsk = {
    kind: 'enroll',
    prefer: 'first',
    factors: [{ type: what }],
    ordinal: 1,
    ...(more ? { further: true } : {}),
    // What was shown within minutes was shown in another login. Whoever has only signed in enrolls a first factor: should
    // the account get one meanwhile, that one is asked for.
    ...(needed.by === 'factor' ? { vouched: true } : {}),
  };
  const { id } = visit.person.user;
  // Each sends messages to whatever number is given.
  const tooOften =
    what === 'phone' ? await counted(context, `further enrollment ${id}`, FURTHER_ENROLLMENTS) : undefined;
  return tooOften ?? openFor(context, visit, to, { queue: [ask] });
}

function neededBy({ deps }: HostedContext, { person, session }: Visit): ProofNeeded {
  return proofNeeded(person, session, deps.clock.now());
}

async function prove(
  context: HostedContext,
  visit: Visit,
  needed: Exclude<ProofNeeded, { kind: 'none' }>,
  to: string,
): Promise<Response> {
  if (needed.kind === 'sign-in') return signIn(context, to, undefined, visit);
  // Each may send a message to the person.
  const tooOften = await counted(context, `account proof ${visit.person.user.id}`, ACCOUNT_PROOFS);
  return tooOften ?? openFor(context, visit, to, { queue: [needed.ask] });
}

/** A page that says so, when the bucket is empty. */
async function counted({ c, deps }: HostedContext, key: string, bucket: Bucket): Promise<Response | undefined> {
  const attempt = await deps.store.takeAttempt(c.var.tenant.id, key, bucket, deps.clock.now());
  if (attempt.taken) return undefined;
  c.header('retry-after', String(attempt.retryAfterSeconds));
  return errorPage(c, { status: 429, key: 'too-many-requests' });
}

/** The session itself is what the login sets out from: it ends when that does. */
function openFor(
  context: HostedContext,
  { session }: Visit,
  to: string,
  what: Pick<Opening, 'queue' | 'wants'>,
): Promise<Response> {
  return open(context, { purpose: 'enrollment', session, request: requestOf(context, '', to), ...what });
}

async function open(context: HostedContext, opening: Pick<Opening, 'request'> & Partial<Opening>): Promise<Response> {
  const { c, deps } = context;
  const { tenant, caller } = c.var;
  const binding = ensureBinding(c, deps);
  const begun = { door: 'hosted', selection: 'server', binding, ...opening } as const;
  const shown: Shown = await deps.runtime.begin(tenant, begun, caller);
  return show(hostedDoor, context, shown);
}

function requestOf({ c }: HostedContext, clientId: string, resultUrl: string): LoginRequest {
  return {
    clientId,
    reply: { by: 'page', resultUrl },
    protocol: 'oidc-basic-profile',
    scope: [],
    prompt: [],
    uiLocales: [],
    acrValues: [],
    locale: wantedLanguage(c),
    query: {},
    body: {},
  };
}

async function applicationFor({ c, deps }: HostedContext, clientId?: string): Promise<ClientRecord | undefined> {
  const { tenant } = c.var;
  const { store } = deps;
  if (clientId !== undefined) {
    const named = await store.clients.find(tenant.id, clientId);
    return named && isOwn(named) && (await connectionFor(store, tenant, named)) ? named : undefined;
  }
  const name = tenant.defaultDirectory ?? 'Username-Password-Authentication';
  const connection = await store.connections.findByKey(tenant.id, name);
  const { records } = await store.clients.list(tenant.id, { page: { offset: 0, limit: APPLICATIONS_READ } });
  return records.find((client) => isOwn(client) && connection?.enabledClients.includes(client.id));
}

/** The tenant's own, and for people. */
function isOwn({ settings, appType }: ClientRecord): boolean {
  return settings.is_first_party !== false && appType !== 'non_interactive';
}
