// Record and replay through the Management API: consent, what a recording holds and what it never does, drafts of the tenant
// and drafts of the caller, and every refusal.
// Longer than 300 lines because one house, one tenant and one script serve all of it.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExecutionRecord } from '#storage/records.ts';
import { type HttpStub, openHttpStub } from '#test/kit/http-stub.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

const REPLAY = '/api/v2/actions/replay';
const SINCE = '2026-01-01T00:00:00Z';
const KEY = 'sk-live-0123456789';
const TOKEN = 'opaque-4f9d1c0b77aa';
const WEB_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbmEifQ.c2lnbmF0dXJl';

let office: Office;
let risk: HttpStub;
let action: string;
beforeAll(async () => {
  risk = await openHttpStub();
  office = await openOffice(undefined, { egressAllow: [risk.host] });
  const made = await office.send('POST', '/api/v2/actions/actions', {
    name: 'risk',
    supported_triggers: [{ id: 'post-login', version: 'v3' }],
    code: text(80),
    secrets: [{ name: 'KEY', value: KEY }],
  });
  action = String(made.body.id);
  await office.built(action);
  await office.send('POST', `/api/v2/actions/actions/${action}/deploy`);
  await bind('risk');
  await record(true);
});
afterAll(async () => {
  await office.close();
  await risk.close();
});

/** Asks a service how risky it is, and denies from a score on. */
function text(most: number, path = '/score'): string {
  return `exports.onExecutePostLogin = async (event, api) => {
    console.log(event.secrets.KEY);
    const answer = await fetch('${risk.origin}${path}?user=' + event.user.user_id + '&api_key=' + event.secrets.KEY, {
      method: 'POST',
      headers: { authorization: 'Bearer ' + event.secrets.KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ ip: event.request.ip, password: 'hunter2 and more', key: event.secrets.KEY }),
    });
    const { score } = await answer.json();
    if (score > ${most}) api.access.deny('Too risky.');
    api.idToken.setCustomClaim('https://x/score', score);
  };`;
}

const bind = (...names: string[]) =>
  office.send('PATCH', '/api/v2/actions/triggers/post-login/bindings', {
    bindings: names.map((value) => ({ ref: { type: 'action_name', value } })),
  });
const record = (on: boolean) => office.send('PATCH', '/api/v2/tenants/settings', { record_logins: on });

let people = 0;
const signIn = async (answer: object = { score: 50 }): Promise<string> => {
  risk.answer = { status: 200, body: JSON.stringify(answer) };
  const { house, browser, signIn } = office.door;
  const who = `replayed-${++people}`;
  const { id } = await house.user(who, ['otp'], { appMetadata: { plan: 'gold', api_key: TOKEN } });
  await signIn(browser(), who);
  return id;
};
const executionsOf = async (userId: string): Promise<ExecutionRecord[]> =>
  (await office.door.house.store.executions.list(office.tenant.id, { userId, limit: 10 })).records;
const recordedOf = async (userId: string) => (await executionsOf(userId))[0]?.results[0]?.recorded;
const replay = (more: object) => office.send('POST', REPLAY, { since: SINCE, ...more });
const changes = (body: Json) => items(body.changes!).map(({ action, change }) => [action, change]);

describe('consent', () => {
  test('off unless it was said; off again, nothing more is kept', async () => {
    const other = await office.sendAsNeighbour('GET', '/api/v2/tenants/settings');
    expect(other.body.record_logins).toBe(false);
    expect((await office.send('GET', '/api/v2/tenants/settings')).body.record_logins).toBe(true);
    expect((await record(false)).body.record_logins).toBe(false);
    expect((await executionsOf(await signIn()))[0]?.results[0]).not.toHaveProperty('recorded');
    await record(true);
    expect(await recordedOf(await signIn())).toMatchObject({ handler: 'onExecutePostLogin' });
    expect((await office.send('PATCH', '/api/v2/tenants/settings', { record_logins: 'yes' })).status).toBe(400);
  });
});

