// What a script asks for in the JSON flow is met by interactions, where the tenant has configured one that sends a code to
// the person's own number or address. A page shows what the person has enrolled as ever.
import type { AuthenticationConfigurationRecord, UserRecord } from '#storage/records.ts';
import type { Store } from '#storage/store.ts';
import { isEnrolled, properName } from '../factors/catalogue.ts';
import type { Person } from '../factors/factor.ts';
import type { Ports } from '../ports.ts';
import { INTERACTIONS } from '../transaction/gated.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { Ask, FactorAsk, GatedFactor, LoginTransaction, Offer } from '../transaction/transaction.ts';

type Prepared = Extract<WorkInput, { kind: 'prepared' }>;

/** Names of a phone in scripts; every other name is a factor's own. */
const PHONE: readonly string[] = ['phone', 'sms'];

/** @returns undefined where no interaction meets it: `prepared` stands. */
export async function awaitInteractions(
  { store }: Pick<Ports, 'store'>,
  tx: LoginTransaction,
  ask: Ask,
  prepared: WorkInput,
  person: Person,
): Promise<WorkInput | undefined> {
  if (prepared.kind !== 'prepared' || prepared.result === 'satisfied') return undefined;
  if (tx.selection === 'server' && showsFactor(prepared)) return undefined;
  // What was shown in this login is not asked for twice.
  const asked = askedFor(ask).filter((factor) => !isPassed(tx, factor));
  // Who has enrolled a factor gets past it by an address that was proven before, never by one that was only written down.
  const provenOnly = ask.kind === 'challenge-or-enroll' && isEnrolled(person);
  const offers = await offersFor(store, tx, asked, person, provenOnly);
  return offers.length > 0 ? { kind: 'prepared', result: 'awaited', offers, logs: [] } : undefined;
}

/** Of what is asked, what interactions can show; no interaction enrolls anything. */
function askedFor(ask: Ask): GatedFactor[] {
  switch (ask.kind) {
    case 'challenge':
      return namedIn(ask);
    case 'challenge-or-enroll':
      return ask.provider === 'any' || ask.provider === 'guardian' ? ['phone', 'email'] : [];
    case 'enroll':
    case 'redirect':
    case 'form':
      return [];
  }
}

/** In the order of the script. */
function namedIn({ factors }: Extract<FactorAsk, { kind: 'challenge' }>): GatedFactor[] {
  const named = factors.flatMap(({ type }): GatedFactor[] => {
    if (PHONE.includes(type)) return ['phone'];
    return properName(type) === 'email' ? ['email'] : [];
  });
  return [...new Set(named)];
}

const isPassed = ({ methods }: LoginTransaction, factor: GatedFactor): boolean =>
  methods.some(({ name, type, in: where }) => where === 'transaction' && name === 'mfa' && type === factor);

/** Something that the person has enrolled is shown already, or can be picked. */
function showsFactor(prepared: Prepared): boolean {
  return prepared.result === 'challenged' || (prepared.result === 'offered' && prepared.to === 'challenge');
}

async function offersFor(
  store: Pick<Store, 'authenticationConfigurations'>,
  { tenantId }: LoginTransaction,
  asked: readonly GatedFactor[],
  { user }: Person,
  provenOnly: boolean,
): Promise<Offer[]> {
  const reachable = asked.filter((factor) => {
    const { address, isProven } = addressOf(user, factor);
    return address !== undefined && (isProven || !provenOnly);
  });
  const configured = await Promise.all(
    reachable.map((factor) => store.authenticationConfigurations.findByKey(tenantId, INTERACTIONS[factor].method)),
  );
  return reachable
    .filter((factor, at) => isUsable(configured[at], factor))
    .map((factor) => ({ factor, authenticators: [] }));
}

function addressOf(user: UserRecord, factor: GatedFactor): { address: string | undefined; isProven: boolean } {
  return factor === 'phone'
    ? { address: user.phoneNumber, isProven: user.phoneVerified }
    : { address: user.email, isProven: user.emailVerified };
}

/** A code that cannot be asked for, or not be judged, meets nothing. */
function isUsable(configuration: AuthenticationConfigurationRecord | undefined, factor: GatedFactor): boolean {
  const { challenge, verify } = INTERACTIONS[factor];
  return (
    configuration?.enabled === true &&
    [challenge, verify].every((name) => Object.hasOwn(configuration.interactions, name))
  );
}
