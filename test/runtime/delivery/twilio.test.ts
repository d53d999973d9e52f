// Test: text messages and calls by Twilio, against a server of its shape on loopback: what is asked, and what each answer
// means for the message.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DeliveryDesk, Outgoing, Taken } from '#runtime/delivery/delivery.ts';
import { reportAddress, type TwilioAccount, twilioSend } from '#runtime/delivery/twilio.ts';
import { callMarkup } from '#runtime/delivery/twilio-markup.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Egress } from '#runtime/egress/egress.ts';
import { openTwilio, SID, TOKEN, type TwilioDouble, type TwilioManner } from '#test/kit/twilio.ts';

let twilio: TwilioDouble;
beforeAll(async () => {
  twilio = await openTwilio();
});
afterAll(() => twilio.close());
beforeEach(() => {
  twilio.manner = { by: 'taking' };
  twilio.requests.length = 0;
});

const ACCOUNT: TwilioAccount = { source: 'mfa', sid: SID, authToken: TOKEN, from: '+15005550006' };
const TEXT = '123456 is your code & <more>';

function send(account: Partial<TwilioAccount>, channel: 'sms' | 'voice' = 'sms', text = TEXT): Promise<Taken> {
  // What a provider looks at: the way to Twilio, the tenant's address and the message.
  const desk = { ports: { twilio: twilio.port } } as unknown as DeliveryDesk;
  const message = {
    id: 'm-1',
    channel,
    to: '+447700900123',
    code: '123456',
    about: { kind: 'second-factor', locale: 'ja' },
  };
  const outgoing = { tenant: { baseUrl: 'https://id.example' }, message, words: { text } } as Outgoing;
  return twilioSend(desk, { ...ACCOUNT, ...account }, outgoing);
}

describe('what is asked', () => {
  test.each<[name: string, account: Partial<TwilioAccount>, sender: object]>([
    ['from a number', {}, { From: '+15005550006' }],
    ['from a name', { from: 'Acme' }, { From: 'Acme' }],
    ['by a messaging service', { from: undefined, messagingServiceSid: 'MG1' }, { MessagingServiceSid: 'MG1' }],
    ['by a messaging service, where both are there', { messagingServiceSid: 'MG1' }, { MessagingServiceSid: 'MG1' }],
  ])('a text message %s', async (_name, account, sender) => {
    expect(await send(account)).toMatchObject({
      end: 'sent',
      reference: expect.stringMatching(/^SM/),
      status: 'queued',
    });
    const [asked] = twilio.requests;
    expect(asked).toMatchObject({ kind: 'Messages', sid: SID });
    expect(Object.fromEntries(asked?.form ?? [])).toEqual({
      To: '+447700900123',
      Body: TEXT,
      StatusCallback: 'https://id.example/twilio/status/mfa/m-1',
      ...sender,
    });
  });

  test('a call', async () => {
    const text = 'Code: ... 1.2.3.4.5.6';
    expect(await send({ messagingServiceSid: 'MG1' }, 'voice', text)).toMatchObject({
      end: 'sent',
      reference: expect.stringMatching(/^CA/),
    });
    const say = '<Say language="ja-JP" voice="Polly.Mizuki">';
    const said = `${say}Code:</Say><Pause length="1"/>${say}1.2.3.4.5.6</Say>`;
    const [asked] = twilio.requests;
    expect(asked?.kind).toBe('Calls');
    expect(Object.fromEntries(asked?.form ?? [])).toEqual({
      To: '+447700900123',
      From: '+15005550006',
      Twiml: `<?xml version="1.0" encoding="UTF-8"?><Response>${said}<Pause length="1"/>${said}</Response>`,
      StatusCallback: 'https://id.example/twilio/status/mfa/m-1',
    });
  });
});

describe('what a call says', () => {
  const saysOf = (text: string, locale = 'en') =>
    [...callMarkup(text, { code: '12', locale }).matchAll(/<Say language="([^"]*)" voice="[^"]+">([^<]*)<\/Say>/g)].map(
      ([, language, said]) => [language, said],
    );

  test.each([
    ['the code once: all of it twice', 'is 1.2', ['is 1.2', 'is 1.2']],
    ['the code twice: once', 'is 1.2 ... again 1.2', ['is 1.2', 'again 1.2']],
    ['no markup', `<Hangup/>&"\u0007`, ['&lt;Hangup/&gt;&amp;&quot;', '&lt;Hangup/&gt;&amp;&quot;']],
  ])('%s', (_name, text, said) => {
    expect(saysOf(text).map(([, what]) => what)).toEqual(said);
  });

  test.each([
    ['pt-BR', 'pt-BR'],
    ['zh', 'cmn-CN'],
    ['xx', 'en-US'],
  ])('in the language of %s', (locale, language) => {
    expect(saysOf('x', locale)[0]?.[0]).toBe(language);
  });
});

describe('what is missing is named, and nobody is asked', () => {
  test.each<[account: Partial<TwilioAccount>, channel: 'sms' | 'voice', names: RegExp]>([
    [{ sid: undefined }, 'sms', /`sid` and `auth_token`/],
    [{ authToken: '' }, 'sms', /`sid` and `auth_token`/],
    [{ sid: '../../x' }, 'sms', /letters and digits/],
    [{ from: undefined }, 'sms', /`from` or `messaging_service_sid`/],
    [{ from: undefined, messagingServiceSid: 'MG1' }, 'voice', /needs a `from` number for calls/],
  ])('%j by %s', async (account, channel, names) => {
    const taken = await send(account, channel);
    expect(taken).toMatchObject({ end: 'failed', fault: { code: 'configuration' } });
    expect('fault' in taken && taken.fault.detail).toMatch(names);
    expect(twilio.requests).toEqual([]);
  });

  test('a call that is too long', async () => {
    expect(await send({}, 'voice', 'x'.repeat(4000))).toMatchObject({ end: 'failed', fault: { code: 'template' } });
  });
});