describe('what a recording holds', () => {
  test('an answer that nests deeper than anybody can walk keeps nobody from the login', async () => {
    const { house, browser, signIn } = office.door;
    for (const body of ['['.repeat(30_000) + ']'.repeat(30_000), `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`]) {
      risk.answer = { status: 200, body };
      const { id } = await house.user(`replayed-${++people}`, ['otp']);
      await signIn(browser(), `replayed-${people}`);
      expect(await recordedOf(id)).toMatchObject({ calls: [{ answer: { status: 200, body: '***' } }] });
    }
  });

  test('event, clock, seed and calls; no secret, password, code or token in any of it', async () => {
    const userId = await signIn({
      score: 50,
      access_token: TOKEN,
      note: `see ${WEB_TOKEN}`,
      otp: 482913,
      plan: 'gold',
    });
    const recorded = await recordedOf(userId);
    expect(recorded).toMatchObject({
      handler: 'onExecutePostLogin',
      event: { user: { user_id: userId, app_metadata: { plan: 'gold', api_key: '***' } } },
      now: expect.any(Number),
      seed: expect.any(String),
      questions: [],
      calls: [
        {
          method: 'POST',
          url: `${risk.origin}/score?user=${userId}&api_key=***`,
          body: expect.stringMatching(/^[\w-]{43}$/),
          answer: {
            status: 200,
            body: JSON.stringify({ score: 50, access_token: '***', note: 'see ***', otp: '***', plan: 'gold' }),
          },
        },
      ],
    });
    const kept = JSON.stringify(await executionsOf(userId));
    for (const hidden of [KEY, TOKEN, WEB_TOKEN, '482913', 'hunter2', 'correct horse']) {
      expect([hidden, kept.includes(hidden)]).toEqual([hidden, false]);
    }
    // What operators read of executions shows none of it.
    const { body } = await office.send('GET', `/api/v2/actions/executions?user_id=${encodeURIComponent(userId)}`);
    expect(JSON.stringify(body)).not.toContain('app_metadata');
  });

  test.each([
    [
      'an answer that is too large',
      { score: 1, more: 'x'.repeat(70_000) },
      'An answer from outside was larger than 64 KB.',
    ],
    ['one that just fits', { score: 1, more: 'x'.repeat(60_000) }, undefined],
  ])('%s', async (_what, answer, incomplete) => {
    const userId = await signIn(answer);
    const recorded = await recordedOf(userId);
    expect(recorded && 'incomplete' in recorded ? recorded : undefined).toEqual(incomplete && { incomplete });
    const { body } = await replay({ user_id: userId, drafts: [{ name: 'risk', code: text(0) }] });
    expect([body.not_recorded, changes(body)]).toEqual(incomplete ? [1, []] : [0, [['risk', 'denied']]]);
  });
});

