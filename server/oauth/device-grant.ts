// Server, protocol: a device asks whether its person is through (RFC 8628 §3.4). The person signed in on the pages, where the
// scripts ran and every factor was shown; here the login becomes tokens, once. Statuses and texts: wire reference, §1.4.
import type { TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { type DeviceWait, findByDeviceCode, type WaitState, waitChange } from './device-wait.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { issueTokens } from './issue-tokens.ts';
import { missing, refusal } from './token-answer.ts';

export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** RFC 8628 §3.5: who polls too fast waits longer from then on. */
const SLOWER_BY_SECONDS = 5;
const SLOWEST_SECONDS = 30;
/** A timer of the device may be this much early, and nobody is the worse for it. */
const EARLY_MS = 500;

const UNKNOWN = refusal(403, 'invalid_grant', 'Invalid or expired device code.');
const EXPIRED = refusal(403, 'expired_token', 'The device code has expired.');
const PENDING = refusal(403, 'authorization_pending', 'User has yet to authorize device code.');

export async function exchangeDeviceCode(request: GrantRequest): Promise<Granted> {
  const { deps, tenant, client, parameters } = request;
  const { device_code: key } = parameters;
  if (key === undefined) return { answer: missing('device_code') };
  const wait = await findByDeviceCode(deps, tenant, key);
  // Somebody else's is told apart by nothing, and stays as it is.
  if (wait?.clientId !== client.id) return { answer: UNKNOWN };
  const take = takeOf(tenant, wait, deps.clock.now());
  const { state } = wait;
  if (deps.clock.now() >= wait.endsAt) return { answer: EXPIRED, writes: [take], lost: UNKNOWN };
  switch (state.name) {
    case 'pending':
      return tellToWait(request, wait, state);
    case 'denied':
      return { answer: refusal(403, 'access_denied', state.reason), writes: [take], lost: UNKNOWN };
    case 'granted': {
      const redeemed = await deps.runtime.redeem(tenant, state.code);
      if (!redeemed) return { answer: EXPIRED, writes: [take], lost: UNKNOWN };
      const granted = await issueTokens(request, { login: redeemed.login, gone: UNKNOWN });
      // A device that forgot the proof of its key may come again with one.
      if (!granted.answer.ok) return granted;
      // Of two polls at once one gets the tokens.
      return { ...granted, writes: [redeemed.spend, take, ...(granted.writes ?? [])], lost: UNKNOWN };
    }
  }
}

function takeOf(tenant: TenantRecord, { ticket }: DeviceWait, now: number): Change {
  return { kind: 'ticket.take', tenantId: tenant.id, id: ticket.id, now };
}

async function tellToWait(
  request: GrantRequest,
  wait: DeviceWait,
  { intervalSeconds, polledAt }: Extract<WaitState, { name: 'pending' }>,
): Promise<Granted> {
  const { store, clock } = request.deps;
  const now = clock.now();
  const early = polledAt !== undefined && now < polledAt + intervalSeconds * 1000 - EARLY_MS;
  const next: WaitState = early
    ? { name: 'pending', polledAt, intervalSeconds: Math.min(intervalSeconds + SLOWER_BY_SECONDS, SLOWEST_SECONDS) }
    : { name: 'pending', polledAt: now, intervalSeconds };
  const changes = !early || next.intervalSeconds !== intervalSeconds;
  // The person has decided meanwhile, or another poll came at the same time: what is true now is read again.
  if (changes && !(await store.commit([waitChange(wait, next)])).ok) return exchangeDeviceCode(request);
  if (!early) return { answer: PENDING, isNoEvent: true };
  const text = `You are polling faster than the specified interval of ${intervalSeconds} seconds.`;
  const answer = { ...refusal(429, 'slow_down', text), retryAfterSeconds: next.intervalSeconds };
  return { answer, isNoEvent: true };
}
