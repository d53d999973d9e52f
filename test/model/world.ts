// Tests, the reference model: what lasts from one visit to the next. The model's own memory of what the product keeps in a
// database; every visit reads and changes it.
import type { Factor, Having, Person, Tenant, Visit } from './chain.ts';
import type { Stored } from './rest.ts';

/** A method as scripts see it: `pwd`, a URL that a script recorded, or the type of a second factor. */
export type Method = { name: string; mfa: boolean };

type Session = { methods: Method[] };

export type World = {
  tenant: Tenant;
  has: Record<'otp' | 'phone' | 'mailbox', Having>;
  emailVerified: boolean;
  roles: string[];
  app: Map<string, string>;
  user: Map<string, string>;
  /** By browser. Times in milliseconds. */
  remembered: Map<string, { renewedAt: number; seenAt: number }>;
  /** Completed logins. */
  history: { browser: string; userAgent: string; at: number }[];
  /** The one that each browser has a cookie of. */
  sessions: Map<string, Session>;
  now: number;
};

const DAY = 24 * 60 * 60_000;
export const FACTORS: readonly Factor[] = ['otp', 'phone', 'email'];

export function openWorld(tenant: Tenant, person: Person, now: number): World {
  const { otp, phone, mailbox, emailVerified, roles } = person;
  return {
    tenant,
    has: { otp, phone, mailbox },
    emailVerified,
    roles,
    app: new Map(),
    user: new Map(),
    remembered: new Map(),
    history: [],
    sessions: new Map(),
    now,
  };
}

/** Whether the tenant lets people use it. Of phones only text messages work in this release. */
function isOn(factor: Factor, { otp, sms, email, messageTypes }: Tenant): boolean {
  return { otp, phone: sms && messageTypes.includes('sms'), email }[factor];
}

/** Enrolled and switched on. */
export function isUsable(factor: Factor, world: World): boolean {
  const { has, emailVerified, tenant } = world;
  const enrolled = factor === 'email' ? emailVerified || has.mailbox === 'confirmed' : has[factor] === 'confirmed';
  return enrolled && isOn(factor, tenant);
}

/** A factor that somebody chose to have: an address that enrolled itself says nothing. */
export function hasOwn(world: World): boolean {
  const mailbox = world.has.mailbox === 'confirmed' && isOn('email', world.tenant);
  return isUsable('otp', world) || isUsable('phone', world) || mailbox;
}

/** E-mail has no enrollment. */
export function isEnrollable(factor: Factor, { has, tenant }: World): boolean {
  return factor !== 'email' && isOn(factor, tenant) && has[factor] !== 'confirmed';
}

/** The overall confidence, where only the browser says something: there is neither geography nor a list of addresses. */
export function confidence(
  { history, now }: World,
  { browser, userAgent }: Visit,
): 'neutral' | 'low' | 'medium' | 'high' {
  const recent = history.filter(({ at }) => now - at <= 30 * DAY);
  if (recent.length === 0) return 'neutral';
  const known = [
    recent.some((login) => login.browser === browser),
    recent.some((login) => login.userAgent === userAgent),
  ].filter(Boolean).length;
  return known === 2 ? 'high' : known === 1 ? 'medium' : 'low';
}

/** The browser is remembered still: 7 days since a login in it, 30 since one that called for a second factor. */
export function livingMemory({ remembered, now }: World, browser: string) {
  const memory = remembered.get(browser);
  return memory && now < memory.seenAt + 7 * DAY && now < memory.renewedAt + 30 * DAY ? memory : undefined;
}

export function storedOf({ app, user, has }: World): Stored {
  const authenticators = (['otp', 'phone'] as const).filter((factor) => has[factor] === 'confirmed');
  return { app: Object.fromEntries(app), user: Object.fromEntries(user), authenticators };
}
