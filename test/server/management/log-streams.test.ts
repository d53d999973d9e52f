// Tests of the Management API: log streams, in the shapes of the wire and of recordings.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { items, type Office, openOffice, payloadError } from './office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const PATH = '/api/v2/log-streams';
const send = (method: string, id = '', body?: unknown) => office.send(method, `${PATH}${id && `/${id}`}`, body);
const HTTP = {
  httpContentFormat: 'JSONLINES',
  httpContentType: 'application/json',
  httpEndpoint: 'https://example.com/webhook/logs',
  httpAuthorization: 'AKIAXXXXXXXXXXXXXXXX',
};
const GONE = { statusCode: 404, error: 'Not Found', message: 'The log stream does not exist.' };

async function make(more: object = {}): Promise<string> {
  const { status, body } = await send('POST', '', { name: 'hook', type: 'http', sink: HTTP, ...more });
  expect(status).toBe(200);
  return String(body.id);
}

test('a stream is made, found, listed, changed and gone, as recorded', async () => {
  const made = await send('POST', '', { name: 'hook', type: 'http', sink: HTTP });
  const id = String(made.body.id);
  expect(id).toMatch(/^lst_\d{16}$/);
  const shown = { id, name: 'hook', type: 'http', status: 'active', sink: HTTP, isPriority: false };
  expect(made).toMatchObject({ status: 200, body: shown });
  expect((await send('GET', id)).body).toEqual(shown);
  expect((await send('PATCH', id, { status: 'paused' })).body).toEqual({ ...shown, status: 'paused' });
  // The settings of the receiver are replaced whole.
  const sink = { httpEndpoint: 'https://example.com/logs', httpCustomHeaders: [{ header: 'foo', value: 'bar' }] };
  const changed = { ...shown, name: 'new', status: 'paused', sink };
  expect((await send('PATCH', id, { name: 'new', isPriority: false, sink })).body).toEqual(changed);
  expect(items((await send('GET')).body)).toEqual([changed]);
  expect(items((await office.sendAsNeighbour('GET', PATH)).body)).toEqual([]);
  expect((await office.sendAsNeighbour('DELETE', `${PATH}/${id}`)).status).toBe(204);
  expect((await send('DELETE', id)).status).toBe(204);
  expect((await send('DELETE', id)).status).toBe(204);
  expect(await send('GET', id)).toMatchObject({ status: 404, body: GONE });
  expect(await send('PATCH', id, { name: 'x' })).toMatchObject({ status: 404, body: GONE });
});

test('what chooses and hides is given back, and taken away', async () => {
  const filters = [
    { type: 'category', name: 'auth.login.fail' },
    { type: 'category', name: 'user.notification' },
  ];
  const pii = { log_fields: ['first_name'], method: 'mask', algorithm: 'xxhash' };
  const startFrom = '2026-01-15T12:00:00.000Z';
  const id = await make({ filters, pii_config: pii, startFrom });
  expect((await send('GET', id)).body).toMatchObject({ filters, pii_config: pii, startFrom });
  // A stream of priority chooses nothing else, and has its choice back afterwards.
  const security = [{ type: 'category', name: 'security' }];
  expect((await send('PATCH', id, { isPriority: true })).body).toMatchObject({ isPriority: true, filters: security });
  const { body } = await send('PATCH', id, { isPriority: false, pii_config: null });
  expect(body).toMatchObject({ isPriority: false, filters });
  expect(body).not.toHaveProperty('pii_config');
});

/** What is sent, and what of it is shown otherwise. */
const KEPT: [type: string, sink: Record<string, unknown>, shown?: Record<string, unknown>][] = [
  [
    'eventbridge',
    { awsAccountId: '999999999999', awsRegion: 'us-west-2' },
    { awsPartnerEventSource: expect.stringMatching(/^aws\.partner\/.+\/auth0\.logs$/) },
  ],
  [
    'eventgrid',
    { azureSubscriptionId: 'b69a6835', azureRegion: 'northeurope', azureResourceGroup: 'azure-logs-rg' },
    { azurePartnerTopic: expect.any(String) },
  ],
  ['datadog', { datadogRegion: 'us', datadogApiKey: '121233123455' }],
  ['splunk', { splunkDomain: 'demo.splunk.com', splunkToken: '12a34ab5', splunkPort: '8080', splunkSecure: true }],
  ['sumo', { sumoSourceAddress: 'https://example.com' }],
  ['segment', { segmentWriteKey: '121233123455' }],
  [
    'mixpanel',
    {
      mixpanelRegion: 'us',
      mixpanelProjectId: '123456789',
      mixpanelServiceAccountUsername: 'fake-account.mp-service-account',
      mixpanelServiceAccountPassword: 'not shown again',
    },
    { mixpanelServiceAccountPassword: '********' },
  ],
];

describe('a receiver of the vendor', () => {
  // What partners take from the vendor's own queues is never sent, and its state says so.
  const stateOf = (type: string) => (type === 'eventbridge' || type === 'eventgrid' ? 'suspended' : 'active');
  test.each(KEPT)('of type %s is kept and given back', async (type, sink, shown = {}) => {
    const { status, body } = await send('POST', '', { name: type, type, sink });
    expect([status, body]).toEqual([
      200,
      { id: body.id, name: type, type, status: stateOf(type), sink: { ...sink, ...shown }, isPriority: false },
    ]);
    const id = String(body.id);
    // Tools write back what they read.
    expect((await send('PATCH', id, { status: 'active', sink: body.sink })).body).toEqual(body);
    const row = await office.door.house.store.logStreams.find(office.tenant.id, id);
    expect(row?.sink).toMatchObject(sink);
    expect((await send('DELETE', id)).status).toBe(204);
  });
});

