// Protection: who may try a password, decided before it is compared: how often this address fails, how often this person
// logs in from it, and how often in a row this name failed. Nothing here asks whether the name is anybody's, so that
// nobody learns it by being blocked.
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from '../afterwards.ts';
import type { Notice } from '../codes.ts';
import type { Messenger } from '../delivery/delivery.ts';
import type { Ports } from '../ports.ts';
import { SAME_USER_LOGINS } from '../rate-limit.ts';
import { networkOf } from '../risk/address.ts';
import type { LogDraft } from '../transaction/input.ts';
import { isExempt } from './allowlist.ts';
import { bruteForceOf } from './settings.ts';
import { isThrottled, onceInAWhile, throttleAddress } from './throttle.ts';
import { sendUnblockLink } from './unblock.ts';

type Needed = Pick<Ports, 'store' | 'now' | 'random' | 'inbox' | 'geography'>;

export type SignIn = {
  tenant: TenantRecord;
  /** What was typed. */
  identifier: string;
  ip: string;
  /** Of the page; what is mailed is written in it. */
  locale: string;
};

export type Admitted = {
  ok: true;
  /** Writes that a right password brings with it: failures before it are forgotten. */
  forgiven: Change[];
  /** Failures in a row, this one included in case it is one; 0 where they are not counted. */
  failures: number;
};
export type Refused = { ok: false; notice: Notice; logs: LogDraft[] };

/** Failed logins are forgotten when there was none for so long. */
const REMEMBERED_MS = 30 * 24 * 60 * 60_000;

/** Takes one try. */
export async function admitSignIn({ store, now }: Needed, signIn: SignIn): Promise<Admitted | Refused> {
  const { tenant, identifier, ip } = signIn;
  const said = { userName: identifier };
  const throttled = await throttleAddress({ store, now }, tenant, 'pre-login', ip);
  if (!throttled.ok) {
    const { retryAfterSeconds } = throttled;
    const logs = throttled.logs.map((log) => ({ ...log, ...said }));
    return { ok: false, notice: { key: 'ip-blocked', retryAfterSeconds }, logs };
  }
  if (isThrottled(tenant, ip)) {
    const key = `same-user ${identifier.normalize('NFC').toLowerCase()} ${networkOf(ip)}`;
    const login = await store.takeAttempt(tenant.id, key, SAME_USER_LOGINS, now());
    if (!login.taken) {
      const description = 'Too many logins of one user from one address';
      const logs = await onceInAWhile({ store, now }, tenant.id, key, { type: 'limit_sul', description, ...said });
      return { ok: false, notice: { key: 'same-user-login', retryAfterSeconds: login.retryAfterSeconds }, logs };
    }
  }
  const settings = bruteForceOf(tenant);
  const { refund } = throttled;
  if (!settings.enabled || isExempt(ip, settings.allowlist)) return { ok: true, forgiven: refund, failures: 0 };
  const network = networkCounted(signIn);
  const most = settings.max_attempts;
  const counted = { identifier, network, most, until: now() + REMEMBERED_MS };
  const failures = await store.loginBlocks.count(tenant.id, counted, now());
  if (failures === undefined && settings.shields.includes('block')) {
    return { ok: false, notice: { key: 'user-blocked' }, logs: [] };
  }
  const lift: Change = { kind: 'login-block.lift', tenantId: tenant.id, identifiers: [identifier], network };
  return { ok: true, forgiven: [...refund, lift], failures: failures ?? 0 };
}

/**
 * The password was wrong: the last failure that the tenant lets pass begins the block. The mail follows the answer, which
 * must not take longer where there is somebody to write to.
 */
export function noteFailure(
  ports: Needed,
  { afterwards, messenger }: { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  signIn: SignIn,
  { failures }: Admitted,
  user: UserRecord | undefined,
): LogDraft[] {
  const { tenant, identifier } = signIn;
  const { max_attempts: most, shields } = bruteForceOf(tenant);
  if (failures !== most) return [];
  const to = user?.email;
  if (user && to !== undefined && shields.includes('user_notification')) {
    const block = { tenant, identifier, network: networkCounted(signIn), ip: signIn.ip, locale: signIn.locale };
    afterwards.start(tenant.id, () => sendUnblockLink(ports, { messenger }, block, { id: user.id, email: to }));
  }
  const description = 'Too many failed logins in a row';
  const whose = user ? { userId: user.id } : {};
  return [{ type: 'limit_wc', description, userName: identifier, ...whose }];
}

/** Where failures are counted apart; empty: nowhere. */
function networkCounted({ tenant, ip }: SignIn): string {
  return bruteForceOf(tenant).mode === 'count_per_identifier' ? '' : networkOf(ip);
}
