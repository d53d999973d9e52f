// Who might not get through: real enrollments held against the texts of scripts, deployed ones and drafts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enroll } from './enrolled-people.ts';
import { items, type Json, type Office, openOffice } from './office.ts';

let office: Office;
/** Ids by name. */
const ids = new Map<string, string>();

const script = (code: string) => `exports.onExecutePostLogin = async (event, api) => {\n${code}\n};`;
const challenge = (...types: string[]) =>
  script(`api.authentication.challengeWithAny(${JSON.stringify(types.map((type) => ({ type })))});`);

beforeAll(async () => {
  office = await openOffice();
  const people: [name: string, has: ('totp' | 'phone' | 'recovery-code')[], verified?: boolean][] = [
    ['app', ['totp', 'recovery-code']],
    ['phone', ['phone']],
    ['mail', [], true],
    ['nothing', []],
  ];
  for (const [name, has, verified = false] of people) {
    const { body } = await office.send('POST', '/api/v2/users', {
      connection: 'Username-Password-Authentication',
      email: `${name}@example.com`,
      email_verified: verified,
      password: 'correct horse battery 1!',
    });
    ids.set(name, String(body.user_id));
    for (const type of has) {
      const phone = type === 'phone' ? { phoneNumber: '+34600000000' } : {};
      await enroll(office, String(body.user_id), { type, secret: 'JBSWY3DPEHPK3PXP', ...phone });
    }
  }
  await factors({ otp: true, sms: true, email: false });
});
afterAll(() => office.close());

async function factors(switches: Record<string, boolean>): Promise<void> {
  for (const [name, enabled] of Object.entries(switches)) {
    const { status } = await office.send('PUT', `/api/v2/guardian/factors/${name}`, { enabled });
    expect(status).toBe(200);
  }
}

const dryRun = (...codes: string[]) => {
  const actions = codes.map((code, index) => ({ name: `action-${index}`, code }));
  return office.send('POST', '/api/v2/actions/lockout', { actions, bindings: actions.map(({ name }) => name) });
};
const named = (finding: Json) =>
  (finding.examples as unknown as { email: string }[]).map(({ email }) => email.replace(/@.*/, ''));

describe('drafts', () => {
  const enrollOtp = script("api.authentication.enrollWith({ type: 'otp' });");
  test.each<[name: string, codes: string[], findings: [message: string, who: string[]][]]>([
    ['one that asks for nothing', [script('')], []],
    ['a factor', [challenge('otp')], [['3 of 4 have no otp: they may be denied.', ['phone', 'mail', 'nothing']]]],
    [
      'two',
      [challenge('otp', 'phone')],
      [['2 of 4 have none of otp, phone: they may be denied.', ['mail', 'nothing']]],
    ],
    [
      'one that is off beside one that is on',
      [challenge('otp', 'email')],
      [['3 of 4 have no otp: they may be denied; email is switched off.', ['phone', 'mail', 'nothing']]],
    ],
    [
      'one that is off',
      [challenge('email')],
      [['email is switched off: whoever is asked for it is denied.', ['app', 'phone', 'mail', 'nothing']]],
    ],
    [
      'a name of none',
      [challenge('telepathy')],
      [['there is no factor telepathy: whoever is asked for it is denied.', ['app', 'phone', 'mail', 'nothing']]],
    ],
    [
      'whatever there is',
      [script('api.authentication.challengeWithAny(event.user.enrolledFactors);')],
      [['2 of 4 have no factor that is switched on: they may be denied.', ['mail', 'nothing']]],
    ],
    [
      'an enroll before',
      [enrollOtp, challenge('otp')],
      [
        [
          '1 of 4 have another factor and no otp: without a challenge before they may not enroll, and may be denied.',
          ['phone'],
        ],
        [
          '3 of 4 have no otp: they may be asked to enroll (action-0:2); where they are not, they may be denied.',
          ['phone', 'mail', 'nothing'],
        ],
      ],
    ],
    [
      'an enroll after a challenge',
      [challenge('phone'), enrollOtp],
      [['3 of 4 have no phone: they may be denied.', ['app', 'mail', 'nothing']]],
    ],
    ['a provider that enrolls whoever has none', [script("api.multifactor.enable('any');")], []],
    [
      'a provider that there is not',
      [script("api.multifactor.enable('duo');")],
      [['there is no factor duo: whoever is asked for it is denied.', ['app', 'phone', 'mail', 'nothing']]],
    ],
  ])('%s', async (_name, codes, findings) => {
    const { status, body } = await dryRun(...codes);
    expect(status).toBe(200);
    const found = items(body.findings ?? {}).map((each) => [each.message, named(each)]);
    expect(found).toEqual(findings);
    expect([body.users, body.unread]).toEqual([4, []]);
  });

  test('what cannot be read is said, with its line', async () => {
    const { status, body } = await dryRun(
      'exports. = 1',
      script('api.authentication.challengeWith(event.secrets.FACTOR);'),
    );
    expect([status, body.findings]).toEqual([200, []]);
    expect(body.unread).toEqual([
      { action: 'action-0', line: 1, message: 'The text cannot be read: Unexpected token.' },
      { action: 'action-1', line: 2, message: 'Which factors it names is known only when it runs.' },
    ]);
  });

  test('what nobody writes by hand is not counted to its end', async () => {
    const many = Array.from(
      { length: 400 },
      (_, at) => `api.authentication.challengeWith({ type: 'made-up-${at % 60}' });`,
    );
    const { status, body } = await dryRun(script(many.join('\n')));
    expect([status, items(body.findings ?? {}).length]).toEqual([200, 40]);
    expect(items(body.unread ?? {}).map(({ line, message }) => [line, message])).toEqual([
      [302, 'Only the first 300 commands are looked at.'],
      [42, 'Only the first 40 different sets of factors are counted.'],
    ]);
  });

  test('a verified address is a factor while e-mail is on; the recovery code stands for one', async () => {
    await factors({ email: true, 'recovery-code': true });
    const first = await dryRun(challenge('email'), challenge('recovery-code', 'phone'));
    expect(items(first.body.findings ?? {}).map(named)).toEqual([
      ['app', 'phone', 'nothing'],
      ['mail', 'nothing'],
    ]);
    await factors({ email: false, 'recovery-code': false });
  });

  test('with the switch of the settings off every login that is asked fails', async () => {
    const path = '/api/v2/tenants/settings';
    await office.send('PATCH', path, { customize_mfa_in_postlogin_action: false });
    const { body } = await dryRun(challenge('otp'));
    expect(items(body.findings ?? {})[0]).toMatchObject({ kind: 'switch', users: 4, lacking: 4 });
    await office.send('PATCH', path, { customize_mfa_in_postlogin_action: true });
  });
});

