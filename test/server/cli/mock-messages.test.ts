// The stand-in for an outside service: what it sends and takes, what it refuses, and that it says nothing of why.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MockMessage } from '#server/cli/mock-challenges.ts';
import { type MockMessagesServer, openMockMessages } from '#server/cli/mock-messages.ts';

const clock = { at: Date.UTC(2026, 0, 15, 12) };
const arrived: MockMessage[] = [];
const checked: string[] = [];
const options = {
  host: '127.0.0.1',
  port: 0,
  now: () => clock.at,
  arrived: (message: MockMessage) => arrived.push(message),
  checked: (_channel: string, outcome: string) => checked.push(outcome),
};

let lenient: MockMessagesServer;
let strict: MockMessagesServer;
beforeAll(async () => {
  [lenient, strict] = await Promise.all([
    openMockMessages({ ...options, strict: false }),
    openMockMessages({ ...options, strict: true, code: '123456' }),
  ]);
});
afterAll(() => Promise.all([lenient.close(), strict.close()]));
beforeEach(() => {
  arrived.length = 0;
  checked.length = 0;
});

type Answer = { status: number; body: Record<string, unknown> };

async function post(
  path: string,
  body: object | string,
  { at = lenient, token = '' }: { at?: MockMessagesServer; token?: string } = {},
): Promise<Answer> {
  const form = body instanceof URLSearchParams;
  const response = await fetch(`${at.origin}${path}`, {
    method: 'POST',
    headers: {
      'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: typeof body === 'string' || form ? String(body) : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const CHALLENGE = '/sms-authentication-challenge';
const VERIFY = '/sms-authentication';
const REFUSED: Answer = { status: 400, body: { status: 'failure' } };
const challenge = async (to: string) => (await post(CHALLENGE, { phone_number: to })).body;
const verify = (id: unknown, code: unknown) => post(VERIFY, { transaction_id: id, verification_code: code });

describe('a code', () => {
  test('goes out as the document shows it, and is taken once', async () => {
    const sent = await post(CHALLENGE, { phone_number: '+81-90-1234-5678', template: 'registration' });
    expect(sent).toEqual({
      status: 200,
      body: {
        transaction_id: expect.stringMatching(/^[\da-f-]{36}$/),
        verification_code: expect.stringMatching(/^\d{6}$/),
        expires_in: 300,
      },
    });
    const { transaction_id: id, verification_code: code } = sent.body;
    expect(arrived).toEqual([
      { channel: 'sms', to: '+81-90-1234-5678', template: 'registration', code, transactionId: id, at: clock.at },
    ]);
    expect(await verify(id, code)).toEqual({ status: 200, body: { status: 'success' } });
    expect(await verify(id, code)).toEqual(REFUSED);
    expect(checked).toEqual(['right', 'used']);
  });

  test('of a mail is none of a text message', async () => {
    const sent = (await post('/email-authentication-challenge', { email: 'a@example.com' })).body;
    const body = { transaction_id: sent.transaction_id, verification_code: sent.verification_code };
    expect(await post(VERIFY, body)).toEqual(REFUSED);
    expect((await post('/email-authentication', body)).status).toBe(200);
    expect(arrived).toMatchObject([{ channel: 'email', template: 'authentication' }]);
    expect(checked).toEqual(['unknown', 'right']);
  });

  test('that is wrong is refused, and the right one is good afterwards', async () => {
    const sent = await challenge('+4470001');
    const wrong = sent.verification_code === '000000' ? '111111' : '000000';
    expect(await verify(sent.transaction_id, wrong)).toEqual(REFUSED);
    expect((await verify(sent.transaction_id, sent.verification_code)).status).toBe(200);
  });

  test('is void once the next one went to the same number, however that is written', async () => {
    const first = await challenge('+81-90-0000-0001');
    const other = await challenge('+81-90-0000-0002');
    const second = await challenge('+819000000001');
    expect(await verify(first.transaction_id, first.verification_code)).toEqual(REFUSED);
    expect((await verify(other.transaction_id, other.verification_code)).status).toBe(200);
    expect((await verify(second.transaction_id, second.verification_code)).status).toBe(200);
    expect(checked).toEqual(['voided', 'right', 'right']);
  });

  test('is good for five minutes', async () => {
    const [first, second] = [await challenge('+4470002'), await challenge('+4470003')];
    clock.at += 299_000;
    expect((await verify(first.transaction_id, first.verification_code)).status).toBe(200);
    clock.at += 1000;
    expect(await verify(second.transaction_id, second.verification_code)).toEqual(REFUSED);
    expect(checked).toEqual(['right', 'late']);
  });

  test('without its transaction is held against the newest', async () => {
    const first = await challenge('+4470004');
    const second = await challenge('+4470005');
    if (first.verification_code !== second.verification_code) {
      expect(await verify(undefined, first.verification_code)).toEqual(REFUSED);
    }
    expect((await verify(undefined, second.verification_code)).status).toBe(200);
  });
});

describe('strict', () => {
  test('asks for a token of its own, and for the transaction', async () => {
    const number = { phone_number: '+4470006' };
    expect(await post(CHALLENGE, number, { at: strict })).toMatchObject({ status: 401 });
    expect(await post(CHALLENGE, number, { at: strict, token: 'made-up' })).toMatchObject({ status: 401 });
    const grant = { grant_type: 'password', client_id: 'c', username: 'u', password: 'p', scope: 'application' };
    const granted = await post('/token', new URLSearchParams(grant), { at: strict });
    expect(granted).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 3600, scope: 'application' },
    });
    const way = { at: strict, token: String(granted.body.access_token) };
    const sent = await post(CHALLENGE, number, way);
    expect(sent).toMatchObject({ status: 200, body: { verification_code: '123456' } });
    expect(await post(VERIFY, { verification_code: '123456' }, way)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    const shown = { transaction_id: sent.body.transaction_id, verification_code: '123456' };
    expect((await post(VERIFY, shown, way)).status).toBe(200);
    clock.at += 3_600_000;
    expect((await post(CHALLENGE, number, way)).status).toBe(401);
  });
});

describe('the token endpoint', () => {
  test.each([
    ['a password', { grant_type: 'password', client_id: 'c', username: 'u', password: 'p' }, 200],
    ['a client', { grant_type: 'client_credentials', client_id: 'c', client_secret: 's' }, 200],
    ['the client that is none', { grant_type: 'password', client_id: 'invalid', username: 'u', password: 'p' }, 401],
    ['no client', { grant_type: 'client_credentials' }, 400],
    ['no password', { grant_type: 'password', client_id: 'c', username: 'u' }, 400],
    ['another grant', { grant_type: 'device_code', client_id: 'c' }, 400],
  ])('%s', async (_name, form, status) => {
    expect((await post('/token', new URLSearchParams(form))).status).toBe(status);
    expect((await post('/token', form)).status).toBe(status);
  });

  test('takes a client in the header', async () => {
    const response = await fetch(`${lenient.origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('invalid:s')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    expect(response.status).toBe(401);
  });
});

describe('what is odd is refused in words', () => {
  test.each([
    ['no number', CHALLENGE, {}, 400, 'phone_number is missing.'],
    ['a number that is none', CHALLENGE, { phone_number: 7 }, 400, 'phone_number is missing.'],
    ['a template that is none', CHALLENGE, { phone_number: '+44', template: 7 }, 400, 'template must be a text.'],
    ['no mailbox', '/email-authentication-challenge', { phone_number: '+44' }, 400, 'email is missing.'],
    ['no code', VERIFY, {}, 400, 'verification_code is missing.'],
    [
      'a transaction that is none',
      VERIFY,
      { verification_code: '1', transaction_id: 7 },
      400,
      'transaction_id is missing.',
    ],
    ['no JSON', VERIFY, 'verification_code=1', 400, 'The body must be a JSON object.'],
    ['a list', VERIFY, '[1]', 400, 'The body must be a JSON object.'],
    ['another address', '/voice', {}, 404, 'There is no POST /voice here.'],
    ['the number that fails', CHALLENGE, { phone_number: '0000000000' }, 500, 'The service failed.'],
  ])('%s', async (_name, path, body, status, error_description) => {
    expect(await post(path, body)).toMatchObject({ status, body: { error: expect.any(String), error_description } });
    expect(arrived).toEqual([]);
  });

  test('whoever waits at the slow number is let go when it ends', async () => {
    const slow = await openMockMessages({ ...options, strict: false });
    const waiting = post(CHALLENGE, { phone_number: '9999999999' }, { at: slow }).catch(() => 'cut off');
    expect((await post(VERIFY, { verification_code: '1' }, { at: slow })).status).toBe(400);
    await slow.close();
    const ending = await waiting;
    expect(ending === 'cut off' || (ending as Answer).status === 504).toBe(true);
  });
});
