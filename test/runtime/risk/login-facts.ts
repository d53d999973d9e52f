// Tests: earlier logins of a person, made of what a row is about.
import type { LoginDeviceRecord } from '#storage/records.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);
export const HOUR = 60 * 60 * 1000;
export const DAY = 24 * HOUR;

export function earlierLogin(parts: Partial<LoginDeviceRecord>): LoginDeviceRecord {
  return {
    tenantId: 'tenant',
    userId: 'auth0|ana',
    device: 'laptop',
    userAgent: 'Browser/1.0',
    ip: '198.51.100.7',
    firstSeenAt: 0,
    seenAt: NOW - DAY,
    ...parts,
  };
}