describe('what an answer means', () => {
  const error = (status: number, code?: number): TwilioManner =>
    code === undefined ? { by: 'error', status } : { by: 'error', status, code };
  test.each<[manner: TwilioManner, end: Taken['end'], code: string | undefined, answered: string | undefined]>([
    [error(401, 20003), 'failed', 'unauthorized', '20003'],
    [error(403, 20008), 'failed', 'configuration', '20008'],
    [error(404, 20404), 'failed', 'configuration', '20404'],
    [error(400, 21211), 'failed', 'refused', '21211'],
    [error(400, 21408), 'failed', 'refused', '21408'],
    [error(400, 21606), 'failed', 'configuration', '21606'],
    [error(400, 21610), 'failed', 'refused', '21610'],
    [error(400, 21617), 'failed', 'template', '21617'],
    [error(400, 99999), 'failed', 'refused', '99999'],
    [error(429, 20429), 'retry', 'limit', '20429'],
    [error(400), 'failed', 'refused', 'HTTP 400'],
    [error(401), 'failed', 'unauthorized', 'HTTP 401'],
    [error(404), 'failed', 'configuration', 'HTTP 404'],
    [error(429), 'retry', 'limit', 'HTTP 429'],
    [error(503), 'retry', 'limit', 'HTTP 503'],
    [error(500), 'unseen', 'unreachable', 'HTTP 500'],
    [error(302), 'failed', 'refused', 'HTTP 302'],
    [{ by: 'hanging-up' }, 'unseen', 'unreachable', 'ECONNRESET'],
    [{ by: 'body', status: 201, body: 'garbage' }, 'sent', undefined, undefined],
    [{ by: 'body', status: 201, body: '[null]' }, 'sent', undefined, undefined],
    [{ by: 'body', status: 201, body: '{"status":"failed","error_code":30034}' }, 'failed', 'configuration', '30034'],
  ])('%j', async (manner, end, code, answered) => {
    twilio.manner = manner;
    const taken = await send({});
    expect(taken.end).toBe(end);
    const fault = 'fault' in taken ? taken.fault : undefined;
    expect(fault?.code).toBe(code);
    expect(fault?.answered).toBe(answered);
    if (!fault) return;
    // A line for a log: whole, and without anybody's number, code or key.
    expect(fault.detail).toMatch(/^[^\n]{10,300}\.?$/);
    for (const secret of ['447700900123', '123456', TOKEN, SID]) expect(fault.detail).not.toContain(secret);
  });

  test('keys that are wrong', async () => {
    expect(await send({ authToken: 'wrong' })).toMatchObject({ end: 'failed', fault: { answered: '20003' } });
  });

  test('the price, where it is known', async () => {
    twilio.manner = {
      by: 'body',
      status: 201,
      body: '{"sid":"SM1","status":"sent","price":"-0.0075","price_unit":"usd"}',
    };
    expect(await send({})).toEqual({ end: 'sent', reference: 'SM1', status: 'sent', cost: '0.0075 USD' });
  });
});

describe('no answer', () => {
  const by = (request: Egress['request'], origin = twilio.origin) => {
    const desk = { ports: { twilio: { origin, egress: { request } } } } as unknown as DeliveryDesk;
    const message = { id: 'm-1', channel: 'sms', to: '+447700900123' };
    const outgoing = { tenant: { baseUrl: 'https://id.example' }, message, words: { text: 'x' } } as Outgoing;
    return twilioSend(desk, ACCOUNT, outgoing);
  };

  test('where nobody listens: nothing was sent', async () => {
    const [gone, egress] = [await openTwilio(), createEgress({ allow: ['127.0.0.1'] })];
    await gone.close();
    const taken = await by(egress.request, gone.origin);
    expect(taken).toMatchObject({ end: 'failed', fault: { code: 'unreachable', answered: 'ECONNREFUSED' } });
    await egress.close();
  });

  test('from somewhere that may not be reached', async () => {
    const egress = createEgress({ allow: [] });
    expect(await by(egress.request)).toMatchObject({ end: 'failed', fault: { code: 'configuration' } });
    await egress.close();
  });

  test('within thirty seconds: it may have arrived', async () => {
    twilio.manner = { by: 'silence' };
    const waits: number[] = [];
    const taken = await by((call, { timeoutMs }) => {
      waits.push(timeoutMs);
      return twilio.port.egress.request(call, { timeoutMs: 50 });
    });
    expect(taken).toMatchObject({ end: 'unseen', fault: { code: 'timeout', answered: 'ETIMEDOUT' } });
    expect(waits).toEqual([30_000]);
    expect(twilio.requests).toHaveLength(1);
  });
});

test.each([
  ['https://id.example', 'https://id.example/twilio/status/con_1/m'],
  ['https://203.0.113.5:8443', 'https://203.0.113.5:8443/twilio/status/con_1/m'],
  ['http://localhost:3000', undefined],
  ['http://acme.localhost:3000', undefined],
  ['http://127.0.0.1:3000', undefined],
  ['http://192.168.1.2', undefined],
  ['http://[::1]:3000', undefined],
  ['http://intranet', undefined],
])('the vendor is told where to report, unless it could not reach %s', (baseUrl, address) => {
  expect(reportAddress({}, { baseUrl }, 'con_1', 'm')).toBe(address);
  expect(reportAddress({ twilio: twilio.port }, { baseUrl }, 'con_1', 'm')).toBe(`${baseUrl}/twilio/status/con_1/m`);
});
