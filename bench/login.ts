// What a whole login costs. Only the password hash is taken out, and put back to see its share.
import { createPasswords } from '#runtime/factors/password-hash.ts';
import type { Passwords } from '#runtime/ports.ts';
import type { Change } from '#storage/store.ts';
import type { BenchLine } from './bench-line.ts';
import { openLogins } from './whole-login.ts';

const WARM_UP = 20;
const LOGINS = 150;
const TURNS = 3;

export async function benchLogin(): Promise<BenchLine[]> {
  const noHash: Passwords = { hash: async () => 'none', verify: async () => ({ ok: true }) };
  const plain = await measure(noHash);
  const hashed = await measure(createPasswords());
  // In turns: the machine changes its speed between one minute and the next.
  const turns = [plain.msPerLogin];
  const unwritten: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    unwritten.push((await measure(noHash, withoutSteps)).msPerLogin);
    turns.push((await measure(noHash)).msPerLogin);
  }
  const written = Math.min(...turns);
  const bare = Math.min(...unwritten);
  return [
    {
      name: 'a login with TOTP and two scripts, without the password hash (ms), against one with it',
      value: plain.msPerLogin,
      yardstick: hashed.msPerLogin,
      ratio: plain.msPerLogin / hashed.msPerLogin,
      goal: Number.POSITIVE_INFINITY,
      note: `${(1000 / plain.msPerLogin).toFixed(0)} logins/s one after the other; the hash is ${((1 - plain.msPerLogin / hashed.msPerLogin) * 100).toFixed(0)} % of a login`,
    },
    {
      name: 'the same with the steps that explain it (ms), against one that leaves none',
      value: written,
      yardstick: bare,
      ratio: written / bare,
      goal: 1.05,
      note: `the best of ${TURNS} turns each; ${((written - bare) * 1000).toFixed(0)} µs a login`,
    },
    {
      name: 'commits per login, from authorize to tokens, against the goal of 7',
      value: plain.commitsPerLogin,
      yardstick: 7,
      ratio: plain.commitsPerLogin / 7,
      goal: 1,
      note: `${plain.attemptsPerLogin} attempts taken from buckets beside them`,
    },
  ];
}

/** A batch without the rows of the journal. */
const withoutSteps = (changes: Change[]): Change[] => changes.filter(({ kind }) => kind !== 'login-step.insert');

async function measure(passwords: Passwords, write = (changes: Change[]): Change[] => changes) {
  const counts = { commits: 0, attempts: 0 };
  const logins = await openLogins(passwords, (store) => ({
    ...store,
    commit: (changes) => {
      counts.commits++;
      return store.commit(write(changes));
    },
    takeAttempt: (...args) => {
      counts.attempts++;
      return store.takeAttempt(...args);
    },
  }));
  try {
    for (let i = 0; i < WARM_UP; i++) await logins.once();
    counts.commits = 0;
    counts.attempts = 0;
    const startedAt = performance.now();
    for (let i = 0; i < LOGINS; i++) await logins.once();
    const msPerLogin = (performance.now() - startedAt) / LOGINS;
    return { msPerLogin, commitsPerLogin: counts.commits / LOGINS, attemptsPerLogin: counts.attempts / LOGINS };
  } finally {
    await logins.close();
  }
}
