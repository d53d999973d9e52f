// JSON flow and owner management: whatever a tenant writes into a configuration or a policy, and whatever anybody sends, is
// answered, and never by a fault of ours. Seeded: a failure names the body that made it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '#storage/records.ts';
import { count } from '#test/kit/counts.ts';
import { createDice, type Dice } from '#test/kit/dice.ts';
import { type Office, openOffice } from '../management/office.ts';
import { CALLBACK } from '../oauth/front-door.ts';
import { policy, sms } from '../owner-management/guide.ts';

let office: Office;
let base: string;
beforeAll(async () => {
  office = await openOffice();
  base = `/v1/management/tenants/${office.tenant.name}`;
});
afterAll(() => office.close());

let deep: Json = 'bottom';
for (let level = 0; level < 60; level++) deep = [deep];
const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  1.5,
  '',
  'x',
  '$.',
  '$..*',
  '$[',
  '(',
  '{{a}}',
  'line\r\nbreak: yes',
  'é',
  '\u{10ffff}',
  'x'.repeat(5_000),
  '__proto__',
  [],
  [null],
  [[[]]],
  {},
  { a: 1 },
  deep,
  { length: 3 },
  { constructor: 1 },
  JSON.parse('{"__proto__": {"status": "x"}}'),
  'http://127.0.0.1:1/',
  'http_request',
  'oauth2',
  'hmac_sha256',
  'mock',
  { auth_type: 'hmac_sha256', secret: 's' },
];
/** Storable by no database, or no text at all. */
const UNSTORABLE = ['\\u0000', '\\ud800', '\\udc00x'];

/** The same value, one place of which holds something else. */
function mutated(value: Json, dice: Dice): Json {
  if (typeof value !== 'object' || value === null || dice.below(12) === 0) return dice.one(VALUES);
  const copy = structuredClone(value) as JsonObject;
  const names = Object.keys(copy);
  if (names.length === 0) return dice.one(VALUES);
  const name = dice.one(names);
  copy[name] = mutated(copy[name] ?? null, dice);
  return copy as Json;
}

const HTTP: JsonObject = {
  url: 'http://127.0.0.1:1/{{id}}',
  method: 'POST',
  auth_type: 'hmac_sha256',
  oauth_authorization: {
    type: 'password',
    token_endpoint: 'http://127.0.0.1:1/token',
    client_id: 'c',
    cache_enabled: true,
  },
  hmac_authentication: { api_key: 'k', secret: 's', signature_format: 'HMAC {signature}', signing_fields: ['body'] },
  path_mapping_rules: [{ static_value: 'one', to: 'id' }],
  header_mapping_rules: [
    { from: '$.request_body.h', to: 'X-H', condition: { operation: 'exists', path: '$.request_body.h' } },
  ],
  query_mapping_rules: [{ from: '$.request_body.q', to: 'q', functions: [{ name: 'trim' }] }],
  body_mapping_rules: [{ from: '$.request_body', to: '*' }],
  retry_configuration: { max_retries: 0, backoff_delays: ['PT0S'], retryable_status_codes: [500] },
  response_resolve_configs: [
    { conditions: [{ path: '$.status_code', operation: 'eq', value: 1 }], mapped_status_code: 400 },
  ],
  request_timeout_seconds: 1,
};
const EXECUTIONS: readonly JsonObject[] = [
  { function: 'http_request', http_request: HTTP },
  { function: 'http_requests', http_requests: [{ ...HTTP, condition: { operation: 'missing', path: '$.x' } }, HTTP] },
  { function: 'no_action' },
  { function: 'mock', mock: { status: 'success', nested: { verification_code: '1' } } },
  {
    function: 'sms_authentication_challenge',
    details: { templates: { authentication: { body: '{VERIFICATION_CODE}' } } },
  },
  { function: 'sms_authentication', details: { retry_count_limitation: 1 } },
];
const interactionOf = (execution: JsonObject): JsonObject => ({
  request: {
    schema: { type: 'object', properties: { a: { type: 'string', pattern: 'a+', enum: ['a'] } }, required: [] },
  },
  pre_hook: { additional_parameters: [] },
  execution: {
    ...execution,
    http_request_store: { key: 'k', interaction_mapping_rules: [{ from: '$.response_body.id', to: 'id' }] },
    previous_interaction: { key: 'k' },
  },
  user_resolve: { user_mapping_rules: [{ static_value: 'x', to: 'external_user_id' }] },
  post_hook: {},
  response: { body_mapping_rules: [{ from: '$.response_body', to: '*' }] },
});
const NAMES = [
  'initial-registration',
  'password-authentication',
  'sms-authentication-challenge',
  'sms-authentication',
  'external-api-authentication',
];
const TYPE_OF: { readonly [name: string]: string } = {
  'initial-registration': 'initial-registration',
  'password-authentication': 'password',
  'external-api-authentication': 'external-api-authentication',
};
/** Documented: an outside service that does not answer, or nonsense. */
const MEANT = [502, 503, 504];

