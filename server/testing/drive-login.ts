// Server, harness: the login that a test drives. Each method takes one step as a door would, waits until everything that
// follows has been done, and loads what can be looked at. A step that the login cannot take is an error that says what it can.
// Longer than 300 lines because it is one object, and its methods are read beside each other.
import type { FactorType } from '#actions/post-login.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { Challenge, StoredState } from '#runtime/transaction/transaction.ts';
import type { ExecutionRecord, JsonObject, LogRecord, MessageRecord } from '#storage/records.ts';
import { showUser } from '../management/show-user.ts';
import { bindScripts } from './furnished-tenant.ts';
import { readScripts } from './local-scripts.ts';
import { SimulationError } from './misuse.ts';
import { callerOf, openLogin, type SimulatedBrowser } from './open-login.ts';
import type { SimulatedHouse } from './open-simulation.ts';
import { redeemTokens } from './redeem-tokens.ts';
import { showPage } from './show-page.ts';
import type { OfferedFactor, SimulatedLogin, SimulatedRequest, SimulatedTokens } from './simulation.ts';
import { describeState } from './step-words.ts';

/** What follows an answer, such as a mail of welcome, is waited for; a script of it may take its whole time. */
const SETTLED_WITHIN_MS = 30_000;
/** Of each kind; no login has more. */
const MOST_ROWS = 1000;
/** Asks of one login; a person who is asked more often is being asked in circles. */
const MOST_STEPS = 50;

type Beginning = { request: SimulatedRequest; signIn: boolean; browser?: SimulatedBrowser };
type StateOf<Name extends StoredState['name']> = Extract<StoredState, { name: Name }>;

