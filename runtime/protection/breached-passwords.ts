// Protection: passwords that are known to have leaked somewhere. Where they are looked up is the operator's choice; the
// tenant decides at which doors they are refused, and whether the person is told by a mail.
import { createHash } from 'node:crypto';
import type { TenantRecord, UserRecord } from '#storage/records.ts';
import type { Afterwards } from '../afterwards.ts';
import { stolenMessage } from '../delivery/compose.ts';
import type { Messenger } from '../delivery/delivery.ts';
import type { Ports } from '../ports.ts';
import { LEAK_MAILS } from '../rate-limit.ts';
import { breachedPasswordOf } from './settings.ts';

export type BreachedPasswords = {
  /** @param sha1 of a password, 40 upper-case hexadecimal digits: the form in which such lists are published. */
  includes(sha1: string): Promise<boolean>;
};

/** The operator gave no list. */
export const noBreachedPasswords: BreachedPasswords = { includes: async () => false };

export type LeakStage = 'login' | 'pre-user-registration' | 'pre-change-password';

/**
 * `refused`: it has leaked, and the tenant blocks that here; `noted`: it has leaked, and goes through; `unknown`: as far as
 * is known, or as the tenant cares, it has not.
 */
export async function judgeLeak(
  breached: BreachedPasswords,
  tenant: TenantRecord,
  stage: LeakStage,
  password: string,
): Promise<'refused' | 'noted' | 'unknown'> {
  const settings = breachedPasswordOf(tenant);
  if (!settings.enabled) return 'unknown';
  const shields: readonly string[] = stage === 'login' ? settings.shields : settings.stage[stage].shields;
  if (shields.length === 0) return 'unknown';
  const sha1 = createHash('sha1').update(password).digest('hex').toUpperCase();
  if (!(await breached.includes(sha1))) return 'unknown';
  return shields.includes('block') ? 'refused' : 'noted';
}

const MAIL_LIFETIME_MS = 24 * 60 * 60_000;

/** Tells somebody that others know their password, where the tenant wants that. The mail follows the answer. The password was right, so nobody learns of an account by it. */
export function tellOfLeak(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  { afterwards, messenger }: { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  { tenant, locale, ip }: { tenant: TenantRecord; locale: string; ip: string },
  { id: userId, email: to }: Pick<UserRecord, 'id' | 'email'>,
): void {
  const shields: readonly string[] = breachedPasswordOf(tenant).shields;
  if (to === undefined || !shields.includes('user_notification')) return;
  const { store, now, random } = ports;
  afterwards.start(tenant.id, async () => {
    const at = now();
    if (!(await store.takeAttempt(tenant.id, `leak mail ${userId}`, LEAK_MAILS, at)).taken) return;
    const id = random.uuid();
    const place = { userId, userName: to, ip };
    const message = stolenMessage({ id, tenant, to, locale, place, at, expiresAt: at + MAIL_LIFETIME_MS });
    if ((await store.commit([{ kind: 'message.insert', message }])).ok) await messenger.deliver(tenant.id, id);
  });
}
