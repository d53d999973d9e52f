// Server, protocol: a device that waits for its person (RFC 8628). The row is found by the key that the device polls with
// and by the code that the person types; what becomes of it is decided once.
import type { ClientRecord, JsonObject, TenantRecord, TicketRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Deps } from '../deps.ts';
import type { Parameters } from '../request.ts';
import { newUserCode, userCodeKey } from './device-user-code.ts';

export const DEVICE_CODE_SECONDS = 900;
export const POLL_SECONDS = 5;

/** After its time a device is told so, once; then it is forgotten like one that never was. */
const REMEMBERED_MS = 15 * 60_000;

export type WaitState =
  /** `polledAt`: when it was last told to wait. */
  | { name: 'pending'; intervalSeconds: number; polledAt?: number }
  /** `code` stands for the login, as an authorization code does. */
  | { name: 'granted'; code: string }
  | { name: 'denied'; reason: string };

/** What a device asked for. */
type Asked = {
  scope: string[];
  audience?: string;
  /** Parameters without credentials. */
  body: Parameters;
};

export type DeviceWait = Asked & {
  ticket: TicketRecord;
  clientId: string;
  /** As the device shows it. */
  userCode: string;
  endsAt: number;
  state: WaitState;
};

type Needs = Pick<Deps, 'store' | 'clock' | 'random'>;

const TRIES = 5;

/** Lets a device of this client wait. */
export async function beginWait(
  { store, clock, random }: Needs,
  tenant: TenantRecord,
  client: ClientRecord,
  asked: Asked,
): Promise<{ deviceCode: string; userCode: string }> {
  const createdAt = clock.now();
  const endsAt = createdAt + DEVICE_CODE_SECONDS * 1000;
  const expiresAt = endsAt + REMEMBERED_MS;
  const state: WaitState = { name: 'pending', intervalSeconds: POLL_SECONDS };
  for (let left = TRIES; left > 0; left--) {
    const id = `dvc_${random.letters(16)}`;
    const deviceCode = random.key();
    const userCode = newUserCode({ random }, tenant);
    const handle = { tenantId: tenant.id, targetId: id, ask: 0, expiresAt };
    const content = { clientId: client.id, userCode, endsAt, ...asked, state };
    const kept = await store.commit([
      {
        kind: 'ticket.insert',
        ticket: { tenantId: tenant.id, id, kind: 'device', revision: 1, content, createdAt, expiresAt },
      },
      { kind: 'handle.insert', handle: { ...handle, kind: 'device', key: deviceCode } },
      { kind: 'handle.insert', handle: { ...handle, kind: 'user-code', key: userCodeKey(userCode) ?? userCode } },
    ]);
    if (kept.ok) return { deviceCode, userCode };
    // Another device shows this code.
  }
  throw new Error('no user code is free');
}

/** By the key a device polls with. Its time may be over. */
export async function findByDeviceCode(
  { store }: Pick<Deps, 'store'>,
  tenant: TenantRecord,
  deviceCode: string,
): Promise<DeviceWait | undefined> {
  const ticket = await store.tickets.findByKey(tenant.id, 'device', deviceCode);
  return ticket && toWait(ticket);
}

/** By what a person typed: only one that still waits. */
export async function findByUserCode(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  key: string,
): Promise<DeviceWait | undefined> {
  const ticket = await store.tickets.findByKey(tenant.id, 'user-code', key);
  const wait = ticket && toWait(ticket);
  return wait && isOpen(wait, clock.now()) ? wait : undefined;
}

export async function findWait(
  { store }: Pick<Deps, 'store'>,
  tenant: TenantRecord,
  ticketId: string,
): Promise<DeviceWait | undefined> {
  const ticket = await store.tickets.find(tenant.id, ticketId);
  return ticket && toWait(ticket);
}

/** Whether a person can still decide about it. */
export function isOpen({ state, endsAt }: DeviceWait, now: number): boolean {
  return state.name === 'pending' && now < endsAt;
}

/** `userId`: whose block or new password ends it from now on. Guard: nobody has written to it since it was read. */
export function waitChange({ ticket }: DeviceWait, state: WaitState, userId?: string): Change {
  const content: JsonObject = { ...ticket.content, state };
  const next = { ...ticket, content, ...(userId === undefined ? {} : { userId }) };
  return { kind: 'ticket.replace', revision: ticket.revision, ticket: next };
}

export type Verdict = { name: 'granted'; code: string; userId: string } | { name: 'denied'; reason: string };

/**
 * Decides what becomes of a device that waits; false when that was decided before, or its time is over.
 * @param also committed with it.
 */
export async function decide(
  { store, clock }: Pick<Deps, 'store' | 'clock'>,
  tenant: TenantRecord,
  ticketId: string,
  verdict: Verdict,
  also: Change[] = [],
): Promise<boolean> {
  const change = (wait: DeviceWait) =>
    verdict.name === 'granted'
      ? waitChange(wait, { name: 'granted', code: verdict.code }, verdict.userId)
      : waitChange(wait, verdict);
  // The device itself writes to the row each time it polls.
  for (let left = TRIES; left > 0; left--) {
    const wait = await findWait({ store }, tenant, ticketId);
    if (!wait || !isOpen(wait, clock.now())) return false;
    if ((await store.commit([change(wait), ...also])).ok) return true;
  }
  return false;
}

/** Only `beginWait` and `waitChange` write these rows. */
function toWait(ticket: TicketRecord): DeviceWait {
  return { ...(ticket.content as Omit<DeviceWait, 'ticket'>), ticket };
}
