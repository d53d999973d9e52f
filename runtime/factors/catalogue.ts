// The factors there are, in the order people see them when no script says otherwise.
import type { FactorType } from '#actions/post-login.ts';
import { email } from './email.ts';
import type { Factor, Person, UsableAuthenticator } from './factor.ts';
import { otp } from './otp.ts';
import { phone } from './phone.ts';

const FACTORS: readonly Factor[] = [otp, phone, email];

export function factorOf(type: FactorType): Factor | undefined {
  return FACTORS.find((factor) => factor.type === type);
}

/** The name a script wrote; `push` is an alias. */
export function properName(name: string): string {
  return name === 'push' ? 'push-notification' : name;
}

export function factorNamed(name: string): Factor | undefined {
  return FACTORS.find((factor) => factor.type === properName(name));
}

/** Authenticators that could answer now: the tenant's switch is on and the person is enrolled. */
export function usable(factor: Factor, person: Person): UsableAuthenticator[] {
  return person.tenant.factors[factor.switch] ? factor.enrolled(person) : [];
}

/** All of them, in that order. */
export const factors = (): readonly Factor[] => FACTORS;

/** Factors that the tenant has on, that can be enrolled, and that the person does not have. */
export function enrollable(factor: Factor, person: Person): boolean {
  return factor.enroll !== undefined && isOn(factor, person) && factor.enrolled(person).length === 0;
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
