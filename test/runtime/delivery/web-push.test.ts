// Test: push messages to a browser, against a push service that decrypts what it gets as the browser would (RFC 8291), over
// TLS and through the real egress guard.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { PushDeviceRecord, UserRecord } from '#storage/records.ts';
import { type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { pem, type Served, serveTls } from '../egress/kit.ts';

const CHALLENGE = `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'push-notification' });`;

type Pushed = { headers: IncomingMessage['headers']; body: Buffer };

let house: House;
let service: Served;
const pushed: Pushed[] = [];
let status = 201;
const egress = createEgress({ allow: ['127.0.0.1'] });
const guarded = createEgress({ allow: [] });
let allowed = true;

beforeAll(async () => {
  service = await serveTls({ cert: pem('server.pem'), key: pem('server.key') }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      pushed.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end();
    });
  });
  const ca = pem('ca.pem');
  house = await openHouse({
    on: ['push-notification'],
    ports: {
      inbox: false,
      // The authority of the test is known to nobody else.
      egress: {
        ...egress,
        request: (call, options) => (allowed ? egress : guarded).request({ ...call, tls: { ca } }, options),
      },
    },
  });
  await house.bind(CHALLENGE);
}, 60_000);
afterAll(async () => void (await Promise.all([house.close(), service.close(), egress.close(), guarded.close()])));

let people = 0;
/** A browser that has subscribed. */
async function browser(endpoint = `${service.origin}/send/1`) {
  const user = await house.user(`browser-${++people}`);
  const pair = createECDH('prime256v1');
  const p256dh = pair.generateKeys('base64url');
  const auth = randomBytes(16).toString('base64url');
  const id = `dev_${house.ports.random.letters(16)}`;
  await keep(user, id, { publicKey: {}, subscription: { endpoint, p256dh, auth } });
  return { id, user, pair, auth };
}

async function keep({ tenantId, id: userId }: UserRecord, id: string, device: PushDeviceRecord): Promise<void> {
  const row = { tenantId, id, userId, type: 'push', confirmed: true, device, createdAt: 0 } as const;
  expect(await house.store.authenticators.insert(row)).toBe('inserted');
}

/** Begins a login that asks the browser; the challenge as the page has it. */
async function ask({ email }: UserRecord) {
  house.clock.advance(60_000);
  pushed.length = 0;
  const { key } = await house.begin();
  const { login } = await house.step(key, { kind: 'submitted', identifier: email ?? '', password: PASSWORD });
  const [challenge] = login.challenges;
  if (!challenge) throw new Error(`no challenge while ${login.state.name}`);
  return { key, challenge };
}

const newestLog = async () => (await house.logTypes()).filter((type) => type.startsWith('gd_send')).at(-1);
const subscriptionOf = async (id: string) =>
  (await house.store.authenticators.find(house.tenant.id, id))?.device?.subscription;