test('a file is a receiver only where the operator names a folder, and never has a path', async () => {
  const file = (fileName: string) => send('POST', '', { name: 'x', type: 'file', sink: { fileName } });
  expect(await file('audit.jsonl')).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('SALLYPORT_LOG_STREAM_DIR'), errorCode: 'invalid_body' },
  });
  for (const name of ['../x', '/etc/passwd', '.hidden', 'a/b', 'a\\b', '', 'x'.repeat(101), 'a\u0000']) {
    expect((await file(name)).body.message).toMatch(/sink\.fileName|U\+0000/);
  }
});

describe('bad input', () => {
  const http = (more: object) => ({ name: 'x', type: 'http', sink: { ...HTTP, ...more } });
  const rows: [what: string, body: object, reason: string, path?: string][] = [
    ['no name', { type: 'http', sink: HTTP }, 'Missing required property: name'],
    ['an unknown type', { name: 'x', type: 'pigeon', sink: {} }, 'No enum match for: "pigeon"', 'type'],
    ['no address', { name: 'x', type: 'http', sink: {} }, 'Missing required property: httpEndpoint', 'sink'],
    [
      'an address that is none',
      http({ httpEndpoint: 'ftp://x' }),
      "Object didn't pass validation for format strict-uri: ftp://x",
      'sink.httpEndpoint',
    ],
    [
      'an address with a password',
      http({ httpEndpoint: 'https://ann:secret@alerts.example/' }),
      'An address holds no user name and no password: they go into httpAuthorization',
      'sink.httpEndpoint',
    ],
    [
      'an address of a collector that is none',
      { name: 'x', type: 'sumo', sink: { sumoSourceAddress: 'collector' } },
      "Object didn't pass validation for format strict-uri: collector",
      'sink.sumoSourceAddress',
    ],
    [
      'a host that is more',
      {
        name: 'x',
        type: 'splunk',
        sink: { splunkDomain: 'a@b.example/x?', splunkToken: 't', splunkPort: '1', splunkSecure: true },
      },
      'A host has a name and nothing else',
      'sink.splunkDomain',
    ],
    ['an unknown setting', http({ httpBasic: 'x' }), 'Additional properties not allowed: httpBasic', 'sink'],
    ['an unknown format', http({ httpContentFormat: 'XML' }), 'No enum match for: "XML"', 'sink.httpContentFormat'],
    [
      'a header within a header',
      http({ httpAuthorization: 'secret\r\nx-evil: 1' }),
      'A header holds Latin letters and no control characters',
      'sink.httpAuthorization',
    ],
    [
      'a header within the value of one',
      http({ httpCustomHeaders: [{ header: 'x', value: 'a\nb' }] }),
      'A header holds Latin letters and no control characters',
      'sink.httpCustomHeaders[0].value',
    ],
    [
      'a header that is ours',
      http({ httpCustomHeaders: [{ header: 'Content-Length', value: '0' }] }),
      'This header cannot be set',
      'sink.httpCustomHeaders[0].header',
    ],
    [
      'an unknown category',
      { ...http({}), filters: [{ type: 'category', name: 'all' }] },
      'No enum match for: "all"',
      'filters[0].name',
    ],
    [
      'a time that is none',
      { ...http({}), startFrom: 'yesterday' },
      "Object didn't pass validation for format datetime: yesterday",
      'startFrom',
    ],
  ];
  test.each(rows)('%s', async (_what, body, reason, path) => {
    expect(await send('POST', '', body)).toMatchObject({ status: 400, body: payloadError(reason, path) });
  });

  test('is refused in a change too, where nothing is changed', async () => {
    const id = await make();
    const before = (await send('GET', id)).body;
    for (const body of [{ type: 'http' }, { sink: { datadogRegion: 'us' } }, { name: '' }, { status: 'dead' }]) {
      expect((await send('PATCH', id, body)).status).toBe(400);
    }
    expect((await send('GET', id)).body).toEqual(before);
    await send('DELETE', id);
  });
});

test('a tenant has twenty at most', async () => {
  const there = items((await send('GET')).body).length;
  const more = await Promise.all(Array.from({ length: 20 - there }, () => make()));
  expect(await send('POST', '', { name: 'x', type: 'http', sink: HTTP })).toMatchObject({ status: 409 });
  for (const id of more) await send('DELETE', id);
});

test.each([
  ['GET', '', 'read'],
  ['POST', '', 'create'],
  ['GET', '/lst_1', 'read'],
  ['PATCH', '/lst_1', 'update'],
  ['DELETE', '/lst_1', 'delete'],
])('%s %s needs its scope', async (method, path, right) => {
  const other = await office.as('read:logs');
  expect(await other(method, `${PATH}${path}`, method === 'GET' || method === 'DELETE' ? undefined : {})).toMatchObject(
    {
      status: 403,
      body: { message: `Insufficient scope, expected any of: ${right}:log_streams`, errorCode: 'insufficient_scope' },
    },
  );
});
