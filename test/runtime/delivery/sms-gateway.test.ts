// A gateway of the tenant's own: what it is sent, how it knows us, and what each of its answers means.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryDesk, Outgoing } from '#runtime/delivery/delivery.ts';
import { smsOptions } from '#runtime/delivery/passwordless-options.ts';
import { smsGateway } from '#runtime/delivery/sms-gateway.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { JsonObject, MessageRecord, TenantRecord } from '#storage/records.ts';
import { count } from '#test/kit/counts.ts';
import { freePort } from '#test/kit/free-port.ts';
import { type Gateway, type GatewayAnswer, openGateway } from '#test/kit/gateway.ts';

const NOW = Date.UTC(2026, 0, 15, 12);
const egress = createEgress({ allow: ['127.0.0.1'] });
const log = { warn() {} };
const desk = { ports: { egress, log, now: () => NOW } } as unknown as DeliveryDesk;

const outgoing: Outgoing = {
  tenant: { baseUrl: 'https://login.example' } as TenantRecord,
  message: {
    to: '+13995550123',
    about: { kind: 'passwordless-code', locale: 'en', place: { ip: '203.0.113.9', userAgent: 'Browser/1' } },
  } as MessageRecord,
  words: { text: 'Your verification code is: 12345' },
};

let gateway: Gateway;
beforeAll(async () => {
  gateway = await openGateway();
});
beforeEach(() => {
  gateway.calls.length = 0;
  gateway.demand(undefined);
  gateway.answer({ status: 200 });
});
afterAll(async () => {
  await egress.close();
  await gateway.close();
});

const send = (more: JsonObject = {}, timeoutMs?: number) => {
  const options = { provider: 'sms_gateway', gateway_url: gateway.url, from: '+1 234 567', ...more };
  return smsGateway(smsOptions(options), timeoutMs).send(desk, outgoing);
};

const PLAIN = { recipient: '+13995550123', body: 'Your verification code is: 12345', sender: '+1 234 567' };
const REQ = { ip: '203.0.113.9', 'user-agent': 'Browser/1' };

describe('what it is sent', () => {
  test.each<[string, JsonObject, object]>([
    ['the message', {}, PLAIN],
    ['a sender of any shape, as it was written', { from: '"Ünicorn" <b>' }, { ...PLAIN, sender: '"Ünicorn" <b>' }],
    ['no sender, where there is none', { from: null }, { ...PLAIN, sender: '' }],
    ['who asked, by a text', { forward_req_info: 'true' }, { ...PLAIN, req: REQ }],
    ['who asked, by a boolean', { forward_req_info: true }, { ...PLAIN, req: REQ }],
    ['not who asked, by a text', { forward_req_info: 'false' }, PLAIN],
    ['not who asked, by a boolean', { forward_req_info: false }, PLAIN],
  ])('%s', async (_name, options, body) => {
    expect(await send(options)).toEqual({ end: 'sent' });
    expect(gateway.calls).toEqual([
      {
        method: 'POST',
        path: '/send?route=1',
        headers: expect.objectContaining({ 'content-type': 'application/json' }),
        body,
      },
    ]);
    expect(gateway.calls[0]?.headers.authorization).toBeUndefined();
  });
});

describe('how it knows us', () => {
  const authentication = { method: 'bearer', subject: 'urn:Auth0', audience: 'urn:MySmsGateway' };
  const secret = 'MySecretToSignTheToken';

  test.each<[string, JsonObject, Uint8Array]>([
    ['by the secret as it stands', { secret, secret_base64_encoded: false }, Buffer.from(secret)],
    [
      'by what the secret stands for',
      { secret: 'AAECA__-', secret_base64_encoded: true },
      Buffer.from([0, 1, 2, 3, 255, 254]),
    ],
    ['by a secret of one letter', { secret: 's' }, Buffer.from('s')],
  ])('%s', async (_name, options, key) => {
    gateway.demand({ key, subject: 'urn:Auth0', audience: 'urn:MySmsGateway', issuer: 'https://login.example/' });
    expect(await send({ gateway_authentication: { ...authentication, ...options } })).toEqual({ end: 'sent' });
    const at = NOW / 1000;
    expect(gateway.calls[0]?.claims).toEqual({
      iss: 'https://login.example/',
      sub: 'urn:Auth0',
      aud: 'urn:MySmsGateway',
      iat: at,
      exp: at + 300,
    });
  });

  test('and who signs with another secret is not we', async () => {
    gateway.demand({ key: Buffer.from('another secret') });
    expect(await send({ gateway_authentication: { ...authentication, secret } })).toMatchObject({
      end: 'failed',
      fault: { code: 'unauthorized', detail: 'Authentication failed while calling the SMS gateway: 401' },
    });
  });
});

