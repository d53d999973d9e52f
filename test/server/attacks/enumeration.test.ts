// Attacks: finding out who has an account. Whatever is asked about a person who exists and about one who does not, the
// answers are the same to the letter, and so is the work that goes before them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import type { Passwords } from '#runtime/ports.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { guess, HERE, protect } from './guesser.ts';

const KNOWN = 'known@example.com';
/** As long as the other, so that the pages differ in nothing but the name itself. */
const UNKNOWN = 'empty@example.com';
const JSON_BODY = { 'content-type': 'application/json' };

let door: FrontDoor;
let work: { verified: number; hashed: number };
beforeAll(async () => {
  const real = createPasswords();
  const counted: Passwords = {
    hash: (password) => {
      work.hashed += 1;
      return real.hash(password);
    },
    verify: (password, hash) => {
      work.verified += 1;
      return real.verify(password, hash);
    },
  };
  work = { verified: 0, hashed: 0 };
  door = await openFrontDoor({ ports: { passwords: counted }, env: { SALLYPORT_TRUST_PROXY: '1' } });
  await door.house.user('known');
});
afterAll(() => door.close());

/** Three failures in a row are enough; what one address may try at all names would end the test before its time. */
const unthrottled = () =>
  protect(door, {
    bruteForce: {
      enabled: true,
      shields: ['block', 'user_notification'],
      mode: 'count_per_identifier_and_ip',
      allowlist: [],
      max_attempts: 3,
    },
    suspiciousIp: {
      enabled: true,
      shields: ['block'],
      allowlist: [`${HERE}/32`],
      stage: {
        'pre-login': { max_attempts: 100, rate: 1000 },
        'pre-user-registration': { max_attempts: 50, rate: 1000 },
        'pre-custom-token-exchange': { max_attempts: 10, rate: 1000 },
      },
    },
  });

/** Everything a page says but whose it is and which login it belongs to. */
const anonymous = (html: string, name: string): string =>
  html.replaceAll(name, 'NAME').replaceAll(/state(=|" value=")[\w-]+/g, 'STATE');

async function worked(act: () => Promise<unknown>): Promise<typeof work> {
  work = { verified: 0, hashed: 0 };
  await act();
  return work;
}

describe('the login page', () => {
  beforeAll(unthrottled);

  test('says the same after every guess, through the block and beyond, for the same work', async () => {
    for (let tries = 1; tries <= 5; tries++) {
      const told: string[] = [];
      const done: (typeof work)[] = [];
      for (const name of [KNOWN, UNKNOWN]) {
        done.push(
          await worked(async () => {
            const { status, html, headers } = await guess(door, name);
            const shown = [...headers].filter(([header]) => !/^(x-ratelimit|date|set-cookie)/.test(header));
            told.push(JSON.stringify([status, anonymous(html, name), shown]));
          }),
        );
      }
      expect(told[0]).toContain(tries <= 3 ? 'wrong-credentials' : 'user-blocked');
      expect(told[1]).toBe(told[0]);
      expect(done[1]).toEqual(done[0]);
      expect(done[0]).toEqual({ verified: tries <= 3 ? 1 : 0, hashed: 0 });
    }
  });

  test('writes the same kind of lines into the log, once each', async () => {
    const { store, tenant } = door.house;
    const { records } = await store.logs.list(tenant.id, { order: 'oldest', page: { offset: 0, limit: 100 } });
    const of = (name: string) => records.filter(({ userName }) => userName === name).map(({ type }) => type);
    expect(of(KNOWN)).toEqual(['fp', 'fp', 'fp', 'limit_wc']);
    expect(of(UNKNOWN)).toEqual(['fu', 'fu', 'fu', 'limit_wc']);
  });

  test('asks the database as often before it answers', async () => {
    const { store } = door.house;
    const counts: number[] = [];
    const commit = store.commit;
    for (const ip of ['203.0.113.20', '203.0.113.21']) {
      const name = ip.endsWith('20') ? KNOWN : UNKNOWN;
      for (let tries = 0; tries < 3; tries++) {
        let commits = 0;
        store.commit = async (changes) => {
          // The mail about the block follows the answer.
          commits += changes.some(({ kind }) => kind === 'ticket.insert' || kind === 'message.settle') ? 0 : 1;
          return commit(changes);
        };
        await guess(door, name, { ip });
        store.commit = commit;
        counts.push(commits);
      }
    }
    expect(counts.slice(3)).toEqual(counts.slice(0, 3));
  });
});

