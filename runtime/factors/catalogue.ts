// The factors there are, in the order people see them when no script says otherwise.
import type { FactorType } from '#actions/post-login.ts';
import type { Selection } from '../transaction/transaction.ts';
import { email } from './email.ts';
import type { Factor, Person, UsableAuthenticator } from './factor.ts';
import { otp } from './otp.ts';
import { phone } from './phone.ts';
import { recoveryCode } from './recovery-code.ts';

/** What counts as being enrolled, and what pages show. */
const FACTORS: readonly Factor[] = [otp, phone, email];
/** A recovery code stands in for a factor that was lost; so far only clients of the MFA API take it. */
const WITH_RECOVERY: readonly Factor[] = [...FACTORS, recoveryCode];

export function factorOf(type: FactorType): Factor | undefined {
  return WITH_RECOVERY.find((factor) => factor.type === type);
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
export const factors = (selection: Selection): readonly Factor[] => (selection === 'client' ? WITH_RECOVERY : FACTORS);

/** Factors that the tenant has on, that can be enrolled there, and that the person does not have. */
export function enrollable(factor: Factor, person: Person, selection: Selection): boolean {
  const { enroll } = factor;
  if (!enroll || (enroll.byClientOnly && selection !== 'client') || !isOn(factor, person)) return false;
  // An address that enrolled itself is no enrollment of the person's.
  return factor.enrolled(person).every(({ record }) => record === undefined);
}

function isOn(factor: Factor, { tenant }: Person): boolean {
  return tenant.factors[factor.switch] && (factor.type !== 'phone' || tenant.messageTypes.includes('sms'));
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
