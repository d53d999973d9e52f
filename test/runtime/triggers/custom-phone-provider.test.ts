// One script that carries every phone message of a tenant, on real cells: what it reads, and what becomes of a message that
// it drops, asks to be tried again, or fails.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import { BRANDING_PHONE } from '#runtime/delivery/branding-phone.ts';
import type { JsonObject, MessageRecord } from '#storage/records.ts';
import { CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { type HttpStub, openHttpStub } from '#test/kit/http-stub.ts';
import { request, take } from '#test/runtime/builds/kit.ts';
import { bindTo, deployTo, lastLine, lastRun, linesOf, ready } from './bind-to.ts';

const PHONE = '+447700900123';
const phoneScript = (body: string) => `exports.onExecuteCustomPhoneProvider = async (event, api) => {\n${body}\n};`;
/** Where the code is not looked for: a text of which every second character is left out is nobody's secret. */
const TELL = `const { code = '', as_text = '', as_voice = '' } = event.notification;
  const spread = (text) => [...text].join('|');
  console.log(JSON.stringify({ ...event, notification: { ...event.notification, code: spread(code), as_text: spread(as_text), as_voice: spread(as_voice) } }));`;

let house: House;
let stub: HttpStub;
beforeAll(async () => {
  stub = await openHttpStub();
  house = await openHouse({ egressAllow: [stub.host] });
  await house.editTenant((tenant) => ({
    ...tenant,
    friendlyName: 'Travel0',
    branding: { logo_url: 'https://travel0.example/logo.png' },
    settings: {
      phone_consolidated_experience: true,
      support_email: 'help@travel0.example',
      default_redirection_uri: 'https://travel0.example/',
    },
    messageTypes: ['sms', 'voice'],
  }));
  await house.bind(
    `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }]);`,
  );
  await configure({});
});
afterAll(async () => void (await Promise.all([house.close(), stub.close()])));
beforeEach(() => house.clock.advance(3_700_000));

async function configure(more: JsonObject): Promise<void> {
  const { store, tenant, ports } = house;
  const old = await store.providers.findByKey(tenant.id, BRANDING_PHONE);
  if (old) await store.providers.remove(tenant.id, old.id);
  const at = ports.now();
  const settings = { name: 'custom', disabled: false, configuration: {}, credentials: {}, ...more };
  const row = { tenantId: tenant.id, id: 'pro_1', name: BRANDING_PHONE, settings, createdAt: at, updatedAt: at };
  expect(await store.providers.insert(row)).toBe('inserted');
}

async function template(type: string, content: JsonObject, disabled = false): Promise<() => Promise<unknown>> {
  const { store, tenant, ports } = house;
  const at = ports.now();
  const page = {
    tenantId: tenant.id,
    id: `tem_${type}`,
    kind: 'phone-template' as const,
    name: type,
    document: { disabled, content },
    createdAt: at,
    updatedAt: at,
  };
  expect(await store.pages.insert(page)).toBe('inserted');
  return () => store.pages.remove(tenant.id, page.id);
}

let people = 0;
async function challenged() {
  const user = await house.user(`somebody-${++people}`, ['otp', 'phone']);
  const begun = await house.begin();
  const asked = await house.step(begun.key, { kind: 'submitted', identifier: user.email ?? '', password: PASSWORD });
  return { user, shown: await house.step(asked.key, { kind: 'chosen', factor: 'phone' }) };
}
/** The newest message, as its row stands. */
async function newest(): Promise<MessageRecord | undefined> {
  const { records } = await house.store.messages.list(house.tenant.id, { page: { offset: 0, limit: 1 } });
  return records[0];
}
const told = async () =>
  JSON.parse((await lastRun(house, 'custom-phone-provider'))?.results[0]?.console[0]?.text ?? '{}');
const joined = (text: string) => text.replaceAll('|', '');

describe('custom-phone-provider', () => {
  test('reads the message in both ways, the person, the application and the tenant', async () => {
    await bindTo(house, 'custom-phone-provider', [phoneScript(TELL)], { KEY: 'a-secret-value' });
    const { user, shown } = await challenged();
    const event = await told();
    const code = joined(event.notification.code);
    expect(code).toMatch(/^\d{6}$/);
    expect(event).toEqual({
      client: { client_id: house.client.id, name: 'App', metadata: {} },
      configuration: {},
      connection: { id: expect.stringMatching(/^con_/), name: user.connection, strategy: 'auth0', metadata: {} },
      notification: {
        message_type: 'otp_verify',
        recipient: PHONE,
        delivery_method: 'text',
        as_text: expect.anything(),
        as_voice: expect.anything(),
        code: expect.anything(),
        locale: 'en',
      },
      request: {
        ip: CALLER.ip,
        method: 'POST',
        geoip: {},
        hostname: new URL(house.tenant.baseUrl).host,
        language: 'en',
        user_agent: 'test',
      },
      secrets: { KEY: '***' },
      tenant: {
        id: house.tenant.name,
        friendly_name: 'Travel0',
        home_url: 'https://travel0.example/',
        logo_url: 'https://travel0.example/logo.png',
        support_email: 'help@travel0.example',
      },
      user: expect.objectContaining({ user_id: user.id, email: user.email, identities: [] }),
    });
    expect(event.user).not.toHaveProperty('enrolledFactors');
    expect(joined(event.notification.as_text)).toBe(
      `${code} is your verification code for Travel0. It is valid for 5 minutes.`,
    );
    expect(joined(event.notification.as_voice)).toContain([...code].join('.'));
    const run = await lastRun(house, 'custom-phone-provider');
    expect(await lastLine(house, 'gd_send_sms')).toMatchObject({
      userId: user.id,
      details: { provider: 'custom', reference: run?.id },
    });
    expect(await house.step(shown.key, { kind: 'responded', code })).toMatchObject({
      login: { state: { name: 'completed' } },
    });
  });

  test('has the words of the tenant, and a call its own', async () => {
    await bindTo(house, 'custom-phone-provider', [phoneScript(TELL)]);
    const remove = await template('otp_verify', {
      from: '{{ friendly_name }}',
      body: { text: '{{code}} for {{client.name}}, {{user.name}}', voice: 'Your code: {{pause}} {{code}}' },
    });
    const { user, shown } = await challenged();
    const first = (await told()).notification;
    expect(first.from).toBe('Travel0');
    expect(joined(first.as_text)).toBe(`${joined(first.code)} for App, ${user.name}`);
    await house.step(shown.key, { kind: 'resent', via: 'voice' });
    const second = (await told()).notification;
    expect([second.delivery_method, joined(second.as_voice)]).toEqual([
      'voice',
      `Your code: ... ${[...joined(second.code)].join('.')}`,
    ]);
    await remove();
  });

  test('a template that is switched off is passed over', async () => {
    await bindTo(house, 'custom-phone-provider', [phoneScript(TELL)]);
    const remove = await template('otp_verify', { body: { text: 'off', voice: 'off' } }, true);
    await challenged();
    expect(joined((await told()).notification.as_text)).toMatch(/is your verification code/);
    await remove();
  });

  const ROWS: [what: string, body: string, detail: RegExp][] = [
    ['is dropped', `api.notification.drop('no more of these');`, /^An Action dropped the message: no more of these$/],
    ['is dropped after all', `api.notification.retry('a'); api.notification.drop('b');`, /dropped the message: b$/],
    ['is dropped at length', `api.notification.drop('x'.repeat(3000));`, /^An Action dropped the message: x{1024}$/],
    ['meets a fault', `throw new Error('down: ' + event.notification.code);`, /^The Action .+ failed: down: \*\*\*$/],
    ['is refused without a reason', 'api.notification.drop();', /reason must be string$/],
  ];
  test.each(ROWS)('a message that %s is not sent, and the log says so', async (_what, body, detail) => {
    await bindTo(house, 'custom-phone-provider', [phoneScript(body)]);
    const { shown, user } = await challenged();
    expect(shown.login.challenges.at(-1)?.undelivered).toBe(true);
    expect(await lastLine(house, 'gd_send_sms_failure')).toMatchObject({
      userId: user.id,
      description: expect.stringMatching(detail),
    });
    expect(await newest()).toMatchObject({
      state: 'failed',
      text: '',
      outcome: { provider: 'custom', code: 'script' },
    });
    const picker = await house.step(shown.key, { kind: 'reconsidered' });
    const other = await house.step(picker.key, { kind: 'chosen', factor: 'otp' });
    expect(other.login.state.name).toBe('challenging');
  });

  test('a message that is to be tried again is, by the worker, and then arrives', async () => {
    await bindTo(house, 'custom-phone-provider', [
      phoneScript(`const seen = Number(api.cache.get('tries')?.value ?? 0);
  api.cache.set('tries', String(seen + 1));
  if (seen < 2) api.notification.retry('busy ' + seen);`),
    ]);
    const { shown, user } = await challenged();
    expect(shown.login.challenges.at(-1)?.undelivered).toBeUndefined();
    expect(await newest()).toMatchObject({
      state: 'pending',
      attempts: 1,
      outcome: { detail: expect.stringMatching(/busy 0$/) },
    });
    await house.runtime.deliverDue();
    expect((await newest())?.attempts).toBe(1);
    for (const seconds of [11, 31]) {
      house.clock.advance(seconds * 1000);
      await house.runtime.deliverDue();
    }
    expect(await newest()).toMatchObject({ state: 'delivered', attempts: 3 });
    const mine = (await linesOf(house, 'gd_send_sms', 'gd_send_sms_failure', 'w')).filter(
      ({ userId }) => userId === user.id,
    );
    expect(mine.map(({ type }) => type)).toEqual(['w', 'w', 'gd_send_sms']);
  });

  test('an Action that is deployed and not bound stands in for a binding', async () => {
    await bindTo(house, 'custom-phone-provider', []);
    await deployTo(house, 'custom-phone-provider', {
      name: 'unbound',
      code: phoneScript(`api.notification.drop('unbound');`),
    });
    // Earlier rows of this file left deployed Actions behind; the oldest is the first of them.
    await challenged();
    expect((await lastRun(house, 'custom-phone-provider'))?.results[0]).toMatchObject({ bindingId: '' });
  });

  test('a provider that has no calls says so, one that is off is nobody', async () => {
    await bindTo(house, 'custom-phone-provider', [phoneScript('')]);
    await configure({ configuration: { delivery_methods: ['text'] } });
    const { shown } = await challenged();
    await house.step(shown.key, { kind: 'resent', via: 'voice' });
    expect((await lastLine(house, 'gd_send_voice_failure'))?.description).toBe(
      'The phone provider custom carries no calls: its delivery_methods leave out "voice".',
    );
    await configure({ disabled: true });
    await challenged();
    expect(await newest()).toMatchObject({ outcome: { provider: 'inbox' } });
    await configure({});
  });

  test('of a tenant that has not changed over it is not asked', async () => {
    const { settings } = house.tenant;
    await house.editTenant((tenant) => ({ ...tenant, settings: {} }));
    await challenged();
    expect(await newest()).toMatchObject({ outcome: { provider: 'inbox' } });
    await house.editTenant((tenant) => ({ ...tenant, settings }));
  });

  test.each([
    [200, 'delivered'],
    [503, 'pending'],
    [400, 'failed'],
  ])('carry-by-gateway where the gateway answers %i', async (status, state) => {
    const builds = createBuilds();
    const { script } = await take(builds, request(ready('carry-by-gateway')));
    await builds.close();
    const secrets = { GATEWAY_URL: stub.origin, GATEWAY_TOKEN: 'gateway-token' };
    await bindTo(house, 'custom-phone-provider', [script], secrets);
    stub.answer = { status, body: '{}' };
    await challenged();
    const { headers, body } = stub.requests.at(-1)!;
    expect(headers.authorization).toBe('Bearer gateway-token');
    expect(JSON.parse(body)).toEqual({ to: PHONE, text: expect.stringMatching(/^\d{6} is your/) });
    expect((await newest())?.state).toBe(state);
  });
});