test('the password grant says the same, through the block and beyond', async () => {
  await unthrottled();
  const { ports, tenant } = door.house;
  const input = { name: 'First party', secret: 'its secret', grantTypes: ['password'] };
  const client = await newClient(ports, tenant.id, input);
  if (client === 'conflict') throw new Error('no client');
  const ask = (username: string) =>
    door.token(
      { grant_type: 'password', client_id: client.id, client_secret: 'its secret', username, password: 'wrong' },
      { 'x-forwarded-for': '203.0.113.30' },
    );
  for (let tries = 1; tries <= 4; tries++) {
    const answers: { status: number; body: object }[] = [];
    const done: (typeof work)[] = [];
    for (const name of [KNOWN, UNKNOWN]) {
      done.push(
        await worked(async () => {
          const { status, body } = await ask(name);
          answers.push({ status, body });
        }),
      );
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(done[1]).toEqual(done[0]);
    expect(answers[0]).toMatchObject(
      tries <= 3
        ? { status: 403, body: { error: 'invalid_grant', error_description: 'Wrong email or password.' } }
        : { status: 429, body: { error: 'too_many_attempts' } },
    );
  }
});

describe('a forgotten password', () => {
  const CONNECTION = 'Username-Password-Authentication';
  type Said = { status: number; text: string; headers: [string, string][] };
  const told = async (response: Response, name: string): Promise<Said> => ({
    status: response.status,
    text: anonymous(await response.text(), name),
    headers: [...response.headers].filter(([header]) => !/^(x-ratelimit|date|set-cookie)/.test(header)),
  });
  const post = (path: string, headers: Record<string, string>, body: string) =>
    door.app.request(door.site + path, { method: 'POST', headers: { ...headers, 'x-forwarded-for': HERE }, body });

  test.each<[string, (email: string) => Promise<Response>]>([
    [
      'at the endpoint',
      async (email) =>
        post(
          '/dbconnections/change_password',
          JSON_BODY,
          JSON.stringify({ client_id: 'spa', connection: CONNECTION, email }),
        ),
    ],
    [
      'on the page',
      async (email) =>
        post(
          '/u/reset-password/request',
          { 'content-type': 'application/x-www-form-urlencoded' },
          String(new URLSearchParams({ email, action: 'default' })),
        ),
    ],
  ])('%s is answered the same, also when it is asked too often', async (_name, ask) => {
    const statuses: number[] = [];
    for (let tries = 0; tries < 14; tries += 1) {
      const known = await told(await ask(KNOWN), KNOWN);
      expect(await told(await ask(UNKNOWN), UNKNOWN)).toEqual(known);
      statuses.push(known.status);
    }
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(429);
    door.house.clock.advance(3_600_000);
  });
});

test('the sign-up endpoint refuses a name that is taken like one that a tenant does not take, and says no more', async () => {
  await unthrottled();
  const answer = await door.app.request(`${door.site}/dbconnections/signup`, {
    method: 'POST',
    headers: { ...JSON_BODY, 'x-forwarded-for': HERE },
    body: JSON.stringify({
      client_id: 'spa',
      connection: 'Username-Password-Authentication',
      email: KNOWN,
      password: 'correct horse battery',
    }),
  });
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { name: 'BadRequestError', code: 'invalid_signup', description: 'Invalid sign up', statusCode: 400 },
  ]);
});