describe('a message', () => {
  test('arrives encrypted for the browser, signed by the tenant, with ids and the application and no secret', async () => {
    const { id, user, pair, auth } = await browser();
    const { challenge } = await ask(user);
    expect(pushed).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = pushed;
    expect(headers).toMatchObject({ ttl: '300', urgency: 'high', 'content-encoding': 'aes128gcm' });
    expect(decrypted(body, pair, auth)).toEqual({ request: challenge.id, device: id, application: 'App' });
    expect(await newestLog()).toBe('gd_send_pn');

    // RFC 8292: by the key that browsers subscribe with, for this service.
    const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(headers.authorization ?? '') ?? [];
    expect(key).toBe(await house.runtime.push.publicKey(house.tenant));
    const point = Buffer.from(key, 'base64url');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'));
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y } as never, format: 'jwk' });
    const { payload } = await jwtVerify(token, publicKey, { algorithms: ['ES256'] });
    expect(payload).toMatchObject({ aud: service.origin, sub: expect.stringMatching(/^(mailto|https):/) });
  });

  test('is signed by the same key each time, whoever asks first', async () => {
    const keys = await Promise.all([1, 2, 3].map(() => house.runtime.push.publicKey(house.tenant)));
    expect(new Set(keys).size).toBe(1);
    const row = await house.store.providers.findByKey(house.tenant.id, 'push:web-push');
    expect(row?.settings.publicKey).toBe(keys[0]);
  });

  test.each([404, 410])('that is answered %d ends the subscription; the device goes on asking', async (gone) => {
    const { id, user } = await browser();
    status = gone;
    const { challenge } = await ask(user);
    expect(challenge.undelivered).toBe(true);
    expect(await newestLog()).toBe('gd_send_pn_failure');
    expect(await subscriptionOf(id)).toBeUndefined();
    status = 201;
    expect((await ask(user)).challenge.undelivered).toBeUndefined();
    expect(pushed).toEqual([]);
    expect(await newestLog()).toBe('gd_send_pn');
  });

  test.each([429, 500, 307])('that is answered %d keeps it', async (failed) => {
    const { id, user } = await browser();
    status = failed;
    expect((await ask(user)).challenge.undelivered).toBe(true);
    expect(await subscriptionOf(id)).toBeDefined();
    status = 201;
  });

  test('goes to no private address, whatever a browser says', async () => {
    const { user } = await browser();
    allowed = false;
    expect((await ask(user)).challenge.undelivered).toBe(true);
    expect(pushed).toEqual([]);
    allowed = true;
  });

  test('for a key that is none is not made, and the login stands', async () => {
    const user = await house.user(`browser-${++people}`);
    const id = `dev_${house.ports.random.letters(16)}`;
    const bad = { endpoint: service.origin, p256dh: `B${'_'.repeat(86)}`, auth: 'A'.repeat(22) };
    await keep(user, id, { publicKey: {}, subscription: bad });
    expect((await ask(user)).challenge).toMatchObject({ undelivered: true });
    expect(await subscriptionOf(id)).toBeUndefined();
  });

  test('that nobody carries is no failure, and its text is not kept', async () => {
    const user = await house.user(`browser-${++people}`);
    const id = `dev_${house.ports.random.letters(16)}`;
    await keep(user, id, { publicKey: {} });
    expect((await ask(user)).challenge.undelivered).toBeUndefined();
    expect(await house.store.messages.inbox(house.tenant.id, id, 1)).toEqual([]);
  });
});

test('a message that a crash left behind is sent later, as long as it may be answered', async () => {
  const { id, user } = await browser();
  const { challenge } = await ask(user);
  const request = await house.store.pushRequests.find(house.tenant.id, challenge.id);
  if (!request) throw new Error('nothing was asked');
  for (const lifetime of [60_000, 1_000]) {
    pushed.length = 0;
    const at = house.clock.at;
    const again = { ...request, id: house.ports.random.uuid(), createdAt: at, expiresAt: at + lifetime };
    const text = {
      tenantId: house.tenant.id,
      id: again.id,
      channel: 'push',
      to: id,
      text: 'x',
      state: 'pending',
      attempts: 0,
    } as const;
    await house.store.commit([
      { kind: 'push-request.insert', request: again },
      { kind: 'message.insert', message: { ...text, at, expiresAt: again.expiresAt } },
    ]);
    house.clock.advance(31_000);
    await house.runtime.deliverDue();
    expect(pushed).toHaveLength(lifetime > 31_000 ? 1 : 0);
    const { records } = await house.store.messages.list(house.tenant.id, { page: { offset: 0, limit: 1 } });
    expect(records).toMatchObject([{ id: again.id, state: lifetime > 31_000 ? 'delivered' : 'failed' }]);
  }
});

/** RFC 8291 §3.4 and RFC 8188 §2, as a browser does it. */
function decrypted(body: Buffer, pair: ReturnType<typeof createECDH>, auth: string): unknown {
  const salt = body.subarray(0, 16);
  const keyLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + keyLength);
  const sealed = body.subarray(21 + keyLength);
  const derive = (key: Buffer, from: Buffer, info: Buffer | string, length: number) =>
    Buffer.from(hkdfSync('sha256', key, from, info, length));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), sender]);
  const secret = derive(pair.computeSecret(sender), Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(secret, salt, 'Content-Encoding: aes128gcm\0', 16);
  const decipher = createDecipheriv('aes-128-gcm', key, derive(secret, salt, 'Content-Encoding: nonce\0', 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString());
}
