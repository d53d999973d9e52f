// The gate of a policy: interactions are called in any order, by a program or by the form of a page, and it opens only when
// somebody asks to be let through and the policy is met. Also how interactions meet what a script asks for afterwards.
import type { JsonObject } from '#storage/records.ts';
import { type InputOf, type Moved, move, REFUSED, type Step } from './move.ts';
import type { GatedFactor, LoginState, LoginTransaction, Offer, Registration } from './transaction.ts';
import { proceed } from './transaction.ts';

type Gated = Extract<LoginState, { name: 'gated' }>;
type Interacting = Extract<LoginState, { name: 'interacting' }>;
type Opening = Extract<LoginState, { name: 'opening' }>;

/** The interactions by which a factor is asked for and shown. */
const INTERACTIONS: Record<GatedFactor, { challenge: string; verify: string }> = {
  phone: { challenge: 'sms-authentication-challenge', verify: 'sms-authentication' },
  email: { challenge: 'email-authentication-challenge', verify: 'email-authentication' },
};

export const gated = {
  called: (tx: LoginTransaction, from: Gated, { interaction, body }: InputOf<'called'>) =>
    call(tx, from, interaction, body),
  submitted: (tx: LoginTransaction, from: Gated, { identifier, password, capabilities }: InputOf<'submitted'>) =>
    call(capabilities ? { ...tx, capabilities } : tx, from, 'password-authentication', {
      username: identifier,
      password,
    }),
  registered: (tx: LoginTransaction, from: Gated, { registration }: InputOf<'registered'>) =>
    call(tx, from, 'initial-registration', bodyOf(registration)),
  // From here on the names of pages.
  chosen: (tx: LoginTransaction, from: Gated, { factor }: InputOf<'chosen'>) =>
    isGated(factor) && from.offers.some((offer) => offer.factor === factor) ? ask(tx, from, factor) : REFUSED,
  responded: (tx: LoginTransaction, from: Gated, { code }: InputOf<'responded'>) =>
    from.factor === undefined ? REFUSED : call(tx, from, INTERACTIONS[from.factor].verify, { verification_code: code }),
  resent: (tx: LoginTransaction, from: Gated) => (from.factor === undefined ? REFUSED : ask(tx, from, from.factor)),
  reconsidered: (tx: LoginTransaction, { factor, ...from }: Gated) =>
    factor === undefined || from.offers.length < 2 ? REFUSED : move(tx, from),
  authorized: (tx: LoginTransaction, from: Gated) =>
    from.ask || tx.subject.kind === 'none' ? REFUSED : move(tx, { name: 'opening', from }),
  undelivered: (tx: LoginTransaction, from: Gated, { unconfirmed, logs }: InputOf<'undelivered'>) => {
    const newest = Object.entries(tx.posed).toSorted(([, a], [, b]) => b.sentAt - a.sentAt)[0];
    if (!newest) return REFUSED;
    const [method, code] = newest;
    const told = unconfirmed ? { ...code, unconfirmed } : { ...code, undelivered: true as const };
    return move({ ...tx, posed: { ...tx.posed, [method]: told } }, from, { logs });
  },
};

/** What the interaction found out, and what follows: the same place, the next Action, or on a page the gate. */
export function interacted(
  tx: LoginTransaction,
  { request, from }: Interacting,
  input: InputOf<'interacted'>,
  now: number,
): Moved {
  const { counted, subject, draft, method, answer, changes, deliver, logs, notice } = input;
  const next: LoginTransaction = {
    ...tx,
    ...(subject ? { subject } : {}),
    ...(draft ? { draft } : {}),
    methods: method ? [...tx.methods, method] : tx.methods,
    interactions: counted ? withCount(tx, input.interaction, counted, now) : tx.interactions,
    kept: { ...tx.kept, ...input.kept },
    posed: withPosed(tx, input.posed ?? {}),
    messages: tx.messages + deliver.length,
  };
  const told = { answer, changes, deliver, logs, ...(notice ? { notice } : {}) };
  const succeeded = counted?.as === 'success';
  if (succeeded && from.ask && method?.name === 'mfa' && from.offers.some(({ factor }) => factor === method.type)) {
    const met = { ...next, queue: next.queue.slice(1) };
    return move(met, proceed(met), told);
  }
  if (next.selection !== 'server' || !succeeded) return move(next, from, told);
  // A page that has asked for a code waits for it; one on which something was shown asks to be let through.
  const asked = (Object.keys(INTERACTIONS) as GatedFactor[]).find(
    (factor) => INTERACTIONS[factor].challenge === request.interaction,
  );
  if (asked) return move(next, { ...from, factor: asked }, told);
  return from.ask || next.subject.kind === 'none'
    ? move(next, from, told)
    : move(next, { name: 'opening', from: { name: 'gated', offers: [] } }, told);
}