describe('drafts', () => {
  test('of the caller: nobody is called, nothing is written, twice the same answer', async () => {
    const userId = await signIn();
    const { store } = office.door.house;
    const [asked, before] = [risk.requests.length, JSON.stringify(await executionsOf(userId))];
    const user = await store.users.find(office.tenant.id, userId);
    const wanted = { user_id: userId, drafts: [{ id: action, code: text(40) }] };
    const { status, body } = await replay(wanted);
    expect([status, body]).toEqual([
      200,
      {
        since: '2026-01-01T00:00:00.000Z',
        until: expect.any(String),
        unbound: [],
        logins: 1,
        logins_changed: 1,
        not_recorded: 0,
        runs: 1,
        same: 0,
        changed: { denied: 1 },
        not_reached: 0,
        unknown: 0,
        changes: [
          {
            transaction_id: expect.any(String),
            user_id: userId,
            at: expect.any(String),
            action: 'risk',
            change: 'denied',
            before: null,
            after: { by: 'api.access.deny', reason: 'Too risky.' },
          },
        ],
      },
    ]);
    expect((await replay(wanted)).body).toEqual(body);
    expect((await replay({ ...wanted, drafts: [{ name: 'risk', code: text(90) }] })).body).toMatchObject({
      same: 1,
      changes: [],
    });
    expect(risk.requests.length).toBe(asked);
    expect(JSON.stringify(await executionsOf(userId))).toBe(before);
    expect(await store.users.find(office.tenant.id, userId)).toEqual(user);
  });

  test('a call that the recording does not hold ends as a network failure and is told of', async () => {
    const userId = await signIn();
    const asked = risk.requests.length;
    const { body } = await replay({ user_id: userId, drafts: [{ name: 'risk', code: text(80, '/other') }] });
    expect(body.changes).toMatchObject([
      { change: 'fails', after: { kind: 'threw' } },
      { change: 'unrecorded_call', calls: [`POST ${risk.origin}/other`] },
    ]);
    expect(risk.requests.length).toBe(asked);
  });

  test('values of secrets are not told, whatever a draft does with them', async () => {
    const userId = await signIn();
    const code = `exports.onExecutePostLogin = async (event, api) => { api.access.deny(event.secrets.KEY); await fetch('${risk.origin}/' + event.secrets.KEY).catch(() => {}); };`;
    const { body } = await replay({ user_id: userId, drafts: [{ name: 'risk', code }] });
    expect(changes(body)).toEqual([
      ['risk', 'denied'],
      ['risk', 'unrecorded_call'],
    ]);
    expect(JSON.stringify(body)).not.toContain(KEY);
  });

  test('dice of cryptography differ each time, and are nobody’s decision', async () => {
    const code = (more: string) =>
      `exports.onExecutePostLogin = async (event, api) => { ${more} api.idToken.setCustomClaim('https://x/id', crypto.randomUUID()); };`;
    await office.send('PATCH', `/api/v2/actions/actions/${action}`, { code: code('') });
    await office.built(action);
    await office.send('POST', `/api/v2/actions/actions/${action}/deploy`);
    const userId = await signIn();
    const wanted = { user_id: userId, drafts: [{ name: 'risk', code: code(`api.user.setAppMetadata('a', 1);`) }] };
    const { body } = await replay(wanted);
    expect(body.changes).toMatchObject([
      { change: 'metadata_changed', after: { 'app_metadata a': 1 } },
      { change: 'unknown', reason: expect.stringContaining('idToken https://x/id') },
    ]);
    expect((await replay(wanted)).body.changes).toEqual(body.changes);
    await office.send('PATCH', `/api/v2/actions/actions/${action}`, { code: text(80) });
    await office.built(action);
    await office.send('POST', `/api/v2/actions/actions/${action}/deploy`);
  });

  test('of the tenant: those that are not deployed, as soon as they are built', async () => {
    const userId = await signIn();
    expect((await replay({ user_id: userId })).body.message).toContain(
      'No Action of post-login has a draft that differs',
    );
    await office.send('PATCH', `/api/v2/actions/actions/${action}`, { code: text(10) });
    expect((await replay({ user_id: userId })).body).toMatchObject({ changed: { denied: 1 } });
    await office.send('PATCH', `/api/v2/actions/actions/${action}`, { code: 'exports.x = (' });
    expect((await replay({ user_id: userId, drafts: 'draft' })).body.message).toContain(
      'The draft of risk failed to build',
    );
    await office.send('PATCH', `/api/v2/actions/actions/${action}`, { code: text(80) });
  });

  test('another order of Actions, with one that the tenant does not have', async () => {
    const userId = await signIn();
    const code = `exports.onExecutePostLogin = async (event, api) => { api.access.deny('New.'); };`;
    const drafts = [{ name: 'new', code }];
    expect((await replay({ user_id: userId, drafts })).body).toMatchObject({
      unbound: ['new'],
      changes: [],
      logins: 1,
      not_recorded: 0,
    });
    const { body } = await replay({ user_id: userId, drafts, bindings: ['new', action] });
    expect(changes(body)).toEqual([
      ['new', 'denied'],
      ['risk', 'not_reached'],
    ]);
    expect(body).toMatchObject({ unbound: [], changed: { denied: 1 }, not_reached: 1 });
    expect(changes((await replay({ user_id: userId, bindings: [] })).body)).toEqual([['risk', 'claims_changed']]);
  });

  test('modules that a draft brings along', async () => {
    const userId = await signIn();
    const code = `const { most } = require('actions:limits'); exports.onExecutePostLogin = async (event, api) => { api.access.deny(String(most)); };`;
    const modules = [{ name: 'limits', code: 'exports.most = 7;' }];
    const { body } = await replay({ user_id: userId, drafts: [{ name: 'risk', code, modules }] });
    expect(body.changes).toMatchObject([{ change: 'denied', after: { reason: '7' } }]);
  });

  test('in pages: each says where to go on', async () => {
    const drafts = [{ name: 'risk', code: text(0) }];
    const all = (await replay({ drafts })).body;
    const seen: Json[] = [];
    let from: Json | undefined;
    for (let pages = 0; pages < 100; pages += 1) {
      const { body } = await replay({ drafts, limit: 3, ...(from === undefined ? {} : { from }) });
      expect(Number(body.logins)).toBeLessThanOrEqual(3);
      seen.push(...items(body.changes!));
      from = body.next;
      if (from === undefined) break;
    }
    expect(seen.length).toBeGreaterThan(4);
    expect(seen).toEqual(all.changes);
  });
});

