// Rules and Hooks become Actions that build, decide as they did, and say what they could not become.
import { describe, expect, test } from 'vitest';
import { parseText } from '#runtime/builds/process/parse.ts';
import { type Conversion, convertScript } from '#server/conversion/convert-script.ts';
import { simulateLogin } from '#server/testing/testing.ts';
import { CORPUS } from './corpus.ts';

function converted(source: string, name = 'a-rule'): Extract<Conversion, { ok: true }> {
  const made = convertScript(source, { name });
  if (!made.ok) throw new Error(`${name}, line ${made.line}: ${made.message}`);
  return made;
}
const ofCorpus = (name: string) => converted(CORPUS.find((each) => each.name === name)?.source ?? '', name).code;

test.each(CORPUS.map((sample) => [sample.name, sample] as const))('%s', async (name, sample) => {
  const { code, kind, human, dependencies, secrets } = converted(sample.source, name);
  for (const piece of sample.has) expect(code).toContain(piece);
  expect({ kind, human: human.map(({ line }) => line), secrets, dependencies }).toEqual({
    kind: sample.kind ?? 'rule',
    human: sample.human ?? [],
    secrets: sample.secrets ?? [],
    dependencies: (sample.dependencies ?? []).map((each) => {
      const [dependency, version] = each.split('@');
      return { name: dependency, version };
    }),
  });
  expect(await parseText('action.js', code)).not.toBeInstanceOf(Array);
});

describe('decides as it did', () => {
  const login = (name: string, more: Parameters<typeof simulateLogin>[0] = {}) =>
    simulateLogin({ actions: [{ name, code: ofCorpus(name) }], ...more });

  test.each<[verified: boolean, state: string]>([
    [true, 'completed'],
    [false, 'denied'],
  ])('verified addresses only: %s', async (verified, state) => {
    const { state: reached, denied } = await login('verified-addresses-only', { user: { email_verified: verified } });
    expect(reached).toBe(state);
    if (!verified) expect(denied?.reason).toBe('Please verify your email before logging in.');
  });

  test('claims of roles', async () => {
    const { tokens } = await login('roles-to-tokens', { user: { roles: ['admin'] } });
    expect(tokens?.idToken['https://shop.example.com/roles']).toEqual(['admin']);
    expect(tokens?.accessToken['https://shop.example.com/roles']).toEqual(['admin']);
  });

  test('what is called back later is waited for, and metadata is kept', async () => {
    const done = await login('count-logins', { user: { app_metadata: { visits: 4 } } });
    expect([done.state, (await done.user()).app_metadata]).toEqual(['completed', { visits: 5 }]);
    expect(done.tokens?.idToken['https://shop.example.com/first']).toBe(true);
  });

  test.each<[ip: string, state: string]>([
    ['198.51.100.7', 'challenging'],
    ['203.0.113.9', 'completed'],
  ])('a factor outside the office: %s', async (ip, state) => {
    const name = 'factor-outside-the-office';
    const secrets = { OFFICE_IP: '203.0.113.9' };
    const done = await simulateLogin({
      user: { factors: ['otp'] },
      request: { ip },
      actions: [{ name, code: ofCorpus(name), secrets }],
    });
    expect(done.state).toBe(state);
  });

  test('away and back again', async () => {
    const gone = await login('terms-by-redirect');
    expect(gone.denied).toBeUndefined();
    expect(gone.redirected?.href).toContain('https://shop.example.com/terms?user=');
    const back = await gone.continue({ query: { accepted: 'yes' } });
    expect([back.state, (await back.user()).user_metadata]).toEqual(['completed', { terms: true }]);
  });

  test('metadata as a whole', async () => {
    const done = await login('set-whole-metadata', { user: { app_metadata: { trial: true, kept: 1 } } });
    expect(await done.user()).toMatchObject({ app_metadata: { kept: 1 }, user_metadata: { plan: 'free' } });
    expect((await done.user()).app_metadata).not.toHaveProperty('trial');
  });
});

test.each<[name: string, source: string, line: number, says: string]>([
  ['nothing', '', 1, 'It is no Rule'],
  ['broken', 'function (user, context, callback) {\n  if (\n}', 3, 'Unexpected token'],
  ['no function', '42', 1, 'It is no Rule'],
  ['an Action already', 'exports.onExecutePostLogin = async () => {};', 1, 'It is no Rule'],
  ['parameters taken apart', 'function ({ email }, context, callback) {}', 1, 'takes its parameters apart'],
  ['brackets without end', '['.repeat(100_000), 1, 'Not enough stack'],
])('is no Rule: %s', (_name, source, line, says) => {
  expect(convertScript(source, { name: 'x' })).toMatchObject({
    ok: false,
    line,
    message: expect.stringContaining(says),
  });
});

test.each([
  ["throw new UnauthorizedError('no')"],
  [
    "const error = user.email_verified === false ? new UnauthorizedError('no') : null;\n    callback(error, user, context)",
  ],
])('a denial that would be a fault is told: %s', (statement) => {
  const { human } = converted(`function (user, context, callback) {\n    ${statement};\n  }`, 'a Rule');
  expect(human).toEqual([{ line: 2, message: expect.stringContaining('api.access.deny') }]);
});
