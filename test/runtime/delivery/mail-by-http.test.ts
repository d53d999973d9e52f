// Test: mails by the services that take them over HTTP, each asked in its own shape, against one stub for all.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { amazonPassword } from '#runtime/delivery/mail-amazon.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { JsonObject } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { mail, newestLog, provide } from './mailing.ts';

type Asked = { url: string; headers: IncomingHttpHeaders; body: string };
let house: House;
let vendor: Server;
let asked: Asked[] = [];
let answer: { status: number; body?: unknown; headers?: Record<string, string> } = { status: 200 };
const egress = createEgress({ allow: ['127.0.0.1'] });

beforeAll(async () => {
  vendor = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => {
      asked.push({ url: request.url ?? '', headers: request.headers, body });
      response
        .writeHead(answer.status, answer.headers)
        .end(answer.body === undefined ? '' : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => vendor.listen(0, '127.0.0.1', resolve));
  const { port } = vendor.address() as AddressInfo;
  house = await openHouse({
    ports: {
      inbox: false,
      egress: {
        ...egress,
        // Services have one address each, of which a test has none: their calls come to the stub, under the name of the host.
        request: (call, options) =>
          egress.request({ ...call, url: call.url.replace(/^https:\/\//, `http://127.0.0.1:${port}/`) }, options),
      },
    },
  });
});
afterAll(async () => {
  await house.close();
  await egress.close();
  await new Promise((resolve) => vendor.close(resolve));
});
beforeEach(() => {
  asked = [];
  answer = { status: 200 };
});

describe('by HTTP', () => {
  const json = ({ body }: Asked): JsonObject => JSON.parse(body) as JsonObject;

  test.each<[string, JsonObject, typeof answer, (one: Asked) => unknown, object, string | undefined]>([
    [
      'sendgrid',
      { api_key: 'k' },
      { status: 202, headers: { 'X-Message-Id': 'sg1' } },
      (one) => [one.url, one.headers.authorization, json(one).from],
      ['/api.sendgrid.com/v3/mail/send', 'Bearer k', { email: 'login@shop.example', name: 'Shop' }],
      'sg1',
    ],
    [
      'resend',
      { api_key: 'k' },
      { status: 200, body: { id: 'rs1' } },
      (one) => [one.url, one.headers.authorization, json(one).from, json(one).to],
      ['/api.resend.com/emails', 'Bearer k', '"Shop" <login@shop.example>', ['ada@example.com']],
      'rs1',
    ],
    [
      'mailgun',
      { api_key: 'k', domain: 'mg.shop.example', region: 'eu' },
      { status: 200, body: { id: '<mg1>' } },
      (one) => [one.url, one.headers.authorization, new URLSearchParams(one.body).get('from')],
      ['/api.eu.mailgun.net/v3/mg.shop.example/messages', `Basic ${btoa('api:k')}`, '"Shop" <login@shop.example>'],
      '<mg1>',
    ],
    [
      'mandrill',
      { api_key: 'k' },
      { status: 200, body: [{ _id: 'md1', status: 'queued' }] },
      (one) => [one.url, json(one).key, (json(one).message as JsonObject).from_email],
      ['/mandrillapp.com/api/1.0/messages/send.json', 'k', 'login@shop.example'],
      'md1',
    ],
    [
      'sparkpost',
      { api_key: 'k' },
      { status: 200, body: { results: { id: 'sp1', total_accepted_recipients: 1 } } },
      (one) => [one.url, one.headers.authorization, json(one).recipients],
      ['/api.sparkpost.com/api/v1/transmissions', 'k', [{ address: { email: 'ada@example.com' } }]],
      'sp1',
    ],
    [
      'postmark',
      { api_key: 'k' },
      { status: 200, body: { ErrorCode: 0, MessageID: 'pm1' } },
      (one) => [one.url, one.headers['x-postmark-server-token'], json(one).To],
      ['/api.postmarkapp.com/email', 'k', 'ada@example.com'],
      'pm1',
    ],
  ])('%s is asked in its own shape', async (name, credentials, given, look, seen, reference) => {
    await provide(house, name, credentials);
    answer = given;
    expect(await mail(house, 'second-factor')).toMatchObject({
      state: 'delivered',
      outcome: { provider: name, reference },
    });
    expect(asked).toHaveLength(1);
    expect(asked.map(look)).toEqual([seen]);
    expect(asked[0]?.body).toContain('123456');
  });

  test.each<[string, typeof answer, object]>([
    [
      'sendgrid',
      { status: 401, body: { errors: [{ message: 'k is wrong' }] } },
      { state: 'failed', outcome: { code: 'unauthorized' } },
    ],
    [
      'sendgrid',
      { status: 400 },
      { state: 'failed', outcome: { code: 'refused', detail: 'sendgrid did not take the mail (400).' } },
    ],
    [
      'resend',
      { status: 403, body: { statusCode: 403, name: 'invalid_api_key', message: 'k is wrong' } },
      { state: 'failed', outcome: { code: 'unauthorized' } },
    ],
    ['resend', { status: 422, body: { name: 'validation_error' } }, { state: 'failed', outcome: { code: 'refused' } }],
    ['sendgrid', { status: 429 }, { state: 'pending', outcome: { code: 'refused' } }],
    [
      'mandrill',
      { status: 500, body: { status: 'error', name: 'Invalid_Key' } },
      { state: 'failed', outcome: { code: 'unauthorized' } },
    ],
    [
      'mandrill',
      { status: 200, body: [{ status: 'rejected', reject_reason: 'hard-bounce' }] },
      { state: 'failed', outcome: { code: 'refused', detail: 'mandrill did not take the mail (hard-bounce).' } },
    ],
    ['postmark', { status: 422, body: { ErrorCode: 406 } }, { state: 'failed', outcome: { code: 'refused' } }],
    [
      'sparkpost',
      { status: 200, body: { results: { total_accepted_recipients: 0 } } },
      { state: 'failed', outcome: { code: 'refused' } },
    ],
  ])('%s answering %o', async (name, given, end) => {
    await provide(house, name, { api_key: 'k' });
    answer = given;
    expect(await mail(house, 'second-factor')).toMatchObject(end);
  });

  test.each(['azure_cs', 'ms365'])('%s is kept, and says that it cannot send', async (name) => {
    await provide(house, name, {});
    expect(await mail(house, 'second-factor')).toMatchObject({ state: 'failed', outcome: { code: 'configuration' } });
    expect((await newestLog(house))?.description).toMatch(`provider ${name} is kept`);
  });

  test("Amazon's password for SMTP is made of the secret access key", () => {
    expect(amazonPassword('some+secret+key', 'eu-central-1')).toBe('BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2');
    expect(amazonPassword('another+secret+key', 'us-west-1')).toBe('BKVmjjMDFk/qqw8EROW99bjCS65PF8WKvK5bSr4Y6EqF');
  });
});
