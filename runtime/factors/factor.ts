// The contract of a factor: one file each, all with the same verbs. A factor does not know that doors exist.
import type { FactorType } from '#actions/post-login.ts';
import type {
  AuthenticatorRecord,
  CredentialRecord,
  GuardianFactorName,
  MessageRecord,
  PushRequestRecord,
  TenantRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Mac, Random } from '../ports.ts';
import type { Challenge, Enrollment, MessageType } from '../transaction/transaction.ts';

/** Whose factors, under which switches. Fresh rows of the step that asks. */
export type Person = { tenant: TenantRecord; user: UserRecord; authenticators: AuthenticatorRecord[] };

/** An authenticator of one person that can answer now. */
export type UsableAuthenticator = {
  id: string;
  /** Where a code is sent; absent where the authenticator makes the code. */
  address?: string;
  /** Base32 TOTP key; of apps, and of devices that make codes beside approving. */
  secret?: string;
  totpStep?: number;
  /** The public key behind it. */
  credential?: CredentialRecord;
  /** The stored row behind it; absent for an e-mail address that enrolled itself. */
  record?: AuthenticatorRecord;
};

/** How a person comes to have a factor. */
export type Enroller = {
  /** Only by a client that asks for it (the MFA API), never on a page or by a script. */
  byClientOnly?: true;
  /** Only on pages: a client has no way to show it. */
  onPagesOnly?: true;
  /** An authenticator in the making; nothing is stored or sent. */
  begin(authenticatorId: string, person: Person, random: Random, now: number): Enrollment;
  /**
   * Judges the code that proves the new authenticator: its row without the parts that every row has, or nothing. Pure,
   * like `verify` of a factor. Absent where no code proves it.
   */
  prove?(enrollment: Enrollment, code: string, mac: Mac, now: number): NewAuthenticator | undefined;
};
export type NewAuthenticator = Pick<
  AuthenticatorRecord,
  'type' | 'name' | 'secret' | 'totpStep' | 'phoneNumber' | 'email' | 'preferredMethod' | 'credential'
>;

/** What a challenge is made of. `own`: everything of this factor that could answer. */
export type Posing = {
  /** Id, factor, authenticator and times: as long as the login lasts. */
  blank: Challenge;
  authenticator: UsableAuthenticator;
  own: UsableAuthenticator[];
  tenant: TenantRecord;
  user: UserRecord;
  /** How a phone is reached. */
  via: MessageType;
  locale: string;
  transactionId: string;
  /** A page of ours shows a number to pick out on a device; a client's does not. */
  matches: boolean;
  /** What a device tells its person of the sign-in. */
  about: PushRequestRecord['about'];
  at: number;
  random: Random;
  mac: Mac;
};
/** `message`: delivered after the commit that holds it and `changes`. */
export type Posed = { challenge: Challenge; changes: Change[]; message?: MessageRecord };

/** `recoveryCode`: the one that takes the place of the one just used. */
export type Verdict = { ok: true; changes: Change[]; recoveryCode?: string } | { ok: false };

export type Factor = {
  type: FactorType;
  /** The tenant's switch of the Guardian API. */
  switch: GuardianFactorName;
  /** By what its challenges are sent; undefined where nothing is. */
  channel?: 'phone' | 'email' | 'push';
  /** Authenticators that could answer now, the default first. Empty: not enrolled. */
  enrolled(person: Person): UsableAuthenticator[];
  /** The challenge to answer. Absent where the authenticator needs none: it makes its codes by itself. Pure. */
  pose?(posing: Posing): Posed;
  /** Judges a code. Pure: what makes it spent leaves as guarded changes. Absent where no code answers it. */
  verify?(
    challenge: Challenge,
    code: string,
    authenticator: UsableAuthenticator,
    ports: { mac: Mac; random: Random },
    now: number,
  ): Verdict;
  /** Absent where a factor enrolls itself. */
  enroll?: Enroller;
  /** How a page names it: its address, masked, or the name it was given; undefined where there is neither. */
  describe(authenticator: UsableAuthenticator): string | undefined;
};

/** Authenticators of one stored type that are confirmed. */
export function confirmed(person: Person, type: AuthenticatorRecord['type']): AuthenticatorRecord[] {
  return person.authenticators.filter((authenticator) => authenticator.type === type && authenticator.confirmed);
}
