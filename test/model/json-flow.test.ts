// Model: people and attackers call interactions of the JSON flow in any order, right and wrong ones, under policies thrown by
// dice. A naive judge says after each "let me through" whether that had to succeed; nobody ever gets through without it. And
// whatever is called: a wrong code proves nothing, and a code proves nobody but the one it was sent to.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuthenticationPolicy } from '#runtime/authentication-policy.ts';
import type { Reference, RestedLogin, Submitted } from '#runtime/runtime.ts';
import type { DoorInput } from '#runtime/transaction/input.ts';
import type { JsonObject, UserRecord } from '#storage/records.ts';
import { count } from '#test/kit/counts.ts';
import { createDice, type Dice } from '#test/kit/dice.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type Known, naiveStanding, randomPolicies, type Tally } from './json-policies.ts';

const SEED = Number(process.env.SALLYPORT_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const DAY_MS = 24 * 60 * 60_000;

let house: House;
let policyId: string;
beforeAll(async () => {
  house = await openHouse();
  const { store, tenant, ports } = house;
  const at = { tenantId: tenant.id, createdAt: ports.now(), updatedAt: ports.now(), enabled: true };
  for (const type of ['sms', 'email']) {
    const interactions = {
      [`${type}-authentication-challenge`]: { execution: { function: `${type}_authentication_challenge` } },
      [`${type}-authentication`]: { execution: { function: `${type}_authentication` } },
    };
    const configuration = { ...at, id: ports.random.uuid(), type, attributes: {}, metadata: {}, interactions };
    await store.authenticationConfigurations.insert(configuration);
  }
  policyId = ports.random.uuid();
  await store.authenticationPolicies.insert({ ...at, id: policyId, flow: 'oauth', policies: [] });
});
afterAll(() => house.close());

/** Somebody with an address of each kind. */
type Party = { email: string; phone: string };
type Cast = { ana: UserRecord & Party; eve: UserRecord & Party; nora: Party };

let people = 0;
async function newCast(): Promise<Cast> {
  const party = (name: string): Party => {
    people += 1;
    return { email: `${name}-${people}@example.com`, phone: `+4479${String(10_000_000 + people)}` };
  };
  const account = async (name: string) => {
    const { email, phone } = party(name);
    return { ...(await house.user(name, [], { email, phoneNumber: phone })), email, phone };
  };
  return { ana: await account('ana'), eve: await account('eve'), nora: party('nora') };
}

/** One call, and whether its code is one that was sent to `provenBy`. */
type Step = { interaction: string; body: JsonObject; provenBy?: Party; isWrong?: boolean };

async function throwStep(dice: Dice, { ana, eve, nora }: Cast): Promise<Step> {
  const password = (who: Party, typed = PASSWORD): Step => ({
    interaction: 'password-authentication',
    body: { username: who.email, password: typed },
    isWrong: typed !== PASSWORD,
  });
  const parties = [ana, ana, eve, nora];
  const field = { sms: 'phone_number', email: 'email' } as const;
  const channel = dice.one(['sms', 'email'] as const);
  const addressOf = (who: Party) => (channel === 'sms' ? who.phone : who.email);
  switch (dice.below(10)) {
    case 0:
    case 1:
      return password(ana);
    case 2:
      return dice.next() < 0.5 ? password(eve) : password(ana, 'something else');
    case 3:
      return {
        interaction: 'initial-registration',
        body: {
          email: dice.next() < 0.8 ? nora.email : ana.email,
          password: 'a password of Nora',
          ...(dice.next() < 0.8 ? { phone_number: nora.phone } : {}),
        },
      };
    case 4:
    case 5:
      return {
        interaction: `${channel}-authentication-challenge`,
        body: dice.next() < 0.5 ? {} : { [field[channel]]: addressOf(dice.one(parties)) },
      };
    case 6:
    case 7:
    case 8: {
      const newest = dice.next() < 0.7 ? await newestCode([ana, eve, nora]) : undefined;
      const provenBy = newest?.party ?? dice.one(parties);
      const code = newest?.code ?? (await codeOf(addressOf(provenBy)))?.code;
      const interaction = `${newest?.channel ?? channel}-authentication`;
      return code === undefined
        ? { interaction, body: { verification_code: 'no code' }, isWrong: true }
        : { interaction, body: { verification_code: code }, provenBy };
    }
    default:
      return dice.next() < 0.8
        ? { interaction: `${channel}-authentication`, body: { verification_code: '' }, isWrong: true }
        : { interaction: 'no-such-interaction', body: {}, isWrong: true };
  }
}

type Sent = { code: string; at: number };

async function codeOf(address: string): Promise<Sent | undefined> {
  const [message] = await house.store.messages.inbox(house.tenant.id, address, 1);
  return message?.code === undefined ? undefined : { code: message.code, at: message.at };
}

/** What somebody types who has just heard a phone ring. */
async function newestCode(parties: Party[]): Promise<(Sent & { party: Party; channel: 'sms' | 'email' }) | undefined> {
  const sent = await Promise.all(
    parties.flatMap((party) =>
      (['sms', 'email'] as const).map(async (channel) => {
        const found = await codeOf(channel === 'sms' ? party.phone : party.email);
        return found && { ...found, party, channel };
      }),
    ),
  );
  return sent.filter((each) => each !== undefined).toSorted((a, b) => b.at - a.at)[0];
}

const UNCOUNTED = 'User is not the same as the request';

/** One login from its beginning until it is over. `told`: what a failure is understood by. */
async function play(dice: Dice, policies: AuthenticationPolicy[], told: string[]): Promise<'completed' | 'not'> {
  const { store, tenant, runtime, clock } = house;
  await store.authenticationPolicies.update(tenant.id, policyId, (record) => ({ ...record, policies }) as never);
  // Limits that count by the person or the address have filled up again.
  clock.advance(DAY_MS);
  const cast = await newCast();
  const caller = { ...CALLER, ip: `198.51.${dice.below(256)}.${dice.below(256)}` };
  const { key } = await house.begin({ door: 'json', selection: 'client', headless: true, binding: undefined as never });
  const reference: Reference = { key, heldBy: 'flow', binding: undefined, headless: true };
  const submit = (input: DoorInput) => runtime.submit(tenant, reference, input, caller);
  const tallies = new Map<string, Tally>();
  let known: Known | undefined;
  let isBlocked = false;

  for (let steps = 4 + dice.below(10); steps >= 0; steps -= 1) {
    if (dice.next() < 0.1) clock.advance(dice.below(400) * 1000);
    // Which of two messages is the newer shows in its time.
    clock.advance(1);
    const standing = naiveStanding(policies, tallies, known);
    if (steps === 0 || dice.next() < 0.2) {
      const login = loginOf(await submit({ kind: 'authorized' }));
      told.push(`authorize, ${standing} → ${login.state.name}`);
      const isThrough = login.state.name === 'completed';
      // Somebody new who has shown the address of another account is told that it is taken.
      const isMet = standing === 'success' && known !== undefined && !isBlocked && !isTaken(login, cast);
      expect(isThrough).toBe(isMet);
      if (!isThrough) continue;
      const finished = await runtime.finish(tenant, reference);
      expect(finished).toMatchObject({ outcome: 'finished', code: expect.any(String) });
      expect((await runtime.finish(tenant, reference)).outcome).not.toBe('finished');
      return 'completed';
    }
    const step = await throwStep(dice, cast);
    const submitted = await submit({ kind: 'called', interaction: step.interaction, body: step.body });
    const login = loginOf(submitted);
    const answer = 'shown' in submitted ? submitted.shown.answer : undefined;
    told.push(`${step.interaction} ${JSON.stringify(step.body)}, ${standing} → ${login.state.name}, ${answer?.status}`);
    if (!answer) {
      // The account was locked: there is nothing to call any more.
      expect(isBlocked).toBe(true);
      continue;
    }
    expect(answer.status).toBeLessThan(500);
    expect(login.state.name).toBe('gated');
    const isRight = answer.status === 200;
    if (step.isWrong || standing === 'locked' || standing === 'failure') expect(isRight).toBe(false);
    const isUncounted = answer.status === 404 || answer.body.error_description === UNCOUNTED;
    if (!isUncounted) {
      const { calls = 0, successes = 0, failures = 0 } = tallies.get(step.interaction) ?? {};
      const [right, wrong] = isRight ? [1, 0] : [0, 1];
      const tally = { calls: calls + 1, successes: successes + right, failures: failures + wrong };
      tallies.set(step.interaction, tally);
    }
    if (isRight && !step.interaction.endsWith('-challenge')) {
      known ??= { emailVerified: false, phoneVerified: false };
      if (step.interaction === 'email-authentication') known.emailVerified = true;
      if (step.interaction === 'sms-authentication') known.phoneVerified = true;
      if (step.provenBy) expectOwn(login, cast, step.provenBy);
    }
    const isNew = login.draft !== undefined;
    if (known && !isNew && naiveStanding(policies, tallies, known) === 'locked') isBlocked = true;
  }
  return 'not';
}

function isTaken({ draft }: RestedLogin, { ana, eve }: Cast): boolean {
  return [ana, eve].some(({ email, phone }) => draft?.email === email || draft?.phoneNumber === phone);
}

function loginOf(submitted: Submitted): RestedLogin {
  if (!('shown' in submitted)) throw new Error(`the login is ${submitted.outcome}`);
  return submitted.shown.login;
}

/** A code that was right stands for whoever it was sent to, and for nobody else. */
function expectOwn({ subject, draft }: RestedLogin, { ana, eve }: Cast, provenBy: Party): void {
  const userId = subject.kind === 'user' ? subject.userId : undefined;
  const owner = [ana, eve].find((party) => party === provenBy);
  if (userId === ana.id || userId === eve.id) expect(owner?.id).toBe(userId);
  else
    expect([draft?.email, draft?.phoneNumber].some((own) => own === provenBy.email || own === provenBy.phone)).toBe(
      true,
    );
}

test('nobody gets through whom the policy does not let through, and everybody whom it does', async () => {
  const dice = createDice(SEED);
  const ends = { completed: 0, not: 0 };
  const plays = count(50, 5000);
  for (let played = 0; played < plays; played += 1) {
    const policies = randomPolicies(dice);
    const told: string[] = [];
    try {
      ends[await play(dice, policies, told)] += 1;
    } catch (cause) {
      const story = `seed ${SEED}, login ${played}\n${JSON.stringify(policies)}\n${told.join('\n')}`;
      throw new Error(story, { cause });
    }
  }
  // Dice that never come to an end would prove nothing.
  expect(Math.min(ends.completed, ends.not)).toBeGreaterThan(plays / 25);
}, 900_000);
