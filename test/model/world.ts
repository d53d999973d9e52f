// Tests, the reference model: what lasts from one visit to the next. The model's own memory of what the product keeps in a
// database; every visit reads and changes it.
import type { Factor, Having, Person, Tenant, Visit } from './chain.ts';
import type { Stored } from './rest.ts';

/** A method as scripts see it: `pwd`, a URL that a script recorded, or the type of a second factor. */
export type Method = { name: string; mfa: boolean };

type Session = { id: number; methods: Method[] };

/** The last one that was given. It rotates, without leeway. `session`: of the login it came from, where there was one. */
export type RefreshToken = {
  methods: Method[];
  session?: number;
  createdAt: number;
  usedAt: number;
  generation: number;
};

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
  /** How many sessions there have been. */
  begun: number;
  token?: RefreshToken;
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
    begun: 0,
    now,
  };
}

/** Whether the tenant lets people use it: phones by text messages, calls or both. */
function isOn(factor: Factor, { otp, sms, email }: Tenant): boolean {
  return { otp, phone: sms, email }[factor];
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

/** A mailbox is enrolled by clients alone. */
export function isEnrollable(factor: Factor, { has, tenant }: World, atClient: boolean): boolean {
  if (factor === 'email') return atClient && isOn(factor, tenant) && has.mailbox !== 'confirmed';
  return isOn(factor, tenant) && has[factor] !== 'confirmed';
}

/** Neither its absolute end nor its idle one has come: those of a client that says nothing else. */
export function isAlive({ createdAt, usedAt }: RefreshToken, now: number): boolean {
  return now < createdAt + 30 * DAY && now < usedAt + 15 * DAY;
}

/** The overall confidence, where only the browser says something: there is neither geography nor a list of addresses. */
export function confidence(
  { history, now }: World,
  { by, browser, userAgent }: Visit,
): 'neutral' | 'low' | 'medium' | 'high' {
  // A client says nothing of the person's browser.
  if (by !== 'browser') return 'neutral';
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
  const enrolled = (['otp', 'phone'] as const).filter((factor) => has[factor] === 'confirmed');
  const authenticators: Factor[] = has.mailbox === 'confirmed' ? [...enrolled, 'email'] : enrolled;
  return { app: Object.fromEntries(app), user: Object.fromEntries(user), authenticators };
}
