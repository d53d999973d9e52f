// Codes of the phone factor by scripts, on real cells: from the challenge of a login to the stub that got the message, and
// what a person meets where it got none.
import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import type { Shown } from '#runtime/runtime.ts';
import type { ClientRecord, UserRecord } from '#storage/records.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type HttpStub, openHttpStub } from '#test/kit/http-stub.ts';
import { request, take } from '#test/runtime/builds/kit.ts';
import { bindTo, lastLine, lastRun, linesOf, ready } from './bind-to.ts';

const PHONE = '+447700900123';
const script = (body: string) => `exports.onExecuteSendPhoneMessage = async (event, api) => {\n${body}\n};`;

const builds = createBuilds();
let stub: HttpStub;
let house: House;
beforeAll(async () => {
  stub = await openHttpStub();
  house = await openHouse({ egressAllow: [stub.host] });
  await house.editTenant((tenant) => ({
    ...tenant,
    friendlyName: 'Travel0',
    phoneProvider: 'phone-message-hook',
    messageTypes: ['sms', 'voice'],
  }));
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);`,
  );
});
afterAll(async () => void (await Promise.all([house.close(), stub.close(), builds.close()])));
beforeEach(() => {
  stub.requests.length = 0;
  stub.answer = { status: 200, body: '{}' };
});

/** As they run after a build: what a script calls of the platform is there. */
async function bind(sources: string[], secrets: Record<string, string> = {}): Promise<void> {
  const built = await Promise.all(sources.map((source) => take(builds, request(source))));
  const scripts = built.map(({ script: code }) => code);
  await bindTo(house, 'send-phone-message', scripts, secrets);
}

let people = 0;
/** Somebody new signs in up to the challenge of the phone. */
async function challenged(user?: UserRecord): Promise<{ user: UserRecord; shown: Shown }> {
  const who = user ?? (await house.user(`somebody-${++people}`, ['otp', 'phone']));
  house.clock.advance(3_700_000);
  const begun = await house.begin();
  const asked = await house.step(begun.key, {
    kind: 'submitted',
    identifier: who.email ?? '',
    password: PASSWORD,
  });
  return { user: who, shown: await house.step(asked.key, { kind: 'chosen', factor: 'phone' }) };
}

describe('what the script reads', () => {
  test('is the message, the person, the application and the request, and nothing of it is left behind', async () => {
    const tell = `await fetch(event.secrets.URL, { method: 'POST', body: JSON.stringify(event) }); console.log(event.message_options.code, event.message_options.text); console.log(JSON.stringify(event.message_options));`;
    await bind([script(tell)], { URL: stub.origin });
    const { user, shown } = await challenged();
    expect(shown.login.state.name).toBe('challenging');
    const told = JSON.parse(stub.requests[0]?.body ?? '{}');
    const { code } = told.message_options;
    expect(told).toMatchObject({
      client: { client_id: house.client.id, name: 'App', metadata: {} },
      configuration: {},
      message_options: {
        recipient: PHONE,
        text: `${code} is your verification code for Travel0. It is valid for 5 minutes.`,
        code: expect.stringMatching(/^\d{6}$/),
        message_type: 'sms',
        action: 'second-factor-authentication',
      },
      request: {
        ip: CALLER.ip,
        method: 'POST',
        geoip: {},
        hostname: new URL(house.tenant.baseUrl).host,
        language: 'en',
        user_agent: 'test',
      },
      tenant: { id: house.tenant.name },
      user: { user_id: user.id, enrolledFactors: [{ type: 'otp' }, { type: 'phone' }], multifactor: ['guardian'] },
    });
    expect(told).not.toHaveProperty('transaction');
    const run = await lastRun(house, 'send-phone-message');
    expect(run).toMatchObject({ status: 'final', userId: user.id, transactionId: shown.login.id });
    expect(run?.results[0]?.console.map(({ text }) => text)).toEqual(['*** ***', expect.stringContaining('***')]);
    expect(JSON.stringify(run)).not.toContain(code);
    expect(await lastLine(house, 'gd_send_sms')).toMatchObject({
      userId: user.id,
      details: { authenticator: { type: 'phone' }, provider: 'phone-message-hook', reference: run?.id },
    });
    expect(await house.step(shown.key, { kind: 'responded', code })).toMatchObject({
      login: { state: { name: 'completed' } },
    });
  });

  test('a mark of the application, and a call as it is to be said', async () => {
    await bind([script(`await fetch(event.secrets.URL, { method: 'POST', body: JSON.stringify(event) });`)], {
      URL: stub.origin,
    });
    const user = await house.user('marked', ['phone']);
    const begun = await house.begin({
      request: {
        ...(await house.begin()).login.request,
        query: { correlation_id: 'corr-1' },
      },
    });
    const shown = await house.step(begun.key, { kind: 'submitted', identifier: user.email ?? '', password: PASSWORD });
    await house.step(shown.key, { kind: 'resent', via: 'voice' });
    const [, call] = stub.requests.map(({ body }) => JSON.parse(body));
    expect(call).toMatchObject({
      transaction: { correlation_id: 'corr-1' },
      message_options: { message_type: 'voice', text: expect.stringMatching(/^\d(\.\d){5} is your/) },
    });
    expect(await lastLine(house, 'gd_send_voice')).toBeDefined();
  });
});

describe('a script that fails', () => {
  const ROWS: [what: string, sources: string[], detail: RegExp][] = [
    [
      'throws',
      [script(`throw new Error('no credit for ' + event.message_options.code);`)],
      /failed: no credit for \*\*\*$/,
    ],
    ['is not there', [], /^No deployed Action of the send-phone-message trigger/],
    [
      'is the second of two',
      [script(''), script(`throw new Error('second');`)],
      /^The Action send-phone-message-2 failed: second$/,
    ],
  ];
  test.each(ROWS)('%s: the log says why, and the page offers another way', async (_what, sources, detail) => {
    await bind(sources);
    const { user, shown } = await challenged();
    expect(shown.login.challenges.at(-1)?.undelivered).toBe(true);
    expect(await lastLine(house, 'gd_send_sms_failure')).toMatchObject({
      userId: user.id,
      description: expect.stringMatching(detail),
      details: { provider: 'phone-message-hook', failure_details: { message: expect.stringMatching(detail) } },
    });
    const picker = await house.step(shown.key, { kind: 'reconsidered' });
    const other = await house.step(picker.key, { kind: 'chosen', factor: 'otp' });
    expect(other.login.state.name).toBe('challenging');
  });
});

describe('the scripts of the library', () => {
  const form = (at: number): Record<string, string> =>
    Object.fromEntries(new URLSearchParams(stub.requests[at]?.body ?? ''));
  const failure = async () => (await lastLine(house, 'gd_send_sms_failure'))?.description;

  test('send-by-sns signs its request', async () => {
    const secrets = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'aws-secret-key',
    };
    await bind([ready('send-by-sns')], { ...secrets, SNS_ENDPOINT: `${stub.origin}/` });
    await challenged();
    expect(form(0)).toMatchObject({
      Action: 'Publish',
      PhoneNumber: PHONE,
      Message: expect.stringMatching(/^\d{6} is your/),
      'MessageAttributes.entry.1.Value.StringValue': 'Transactional',
    });
    const { headers, body } = stub.requests[0]!;
    expect(headers.authorization).toBe(signatureOf(String(headers['x-amz-date']), body, secrets));
    stub.answer = { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>' };
    await challenged();
    expect(await failure()).toMatch(/Amazon SNS answered 403 SignatureDoesNotMatch$/);
  });

  /** As AWS reckons it, from its documents: here the other way round, so that one mistake is not made twice. */
  function signatureOf(time: string, body: string, secrets: Record<string, string>): string {
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const [day, { AWS_REGION: region = '', AWS_SECRET_ACCESS_KEY: secret, AWS_ACCESS_KEY_ID: id }] = [
      time.slice(0, 8),
      secrets,
    ];
    const canonical = [
      'POST',
      '/',
      '',
      'content-type:application/x-www-form-urlencoded',
      `host:${stub.host}`,
      `x-amz-date:${time}`,
      '',
      'content-type;host;x-amz-date',
      hash(body),
    ].join('\n');
    const key = mac(mac(mac(mac(`AWS4${secret}`, day), region), 'sns'), 'aws4_request');
    const signature = mac(
      key,
      ['AWS4-HMAC-SHA256', time, `${day}/${region}/sns/aws4_request`, hash(canonical)].join('\n'),
    );
    return `AWS4-HMAC-SHA256 Credential=${id}/${day}/${region}/sns/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=${signature.toString('hex')}`;
  }

  test('send-by-vonage looks at the status inside', async () => {
    const secrets = { VONAGE_API_KEY: 'key', VONAGE_API_SECRET: 'vonage-secret', VONAGE_FROM: 'Travel0' };
    await bind([ready('send-by-vonage')], { ...secrets, VONAGE_ENDPOINT: stub.origin });
    stub.answer = { status: 200, body: '{"message-count":"1","messages":[{"status":"0","message-id":"1"}]}' };
    const { shown } = await challenged();
    expect(form(0)).toMatchObject({ api_key: 'key', from: 'Travel0', to: PHONE.slice(1), type: 'unicode' });
    expect(shown.login.challenges.at(-1)?.undelivered).toBeUndefined();
    stub.answer = { status: 200, body: '{"message-count":"1","messages":[{"status":"9","error-text":"quota"}]}' };
    await challenged();
    expect(await failure()).toMatch(/Vonage refused the message: status 9$/);
  });

  const CLIENT = { sms_text: '{code} for the shop', sms_text_fr: '{code} pour la boutique', sms_from: 'Shop' };
  test.each<[what: string, metadata: Record<string, string>, language: string | undefined, text: RegExp, from: string]>(
    [
      ['nothing is said', {}, undefined, /^\d{6} is your verification code for Travel0/, 'tenant'],
      ['the application has a text', CLIENT, undefined, /^\d{6} for the shop$/, 'Shop'],
      ['the person has a language', CLIENT, 'fr', /^\d{6} pour la boutique$/, 'Shop'],
      ['the language is unknown', CLIENT, 'toString', /^\d{6} for the shop$/, 'Shop'],
    ],
  )('message-per-client where %s', async (_what, metadata, language, text, from) => {
    const edit = (client: ClientRecord): ClientRecord => ({ ...client, metadata });
    await house.store.clients.update(house.tenant.id, house.client.id, edit);
    const secrets = { GATEWAY_URL: `${stub.origin}/send`, GATEWAY_TOKEN: 'gateway-token' };
    await bind([ready('message-per-client')], secrets);
    await challenged(
      await house.user(
        `worded-${++people}`,
        ['otp', 'phone'],
        language === undefined ? {} : { userMetadata: { language } },
      ),
    );
    expect(stub.requests[0]).toMatchObject({ url: '/send', headers: { authorization: 'Bearer gateway-token' } });
    expect(JSON.parse(stub.requests[0]?.body ?? '{}')).toEqual({
      to: PHONE,
      from: from === 'tenant' ? house.tenant.name : from,
      text: expect.stringMatching(text),
      channel: 'sms',
    });
  });
});

test('no line of the log holds a code or a secret', async () => {
  const lines = JSON.stringify(await linesOf(house, 'gd_send_sms', 'gd_send_sms_failure', 'actions_execution_failed'));
  expect(lines).not.toMatch(/\b\d{6} is your|aws-secret-key|vonage-secret|gateway-token/);
});
