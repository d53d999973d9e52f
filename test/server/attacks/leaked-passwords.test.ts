// Attacks: passwords that others know from the leak of another site. The operator has a list, the tenant says where one
// of it is refused; and the search in lists of every length.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBreachedPasswordsFile } from '#server/breached-passwords-file.ts';
import { ConfigError } from '#server/config.ts';
import type { AttackProtectionRecord } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';
import { guess, logsOf, protect, right } from './guesser.ts';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex').toUpperCase();
const folder = mkdtempSync(join(tmpdir(), 'sallyport-leaks-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const listOf = (text: string) => {
  const path = join(folder, `${++files}.txt`);
  writeFileSync(path, text);
  return openBreachedPasswordsFile({ breachedPasswords: path });
};

describe('a list', () => {
  test.each<[name: string, count: number, line: (hash: string, i: number) => string, end: string]>([
    ['of one', 1, (hash) => hash, ''],
    ['of one with a count', 1, (hash) => `${hash}:7`, '\n'],
    ['that fits in a block', 50, (hash) => hash, '\n'],
    ['that does not', 5000, (hash) => hash, '\n'],
    ['with counts of every length', 5000, (hash, i) => `${hash}:${10 ** (i % 12)}`, '\n'],
    ['of another system', 3000, (hash) => `${hash}:1\r`, '\n'],
    ['in lower case', 3000, (hash) => hash.toLowerCase(), ''],
  ])('%s knows what is in it and nothing else', async (_name, count, line, end) => {
    const passwords = Array.from({ length: count }, (_, i) => `password ${i}`);
    const hashes = passwords.map(sha1).sort();
    const list = listOf(hashes.map(line).join('\n') + end);
    for (let i = 0; i < count; i += Math.ceil(count / 200)) expect(await list.includes(hashes[i] ?? '')).toBe(true);
    for (const edge of [hashes[0], hashes.at(-1)]) expect(await list.includes(edge ?? '')).toBe(true);
    for (let i = 0; i < 200; i++) expect(await list.includes(sha1(`other ${i}`))).toBe(false);
    for (const edge of ['0'.repeat(40), 'F'.repeat(40)]) expect(await list.includes(edge)).toBe(false);
  });

  test.each(['', 'password\nletmein\n', `${sha1('a').slice(1)}\n`, `${sha1('a')} 7\n`])('%j is none', (text) => {
    expect(() => listOf(text)).toThrow(ConfigError);
  });

  test('that was not given knows nothing', async () => {
    expect(await openBreachedPasswordsFile({}).includes(sha1('password'))).toBe(false);
  });
});

describe('at the doors', () => {
  const settings: NonNullable<AttackProtectionRecord['breachedPassword']> = {
    enabled: true,
    shields: ['block'],
    admin_notification_frequency: [],
    method: 'standard',
    stage: { 'pre-user-registration': { shields: ['block'] }, 'pre-change-password': { shields: ['block'] } },
  };
  let door: FrontDoor;
  beforeAll(async () => {
    const breached = listOf([sha1(PASSWORD), sha1('Leaked-Password-1')].sort().join('\n'));
    door = await openFrontDoor({ ports: { breached }, env: { SALLYPORT_TRUST_PROXY: '1' } });
    await door.house.user('ana');
  });
  afterAll(() => door.close());
  const signUp = async (email: string, password: string) => {
    const answer = await door.app.request(`${door.site}/dbconnections/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_id: 'spa', connection: 'Username-Password-Authentication', email, password }),
    });
    return { status: answer.status, body: (await answer.json()) as { code?: string } };
  };
  let people = 0;

  test('a tenant that has not asked for it lets everybody in', async () => {
    expect((await right(door, 'ana@example.com')).told).toBe('code');
    expect((await signUp(`new-${++people}@example.com`, PASSWORD)).status).toBe(200);
    expect(await logsOf(door, 'pwd_leak')).toEqual([]);
  });

  test('a right password that has leaked opens nothing; a wrong one is only wrong', async () => {
    await protect(door, { breachedPassword: settings });
    const { told, status } = await right(door, 'ana@example.com');
    expect([told, status]).toEqual(['password-breached', 400]);
    expect(await logsOf(door, 'pwd_leak')).toMatchObject([{ userName: 'ana@example.com' }]);
    // Nothing but the right password is ever told that it has leaked.
    const wrong = await guess(door, 'ana@example.com', { password: 'Leaked-Password-1' });
    const nobody = await guess(door, 'nobody@example.com', { password: 'Leaked-Password-1' });
    expect([wrong.told, nobody.told]).toEqual(['wrong-credentials', 'wrong-credentials']);
  });

  test('one that is only noted lets in', async () => {
    await protect(door, { breachedPassword: { ...settings, shields: ['admin_notification'] } });
    const before = (await logsOf(door, 'pwd_leak')).length;
    expect((await right(door, 'ana@example.com')).told).toBe('code');
    expect(await logsOf(door, 'pwd_leak')).toHaveLength(before + 1);
  });

  test('the person is told by a mail, once a day, where the tenant wants that', async () => {
    const { house } = door;
    const mails = async () => {
      const sent = await house.store.messages.inbox(house.tenant.id, 'ana@example.com', 10);
      return sent.filter(({ about }) => about?.kind === 'stolen-credentials').map(({ mail }) => mail?.subject);
    };
    expect(await mails()).toEqual([]);
    await protect(door, { breachedPassword: { ...settings, shields: ['user_notification'] } });
    const subject = `Your password for ${house.tenant.name} is not safe`;
    for (let times = 0; times < 2; times += 1) {
      expect((await right(door, 'ana@example.com')).told).toBe('code');
      await expect.poll(mails, { timeout: 5_000 }).toEqual([subject]);
    }
    house.clock.advance(24 * 60 * 60_000);
    expect((await right(door, 'ana@example.com')).told).toBe('code');
    await expect.poll(mails, { timeout: 5_000 }).toEqual([subject, subject]);
  });

  test('none makes a new account', async () => {
    await protect(door, { breachedPassword: settings });
    const { status, body } = await signUp(`new-${++people}@example.com`, 'Leaked-Password-1');
    expect([status, body.code]).toEqual([400, 'password_leaked']);
    expect(await logsOf(door, 'signup_pwd_leak')).toHaveLength(1);
    expect((await signUp(`new-${++people}@example.com`, 'Unknown-Password-1')).status).toBe(200);
  });
});
