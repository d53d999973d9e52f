// Protection: passwords that are known to have leaked somewhere. Where they are looked up is the operator's choice; the
// tenant decides at which doors they are refused.
import { createHash } from 'node:crypto';
import type { TenantRecord } from '#storage/records.ts';
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
