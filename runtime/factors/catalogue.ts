// The factors there are, in the order people see them when no script says otherwise: what cannot be phished comes first.
import type { FactorType } from '#actions/post-login.ts';
import type { Capabilities, Selection } from '../transaction/transaction.ts';
import { email } from './email.ts';
import type { Factor, Person, UsableAuthenticator } from './factor.ts';
import { otp } from './otp.ts';
import { phone } from './phone.ts';
import { push } from './push.ts';
import { recoveryCode } from './recovery-code.ts';
import { webauthnPlatform, webauthnRoaming } from './webauthn.ts';

/** What counts as being enrolled: a recovery code stands in for one of them, and for nothing by itself. */
const FACTORS: readonly Factor[] = [webauthnPlatform, webauthnRoaming, push, otp, phone, email];
const ALL: readonly Factor[] = [...FACTORS, recoveryCode];
/** A client has no page on which a browser could be asked for a key. */
const OF_CLIENTS: readonly Factor[] = ALL.filter(({ type }) => !type.startsWith('webauthn-'));

/** Who is asked, and what their browser can do as far as it is known. */
export type Asked = { selection: Selection; capabilities?: Capabilities };

export function factorOf(type: FactorType): Factor | undefined {
  return ALL.find((factor) => factor.type === type);
}

/** The name a script wrote; `push` is an alias. */
export function properName(name: string): string {
  return name === 'push' ? 'push-notification' : name;
}

export function factorNamed(name: string, selection: Selection): Factor | undefined {
  return factors(selection).find((factor) => factor.type === properName(name));
}

/** Authenticators that could answer now: the tenant's switch is on and the person is enrolled. */
export function usable(factor: Factor, person: Person): UsableAuthenticator[] {
  return person.tenant.factors[factor.switch] ? factor.enrolled(person) : [];
}

/** All that can be shown there, in that order. */
export const factors = (selection: Selection): readonly Factor[] => (selection === 'client' ? OF_CLIENTS : ALL);

/** Factors that the tenant has on, that can be enrolled there, and that the person does not have. */
export function enrollable(
  factor: Factor,
  person: Person,
  { selection, capabilities }: Asked,
  { further = false }: { further?: boolean } = {},
): boolean {
  const { enroll } = factor;
  if (!enroll || !person.tenant.factors[factor.switch]) return false;
  if (selection === 'client' ? enroll.onPagesOnly : enroll.byClientOnly) return false;
  if (capabilities && !canEnroll(factor, capabilities)) return false;
  // It stands in for another factor, so there has to be one.
  if (factor === recoveryCode && !isEnrolled(person)) return false;
  // One recovery code stands for all factors.
  if (further && factor !== recoveryCode) return true;
  // An address that enrolled itself is no enrollment of the person's.
  return factor.enrolled(person).every(({ record }) => record === undefined);
}

function canEnroll({ type }: Factor, { webauthn, platform }: Capabilities): boolean {
  if (type === 'webauthn-platform') return platform;
  return type !== 'webauthn-roaming' || webauthn;
}

/** Whether this browser could show it, as far as is known. */
export function canShow({ type }: Factor, capabilities: Capabilities | undefined): boolean {
  if (!capabilities) return true;
  if (type === 'webauthn-platform') return capabilities.platform;
  return type !== 'webauthn-roaming' || capabilities.webauthn;
}

/** Whether a person is enrolled in MFA: an address that enrolled itself does not count. */
export function isEnrolled(person: Person): boolean {
  return FACTORS.some((factor) => usable(factor, person).some(({ record }) => record !== undefined));
}

/** Whether a mailbox is all that the person could show. */
export function hasOnlyEmail(person: Person): boolean {
  return FACTORS.every((factor) => factor.type === 'email' || usable(factor, person).length === 0);
}

/** `event.user.enrolledFactors`: active factors that the tenant has on, never a recovery code. */
export function enrolledFactors(person: Person): { type: FactorType }[] {
  return FACTORS.filter((factor) => usable(factor, person).length > 0).map(({ type }) => ({ type }));
}
