// Test: what operators see of messages: the list of the Management API and the pages, who reaches them, and what none shows.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeEnd } from '#runtime/delivery/write-end.ts';
import { tenantLog } from '#runtime/tenant-log.ts';
import { sumCosts } from '#server/operator/costs.ts';
import type { MessageOutcome, MessageRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { items, type Office, openOffice } from '../management/office.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

const OPERATOR = { id: 'operator', secret: 'the operator: of this test' };
const PHONE = '+447700900123';

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const signedIn = basic(OPERATOR.id, OPERATOR.secret);

type Row = Partial<Pick<MessageRecord, 'channel' | 'to' | 'state'>> & { outcome?: MessageOutcome };
const ROWS: Row[] = [
  { outcome: { provider: 'twilio', reference: 'SM1', status: 'delivered', cost: '0.0405 USD' } },
  { channel: 'voice', outcome: { provider: 'twilio', cost: '-0.02 USD' } },
  { state: 'failed', outcome: { provider: 'twilio', code: 'country', detail: 'The <country> is not allowed.' } },
  { channel: 'email', to: 'chuck334@example.com', state: 'unconfirmed', outcome: { provider: 'smtp' } },
];

/** The messages of these rows, written and settled, the last one a minute later than the first. */
async function fill(door: FrontDoor): Promise<void> {
  const { tenant, clock, store, ports } = door.house;
  const changes = ROWS.flatMap(({ channel = 'sms', to = PHONE, state = 'delivered', outcome }, at): Change[] => {
    const id = `message-${at}`;
    const message: MessageRecord = {
      ...{ tenantId: tenant.id, id, channel, to, text: 'SECRET TEXT', code: '987654' },
      ...{ state: 'attempting', attempts: 1, at: clock.at + at * 20_000, expiresAt: clock.at + 300_000 },
    };
    const end = { state: state as 'delivered' | 'failed' | 'unconfirmed', outcome: outcome ?? { provider: 'x' } };
    return [
      { kind: 'message.insert', message },
      { kind: 'message.settle', tenantId: tenant.id, id, attempt: 1, end },
    ];
  });
  const line = tenantLog(
    { type: 'gd_send_sms_failure', description: 'The <country> is not allowed.', details: { provider: 'twilio' } },
    { tenantId: tenant.id, now: clock.at, random: ports.random },
  );
  expect(await store.commit([...changes, { kind: 'log.insert', log: line }])).toEqual({ ok: true });
}

describe('the pages', () => {
  let door: FrontDoor;
  let bare: FrontDoor;
  beforeAll(async () => {
    const env = { SALLYPORT_ADMIN_CLIENT_ID: OPERATOR.id, SALLYPORT_ADMIN_CLIENT_SECRET: OPERATOR.secret };
    [door, bare] = await Promise.all([openFrontDoor({ env }), openFrontDoor()]);
    await fill(door);
  });
  afterAll(() => Promise.all([door?.close(), bare?.close()]));

  const get = async (path: string, headers: Record<string, string> = signedIn) => {
    const answer = await door.get(path, headers);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  const rowsOn = (text: string) => text.match(/<tr><td/g)?.length ?? 0;

  test.each(['/operator/messages', '/operator/logs', '/operator/log-streams'])(
    '%s is for the operator alone',
    async (path) => {
      expect((await bare.get(path, signedIn)).status).toBe(404);
      const asked = await get(path, {});
      expect([asked.status, asked.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Basic')]);
      for (const wrong of [basic(OPERATOR.id, 'x'), basic('', ''), { authorization: 'Basic !' }]) {
        expect((await get(path, wrong)).status).toBe(401);
      }
      expect((await get(path)).status).toBe(200);
    },
  );

  test('shows every message with its end, masked and without its words', async () => {
    const { text, headers } = await get('/operator/messages');
    expect(rowsOn(text)).toBe(ROWS.length);
    expect(text).toContain('XXXXXXXXX0123');
    expect(text).toContain('chuc****@exam*******');
    expect(text).toContain('The &lt;country&gt; is not allowed.');
    expect(text).toContain('<span class="badge bad">unconfirmed</span>');
    expect(text).toContain('0.0605 USD');
    for (const hidden of [PHONE, 'SECRET TEXT', '987654']) expect(text).not.toContain(hidden);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).not.toContain('script-src');
  });

  test.each([
    ['state=failed', 1],
    ['channel=voice&state=', 1],
    [`to=${encodeURIComponent(PHONE)}`, 3],
    [`to=${PHONE}&state=delivered`, 2],
    ['to=nobody', 0],
    ['state=eaten&channel=pigeon&page=x', 4],
    ['page=1', 0],
    ['page=99999', 0],
  ])('with %s', async (query, count) => {
    const { status, text } = await get(`/operator/messages?${query}`);
    expect([status, rowsOn(text)]).toEqual([200, count]);
  });

  test('who names an address sees it', async () => {
    expect((await get(`/operator/messages?to=${encodeURIComponent(PHONE)}`)).text).toContain(
      `<td data-label="To">${PHONE}</td>`,
    );
  });

  test('shows how log streams fare', async () => {
    const { store, tenant } = door.house;
    const at = Date.UTC(2026, 0, 15, 12);
    await store.logStreams.insert({
      tenantId: tenant.id,
      id: 'lst_1',
      name: 'Alerts <b>',
      type: 'http',
      status: 'active',
      sink: { httpEndpoint: 'https://alerts.example/', httpAuthorization: 'SECRET TEXT' },
      isPriority: false,
      failing: { since: at, tries: 3, retryAt: at },
      delivery: { delivered: 7, failed: 3, deliveredAt: at, failedAt: at, error: 'it answered 503' },
      createdAt: at,
      updatedAt: at,
    });
    const { text } = await get('/operator/log-streams');
    expect(rowsOn(text)).toBe(1);
    expect(text).toContain('Alerts &lt;b&gt; (http)');
    expect(text).toContain('<span class="badge bad">failing</span>');
    expect(text).toContain('it answered 503');
    expect(text).not.toContain('SECRET TEXT');
  });

  test('has the lines of the log at hand', async () => {
    expect((await get('/operator/messages')).text).toContain('/operator/logs?type=gd_send_sms_failure');
    const { text } = await get('/operator/logs?type=gd_send_sms_failure');
    expect(rowsOn(text)).toBe(1);
    expect(text).toContain('The &lt;country&gt; is not allowed.');
    expect(rowsOn((await get('/operator/logs?type=gd_send_voice')).text)).toBe(0);
    expect(rowsOn((await get('/operator/logs?type=s')).text)).toBe(1);
  });

  test.each([
    ['passwordless-code', 'delivered', 'cs'],
    ['passwordless-link', 'delivered', 'cls'],
    ['passwordless-code', 'failed', 'fn'],
    ['verify-email', 'unconfirmed', 'fn'],
    ['verify-email', 'delivered', undefined],
    ['second-factor', 'attempting', undefined],
    ['second-factor', 'failed', 'gd_send_email_failure'],
  ] as const)('of the kind %s, %s, leads to %s', async (kind, state, type) => {
    const { tenant, clock, ports, store } = door.house;
    const to = `${kind}-${state}@example.com`;
    const message: MessageRecord = {
      ...{ tenantId: tenant.id, id: to, channel: 'email', to, text: 'x', about: { kind, locale: 'en' } },
      ...{ state: 'attempting', attempts: 1, at: clock.at - 60_000, expiresAt: clock.at + 300_000 },
    };
    await store.commit([{ kind: 'message.insert', message }]);
    if (state !== 'attempting') {
      const fault = { code: 'refused', detail: 'no' } as const;
      const delivery = state === 'delivered' ? { state } : { state, fault };
      await writeEnd(ports, tenant, message, delivery, { state, outcome: { provider: 'smtp' } });
    }
    const { text } = await get(`/operator/messages?to=${encodeURIComponent(to)}`);
    expect([...text.matchAll(/<a href="\/operator\/logs\?type=(\w+)">log</g)].map(([, name]) => name)).toEqual(
      type === undefined ? [] : [type],
    );
  });

  test('guesses are few, and the right secret forgets them', async () => {
    const guess = (secret: string) => get('/operator/messages', basic(OPERATOR.id, secret));
    for (let guesses = 0; guesses < 9; guesses += 1) expect((await guess('no')).status).toBe(401);
    expect((await guess(OPERATOR.secret)).status).toBe(200);
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess('no')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(10).fill(401), 429, 429]);
    const held = await guess(OPERATOR.secret);
    expect([held.status, Number(held.headers.get('retry-after')) > 0]).toEqual([429, true]);
    door.house.clock.advance(61_000);
    expect((await guess(OPERATOR.secret)).status).toBe(200);
  });
});

describe('GET /api/v2/messages', () => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice();
    await fill(office.door);
  });
  afterAll(() => office?.close());

  const get = (query = '') => office.send('GET', `/api/v2/messages${query}`);

  test('shows them newest first, masked, and never what they said', async () => {
    const { body } = await get();
    expect(items(body).map(({ id }) => id)).toEqual(['message-3', 'message-2', 'message-1', 'message-0']);
    expect(items(body)[3]).toEqual({
      id: 'message-0',
      channel: 'sms',
      to: 'XXXXXXXXX0123',
      state: 'delivered',
      attempts: 1,
      provider: 'twilio',
      reference: 'SM1',
      status: 'delivered',
      cost: '0.0405 USD',
      at: new Date(office.door.house.clock.at).toISOString(),
      expires_at: expect.any(String),
    });
    expect(items(body)[1]).toMatchObject({ failure: 'country', detail: 'The <country> is not allowed.' });
    for (const hidden of [PHONE, 'SECRET TEXT', '987654']) expect(JSON.stringify(body)).not.toContain(hidden);
  });

  test('chooses, turns pages and counts', async () => {
    expect(items((await get(`?to=${encodeURIComponent(PHONE)}&state=failed`)).body)).toMatchObject([{ to: PHONE }]);
    const { body } = await get('?channel=sms&page=1&per_page=1&include_totals=true');
    expect(body).toMatchObject({ start: 1, limit: 1, total: 2, messages: [{ id: 'message-0' }] });
    expect(items((await office.sendAsNeighbour('GET', '/api/v2/messages')).body)).toEqual([]);
  });

  test.each([['?state=eaten'], ['?channel=pigeon'], ['?per_page=101'], ['?q=x'], [`?to=${'1'.repeat(321)}`]])(
    'refuses %s',
    async (query) => {
      expect(await get(query)).toMatchObject({ status: 400, body: { errorCode: 'invalid_query_string' } });
    },
  );

  test('needs its scope', async () => {
    const other = await office.as('read:log_streams');
    expect((await other('GET', '/api/v2/messages')).status).toBe(403);
  });
});

test.each([
  [
    ['0.0079 USD', '-0.0079 USD', '1 EUR', '0.5 eur'],
    ['1.5 EUR', '0.0158 USD'],
  ],
  [['', 'free', 'USD 1', '1e9 USD', '99999999999 USD'], []],
])('costs %j come to %j', (costs, sums) => {
  expect(sumCosts(costs.map((cost) => ({ outcome: { provider: 'x', cost } })))).toEqual(sums);
});