async function call(path: string, body: unknown): Promise<number> {
  const response = await office.door.app.request(
    `${office.tenant.baseUrl}/${office.tenant.name}/v1/authorizations${path}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
  );
  return response.status;
}

async function begun(): Promise<string> {
  const query = new URLSearchParams({
    client_id: 'web',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
  });
  const path = `${office.tenant.baseUrl}/${office.tenant.name}/v1/authorizations?${query}`;
  const response = await office.door.app.request(path);
  return URL.parse(response.headers.get('location') ?? '')?.searchParams.get('id') ?? `none: ${response.status}`;
}

test('configurations that are accepted can be run', async () => {
  const dice = createDice(8);
  const wrong: unknown[] = [];
  let accepted = 0;
  for (let round = 0; round < count(60, 2_000); round++) {
    const name = dice.one(NAMES);
    const type = TYPE_OF[name] ?? 'sms';
    let interaction: Json = interactionOf(dice.one(EXECUTIONS));
    for (let times = dice.below(4); times > 0; times--) interaction = mutated(interaction, dice);
    const metadata = mutated({ transaction_id_param: 't', verification_code_param: 'v', expire_seconds: 5 }, dice);
    const configuration = {
      type,
      metadata: dice.below(3) === 0 ? metadata : {},
      interactions: { [type.startsWith('external') ? 'x' : name]: interaction },
    };
    const made = await office.send('POST', `${base}/authentication-configurations`, configuration);
    if (made.status >= 500) wrong.push(['made', made.status, configuration]);
    if (made.status !== 201) continue;
    accepted++;
    const id = await begun();
    const body = mutated(
      {
        a: 'a',
        h: 'h',
        q: [1],
        phone_number: '+12025550123',
        email: 'a@b.example',
        password: 'Abc123!x',
        username: 'a',
        interaction: 'x',
        verification_code: '1',
      },
      dice,
    );
    for (const step of [name, 'authorize']) {
      const status = await call(`/${id}/${step}`, body);
      if (status >= 500 && !MEANT.includes(status)) wrong.push([step, status, configuration, body]);
    }
    const { id: own } = made.body.result as unknown as { id: string };
    const gone = await office.send('DELETE', `${base}/authentication-configurations/${own}`);
    if (gone.status !== 204) wrong.push(['gone', gone.status]);
  }
  expect(wrong.map((one) => JSON.stringify(one).slice(0, 3_000))).toEqual([]);
  expect(accepted).toBeGreaterThan(10);
}, 120_000);

const WRITES: readonly [path: string, sample: JsonObject][] = [
  ['/authentication-configurations', sms() as JsonObject],
  ['/authentication-policies', policy() as JsonObject],
  [
    '/clients',
    {
      client_id: 'c',
      client_name: 'n',
      redirect_uris: ['https://a.example'],
      grant_types: ['authorization_code'],
      scope: 'a',
    },
  ],
  [
    '/users',
    { provider_id: 'idp-server', name: 'n', email: 'a@b.example', raw_password: 'Abc123!x', status: 'REGISTERED' },
  ],
];

test('management answers whatever it is sent', async () => {
  const dice = createDice(9);
  const wrong: unknown[] = [];
  const check = async (method: string, path: string, body?: unknown) => {
    const { status } = await office.send(method, path, body);
    if (status >= 500) wrong.push([method, path, status, body]);
  };
  for (let round = 0; round < count(40, 1_500); round++) {
    const [path, sample] = dice.one(WRITES);
    const body = mutated(mutated(sample, dice), dice);
    await check('POST', `${base}${path}`, body);
    await check('PUT', `${base}${path}/${dice.one(['c', '0b8a3c6e-6f1d-4c58-9d6e-1f6f0a7b2c3d'])}`, body);
    await check('POST', `/v1/management/onboarding?dry_run=true`, body);
    const text = JSON.stringify(sample).replace(/"(n|sms|oauth)"/, `"${dice.one(UNSTORABLE)}"`);
    await check('POST', `${base}${path}?dry_run=true`, text);
    const value = encodeURIComponent(String(dice.one(VALUES)));
    await check('GET', `${base}${path}?limit=${value}&offset=1`);
    await check('GET', `${base}/security-events?details.${value}=${value}&from=${value}&event_type=${value}`);
    await check('GET', `${base}${path}/${dice.one(['%ff', '%00', '%ud800', value, 'x'.repeat(3_000)])}`);
  }
  expect(wrong.map((one) => JSON.stringify(one).slice(0, 3_000))).toEqual([]);
}, 120_000);
