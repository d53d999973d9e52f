// The journal: each step of a login leaves one row, with what came in, what was done and why a factor was shown, on both
// databases. What was typed, codes and secrets are nowhere in it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openJournal, stepOf } from '#runtime/journal.ts';
import { openStretch } from '#runtime/pipeline/execution.ts';
import type { Shown } from '#runtime/runtime.ts';
import { stepTitle } from '#server/timeline/words.ts';
import type { LoginStepRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { type House, openHouse, PASSWORD, TOTP_KEY } from '#test/kit/house.ts';
import { bindTo } from './triggers/bind-to.ts';
import { ANY, newTotp, PHONE, script, sessionOf, signIn, state, totp } from './visit.ts';

const ask = (call: string) => script(`api.authentication.${call};`);
/** Digits of an id are no code. */
const isIn = (text: string, secret: string) => new RegExp(`\\b${RegExp.escape(secret)}\\b`).test(text);
const both = [
  { factor: 'phone', standing: 'usable' },
  { factor: 'otp', standing: 'usable' },
];

describe.each(databasesInFull())('the journal on %s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  const stepsOf = ({ login }: Shown): Promise<LoginStepRecord[]> =>
    house.store.loginSteps.ofLogin(house.tenant.id, login.id);
  /** Each step in short: what came in, where it came to rest, and what was done between. */
  const inShort = (steps: LoginStepRecord[]) =>
    steps.map(({ input, from, to, work }) => [
      from,
      input.kind,
      work.map((each) => `${each.state} ${each.fact}`),
      to.state,
    ]);
  const whyOf = async (shown: Shown) =>
    (await stepsOf(shown)).flatMap(({ work }) => work.flatMap(({ why }) => why ?? [])).at(-1);

  test('a whole login: picker, a wrong code, the right one, the end', async () => {
    const listening = house.runtime.steps.listen(house.tenant.id);
    const { shown, user } = await signIn(house, ['otp', 'phone'], ANY, script(`console.log('after');`));
    const picked = await house.step(shown.key, { kind: 'chosen', factor: 'otp' });
    house.clock.advance(30_000);
    const wrong = await house.step(picked.key, { kind: 'responded', code: '000000' });
    const done = await house.step(wrong.key, { kind: 'responded', code: totp(house) });
    expect(state(done)).toMatchObject({ name: 'completed' });
    const steps = await stepsOf(done);
    expect(inShort(steps)).toEqual([
      [undefined, 'begun', [], 'identifying'],
      ['identifying', 'submitted', ['verifying verified', 'running ran', 'preparing prepared'], 'choosing'],
      ['choosing', 'chosen', ['preparing prepared'], 'challenging'],
      ['challenging', 'responded', ['verifying rejected'], 'challenging'],
      ['challenging', 'responded', ['verifying verified', 'running ran', 'settling settled'], 'completed'],
    ]);
    const [begun, password, chosen, refused, last] = steps as [
      LoginStepRecord,
      LoginStepRecord,
      LoginStepRecord,
      LoginStepRecord,
      LoginStepRecord,
    ];
    expect(begun).toMatchObject({ door: 'hosted', purpose: 'login', clientId: house.client.id, logIds: [] });
    expect(begun.userId).toBeUndefined();
    expect(password).toMatchObject({ userId: user.id, to: { factors: ['phone', 'otp'] } });
    expect(password.work[1]).toMatchObject({ action: { name: 'action-1', version: 1 } });
    expect(password.work[2]?.why).toEqual({
      code: 'several-usable',
      ask: 'challenge',
      asked_by: { action_name: 'action-1', action_version: 1 },
      factors: both,
    });
    expect(chosen).toMatchObject({ input: { factor: 'otp' }, to: { factor: 'otp' }, messageIds: [] });
    expect(chosen.work[0]?.why).toMatchObject({ code: 'chosen', factor: 'otp' });
    expect(refused).toMatchObject({ notice: 'invalid-code', at: chosen.at + 30_000 });
    expect(refused.logIds).toHaveLength(1);
    expect(last.executionId).not.toBe(password.executionId);
    expect(await house.store.executions.find(house.tenant.id, last.executionId ?? '')).toMatchObject({
      results: [{ console: [{ text: 'after' }] }],
    });
    for (const { tookMs, work } of steps) {
      const parts = work.reduce((sum, each) => sum + each.tookMs, 0);
      expect(tookMs).toBeGreaterThanOrEqual(Math.floor(parts));
    }
    for (const { ordinal } of steps.slice(1)) expect(ordinal).toBeGreaterThan(begun.ordinal);
    const text = JSON.stringify(steps);
    for (const secret of [PASSWORD, '000000', totp(house), TOTP_KEY, shown.key, done.key, user.email!]) {
      expect([secret, isIn(text, secret)]).toEqual([secret, false]);
    }
    // Told once they were written, to whoever listens.
    const heard: unknown[] = [];
    for (;;) {
      const news = await listening?.next(0);
      if (news?.heard !== 'news') break;
      if (news.news.step.transactionId === done.login.id) heard.push(news.news.step);
    }
    listening?.stop();
    expect(heard).toEqual(steps);
  });

  type Has = ('otp' | 'phone' | 'email')[];
  const rows: [what: string, has: Has, source: string, why: Record<string, unknown>][] = [
    [
      'the only one that can be used',
      ['otp'],
      ask(`challengeWithAny([{ type: 'phone' }, { type: 'otp' }, { type: 'webauthn-roaming' }, { type: 'nose' }])`),
      {
        code: 'only-usable',
        factor: 'otp',
        factors: [
          { factor: 'phone', standing: 'not-enrolled' },
          { factor: 'otp', standing: 'usable' },
          { factor: 'webauthn-roaming', standing: 'switched-off' },
          { factor: 'nose', standing: 'unknown' },
        ],
      },
    ],
    [
      'the first of several',
      ['otp', 'phone'],
      ask(`challengeWith({ type: 'phone' }, { additionalFactors: [{ type: 'otp' }] })`),
      { code: 'first-usable', factor: 'phone', factors: both },
    ],
    [
      'nothing',
      ['otp'],
      ask(`challengeWith({ type: 'phone' })`),
      { code: 'nothing-usable', factors: [{ factor: 'phone', standing: 'not-enrolled' }] },
    ],
    [
      'an enrollment of the only one',
      [],
      ask(`enrollWith({ type: 'otp' })`),
      {
        code: 'only-enrollable',
        ask: 'enroll',
        factor: 'otp',
        factors: [{ factor: 'otp', standing: 'can-be-enrolled' }],
      },
    ],
    [
      'an enrollment that is there already',
      ['otp'],
      ask(`enrollWith({ type: 'otp' })`),
      { code: 'enrolled-already', factors: [{ factor: 'otp', standing: 'enrolled-already' }] },
    ],
    [
      'a policy, by our own order',
      ['otp', 'phone'],
      script(`api.multifactor.enable('any');`),
      { code: 'default-order', ask: 'challenge-or-enroll', factor: 'otp' },
    ],
    [
      'another site',
      [],
      script(`api.redirect.sendUserTo('https://elsewhere.example/', { query: { token: 'plain-token' } });`),
      { code: 'sent-away', ask: 'redirect', asked_by: { action_name: 'action-1', action_version: 1 } },
    ],
  ];
  test.each(rows)('why: %s', async (_what, has, source, why) => {
    const { shown } = await signIn(house, has, source);
    expect(await whyOf(shown)).toMatchObject(why);
    expect(JSON.stringify(await stepsOf(shown))).not.toContain('plain-token');
  });

  test('why: passed already, asked for again, and what the policy owes', async () => {
    const { shown } = await signIn(house, ['phone'], ask(`challengeWith({ type: 'phone' })`), ANY);
    const again = await house.step(shown.key, { kind: 'resent' });
    expect(await whyOf(again)).toMatchObject({ code: 'sent-again', factor: 'phone' });
    const code = await house.codeFor(PHONE);
    const done = await house.step(again.key, { kind: 'responded', code });
    expect(await whyOf(done)).toMatchObject({
      code: 'passed-already',
      factors: [
        { factor: 'phone', standing: 'passed-already' },
        { factor: 'otp', standing: 'not-enrolled' },
      ],
    });
    const steps = await stepsOf(done);
    expect(steps.flatMap(({ messageIds }) => messageIds)).toHaveLength(2);
    expect(isIn(JSON.stringify(steps), code)).toBe(false);
    const owed = await signIn(house, ['otp'], script(`api.multifactor.enable('any');`));
    const demanded = (await stepsOf(owed.shown)).at(-1)?.work.find(({ fact }) => fact === 'demanded');
    expect(demanded).toMatchObject({ provider: 'any', because: 'script' });
  });

  test('an enrollment: what is being set up, and that it was', async () => {
    const { shown } = await signIn(house, [], ask(`enrollWithAny([{ type: 'otp' }, { type: 'phone' }])`));
    expect(await whyOf(shown)).toMatchObject({ code: 'several-enrollable' });
    const chosen = await house.step(shown.key, { kind: 'chosen', factor: 'otp' });
    const { state: enrolling } = chosen.login;
    const done = await house.step(chosen.key, { kind: 'responded', code: newTotp(house, chosen) });
    const steps = await stepsOf(done);
    expect(steps.map(({ to }) => to.state)).toEqual(['identifying', 'choosing', 'enrolling', 'completed']);
    const secret =
      'enrollment' in enrolling && enrolling.enrollment.factor === 'otp' ? enrolling.enrollment.secret : '';
    expect(secret).not.toBe('');
    expect(JSON.stringify(steps)).not.toContain(secret);
  });

  test('a denial and a failed run say why, without the secrets of the script', async () => {
    const { shown } = await signIn(house, [], script(`api.access.deny('Closed on Sundays.');`));
    expect((await stepsOf(shown)).at(-1)).toMatchObject({
      to: { state: 'denied', code: 'access_denied', reason: 'Closed on Sundays.' },
    });
    const failed = await signIn(house, [], script(`throw new Error('no stock');`));
    expect((await stepsOf(failed.shown)).at(-1)).toMatchObject({
      to: { state: 'denied', reason: 'no stock' },
      work: [{ fact: 'verified' }, { state: 'running', fact: 'failed', action: { name: 'action-1' } }],
    });
  });

  test('a session that is recognised begins a login of its own kind', async () => {
    const { shown, email } = await signIn(house, [], script(''));
    const session = await sessionOf(house, shown);
    const [first] = await stepsOf(shown);
    const again = await house.begin({ session });
    const steps = await stepsOf(again);
    expect([first, ...steps].map((step) => step && [step.input, stepTitle(step)])).toEqual([
      [{ kind: 'begun', by: 'fresh' }, 'The login began'],
      [{ kind: 'begun', by: 'session' }, 'The login began with a session'],
    ]);
    expect(steps[0]).toMatchObject({ userId: shown.login.subject.kind === 'user' && shown.login.subject.userId });
    expect(JSON.stringify(steps)).not.toContain(email);
  });

  test('values of an Action’s secrets are taken out', async () => {
    await bindTo(house, 'post-login', [script(`api.access.deny('refused by ' + event.secrets.KEY);`)], {
      KEY: 'plain-key',
    });
    await house.user('hidden');
    const { key } = await house.begin();
    const shown = await house.step(key, { kind: 'submitted', identifier: 'hidden@example.com', password: PASSWORD });
    expect((await stepsOf(shown)).at(-1)?.to).toMatchObject({ state: 'denied', reason: 'refused by ***' });
  });

  test('a login that ends at once at the token endpoint has its step, though it has no row', async () => {
    await house.bind(script(''));
    await house.user('direct');
    const shown = await house.begin({
      door: 'token',
      selection: 'client',
      binding: undefined as never,
      input: { kind: 'submitted', identifier: 'direct@example.com', password: PASSWORD },
    });
    expect(state(shown)).toMatchObject({ name: 'completed' });
    expect(await house.store.transactions.find(house.tenant.id, shown.login.id)).toBeUndefined();
    expect(inShort(await stepsOf(shown))).toEqual([
      [undefined, 'submitted', ['verifying verified', 'running ran', 'settling settled'], 'completed'],
    ]);
  });

  test('that another device has not answered yet is asked every few seconds, and is no step', async () => {
    const { shown } = await signIn(house, ['otp'], ANY);
    const tx = shown.login;
    const whole = { tenant: house.tenant, before: tx, after: tx, revision: 3, stretch: openStretch('e'), now: 0 };
    const noted = (kind: 'polled' | 'detected', key: 'challenge-transaction-pending' | 'transaction-rejected') => {
      const input =
        kind === 'polled' ? { kind } : { kind, capabilities: { webauthn: true, platform: true, passkeys: true } };
      return stepOf(openJournal(), { ...whole, input, notice: { key } }, [])?.input.kind;
    };
    expect(noted('polled', 'challenge-transaction-pending')).toBeUndefined();
    expect(noted('polled', 'transaction-rejected')).toBe('polled');
    expect(noted('detected', 'challenge-transaction-pending')).toBe('detected');
  });
});
