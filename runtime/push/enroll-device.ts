// Push: a phone that has read the picture finds the login that enrolls it. It gets a row that counts for nothing until the
// browser that showed the picture asks for it and confirms it.
import type { JsonObject, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { decode } from '../transaction/snapshot.ts';
import type { EnrollmentOf } from '../transaction/transaction.ts';
import type { DeviceDraft, EnrolledDevice, EnrollmentOffer, PushRefusal } from './push.ts';
import { isSameText } from './same-text.ts';

type Needed = Pick<Ports, 'store' | 'now'>;
type Found = { enrollment: EnrollmentOf<'push-notification'>; user: UserRecord };

const OVER: PushRefusal = { ok: false, code: 'enrollment-over' };

export async function offerEnrollment(
  ports: Needed,
  tenant: TenantRecord,
  key: string,
): Promise<EnrollmentOffer | undefined> {
  const found = await findEnrollment(ports, tenant, key);
  if (!found) return undefined;
  const isTaken = await ports.store.authenticators.find(tenant.id, found.enrollment.authenticatorId);
  return isTaken ? undefined : { account: accountOf(found.user) };
}

export async function enrollDevice(
  ports: Needed,
  tenant: TenantRecord,
  key: string,
  { name, publicKey, userAgent }: DeviceDraft,
): Promise<EnrolledDevice | PushRefusal> {
  const found = await findEnrollment(ports, tenant, key);
  if (!found) return OVER;
  const { enrollment, user } = found;
  const { authenticatorId: id, secret } = enrollment;
  const enrolled: EnrolledDevice = { ok: true, deviceId: id, account: accountOf(user), secret };
  // The id was drawn with the key and is free once: of two phones that read one picture the second comes too late.
  const inserted = await ports.store.authenticators.insert({
    tenantId: tenant.id,
    id,
    userId: user.id,
    type: 'push',
    confirmed: false,
    name,
    secret,
    device: { publicKey, ...(userAgent === undefined ? {} : { userAgent }) },
    createdAt: ports.now(),
  });
  if (inserted === 'inserted') return enrolled;
  // Only the first has that key, and says so again where the answer did not reach it.
  const first = await ports.store.authenticators.find(tenant.id, id);
  return first?.device && isSameKey(first.device.publicKey, publicKey) ? enrolled : OVER;
}

/** The login must be enrolling by this very key now: a picture that was shown before, or elsewhere, opens nothing. */
async function findEnrollment({ store, now }: Needed, tenant: TenantRecord, key: string): Promise<Found | undefined> {
  if (!tenant.factors['push-notification']) return undefined;
  const handle = await store.handles.find(tenant.id, 'push-enrollment', key);
  const row = handle && now() < handle.expiresAt && (await store.transactions.find(tenant.id, handle.targetId));
  const tx = row ? decode(row.transaction.snapshot) : undefined;
  if (tx?.state.name !== 'enrolling' || tx.subject.kind !== 'user' || now() >= tx.expiresAt) return undefined;
  const { enrollment } = tx.state;
  if (enrollment.factor !== 'push-notification' || now() >= enrollment.expiresAt) return undefined;
  if (!isSameText(enrollment.key, key)) return undefined;
  const user = await store.users.find(tenant.id, tx.subject.userId);
  return user && !user.blocked ? { enrollment, user } : undefined;
}

const isSameKey = (one: JsonObject, other: JsonObject): boolean => one.x === other.x && one.y === other.y;

function accountOf({ email, username, phoneNumber, name, id }: UserRecord): string {
  return email ?? username ?? phoneNumber ?? name ?? id;
}