/** Begins a login in a house and signs in where a page asks who is there. */
export async function beginLogin(
  house: SimulatedHouse,
  { request, signIn, browser }: Beginning,
): Promise<SimulatedLogin> {
  const { deps, tenant, client, user, network, authenticators, callback, clock, person, place } = house;
  const { runtime, store, random } = deps;
  const caller = callerOf(request);
  const cookies: SimulatedBrowser = browser ?? { binding: random.key() };
  const before = await newest(house);
  let shown: Shown;
  let tokens: SimulatedTokens | undefined;
  let logs: LogRecord[] = [];
  let executions: ExecutionRecord[] = [];
  let messages: MessageRecord[] = [];

  /** Everything that a test may look at, as it is now. */
  async function look(next: Shown): Promise<void> {
    shown = next;
    authenticators.read(next);
    await runtime.settled(SETTLED_WITHIN_MS);
    if (next.login.state.name === 'completed' && !tokens) {
      const reference = { key: next.key, binding: cookies.binding };
      const redeemed = await redeemTokens({ deps, tenant, client, caller, callback, reference });
      ({ tokens } = redeemed);
      cookies.sessionKey = redeemed.sessionKey;
    }
    const page = { offset: 0, limit: MOST_ROWS };
    const { id: transactionId } = next.login;
    logs = (await store.logs.list(tenant.id, { order: 'oldest', page, after: before.log })).records;
    const ran = await store.executions.list(tenant.id, { transactionId, limit: MOST_ROWS });
    executions = ran.records.toReversed();
    const inbox = await store.messages.inbox(tenant.id, undefined, MOST_ROWS);
    messages = inbox.filter(({ id }) => !before.messages.has(id)).toReversed();
    network.check();
  }

  function refuse(method: string): never {
    throw new SimulationError(`login.${method}() cannot be called now: ${describeState(shown.login)}`, 'no-step');
  }

  /** The present state, if it is one of these. */
  function at<Name extends StoredState['name']>(method: string, ...names: Name[]): StateOf<Name> {
    const { state } = shown.login;
    return names.some((name) => name === state.name) ? (state as StateOf<Name>) : refuse(method);
  }

  function challengeAt(method: string): Challenge {
    const { challengeId } = at(method, 'challenging');
    const open = shown.login.challenges.find(({ id }) => id === challengeId);
    return open ?? refuse(method);
  }

  async function step(method: string, input: DoorInput, by: 'GET' | 'POST' = 'POST'): Promise<SimulatedLogin> {
    const reference = { key: shown.key, binding: cookies.binding };
    const submitted = await runtime.submit(tenant, reference, input, { ...caller, method: by });
    switch (submitted.outcome) {
      case 'moved':
        await look(submitted.shown);
        return login;
      case 'elsewhere':
        shown = submitted.shown;
        return refuse(method);
      case 'expired':
        throw new SimulationError(
          'the login has run out: a person has an hour for all of it. What they would see is the page "expired".',
          'expired',
        );
      default:
        throw new SimulationError(`the login is ${submitted.outcome}`);
    }
  }

  async function enroll(method: string, right: boolean, code: string | undefined): Promise<SimulatedLogin> {
    const { enrollment } = at(method, 'enrolling');
    if ((enrollment.factor === 'phone' || enrollment.factor === 'email') && !enrollment.sent) return refuse(method);
    return step(method, await authenticators.prove(enrollment, { right, ...(code === undefined ? {} : { code }) }));
  }

  const login: SimulatedLogin = {
    get state() {
      return shown.login.state.name;
    },
    get offers() {
      return offersOf(shown);
    },
    get factor() {
      return factorOf(shown);
    },
    get redirected() {
      const { state } = shown.login;
      if (state.name !== 'redirected' || state.ask.kind !== 'redirect') return undefined;
      const url = new URL(state.ask.url);
      url.searchParams.set('state', shown.key);
      return url;
    },
    get form() {
      const { state } = shown.login;
      if (state.name !== 'redirected' || state.ask.kind !== 'form') return undefined;
      const { formId: id, fields, vars } = state.ask;
      return { id, fields, vars };
    },
    get notice() {
      return shown.notice?.key;
    },
    get tokens() {
      network.check();
      return tokens;
    },
    get denied() {
      const { state } = shown.login;
      return state.name === 'denied' ? { code: state.code, reason: state.reason } : undefined;
    },
    get logs() {
      return logs;
    },
    get executions() {
      return executions;
    },
    get messages() {
      return messages.map(({ channel, to, text, code }) => ({
        channel,
        to,
        text,
        ...(code === undefined ? {} : { code }),
      }));
    },
    get calls() {
      return network.calls;
    },
    clock,

    user: async () => showUser((await store.users.find(tenant.id, user.id)) ?? user) as JsonObject,
    timeline: async () => {
      const { timelineOf } = await import('../timeline/timeline.ts');
      return (await timelineOf(deps, tenant.id, shown.login.id)) ?? {};
    },
    page: () => showPage(house, { key: shown.key, binding: cookies.binding }, shown.login, request),

    signIn: async (password = person.password) => {
      at('signIn', 'identifying');
      const capabilities = { webauthn: true, platform: true, passkeys: false };
      return step('signIn', { kind: 'submitted', identifier: person.email, password, capabilities });
    },
    choose: async (factor) => {
      const { offers } = at('choose', 'choosing');
      if (offers.some((offer) => offer.factor === factor)) return step('choose', { kind: 'chosen', factor });
      const names = offers.map((offer) => offer.factor).join(', ');
      throw new SimulationError(`login.choose('${factor}') cannot be called now: offered are ${names}`, 'no-step');
    },
    answer: async (code, { remember = false } = {}) => {
      if (shown.login.state.name === 'enrolling') return enroll('answer', true, code);
      const challenge = challengeAt('answer');
      const how = { right: true, remember, ...(code === undefined ? {} : { code }) };
      return step('answer', await authenticators.answer(challenge, how));
    },
    wrong: async () => {
      const { name } = shown.login.state;
      if (name === 'identifying') return login.signIn(`not ${person.password}`);
      if (name === 'enrolling') return enroll('wrong', false, undefined);
      return step('wrong', await authenticators.answer(challengeAt('wrong'), { right: false }));
    },
    approvePush: () => push('approvePush', 'approve'),
    rejectPush: () => push('rejectPush', 'refuse'),
    resend: async () => {
      at('resend', 'challenging', 'enrolling');
      return step('resend', { kind: 'resent' });
    },
    reconsider: async () => {
      at('reconsider', 'challenging', 'enrolling');
      return step('reconsider', { kind: 'reconsidered' });
    },
    enroll: async (address) => {
      const { enrollment } = at('enroll', 'enrolling');
      const { factor } = enrollment;
      if ((factor === 'phone' || factor === 'email') && (!enrollment.sent || address !== undefined)) {
        const own = factor === 'phone' ? (person.phone_number ?? '+14155550199') : person.email;
        await step('enroll', { kind: 'addressed', address: address ?? own });
        const { state } = shown.login;
        // What was given is refused, or the code could not be sent: the page says why.
        if (state.name !== 'enrolling' || shown.notice || !('sent' in state.enrollment)) return login;
      }
      return enroll('enroll', true, undefined);
    },
    continue: async ({ query = {}, body } = {}) => {
      const { ask } = at('continue', 'redirected');
      if (ask.kind !== 'redirect') return refuse('continue');
      const visit = { kind: 'redirect', query: { ...query, state: shown.key }, body: { ...body } } as const;
      return step('continue', { kind: 'continued', visit }, body ? 'POST' : 'GET');
    },
    acknowledge: async () => {
      at('acknowledge', 'informing');
      return step('acknowledge', { kind: 'acknowledged' });
    },
    skip: async () => {
      at('skip', 'suggesting');
      return step('skip', { kind: 'skipped' });
    },
    consent: async (allowed = true) => {
      at('consent', 'consenting');
      return step('consent', { kind: 'consented', allowed });
    },
    submit: async (fields) => {
      const { ask } = at('submit', 'redirected');
      if (ask.kind !== 'form') return refuse('submit');
      const { formId: id, vars } = ask;
      return step('submit', { kind: 'continued', visit: { kind: 'form', id, fields, vars } });
    },
    finish: async () => {
      for (let steps = 0; steps < MOST_STEPS; steps++) {
        const { name } = shown.login.state;
        if (name === 'completed' || name === 'denied') return login;
        await goOn(name);
        if (shown.notice) {
          throw new SimulationError(`login.finish() stops: ${shown.notice.key}. ${describeState(shown.login)}`);
        }
      }
      throw new SimulationError(`login.finish() stops after ${MOST_STEPS} steps. ${describeState(shown.login)}`);
    },
    again: async ({ request: more, actions, prompt, signIn: signInAgain = true } = {}) => {
      if (actions) await bindScripts(store, tenant.id, await readScripts(actions, place), clock.now());
      const query = { ...request.query, ...more?.query, ...(prompt === undefined ? {} : { prompt }) };
      const next = { ...request, ...more, query };
      return beginLogin(house, { request: next, signIn: signInAgain, browser: cookies });
    },
  };

  async function push(method: string, decision: 'approve' | 'refuse'): Promise<SimulatedLogin> {
    const challenge = challengeAt(method);
    if (challenge.factor !== 'push-notification') return refuse(method);
    await authenticators.tellPush(challenge, decision);
    return step(method, { kind: 'polled' });
  }

  async function goOn(name: StoredState['name']): Promise<SimulatedLogin> {
    switch (name) {
      case 'identifying':
        return login.signIn();
      case 'choosing':
        return login.choose(offersOf(shown)[0]?.factor ?? 'otp');
      case 'challenging':
        return login.answer();
      case 'enrolling':
        return login.enroll();
      case 'informing':
        return login.acknowledge();
      case 'suggesting':
        return login.skip();
      case 'consenting':
        return login.consent();
      default:
        return refuse('finish');
    }
  }

  shown = await openLogin(house, cookies, request);
  await look(shown);
  return signIn && shown.login.state.name === 'identifying' ? login.signIn() : login;
}

/** What was there before the login began is none of its doing. */
async function newest({ deps: { store }, tenant }: SimulatedHouse) {
  const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 1 } });
  const inbox = await store.messages.inbox(tenant.id, undefined, MOST_ROWS);
  return { log: records[0]?.id ?? '0', messages: new Set(inbox.map(({ id }) => id)) };
}

function factorOf({ login: { state, challenges } }: Shown): FactorType | undefined {
  if (state.name === 'enrolling') return state.enrollment.factor;
  if (state.name !== 'challenging') return undefined;
  return challenges.find(({ id }) => id === state.challengeId)?.factor;
}

function offersOf(shown: Shown): OfferedFactor[] {
  const { state, challenges } = shown.login;
  if (state.name === 'choosing') return state.offers.map(({ factor }) => ({ factor }));
  const factor = factorOf(shown);
  if (factor === undefined) return [];
  const open = state.name === 'challenging' ? challenges.find(({ id }) => id === state.challengeId) : undefined;
  return [{ factor, ...(open?.sentTo === undefined ? {} : { to: open.sentTo }) }];
}
