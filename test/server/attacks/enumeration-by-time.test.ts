// Attacks by a stop-watch: how long a door takes to answer about somebody who exists, and about somebody who does not. Both
// are asked in turn, so that a busy machine slows both; what counts is the ratio of the medians, and a leak is one that
// shows in every round.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { newClient } from '#runtime/lifecycle/client.ts';
import { count, draw } from '#test/kit/counts.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { FORM, JSON_BODY } from './attacker.ts';
import { guess, protect } from './guesser.ts';

const ROUNDS = 4;
const SAMPLES = count(7, 25);
/** An attacker over a network sees no less than this much for certain. */
const MOST = { ratio: 1.5, ms: 4 };
const CONNECTION = 'Username-Password-Authentication';

let door: FrontDoor;
beforeAll(async () => {
  // Hashed as slowly as the product does.
  door = await openFrontDoor({ ports: { passwords: createPasswords() }, env: { SALLYPORT_TRUST_PROXY: '1' } });
  await protect(door, {
    bruteForce: {
      enabled: false,
      shields: [],
      mode: 'count_per_identifier_and_ip',
      allowlist: [],
      max_attempts: 10,
    },
    suspiciousIp: {
      enabled: false,
      shields: [],
      allowlist: [],
      stage: {
        'pre-login': { max_attempts: 100, rate: 1000 },
        'pre-user-registration': { max_attempts: 50, rate: 1000 },
        'pre-custom-token-exchange': { max_attempts: 10, rate: 1000 },
      },
    },
  });
  const input = { id: 'first', name: 'First', secret: 'its secret', grantTypes: ['password'] };
  await newClient(door.house.ports, door.house.tenant.id, input);
  await door.house.user('known');
  const social = await door.house.user('social');
  const { store, tenant } = door.house;
  await store.users.update(tenant.id, social.id, ({ passwordHash: _, ...user }) => user);
}, 60_000);
afterAll(() => door.close());

const post = (path: string, headers: Record<string, string>, body: string) =>
  door.app.request(door.site + path, { method: 'POST', headers, body });

type Ask = (email: string) => unknown;
const DOORS: [door: string, ask: Ask][] = [
  ['the login page', (email) => guess(door, email)],
  [
    'the password grant',
    (username) =>
      door.token({
        grant_type: 'password',
        client_id: 'first',
        client_secret: 'its secret',
        username,
        password: 'wrong',
      }),
  ],
  [
    'the request for a new password',
    (email) =>
      post(
        '/dbconnections/change_password',
        JSON_BODY,
        JSON.stringify({ client_id: 'spa', connection: CONNECTION, email }),
      ),
  ],
  [
    'the page for a new password',
    (email) => post('/u/reset-password/request', FORM, String(new URLSearchParams({ email, action: 'default' }))),
  ],
];

async function time(ask: Ask, email: string): Promise<number> {
  // Every bucket is full again, and nothing of the last request is still at work.
  door.house.clock.advance(3_600_000);
  await door.house.runtime.settled(1000);
  const begun = performance.now();
  await ask(email);
  return performance.now() - begun;
}

const median = (times: number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** How many times as long the slower one takes, and by how much. */
async function compare(ask: Ask, one: string, other: string): Promise<{ ratio: number; ms: number }> {
  const times: [number[], number[]] = [[], []];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const first = sample % 2;
    for (const which of [first, 1 - first] as (0 | 1)[]) times[which].push(await time(ask, which === 0 ? one : other));
  }
  const [fast = 0, slow = 0] = times.map(median).toSorted((a, b) => a - b);
  return { ratio: slow / Math.max(fast, 0.01), ms: slow - fast };
}

const isLeak = ({ ratio, ms }: { ratio: number; ms: number }) => ratio > MOST.ratio && ms > MOST.ms;

test.each(
  draw(
    DOORS.flatMap(([name, ask]) => [
      [name, 'who exists', ask, 'known@example.com'] as const,
      [name, 'who has no password', ask, 'social@example.com'] as const,
    ]),
    4,
  ),
)(
  '%s takes as long for somebody %s as for nobody',
  async (_name, _who, ask, known) => {
    await ask('warm@example.com');
    const seen = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = await compare(ask, known, 'nobody@example.com');
      seen.push(found);
      if (!isLeak(found)) return;
    }
    expect(seen).toEqual([]);
  },
  120_000,
);

test('the stop-watch sees a person whose password is hashed when nobody’s is not', async () => {
  const leaking: Ask = async (email) => {
    if (email.startsWith('known')) await door.house.ports.passwords.hash('x');
  };
  expect(isLeak(await compare(leaking, 'known@example.com', 'nobody@example.com'))).toBe(true);
});