describe('refusals', () => {
  const code = 'exports.onExecutePostLogin = async () => {};';
  test.each<[string, object, string]>([
    ['no time', {}, 'since'],
    ['a time that is none', { since: 'yesterday' }, 'format datetime'],
    ['an end before the beginning', { since: SINCE, until: '2025-01-01T00:00:00Z' }, 'since must be before until'],
    ['a place that is none', { since: SINCE, from: 'x', drafts: [] }, 'from is not the `next` of a replay'],
    ['too many', { since: SINCE, limit: 1001 }, 'limit'],
    ['a draft of nothing', { since: SINCE, drafts: [{ code }] }, 'Expected an id or a name'],
    ['a draft of nobody', { since: SINCE, drafts: [{ id: 'none', code }] }, 'The action of drafts[0] does not exist.'],
    [
      'two of one name',
      {
        since: SINCE,
        drafts: [
          { name: 'risk', code },
          { name: 'risk', code },
        ],
      },
      'drafts[1] is the second draft',
    ],
    [
      'one that does not build',
      { since: SINCE, drafts: [{ name: 'risk', code: 'exports.x = (' }] },
      'drafts[0] failed to build: ',
    ],
    ['a binding of nobody', { since: SINCE, bindings: ['none'] }, 'The action of bindings[0] does not exist'],
    ['a binding twice', { since: SINCE, bindings: ['risk', 'risk'] }, 'bindings[1] is there twice'],
    ['a code too long', { since: SINCE, drafts: [{ name: 'risk', code: 'x'.repeat(100_001) }] }, 'drafts'],
    ['what it does not know', { since: SINCE, deploy: true }, 'deploy'],
  ])('%s', async (_what, body, message) => {
    const answered = await office.send('POST', REPLAY, body);
    expect([answered.status, answered.body.errorCode]).toEqual([400, 'invalid_body']);
    expect(String(answered.body.message)).toContain(message);
  });

  test('who may not deploy, may not try; the neighbour sees nothing of it', async () => {
    const reader = await office.as('read:actions', 'update:actions');
    expect((await reader('POST', REPLAY, { since: SINCE })).status).toBe(403);
    const { body } = await office.sendAsNeighbour('POST', REPLAY, { since: SINCE, drafts: [{ name: 'risk', code }] });
    expect(body).toMatchObject({ logins: 0, unbound: ['risk'] });
    expect((await office.send('POST', REPLAY, '[]')).body).toEqual(
      payloadError('Expected type object but found type array'),
    );
  });

  test('one at a time', async () => {
    const drafts = [{ name: 'risk', code: `// ${randomBytes(8).toString('hex')}\n${code}` }];
    const both = await Promise.all([replay({ drafts }), replay({ drafts })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 429]);
    expect((await replay({ drafts })).status).toBe(200);
  });
});
