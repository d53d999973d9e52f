// Risk: whether the person has signed in with this browser before. A browser is known by its cookie, and by the family
// of its user agent; what was not seen for as long as the tenant says is forgotten here. Pure.
import type { LoginDeviceRecord } from '#storage/records.ts';
import type { Confidence } from './confidence.ts';

type Knowledge = 'known' | 'unknown';

export type NewDevice = {
  confidence: Confidence;
  code:
    | 'match'
    | 'partial_match'
    | 'no_match'
    | 'initial_login'
    | 'unknown_device'
    | 'no_device_history'
    | 'assessment_not_available';
  /** Absent when there is nothing to compare with. */
  details?: { device: Knowledge; useragent: Knowledge };
};

export type NewDeviceFacts = {
  now: number;
  /** Hash of the browser's cookie, as the history has it; empty where there is no browser. */
  device: string;
  /** As it was sent; absent or empty when none was. */
  userAgent?: string;
  /** Completed logins of this person by browser, last seen first. */
  history: readonly LoginDeviceRecord[];
  /** Of this person, this login included. */
  loginsCount: number;
  /** As the tenant says; absent: as usual. */
  rememberForDays?: number;
};

/** How long a browser counts as known that was not seen again. */
export const NEW_DEVICE_DAYS = { usual: 30, most: 365 } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Known cookie and known user agent: `high`. One of them: `medium`. Neither: `low`, with the code `unknown_device` where
 * no user agent was sent, so that a client that hides it can be told from a new browser. Nothing to compare with: `neutral`.
 */
export function assessNewDevice(facts: NewDeviceFacts): NewDevice {
  const { now, device, userAgent = '', history, loginsCount, rememberForDays = NEW_DEVICE_DAYS.usual } = facts;
  const recent = history.filter(({ seenAt }) => now - seenAt <= rememberForDays * DAY_MS);
  if (recent.length === 0)
    return { confidence: 'neutral', code: loginsCount <= 1 ? 'initial_login' : 'no_device_history' };
  const family = familyOf(userAgent);
  const isKnownDevice = device !== '' && recent.some((row) => row.device === device);
  const isKnownFamily = family !== '' && recent.some((row) => familyOf(row.userAgent) === family);
  const details = { device: knowledge(isKnownDevice), useragent: knowledge(isKnownFamily) };
  if (isKnownDevice && isKnownFamily) return { confidence: 'high', code: 'match', details };
  if (isKnownDevice || isKnownFamily) return { confidence: 'medium', code: 'partial_match', details };
  return { confidence: 'low', code: family === '' ? 'unknown_device' : 'no_match', details };
}

function knowledge(isKnown: boolean): Knowledge {
  return isKnown ? 'known' : 'unknown';
}

/** What is compared of a user agent: the rest of a longer one says nothing that a browser says. */
const COMPARED_CHARACTERS = 1000;

/**
 * A user agent without its versions, because a browser that was updated overnight is no new browser: what follows a
 * slash when a digit is in it (`Chrome/131.0.1`, `Mobile/15E148`), and every other number (`Windows NT 10.0`, `rv:132.0`).
 * @returns the empty string for an empty user agent only.
 */
export function familyOf(userAgent: string): string {
  const compared = userAgent.slice(0, COMPARED_CHARACTERS).trim().toLowerCase();
  return compared
    .replaceAll(/\/[^\s;)]*/g, (version) => (/\d/.test(version) ? '/' : version))
    .replaceAll(/\d+(?:[._]\d+)*/g, '0')
    .replaceAll(/\s+/g, ' ');
}
