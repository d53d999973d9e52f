// What follows the last Action: a second factor that `multifactor.enable` or the tenant's policy still calls for, or the
// end of the login with everything that is remembered of it. Commands of scripts come before both (Actions reference, §3.5).
import { SESSION_METADATA_KEYS } from '#actions/post-login/sessions.ts';
import type { JsonObject, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { provenInSession } from './account-proof.ts';
import { hasOnlyEmail } from './factors/catalogue.ts';
import { MULTI_FACTOR, rememberedChanges } from './factors/remembered-browser.ts';
import { mfaAudience, offeredScopes } from './lifecycle/scopes.ts';
import { consentOf } from './pipeline/consent.ts';
import { acceptance, judgeInvitation } from './pipeline/invitation.ts';
import type { Circumstances } from './pipeline/risk.ts';
import { personOf, type World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import { coordinatesOf } from './risk/geography.ts';
import { securityEvent } from './security-event.ts';
import { exchangeChanges } from './sessions/refresh-token.ts';
import { completeSession } from './sessions/session.ts';
import { suggestionFor } from './suggest.ts';
import type { LogDraft, WorkInput } from './transaction/input.ts';
import { isProven, type LoginTransaction } from './transaction/transaction.ts';

export function settle(
  ports: Pick<Ports, 'random' | 'now'>,
  tx: LoginTransaction,
  world: World,
  circumstances: Circumstances,
  caller: Caller,
): WorkInput {
  const now = ports.now();
  if (tx.purpose === 'password-reset') return { kind: 'cleared' };
  const owed = tx.purpose === 'login' && demand(tx, world, isRisky(world.tenant, circumstances));
  if (owed) return { kind: 'demanded', ...owed };
  const suggestion = suggestionFor(ports, tx, world);
  if (suggestion) return { kind: 'suggested', suggestion };
  // Somebody who came for an authenticator alone is signed in nowhere by it.
  if (tx.purpose === 'enrollment' && tx.selection === 'server') {
    return { kind: 'settled', changes: provenInSession(tx, world.session, now), logs: [] };
  }
  const offered = offeredScopes(world.tenant, tx.request.audience, world.api);
  const { scope, changes: consent } = consentOf(ports, tx, world, offered);
  if (scope.length > 0) return { kind: 'unconsented', scope };
  const { binding, draft } = tx;
  if (binding === undefined && tx.door !== 'json') {
    const exchanged = exchangeChanges(tx, world, caller, now);
    if (exchanged === 'spent') return spent();
    return { kind: 'settled', changes: [...consent, ...exchanged.changes], logs: exchanged.logs };
  }
  const { session, logs } = completeSession(tx, world.tenant, world.session, caller, now);
  // The sandbox says so first; only a script that has bent it gets here.
  if (Object.keys(session.metadata ?? {}).length > SESSION_METADATA_KEYS) {
    const reason = `Failed to set session metadata: a session holds at most ${SESSION_METADATA_KEYS} keys.`;
    return { kind: 'barred', code: 'access_denied', reason, logs: [{ type: 'f', description: reason }] };
  }
  const { subject } = tx;
  const formerUserId = subject.kind === 'user' ? subject.formerUserId : undefined;
  // A mailbox alone makes no remembered browser: it would stand in for a factor that is enrolled later.
  const isMailboxAlone = world.user !== undefined && hasOnlyEmail(personOf(world));
  const browser = isMailboxAlone || binding === undefined ? [] : rememberedChanges(tx, binding, world.remembered, now);
  const joining = joins(tx, world, now);
  const changes = [
    ...(binding === undefined ? [] : deviceChanges(tx, binding, circumstances, caller, now)),
    ...browser,
    ...consent,
    ...joining.changes,
    ...(tx.door === 'json' ? completedEvents(ports, { tx, world, caller }) : []),
  ];
  return {
    kind: 'settled',
    session,
    ...(draft ? { account: newAccountChanges(tx, draft, caller, now) } : {}),
    ...(formerUserId === undefined ? {} : { formerUserId }),
    changes,
    logs: [...(draft ? [signedUp(draft)] : []), ...logs, ...joining.logs],
  };
}

/** The row of somebody new, with what scripts have set; it comes before everything that names it. */
function newAccountChanges(
  { tenantId, outcome }: LoginTransaction,
  draft: UserRecord,
  { ip }: Caller,
  at: number,
): Change[] {
  const userMetadata = merged(draft.userMetadata, outcome.userMetadata);
  const user = { ...draft, userMetadata, appMetadata: merged(draft.appMetadata, outcome.appMetadata) };
  return [
    { kind: 'user.insert', user },
    { kind: 'user.logged-in', tenantId, id: draft.id, at, ip },
  ];
}

const signedUp = ({ id, email, username, phoneNumber }: UserRecord): LogDraft => ({
  type: 'ss',
  description: 'Successful sign-up',
  userId: id,
  userName: email ?? username ?? phoneNumber ?? id,
});

function completedEvents(ports: Pick<Ports, 'random' | 'now'>, login: Parameters<typeof securityEvent>[1]): Change[] {
  const events = [
    ...(login.tx.draft ? [{ type: 'user_signup', description: 'A new account was written.' }] : []),
    { type: 'oauth_authorize', description: 'The application was authorized.' },
    { type: 'login_success', description: 'The login completed.' },
  ];
  return events.map((event) => securityEvent(ports, login, event));
}

/** Key by key; null removes. */
function merged(metadata: JsonObject, changed: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries({ ...metadata, ...changed }).filter(([, value]) => value !== null));
}

/** A member who follows somebody else's invitation leaves it where it is. */
function joins(
  { subject, request: { organizationId } }: LoginTransaction,
  { invitation, user }: World,
  now: number,
): ReturnType<typeof acceptance> {
  const nothing = { changes: [], logs: [] };
  if (!invitation || !user || subject.kind !== 'user' || organizationId === undefined) return nothing;
  const { connectionId } = subject;
  const judged = judgeInvitation(invitation, { organizationId, user, connectionId }, now);
  return judged.ok ? acceptance(invitation, judged.invitation, user.id, now) : nothing;
}

function spent(): WorkInput {
  const reason = 'Unknown or invalid refresh token.';
  return { kind: 'barred', code: 'invalid_grant', reason, logs: [{ type: 'f', description: reason }] };
}

/** The adaptive policy calls for a factor where confidence in the login is low. */
export function isRisky({ policies }: TenantRecord, { risk }: Circumstances): boolean {
  return policies.includes('confidence-score') && risk.confidence === 'low';
}

type Demand = Pick<Extract<WorkInput, { kind: 'demanded' }>, 'provider' | 'adaptive'>;

/** Met by any factor that was shown or enrolled in this login, and by a browser that stood in for one. */
function demand(tx: LoginTransaction, world: World, risky: boolean): Demand | undefined {
  const { policies, factors } = world.tenant;
  const { enable, remembered } = tx.mfa;
  // What opens a person's authenticators is never had for less than one of them, whatever scripts say.
  if (
    tx.request.audience === mfaAudience(world.tenant.baseUrl) &&
    !isProven(tx.methods) &&
    !hasOnlyEmail(personOf(world))
  ) {
    return { provider: 'any', adaptive: false };
  }
  if (enable?.provider === 'none') return undefined;
  if (isProven(tx.methods)) return undefined;
  if (remembered && !risky) return undefined;
  // OpenID Connect Core §3.1.2.1: asked for as a voluntary claim, so a tenant without factors goes on without.
  const asked = tx.request.acrValues.includes(MULTI_FACTOR) && Object.values(factors).includes(true);
  if (risky && !asked && !policies.includes('all-applications') && !enable) return { provider: 'any', adaptive: true };
  if (enable) return { provider: enable.provider, adaptive: false };
  return asked || policies.includes('all-applications') ? { provider: 'any', adaptive: false } : undefined;
}

/** The next login is compared with this browser and this place. */
function deviceChanges(
  tx: LoginTransaction,
  device: string,
  { place }: Circumstances,
  caller: Caller,
  now: number,
): Change[] {
  if (tx.subject.kind !== 'user') return [];
  const coordinates = coordinatesOf(place);
  const countryCode = place?.countryCode;
  const location = coordinates && { ...coordinates, ...(countryCode === undefined ? {} : { countryCode }) };
  const seen = {
    tenantId: tx.tenantId,
    userId: tx.subject.userId,
    device,
    userAgent: caller.userAgent ?? '',
    ip: caller.ip,
    firstSeenAt: now,
    seenAt: now,
    ...(location ? { location } : {}),
  };
  return [{ kind: 'device.seen', device: seen }];
}
