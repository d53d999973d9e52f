// The gate of a policy: interactions are called in any order, by a program or by the form of a page, and it opens only when
// somebody asks to be let through and the policy is met. Also how interactions meet what a script asks for afterwards.
import type { JsonObject } from '#storage/records.ts';
import { codeInteractions } from '../interaction-names.ts';
import { deny, type InputOf, type Moved, move, REFUSED, type Step } from './move.ts';
import type { GatedFactor, LoginState, LoginTransaction, Offer, PosedCode, Registration } from './transaction.ts';
import { proceed } from './transaction.ts';

type Gated = Extract<LoginState, { name: 'gated' }>;
type Interacting = Extract<LoginState, { name: 'interacting' }>;
type Opening = Extract<LoginState, { name: 'opening' }>;

/** The interactions by which a factor is asked for and shown, and the method that they are of. */
export const INTERACTIONS: Record<GatedFactor, ReturnType<typeof codeInteractions>> = {
  phone: codeInteractions('sms'),
  email: codeInteractions('email'),
};
const GATED_FACTORS = Object.keys(INTERACTIONS) as GatedFactor[];

/** The code that a page waits for; undefined where none is out. */
export function awaitedCode({
  state,
  posed,
}: {
  state: LoginState;
  posed: LoginTransaction['posed'];
}): { factor: GatedFactor; code: PosedCode } | undefined {
  if (state.name !== 'gated' || state.factor === undefined) return undefined;
  const code = posed[INTERACTIONS[state.factor].method];
  return code && { factor: state.factor, code };
}

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
  chosen: (tx: LoginTransaction, from: Gated, { factor }: InputOf<'chosen'>, now: number) =>
    isGated(factor) && from.offers.some((offer) => offer.factor === factor) ? ask(tx, from, factor, now) : REFUSED,
  responded: (tx: LoginTransaction, from: Gated, { code }: InputOf<'responded'>) =>
    from.factor === undefined ? REFUSED : call(tx, from, INTERACTIONS[from.factor].verify, { verification_code: code }),
  resent: (tx: LoginTransaction, from: Gated) => (from.factor === undefined ? REFUSED : pose(tx, from, from.factor)),
  reconsidered: (tx: LoginTransaction, { factor, ...from }: Gated) =>
    factor === undefined || from.offers.length < 2 ? REFUSED : move(tx, from),
  authorized: (tx: LoginTransaction, from: Gated, { denied }: InputOf<'authorized'>) =>
    from.ask ? REFUSED : move(tx, { name: 'opening', from, ...(denied ? { denied } : {}) }),
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
  if (next.selection !== 'server') return move(next, from, told);
  // A page that has asked for a code waits for it; one on which something was shown asks to be let through.
  const asked = GATED_FACTORS.find((factor) => INTERACTIONS[factor].challenge === request.interaction);
  if (asked) return move(next, afterAsking(from, asked, succeeded), told);
  if (!succeeded) {
    // The gate may never open any more: whoever is shown no other reason is told of that one.
    return answer.status === 403 && !notice ? move(next, { name: 'opening', from }, told) : move(next, from, told);
  }
  return from.ask || next.subject.kind === 'none'
    ? move(next, from, told)
    : move(next, { name: 'opening', from: { name: 'gated', offers: [] } }, told);
}

export function opened(
  tx: LoginTransaction,
  { denied = [] }: Opening,
  { acr, withheld, changes, logs }: InputOf<'opened'>,
): Moved {
  const { gate, outcome } = tx;
  const level = acr !== undefined && gate.kind === 'policy' ? { gate: { ...gate, acr } } : {};
  const taken = [...withheld, ...denied].filter((scope) => tx.request.scope.includes(scope));
  // A script that runs afterwards has the last word on a scope.
  const scopes = [...outcome.scopes, ...taken.map((scope) => ({ scope, granted: false }))];
  const next = { ...tx, ...level, outcome: { ...outcome, scopes } };
  return move(next, proceed(next), { changes, logs });
}

/**
 * A program is told what is missing; a page shows what could come next, and asks for it at once where that is one thing.
 * Where the gate can never open any more, nobody has to go on in front of it.
 */
export function unopened(
  tx: LoginTransaction,
  { from }: Opening,
  { answer, offers, changes, logs }: InputOf<'unopened'>,
  now: number,
): Step {
  if (tx.selection !== 'server') return move(tx, from, { answer, changes, logs });
  if (answer.status === 403) {
    const over = deny(tx, 'access_denied', String(answer.body.error_description), logs, now);
    return { ...over, changes: [...changes, ...over.changes] };
  }
  if (offers.length === 0 || tx.subject.kind === 'none') {
    return move(tx, { name: 'gated', offers: [] }, { changes, logs, notice: { key: 'authenticator-error' } });
  }
  return awaiting(tx, { name: 'gated', offers }, now, { changes, logs });
}

/** What a script asked for is met by interactions. */
export function awaited(tx: LoginTransaction, state: Gated, rest: Pick<Moved, 'logs'>, now: number): Step {
  return tx.selection === 'server' ? awaiting(tx, state, now, { changes: [], ...rest }) : move(tx, state, rest);
}

function awaiting(tx: LoginTransaction, state: Gated, now: number, rest: Pick<Moved, 'changes' | 'logs'>): Moved {
  const [only, ...others] = state.offers;
  if (!only || others.length > 0 || !isGated(only.factor)) return move(tx, state, rest);
  return ask(tx, state, only.factor, now, rest);
}

/** Going back to a method whose code is still out sends nothing; "resend" does. */
function ask(tx: LoginTransaction, from: Gated, factor: GatedFactor, now: number, rest: Rest = {}): Moved {
  const out = tx.posed[INTERACTIONS[factor].method];
  const isGood = out && !out.undelivered && now < out.expiresAt && out.tries < out.mostTries;
  return isGood ? move(tx, afterAsking(from, factor, true), rest) : pose(tx, from, factor, rest);
}

type Rest = Partial<Omit<Moved, 'ok' | 'tx'>>;

/** Where nothing went out, the page says so and offers it again; a code that is out already stays what it waits for. */
function afterAsking({ unsent: _told, ...from }: Gated, factor: GatedFactor, isOut: boolean): Gated {
  if (isOut) return { ...from, factor };
  return from.factor === undefined ? { ...from, unsent: factor } : from;
}

function pose(tx: LoginTransaction, from: Gated, factor: GatedFactor, rest: Rest = {}): Moved {
  return move(
    tx,
    { name: 'interacting', request: { interaction: INTERACTIONS[factor].challenge, body: {} }, from },
    rest,
  );
}

function call(tx: LoginTransaction, from: Gated, interaction: string, body: JsonObject): Moved {
  return move(tx, { name: 'interacting', request: { interaction, body }, from });
}

/** The counts of a login with one more call of an interaction. */
export function withCount(
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
