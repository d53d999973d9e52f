// Push: what a phone is asked and what it says. An answer is written down once, by one guarded statement; the login it is
// about does not move.
import type { PushRequestRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';
import type { Answered, Decision, Device } from './push.ts';
import { isSameText } from './same-text.ts';

type Needed = Pick<Ports, 'store' | 'now' | 'random'>;

export async function pendingRequests(
  { store, now }: Needed,
  tenant: TenantRecord,
  device: Device,
): Promise<PushRequestRecord[]> {
  return mayAnswer(tenant, device) ? store.pushRequests.pending(tenant.id, device.id, now()) : [];
}

export async function answerRequest(
  { store, now, random }: Needed,
  tenant: TenantRecord,
  device: Device,
  decision: Decision,
): Promise<Answered> {
  const { requestId: id } = decision;
  const request = await store.pushRequests.find(tenant.id, id);
  // Whose it is else is not said.
  if (!request || request.deviceId !== device.id || !mayAnswer(tenant, device)) {
    return { ok: false, code: 'unknown-request' };
  }
  const at = now();
  const late = overOf(request, at);
  if (late) return late;
  // A wrong number is a refusal: whoever approves without looking does not get to try the others.
  const isRight = decision.kind === 'approve' && isSameText(request.number, decision.number);
  const state = isRight ? 'approved' : 'refused';
  const written = await store.commit([
    { kind: 'push-request.answer', tenantId: tenant.id, id, state, at },
    ...(isRight ? [] : [{ kind: 'log.insert', log: refusalLog(random, tenant, request, at) } as const]),
  ]);
  if (written.ok) {
    return { ok: true, outcome: isRight ? 'approved' : decision.kind === 'approve' ? 'wrong-number' : 'refused' };
  }
  const present = await store.pushRequests.find(tenant.id, id);
  return (present && overOf(present, at)) ?? { ok: false, code: 'unknown-request' };
}

/**
 * Somebody may have the password of this person: the tenant hears of it although whoever tried has gone. It tells where
 * they were, not where the phone is.
 */
function refusalLog(
  random: Ports['random'],
  { id: tenantId, baseUrl }: TenantRecord,
  { userId, deviceId, about }: PushRequestRecord,
  now: number,
) {
  const { application: clientName, ip, userAgent } = about;
  const details = { authenticator: { id: deviceId, type: 'push-notification' } };
  const place = { tenantId, now, random, userId, clientName, ip, hostname: new URL(baseUrl).host };
  return tenantLog(
    { type: 'gd_auth_rejected', description: 'The person refused the sign-in on their device', details },
    { ...place, ...(userAgent === undefined ? {} : { userAgent }) },
  );
}

/** A device that nobody confirmed, or whose factor is switched off, is asked nothing. */
const mayAnswer = ({ factors }: TenantRecord, { confirmed }: Device) => confirmed && factors['push-notification'];

function overOf({ state, expiresAt }: PushRequestRecord, at: number): Extract<Answered, { ok: false }> | undefined {
  if (state !== 'pending') return { ok: false, code: 'answered-request' };
  return at < expiresAt ? undefined : { ok: false, code: 'expired-request' };
}
