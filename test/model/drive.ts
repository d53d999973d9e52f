// Tests: a case of the reference model on the real thing: real isolates, a real store, the real runtime. At each rest what
// is seen is compared with what should be; the first difference is told and ends the case.
import type { Listening } from '#runtime/live-console.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import { CALLER, type House, REPLY } from '#test/kit/house.ts';
import { asked, byPassword, byRefresh, keepToken, submitAsClient, tokenNow } from '#test/runtime/at-a-client.ts';
import { type Call, inputFor, provenBy, rememberKey, type Somebody } from './act.ts';
import { type Case, type Move, MULTI_FACTOR, type Visit } from './chain.ts';
import { attend, type Login, openLogin } from './model.ts';
import { heard, linesOf, restOf, rowsOf } from './observe.ts';
import type { Seen } from './rest.ts';
import { demandsOf, isBlind, type Proof, unmetDemand } from './safety.ts';
import { Divergence, expectSame } from './same.ts';
import { type Settled, settle } from './settle.ts';
import { hasOwn, isUsable, openWorld, storedOf, type World } from './world.ts';

/** More steps than any visit of a case takes. */
const MOST_STEPS = 80;

export type Stage = {
  house: House;
  listening: Listening;
  settled: Settled;
  cases: number;
  logins: number;
  ends: Map<string, number>;
};

/** Plays a case. @throws Divergence where the product is not what the model says. */
export async function play(stage: Stage, told: Case): Promise<void> {
  const { house } = stage;
  const name = `case-${++stage.cases}`;
  house.clock.advance(60_000);
  const somebody = await settle(stage.settled, house, told, name);
  const world = openWorld(told.tenant, told.person, house.clock.at);
  for (const [index, visit] of told.visits.entries()) {
    stage.logins++;
    house.clock.advance(visit.after);
    world.now = house.clock.at;
    await attendBoth(stage, told, world, visit, somebody).catch((error: unknown) => {
      throw error instanceof Divergence ? error.on(index + 1) : error;
    });
  }
}

async function attendBoth(stage: Stage, told: Case, world: World, visit: Visit, somebody: Somebody): Promise<void> {
  const { house } = stage;
  const call: Call = { house, visit, somebody, world };
  const isClient = visit.by !== 'browser';
  const remembered = !isClient && world.remembered.has(visit.browser) && !visit.stepUp && !visit.mfaAudience;
  const opens = visit.mfaAudience && (isUsable('otp', world) || isUsable('phone', world));
  const hadOwn = hasOwn(world);
  const login = openLogin(world, visit);
  const expected = attend(login, told.actions);
  const proofs: Proof[] = [];
  let shown = await begin(call);
  world.now = house.clock.at;
  let actual: Seen = { rest: restOf(shown), ...noticeOf(shown) };
  let step = expected.next({ act: 'on' });
  for (let steps = 0; ; steps++) {
    const should: Seen = step.done ? { rest: step.value } : step.value;
    expectSame('the login', should, actual);
    if (step.done) break;
    if (should.rest.at === 'away') await expectStored(call);
    // Nobody comes back to a login that its first password left where it was.
    const isOver = isClient && actual.rest.at === 'identifying';
    const move: Move = isOver ? { act: 'leave' } : (visit.moves[steps] ?? { act: 'on' });
    if (move.act === 'leave') break;
    if (steps === MOST_STEPS) throw new Divergence('the login', 'an end', 'no end');
    const before = shown;
    const submitted = await submit(call, shown, await inputFor(call, shown, move));
    if (submitted.outcome !== 'moved' && submitted.outcome !== 'elsewhere') {
      throw new Divergence('the step', 'taken or refused', submitted.outcome);
    }
    shown = submitted.shown;
    proofs.push(...provenBy(before, move));
    const isRefused = submitted.outcome === 'elsewhere';
    actual = { rest: restOf(shown), ...(isRefused ? { refused: true as const } : noticeOf(shown)) };
    if (actual.rest.at === 'enrolling' || before.login.state.name === 'enrolling') rememberKey(call, before, shown);
    step = expected.next(move);
  }
  const runs = await heard(stage.listening, shown.login.id, login.runs.length);
  expectSame(
    'the runs',
    login.runs,
    runs.map(({ action, saw }) => ({ action, saw })),
  );
  if (isBlind(proofs, hadOwn))
    throw new Divergence('the first factor shown', 'one the account had', JSON.stringify(proofs));
  await expectLines(call, login);
  await expectStored(call);
  const end = actual.rest.at;
  for (const what of [end, `${end} by ${visit.by}`]) stage.ends.set(what, (stage.ends.get(what) ?? 0) + 1);
  const isOut = isClient ? end === 'completed' : await takeOut(call, shown);
  expectSame('tokens', end === 'completed', isOut);
  if (isOut && shown.login.origin.kind !== 'refresh-token') somebody.token = await keepToken(house, shown);
  await expectToken(call);
  if (!isOut) return;
  const demand = unmetDemand(demandsOf(runs), { proofs, tenant: told.tenant, remembered, opens, world });
  if (demand !== undefined)
    throw new Divergence('the factors that tokens were given for', demand, JSON.stringify(proofs));
}