export function opened(tx: LoginTransaction, _from: Opening, { changes, logs }: InputOf<'opened'>): Moved {
  return move(tx, proceed(tx), { changes, logs });
}

/** A program is told what is missing; a page shows what could come next, and asks for it at once where that is one thing. */
export function unopened(
  tx: LoginTransaction,
  { from }: Opening,
  { answer, offers, changes, logs }: InputOf<'unopened'>,
): Step {
  if (tx.selection !== 'server') return move(tx, from, { answer, changes, logs });
  return awaiting(tx, { name: 'gated', offers }, { changes, logs });
}

/** What a script asked for is met by interactions. */
export function awaited(tx: LoginTransaction, state: Gated, rest: Pick<Moved, 'logs'>): Step {
  return tx.selection === 'server' ? awaiting(tx, state, { changes: [], ...rest }) : move(tx, state, rest);
}

function awaiting(tx: LoginTransaction, state: Gated, rest: Pick<Moved, 'changes' | 'logs'>): Moved {
  const [only, ...others] = state.offers;
  if (!only || others.length > 0 || !isGated(only.factor)) return move(tx, state, rest);
  return ask(tx, state, only.factor, rest);
}

/** Going back to a method whose code is still out sends nothing; "resend" does. */
function ask(tx: LoginTransaction, from: Gated, factor: GatedFactor, rest: Partial<Omit<Moved, 'ok' | 'tx'>> = {}) {
  return move(
    tx,
    { name: 'interacting', request: { interaction: INTERACTIONS[factor].challenge, body: {} }, from },
    rest,
  );
}

function call(tx: LoginTransaction, from: Gated, interaction: string, body: JsonObject): Moved {
  return move(tx, { name: 'interacting', request: { interaction, body }, from });
}

function withCount(
  { interactions }: LoginTransaction,
  name: string,
  { as, operation, method }: NonNullable<InputOf<'interacted'>['counted']>,
  at: number,
): LoginTransaction['interactions'] {
  const { calls = 0, successes = 0, failures = 0 } = interactions[name] ?? {};
  const count = {
    operation,
    method,
    calls: calls + 1,
    successes: successes + (as === 'success' ? 1 : 0),
    failures: failures + (as === 'failure' ? 1 : 0),
    at,
  };
  return { ...interactions, [name]: count };
}

function withPosed(
  { posed }: LoginTransaction,
  changed: NonNullable<InputOf<'interacted'>['posed']>,
): LoginTransaction['posed'] {
  const next = new Map(Object.entries(posed));
  for (const [method, code] of Object.entries(changed)) {
    if (code === null) next.delete(method);
    else next.set(method, code);
  }
  return Object.fromEntries(next);
}

/** As a program would have sent it. */
function bodyOf({ email, username, phoneNumber, password, profile }: Registration): JsonObject {
  return {
    password,
    ...(email === undefined ? {} : { email }),
    ...(username === undefined ? {} : { preferred_username: username }),
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber }),
    ...(profile.name === undefined ? {} : { name: profile.name }),
    ...(profile.givenName === undefined ? {} : { given_name: profile.givenName }),
    ...(profile.familyName === undefined ? {} : { family_name: profile.familyName }),
  };
}

function isGated(factor: Offer['factor']): factor is GatedFactor {
  return factor === 'phone' || factor === 'email';
}
