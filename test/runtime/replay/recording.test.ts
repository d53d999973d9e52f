// What a recording holds beside the event: questions to the host, the cache, calls that a script has bent; and that replays
// answer from it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { Outcome } from '#runtime/egress/egress.ts';
import { openRecording } from '#runtime/pipeline/recorded-run.ts';
import { noRedaction, redactor } from '#runtime/pipeline/redact.ts';
import type { House } from '#test/kit/house.ts';
import { script, signIn, signInAgain } from '../visit.ts';
import { executionsOf, openRecordingHouse, replay } from './record.ts';

describe('of a login', () => {
  let house: House;
  beforeAll(async () => {
    house = await openRecordingHouse();
  });
  afterAll(() => house.close());

  const recordedOf = async (transactionId: string) =>
    (await executionsOf(house, transactionId)).flatMap(({ results }) => results.map(({ recorded }) => recorded));

  test('what the host answered: the same question has the same answer, another one has none', async () => {
    const ask = `const { roles } = await api.roles.getUserEffectiveRoles(); api.idToken.setCustomClaim('https://x/n', roles.length);`;
    const { user, shown } = await signIn(house, [], script(ask));
    expect(await recordedOf(shown.login.id)).toMatchObject([
      { questions: [{ operation: 'roles.getUserEffectiveRoles', ok: true, answer: '{"roles":[]}' }], calls: [] },
    ]);
    // A role that came since is not seen: the login is that of then.
    const at = { createdAt: 0, updatedAt: 0 };
    await house.store.roles.insert({ tenantId: house.tenant.id, id: 'rol_1', name: 'admin', description: '', ...at });
    expect((await replay(house, user.id, { 1: script(`const a = 1; ${ask}`) })).changes).toEqual([]);
    const other = `await api.groups.getUserGroups();`;
    expect((await replay(house, user.id, { 1: script(`${ask} ${other}`) })).changes).toMatchObject([
      { change: 'fails', after: { message: expect.stringContaining('did not ask for this') } },
      { change: 'unrecorded_call', calls: ['api.groups.getUserGroups'] },
    ]);
  });

  test('the cache as it was found, without opaque values; a replay leaves the present one alone', async () => {
    const body = (more = '') => `
      const plain = api.cache.get('plain'); const token = api.cache.get('token'); const opaque = api.cache.get('opaque');
      api.idToken.setCustomClaim('https://x/c', [plain?.value ?? null, token !== undefined, opaque !== undefined]);
      api.cache.set('plain', 'yes'); api.cache.set('token', 'abc'); api.cache.set('opaque', 'a1b2c3d4e5f6a7b8c9'); ${more}`;
    const { user, email, shown } = await signIn(house, [], script(body()));
    const again = await signInAgain(house, email);
    const [first, second] = [...(await recordedOf(shown.login.id)), ...(await recordedOf(again.login.id))];
    expect(first).not.toHaveProperty('cache');
    expect(second).toMatchObject({
      cache: { plain: { value: 'yes' }, token: { value: '***' }, opaque: { value: '***' } },
    });
    const { changes, summary } = await replay(house, user.id, { 1: script(body(`api.cache.set('plain', 'no');`)) });
    expect([changes, summary.same]).toEqual([[], 2]);
    const third = await signInAgain(house, email);
    expect(await recordedOf(third.login.id)).toMatchObject([{ cache: { plain: { value: 'yes' } } }]);
  });
});

describe('of calls', () => {
  const call = (more: object = {}) =>
    ({ url: 'https://a.example/x', method: 'GET', headers: [], redirect: 'follow', ...more }) as OutgoingCall;
  const answered = (text: string): Outcome => ({
    ok: true,
    answer: {
      status: 200,
      statusText: 'OK',
      url: 'https://a.example/x',
      redirected: false,
      headers: [],
      body: { text },
    },
  });
  const closing = { handler: 'h', eventJson: '{}', now: 0, seed: 's', cacheJson: undefined, redact: noRedaction };
  const options = { timeoutMs: 1 };

  test.each<[string, object]>([
    ['no method', { method: 7 }],
    ['an address that is none', { url: { toString: 1 } }],
    ['a body that is none', { body: 'text' }],
    ['a body of nothing', { body: { base64: 1 } }],
    ['a body of null', { body: null }],
  ])('a script that sends %s is recorded without harm', async (_what, bent) => {
    const recording = openRecording(async () => ({ ok: false, code: 'ERR_EGRESS_INVALID', message: 'no' }), undefined);
    await recording.request(call(bent), options);
    const recorded = recording.close(closing);
    expect(recorded).toMatchObject({ calls: [{ failure: { code: 'ERR_EGRESS_INVALID' } }] });
    expect('calls' in recorded && recorded.calls[0]).not.toHaveProperty('body');
  });

  test('in the order in which they began; one that nobody waited for has no end; secrets are taken out', async () => {
    const ends: (() => void)[] = [];
    const recording = openRecording(
      ({ url }) => new Promise((resolve) => ends.push(() => resolve(answered(`${url} sk-secret-1`)))),
      undefined,
    );
    const first = recording.request(call({ url: 'https://a.example/1?k=sk-secret-1' }), options);
    const second = recording.request(call({ url: 'https://a.example/2' }), options);
    void recording.request(call({ url: 'https://a.example/3' }), options);
    ends[1]?.();
    ends[0]?.();
    await Promise.all([first, second]);
    const recorded = recording.close({ ...closing, redact: redactor(['sk-secret-1']) });
    expect(recorded).toMatchObject({
      calls: [
        { url: 'https://a.example/1?k=***', answer: { body: 'https://a.example/1?k=*** ***' } },
        { url: 'https://a.example/2', answer: { status: 200 } },
        { url: 'https://a.example/3' },
      ],
    });
    expect('calls' in recorded && recorded.calls[2]).not.toHaveProperty('answer');
  });

  test.each([
    ['five answers', 5, 60_000, 'The run read more than 256 KB.'],
    ['four', 4, 60_000, undefined],
  ])('%s that are too large together', async (_what, times, size, incomplete) => {
    const recording = openRecording(async () => answered('x'.repeat(size)), undefined);
    for (let made = 0; made < times; made++) await recording.request(call(), options);
    const recorded = recording.close(closing);
    expect('incomplete' in recorded ? recorded.incomplete : undefined).toBe(incomplete);
  });

  test('an answer that is no text', async () => {
    const binary: Outcome = answered('');
    if (binary.ok) binary.answer.body = { base64: Buffer.from([0, 255, 1]).toString('base64') };
    const recording = openRecording(async () => binary, undefined);
    await recording.request(call(), options);
    expect(recording.close(closing)).toEqual({ incomplete: 'An answer from outside was no text.' });
  });
});
