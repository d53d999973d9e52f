// Who may enroll, and what is written when somebody has.
import type { AuthenticatorRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Ports } from '../ports.ts';
import {
  type Enrollment,
  type FactorAsk,
  isProven,
  type LoginTransaction,
  type ProvenMethod,
} from '../transaction/transaction.ts';
import { enrollable, factorOf, isEnrolled } from './catalogue.ts';
import type { Factor, NewAuthenticator, Person } from './factor.ts';
import { recoveryCodeMac } from './recovery-code.ts';

/**
 * Switched off meanwhile, or the account got this or another factor from another window: what may be enrolled is asked
 * again, so that an enrollment begun before is no way round the factor that the account has now.
 * @returns undefined when it may not.
 */
export function mayStillEnroll(
  tx: Pick<LoginTransaction, 'methods' | 'selection' | 'capabilities'>,
  ask: FactorAsk,
  enrollment: Enrollment,
  person: Person,
): Factor | undefined {
  const factor = factorOf(enrollment.factor);
  const { further = false, vouched = false } = ask.kind === 'enroll' ? ask : {};
  const isAllowed = vouched || isProven(tx.methods) || !isEnrolled(person);
  return factor && isAllowed && enrollable(factor, person, tx, { further }) ? factor : undefined;
}

/**
 * Who only knows a password gives no passkey to an account that has a second factor: it would outlive the password, and be
 * had without what the person's other changes take.
 */
export function mayHavePasskey(methods: readonly ProvenMethod[], person: Person): boolean {
  return isProven(methods) || !isEnrolled(person);
}

/** The row of a new authenticator, and that of the recovery code the person was given with their first. */
export function enrolledChanges(
  { mac, random }: Pick<Ports, 'mac' | 'random'>,
  { authenticatorId: id, createdAt, recoveryCode }: Pick<Enrollment, 'authenticatorId' | 'createdAt' | 'recoveryCode'>,
  made: NewAuthenticator,
  person: Person,
  at: number,
): Change[] {
  const { user, authenticators } = person;
  const { id: userId, tenantId } = user;
  const row: AuthenticatorRecord = {
    ...made,
    tenantId,
    id,
    userId,
    confirmed: true,
    createdAt,
    enrolledAt: at,
    lastAuthAt: at,
  };
  return [
    // Whether it may be enrolled was judged by these: of two windows that enroll at once one is judged again.
    { kind: 'authenticator.insert', authenticator: row, beside: confirmedIds(authenticators) },
    ...recoveryChanges({ mac, random }, recoveryCode, person, at),
  ];
}

export function confirmedIds(authenticators: AuthenticatorRecord[]): string[] {
  return authenticators.filter(({ confirmed }) => confirmed).map(({ id }) => id);
}

/** The code that is told counts: where another window has brought one meanwhile, this one takes its place. */
export function recoveryChanges(
  { mac, random }: Pick<Ports, 'mac' | 'random'>,
  recoveryCode: string | undefined,
  { user: { id: userId, tenantId }, authenticators }: Person,
  at: number,
): Change[] {
  if (recoveryCode === undefined) return [];
  const known = authenticators.find(({ type, confirmed }) => type === 'recovery-code' && confirmed);
  if (known?.secret !== undefined) {
    const { id, secret: from } = known;
    const to = recoveryCodeMac(mac, id, recoveryCode);
    return [{ kind: 'authenticator.replace-secret', tenantId, id, from, to, at }];
  }
  const id = `dev_${random.letters(16)}`;
  const secret = recoveryCodeMac(mac, id, recoveryCode);
  const authenticator = { tenantId, userId, id, type: 'recovery-code', confirmed: true, secret } as const;
  return [{ kind: 'authenticator.insert', authenticator: { ...authenticator, createdAt: at, enrolledAt: at } }];
}