describe('what its answer means', () => {
  const refused = (status: number) => ({
    end: 'failed',
    fault: {
      code: 'refused',
      detail: `Unexpected response while calling the SMS gateway: ${status}`,
      answered: String(status),
    },
  });
  const unheard = (code: string) => ({
    end: 'unseen',
    fault: {
      code: 'unreachable',
      detail: `Unexpected response while calling the SMS gateway: ${code}`,
      answered: code,
    },
  });

  test.each<[string, GatewayAnswer, object]>([
    ['200', { status: 200, body: '{"error":"never mind"}' }, { end: 'sent' }],
    [
      '200 that calls itself packed and is not',
      { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' },
      { end: 'sent' },
    ],
    ['200, 500 bytes, and death', { status: 200, next: 'dies' }, { end: 'sent' }],
    ['200 and a body without end', { status: 200, next: 'drips' }, { end: 'sent' }],
    ['201', { status: 201 }, refused(201)],
    ['202', { status: 202 }, refused(202)],
    ['204', { status: 204 }, refused(204)],
    ['a redirect, which is not followed', { status: 302, headers: { location: '/elsewhere' } }, refused(302)],
    ['a redirect that keeps the method', { status: 307, headers: { location: '/elsewhere' } }, refused(307)],
    ['400', { status: 400 }, refused(400)],
    ['403', { status: 403 }, refused(403)],
    ['429', { status: 429, headers: { 'retry-after': '1' } }, refused(429)],
    ['500, 500 bytes, and death', { status: 500, next: 'dies' }, refused(500)],
    ['503', { status: 503 }, refused(503)],
    ['a connection that is closed', 'hangs-up', unheard('ECONNRESET')],
    ['what is no HTTP', 'garbage', unheard('ERR_EGRESS_PROTOCOL')],
  ])('%s', async (_name, how, taken) => {
    gateway.answer(how);
    expect(await send()).toEqual(taken);
    expect(gateway.calls).toHaveLength(1);
  });

  test('silence', async () => {
    gateway.answer('silent');
    expect(await send({}, 50)).toEqual({
      end: 'unseen',
      fault: { code: 'timeout', detail: 'Timeout while calling the SMS gateway: ETIMEDOUT', answered: 'ETIMEDOUT' },
    });
  });

  test('nobody there: nothing can have arrived', async () => {
    expect(await send({ gateway_url: `http://127.0.0.1:${await freePort()}/` })).toEqual({
      end: 'failed',
      fault: {
        code: 'unreachable',
        detail: 'Unexpected response while calling the SMS gateway: ECONNREFUSED',
        answered: 'ECONNREFUSED',
      },
    });
  });

  test.each(['http://10.0.0.1/', 'http://169.254.169.254/latest', 'http://[::1]:9/', 'http://localhost:9/'])(
    'an address that the operator has not opened is not called: %s',
    async (url) => {
      const closed = { ports: { egress: createEgress({ allow: [] }), log, now: () => NOW } } as unknown as DeliveryDesk;
      const gatewayThere = smsGateway(smsOptions({ provider: 'sms_gateway', gateway_url: url }));
      expect(await gatewayThere.send(closed, outgoing)).toMatchObject({
        end: 'failed',
        fault: { detail: 'Unexpected response while calling the SMS gateway: ERR_EGRESS_REFUSED' },
      });
    },
  );
});

test('it is given 30 seconds, and its status alone is asked for', async () => {
  const given: unknown[] = [];
  const request = async (_call: unknown, options: unknown) => {
    given.push(options);
    return { ok: false, code: 'ETIMEDOUT', message: '' };
  };
  const watched = { ports: { egress: { request }, log, now: () => NOW } } as unknown as DeliveryDesk;
  await smsGateway(smsOptions({ provider: 'sms_gateway', gateway_url: gateway.url })).send(watched, outgoing);
  expect(given).toEqual([{ timeoutMs: 30_000, statusOnly: true }]);
});

// Half a minute of waiting is for the long run alone.
test.runIf(count(0, 1))('it has its 30 seconds', { timeout: 45_000 }, async () => {
  gateway.answer('silent');
  const began = Date.now();
  expect(await send()).toMatchObject({ fault: { code: 'timeout' } });
  expect(Date.now() - began).toBeGreaterThanOrEqual(29_900);
});