function callerOf({ visit }: Call) {
  return { ...CALLER, userAgent: `${visit.userAgent}/1.0` };
}

const noticeOf = ({ notice }: Shown) => (notice === undefined ? {} : { notice: notice.key });

async function begin(call: Call): Promise<Shown> {
  const { house, visit, somebody } = call;
  if (visit.by !== 'browser') return beginAtClient(call);
  const key = visit.session ? somebody.sessions.get(visit.browser) : undefined;
  const session = key === undefined ? undefined : await house.runtime.recognise(house.tenant, key);
  return house.runtime.begin(
    house.tenant,
    {
      door: visit.silent ? 'silent' : 'hosted',
      selection: visit.silent ? 'nobody' : 'server',
      binding: somebody.binding(visit.browser),
      request: {
        clientId: house.client.id,
        reply: REPLY,
        protocol: 'oidc-basic-profile',
        scope: ['openid'],
        prompt: visit.silent ? ['none'] : [],
        uiLocales: [],
        acrValues: visit.stepUp ? [MULTI_FACTOR] : [],
        locale: 'en',
        query: {},
        body: {},
        ...(visit.mfaAudience ? { audience: `${house.tenant.baseUrl}/mfa/` } : {}),
      },
      ...(session ? { session } : {}),
    },
    callerOf(call),
  );
}

/** A login in the hands of a client: by the refresh token that the person has left there, or else by a password. */
async function beginAtClient(call: Call): Promise<Shown> {
  const { house, visit, somebody } = call;
  const { by, stale } = visit;
  const token = by === 'refresh' && somebody.token ? await tokenNow(house, somebody.token) : undefined;
  if (token) return byRefresh(house, token, token.generation - (stale ? 1 : 0));
  const audience = visit.mfaAudience ? { audience: `${house.tenant.baseUrl}/mfa/` } : {};
  return byPassword(house, somebody.email, {
    request: asked(house, audience),
    ...(stale ? { password: 'a guess' } : {}),
  });
}

/** The token is as often exchanged as the model says, or gone. */
async function expectToken({ house, somebody, world }: Call): Promise<void> {
  const row = somebody.token && (await tokenNow(house, somebody.token));
  expectSame('the refresh token', world.token?.generation ?? 'none', row?.generation ?? 'none');
}

const referenceOf = ({ somebody, visit }: Call, { key }: Shown) => ({ key, binding: somebody.binding(visit.browser) });

function submit(call: Call, shown: Shown, input: DoorInput) {
  if (call.visit.by !== 'browser') return submitAsClient(call.house, shown, input);
  return call.house.runtime.submit(call.house.tenant, referenceOf(call, shown), input, callerOf(call));
}

/** Whether a code for tokens comes out, and with it the session. */
async function takeOut(call: Call, shown: Shown): Promise<boolean> {
  const { house, somebody, visit } = call;
  const finished = await house.runtime.finish(house.tenant, referenceOf(call, shown));
  if (finished.outcome !== 'finished') return false;
  const redeemed = await house.runtime.redeem(house.tenant, finished.code);
  somebody.sessions.set(visit.browser, finished.sessionKey);
  return redeemed?.login.state.name === 'completed';
}

async function expectLines({ house, somebody }: Call, { lines }: Login): Promise<void> {
  const found = await linesOf(house, somebody.userId, somebody.logsRead);
  somebody.logsRead += found.length;
  const told = found.filter(({ type }) => type === 'mfar' || type === 'w');
  expectSame('the tenant log', lines, told);
}

async function expectStored({ house, somebody, world }: Call): Promise<void> {
  expectSame('what is stored', storedOf(world), await rowsOf(house, somebody.userId));
}