describe('what is deployed', () => {
  test('is judged in the order of its bindings; drafts stand in its place', async () => {
    const { body: made } = await office.send('POST', '/api/v2/actions/actions', {
      name: 'phone first',
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      code: challenge('phone'),
    });
    await office.built(String(made.id));
    await office.send('POST', `/api/v2/actions/actions/${made.id}/deploy`);
    expect((await office.send('GET', '/api/v2/actions/lockout')).body.findings).toEqual([]);
    await office.send('PATCH', '/api/v2/actions/triggers/post-login/bindings', {
      bindings: [{ ref: { type: 'action_name', value: 'phone first' } }],
    });

    const { body } = await office.send('GET', '/api/v2/actions/lockout');
    expect(body.findings).toEqual([
      {
        kind: 'challenge',
        factors: ['phone'],
        off: [],
        unknown: [],
        enrolled: false,
        unread: false,
        commands: [{ action: 'phone first', line: 2, command: 'challengeWithAny' }],
        may_enroll_by: [],
        users: 4,
        lacking: 3,
        message: '3 of 4 have no phone: they may be denied.',
        examples: ['app', 'mail', 'nothing'].map((name) => ({
          user_id: ids.get(name),
          email: `${name}@example.com`,
          name: `${name}@example.com`,
        })),
      },
    ]);
    const draft = { actions: [{ name: 'phone first', code: challenge('phone', 'otp') }] };
    expect((await office.send('POST', '/api/v2/actions/lockout', draft)).body.findings?.[0]?.lacking).toBe(2);
    expect((await office.send('POST', '/api/v2/actions/lockout', {})).body.findings).toEqual(body.findings);
    expect((await office.send('POST', '/api/v2/actions/lockout', { bindings: [] })).body.findings).toEqual([]);
    const switched = async (more: object) =>
      items((await office.send('POST', '/api/v2/actions/lockout', { ...draft, ...more })).body.findings ?? {}).map(
        ({ kind, lacking }) => [kind, lacking],
      );
    expect(await switched({ factors: { otp: false } })).toEqual([['challenge', 3]]);
    expect(await switched({ factors: { sms: false, otp: false } })).toEqual([['challenge', 4]]);
    expect(await switched({ customize_mfa_in_postlogin_action: false })).toEqual([
      ['switch', 4],
      ['challenge', 2],
    ]);
    // What was only asked about is as it was.
    expect(await switched({})).toEqual([['challenge', 2]]);
  });

  test('whoever may not read users is told how many, and not who', async () => {
    const send = await office.as('read:actions');
    const { body } = await send('GET', '/api/v2/actions/lockout');
    expect(items(body.findings ?? {})[0]).toMatchObject({ lacking: 3, examples: [] });
    expect((await (await office.as('read:users'))('GET', '/api/v2/actions/lockout')).status).toBe(403);
    expect((await office.sendAsNeighbour('GET', '/api/v2/actions/lockout')).body).toMatchObject({
      users: 0,
      findings: [],
    });
  });

  test.each<[name: string, body: unknown, says: string]>([
    ['a name that is nobody’s', { bindings: ['x'] }, 'The action of bindings[0] is neither given nor deployed.'],
    ['a text that is too long', { actions: [{ name: 'x', code: 'x'.repeat(100_001) }] }, 'Payload validation error'],
    ['a switch that is neither on nor off', { factors: { otp: 'no' } }, 'Payload validation error'],
    ['a word too many', { drafts: [] }, 'Payload validation error'],
  ])('is refused: %s', async (_name, body, says) => {
    const answer = await office.send('POST', '/api/v2/actions/lockout', body);
    expect([answer.status, answer.body.message]).toEqual([400, expect.stringContaining(says)]);
  });
});
