// The contract of a factor: one file each, all with the same verbs. A factor does not know that doors exist.
import type { FactorType } from '#actions/post-login.ts';
import type { AuthenticatorRecord, GuardianFactorName, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Mac, Random } from '../ports.ts';
import type { Challenge, Enrollment } from '../transaction/transaction.ts';

/** Whose factors, under which switches. Fresh rows of the step that asks. */
export type Person = { tenant: TenantRecord; user: UserRecord; authenticators: AuthenticatorRecord[] };

/** An authenticator of one person that can answer now. */
export type UsableAuthenticator = {
  id: string;
  /** Where a code is sent; absent where the authenticator makes the code. */
  address?: string;
  /** Base32 TOTP key; otp only. */
  secret?: string;
  totpStep?: number;
  /** The stored row behind it; absent for an e-mail address that enrolled itself. */
  record?: AuthenticatorRecord;
};

/** How a person comes to have a factor. */
export type Enroller = {
  /** Only by a client that asks for it (the MFA API), never on a page or by a script. */
  byClientOnly?: true;
  /** An authenticator in the making; nothing is stored or sent. */
  begin(authenticatorId: string, random: Random, now: number): Enrollment;
  /**
   * Judges the code that proves the new authenticator: its row without the parts that every row has, or nothing.
   * Pure, like `verify` of a factor.
   */
  prove(enrollment: Enrollment, code: string, mac: Mac, now: number): NewAuthenticator | undefined;
};
export type NewAuthenticator = Pick<AuthenticatorRecord, 'type' | 'secret' | 'totpStep' | 'phoneNumber' | 'email'>;

/** `recoveryCode`: the one that takes the place of the one just used. */
export type Verdict = { ok: true; changes: Change[]; recoveryCode?: string } | { ok: false };

export type Factor = {
  type: FactorType;
  /** The tenant's switch of the Guardian API. */
  switch: GuardianFactorName;
  /** By which channel its codes are sent; undefined where the authenticator makes them. */
  channel?: 'sms' | 'email';
  /** Authenticators that could answer now, the default first. Empty: not enrolled. */
  enrolled(person: Person): UsableAuthenticator[];
  /** Judges a code. Pure: what makes it spent leaves as guarded changes. */
  verify(
    challenge: Challenge,
    code: string,
    authenticator: UsableAuthenticator,
    ports: { mac: Mac; random: Random },
    now: number,
  ): Verdict;
  /** Absent where a factor enrolls itself. */
  enroll?: Enroller;
  /** How a page names the address, masked; undefined where there is none. */
  describe(authenticator: UsableAuthenticator): string | undefined;
};

/** Authenticators of one stored type that are confirmed. */
export function confirmed(person: Person, type: AuthenticatorRecord['type']): AuthenticatorRecord[] {
  return person.authenticators.filter((authenticator) => authenticator.type === type && authenticator.confirmed);
}
