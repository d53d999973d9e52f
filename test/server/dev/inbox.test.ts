// Test: the dev inbox: what it shows of which channel, and how the HTML of a mail is kept from doing anything.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MessageRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

const EVIL = '<script>alert(1)</script><img src="https://tracker.example/x.png"><form action="/x"><a href="/in">in</a>';
const LINK = 'https://app.example/verify?ticket=a&b=c';

let door: FrontDoor;
beforeAll(async () => {
  door = await openFrontDoor({ env: { SALLYPORT_DEV: '1' } });
  const { tenant, clock, store } = door.house;
  const message = (id: string, more: Partial<MessageRecord>): Change => ({
    kind: 'message.insert',
    message: {
      tenantId: tenant.id,
      id,
      channel: 'sms',
      to: '+447700900123',
      text: `Your code is <b>${id}</b>`,
      state: 'delivered',
      attempts: 1,
      at: clock.at,
      expiresAt: clock.at + 300_000,
      ...more,
    },
  });
  await store.commit([
    message('text', { code: '123456' }),
    message('call', {
      channel: 'voice',
      code: '654321',
      text: 'Your code is 6.5.4',
      about: { kind: 'second-factor', locale: 'ja' },
    }),
    message('mail', {
      channel: 'email',
      to: 'ana@example.com',
      text: `Open this link: ${LINK}. Or not.`,
      mail: { subject: 'Verify <your> address', html: EVIL },
    }),
    message('late', { channel: 'email', to: 'ben@example.com', state: 'attempting' }),
    {
      kind: 'message.settle',
      tenantId: tenant.id,
      id: 'late',
      attempt: 1,
      end: { state: 'failed', outcome: { provider: 'smtp', detail: 'It said no.' }, kept: { text: 'x' } },
    },
  ]);
});
afterAll(() => door.close());

const get = async (path: string) => {
  const answer = await door.get(path);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const idsOn = (text: string) => [...text.matchAll(/id="message-(\w+)"/g)].map(([, id]) => id);

describe('the page', () => {
  test('shows what there is, escaped, each with what can be done with it', async () => {
    const { status, text, headers } = await get('/dev/inbox');
    expect(status).toBe(200);
    expect(idsOn(text)).toEqual(['late', 'mail', 'call', 'text']);
    expect(text).toContain('Your code is &lt;b&gt;text&lt;/b&gt;');
    expect(text).toContain('<code class="big-code">123456</code>');
    expect(text).toMatch(/data-copies="123456" hidden/);
    expect(text).toMatch(/data-says="Your code is 6\.5\.4" lang="ja" hidden/);
    expect(text).toContain('Verify &lt;your&gt; address');
    expect(text).toContain(`<a href="${LINK.replace('&', '&amp;')}" target="_blank" rel="noopener">`);
    expect(text).toContain('It said no.');
    // Asked for anew only where no script does it.
    expect(text).toContain('<noscript><meta http-equiv="refresh" content="3"></noscript>');
    expect(headers.get('refresh')).toBeNull();
    expect(headers.get('content-security-policy')).toContain("frame-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test.each([
    ['to=ana%40example.com', ['mail']],
    ['to=+447700900123', ['call', 'text']],
    ['to=&channel=', ['late', 'mail', 'call', 'text']],
    ['channel=voice', ['call']],
    ['channel=pigeon', ['late', 'mail', 'call', 'text']],
    ['to=ana%40example.com&channel=sms', []],
    ['to=%3Cscript%3E', []],
  ])('with %s', async (query, ids) => {
    const { status, text } = await get(`/dev/inbox?${query}`);
    expect([status, idsOn(text)]).toEqual([200, ids]);
    expect(text).not.toContain('<script>');
    if (ids.length === 0) expect(text).toContain('No such message yet.');
  });
});

test('as JSON, with the subject and the HTML of a mail', async () => {
  const found = JSON.parse((await get('/dev/inbox.json?to=ana@example.com')).text);
  expect(found).toEqual([
    {
      id: 'mail',
      channel: 'email',
      to: 'ana@example.com',
      text: `Open this link: ${LINK}. Or not.`,
      code: null,
      at: new Date(door.house.clock.at).toISOString(),
      subject: 'Verify <your> address',
      html: EVIL,
    },
  ]);
});

describe('the HTML of a mail', () => {
  const address = (id: string) => `/dev/inbox/mail/${door.house.tenant.id}/${id}`;

  test('is nobody’s page, and loads nothing unless somebody asks for its pictures', async () => {
    const { status, headers, text } = await get(address('mail'));
    expect(status).toBe(200);
    expect(text).toContain(EVIL);
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ['sandbox allow-popups', "default-src 'none'", "form-action 'none'", 'img-src data:;']) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/allow-(scripts|same-origin|forms|top-navigation)|script-src/);
    expect((await get(`${address('mail')}?pictures=1`)).headers.get('content-security-policy')).toContain(
      'img-src data: https: http:',
    );
  });

  test.each([['text'], ['nothing'], ['%2e%2e']])('is not there for %s', async (id) => {
    expect((await get(address(id))).status).toBe(404);
  });

  test('is not shown at another tenant', async () => {
    expect((await get('/dev/inbox/mail/somebody/mail')).status).toBe(404);
  });
});

test('whoever looks keeps no message from leaving', async () => {
  const { tenant, clock, store, runtime } = door.house;
  await get('/dev/inbox');
  const at = clock.at;
  const unsent: MessageRecord = {
    tenantId: tenant.id,
    id: 'unsent',
    channel: 'sms',
    to: '+447700900123',
    code: '271828',
    text: 'Your code is 271828',
    state: 'pending',
    attempts: 0,
    at,
    expiresAt: at + 300_000,
  };
  await store.commit([{ kind: 'message.insert', message: unsent }]);
  clock.advance(31_000);
  await runtime.deliverDue();
  expect(await store.messages.find(tenant.id, 'unsent')).toMatchObject({ state: 'delivered', attempts: 1 });
});
