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

/** The name a script wrote, as a factor we have; `push` is an alias of `push-notification`. */
export function factorNamed(name: string): Factor | undefined {
  return FACTORS.find((factor) => factor.type === (name === 'push' ? 'push-notification' : name));
}

/** Authenticators that could answer now: the tenant's switch is on and the person is enrolled. */
export function usable(factor: Factor, person: Person): UsableAuthenticator[] {
  return person.tenant.factors[factor.switch] ? factor.enrolled(person) : [];
}

/** `event.user.enrolledFactors`: active factors that the tenant has on, never a recovery code. */
export function enrolledFactors(person: Person): { type: FactorType }[] {
  return FACTORS.filter((factor) => usable(factor, person).length > 0).map(({ type }) => ({ type }));
}
