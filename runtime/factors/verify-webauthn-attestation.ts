// Judging a key that was just made: a second factor that is being enrolled, or a passkey or this device's own authenticator
// that was only suggested.
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Caller, Ports } from '../ports.ts';
import type { WorkInput } from '../transaction/input.ts';
import {
  type Enrollment,
  isProven,
  type LoginTransaction,
  type RestingState,
  type Submission,
  type Suggestion,
  type WebAuthnFactor,
} from '../transaction/transaction.ts';
import { usable } from './catalogue.ts';
import { confirmedIds, enrolledChanges, mayHavePasskey, mayStillEnroll } from './enrolled.ts';
import type { NewAuthenticator, Person } from './factor.ts';
import { passkeyProvider } from './passkey-providers.ts';
import { judgeAttestation, KEY_FAULTS, type KeyFault } from './verify-webauthn-response.ts';
import { originOf, relyingPartyOf, webauthnPlatform } from './webauthn.ts';

type Needed = Pick<Ports, 'store' | 'mac' | 'random' | 'now'>;
type Made = Extract<Submission, { method: 'attestation' }>;
type Pending = Extract<Enrollment, { factor: WebAuthnFactor }> | Suggestion;

export function verifyAttestation(
  ports: Needed,
  tx: LoginTransaction,
  from: Extract<RestingState, { name: 'enrolling' | 'suggesting' }>,
  made: Made,
  person: Person,
  caller: Pick<Caller, 'userAgent'>,
): Promise<WorkInput> | WorkInput {
  if (from.name === 'suggesting') return keepSuggested(ports, tx, from.suggestion, made, person, caller);
  const { ask, enrollment } = from;
  if (!('ceremony' in enrollment)) throw new Error(`no key is made while ${enrollment.factor} is enrolled`);
  const isOfSite = isOfPresentSite(enrollment, person);
  if (!isOfSite || !mayStillEnroll(tx, ask, enrollment, person)) return { kind: 'withdrawn' };
  return enroll(ports, enrollment, made, person, caller);
}

async function enroll(
  ports: Needed,
  enrollment: Extract<Enrollment, { factor: WebAuthnFactor }>,
  made: Made,
  person: Person,
  caller: Pick<Caller, 'userAgent'>,
): Promise<WorkInput> {
  const judged = await judge(ports, enrollment, made, person.tenant, caller);
  if (!judged.ok) return notAccepted(enrollment, judged.fault);
  const { factor, authenticatorId } = enrollment;
  const at = ports.now();
  return {
    kind: 'verified',
    method: { name: 'mfa', type: factor, authenticatorId, at, in: 'transaction' },
    changes: enrolledChanges(ports, enrollment, judged.row, person, at),
    logs: [{ type: 'gd_enrollment_complete', description: 'Second factor enrolled', details: detailsOf(enrollment) }],
  };
}

async function keepSuggested(
  ports: Needed,
  tx: LoginTransaction,
  suggestion: Suggestion,
  made: Made,
  person: Person,
  caller: Pick<Caller, 'userAgent'>,
): Promise<WorkInput> {
  if (!isStillSuggested(tx, suggestion, person)) return notAccepted(suggestion, 'not-allowed');
  const judged = await judge(ports, suggestion, made, person.tenant, caller);
  if (!judged.ok) return notAccepted(suggestion, judged.fault);
  const { factor, authenticatorId: id, createdAt } = suggestion;
  const { id: userId, tenantId } = person.user;
  const at = ports.now();
  const authenticator = { ...judged.row, tenantId, id, userId, confirmed: true, createdAt, enrolledAt: at };
  // Whether it may be kept was judged by these.
  const beside = confirmedIds(person.authenticators);
  const change: Change = { kind: 'authenticator.insert', authenticator, beside };
  const description = factor === 'passkey' ? 'Passkey created' : 'Second factor enrolled';
  return {
    kind: 'attested',
    changes: [change],
    logs: [{ type: 'gd_enrollment_complete', description, details: detailsOf(suggestion) }],
  };
}

/** A second factor is only ever given to an account by somebody who has shown one. */
function isStillSuggested({ methods, purpose }: LoginTransaction, suggestion: Suggestion, person: Person): boolean {
  const { factor } = suggestion;
  if (!isOfPresentSite(suggestion, person)) return false;
  if (factor === 'passkey') return purpose === 'enrollment' || mayHavePasskey(methods, person);
  const isOn = person.tenant.factors['webauthn-platform'];
  return isOn && isProven(methods) && usable(webauthnPlatform, person).length === 0;
}

/** A key for a domain that the tenant has left meanwhile would answer nothing. */
function isOfPresentSite({ factor, ceremony }: Pending, { tenant }: Person): boolean {
  return ceremony.relyingPartyId === relyingPartyOf(tenant, factor);
}

/** What a key is called until its person names it. */
const NAMES: Record<Pending['factor'], string> = {
  'webauthn-roaming': 'Security key',
  'webauthn-platform': 'This device',
  passkey: 'Passkey',
};
const NAME_LENGTH = 20;

async function judge(
  { store }: Needed,
  { factor: type, ceremony, userHandle }: Pending,
  { response, name = NAMES[type] }: Made,
  tenant: TenantRecord,
  { userAgent }: Pick<Caller, 'userAgent'>,
): Promise<{ ok: true; row: NewAuthenticator } | { ok: false; fault: KeyFault | 'not-allowed' }> {
  const judged = await judgeAttestation(response, { ...ceremony, origin: originOf(tenant) });
  if (!judged.ok) return judged;
  if (await store.authenticators.findByCredential(tenant.id, judged.made.id)) return { ok: false, fault: 'known-key' };
  const seen = userAgent === undefined ? {} : { userAgent: userAgent.slice(0, 300) };
  // A passkey lives with who keeps it rather than in the browser that it was made in.
  const kept = type === 'passkey' ? passkeyProvider(judged.made.aaguid) : undefined;
  const row = {
    type,
    name: kept ?? [...name].slice(0, NAME_LENGTH).join(''),
    credential: { ...judged.made, userHandle, ...seen },
  };
  return { ok: true, row };
}

function detailsOf({ authenticatorId: id, factor: type }: Pending): JsonObject {
  return { authenticator: { id, type } };
}

function notAccepted(pending: Pending, fault: KeyFault | 'not-allowed'): WorkInput {
  const why = fault === 'not-allowed' ? 'it is not asked for any more' : KEY_FAULTS[fault];
  const description = `Security key could not be enrolled: ${why}`;
  return {
    kind: 'rejected',
    notice: { key: 'webauthn-not-accepted' },
    logs: [{ type: 'gd_webauthn_enrollment_failed', description, details: detailsOf(pending) }],
  };
}
