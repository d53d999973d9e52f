// Server, development: phones for people and tests that have none at hand. Such a device signs like a real one and speaks
// through the same addresses; its key is made of a secret that its row keeps, so that a restart loses nothing.
import { createECDH, createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { newTotpKey } from '#runtime/factors/otp.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { isOwnForm } from '../hosted/own-form.ts';
import { PROOF_TYPE } from '../push/device-proof.ts';
import { API_PATH } from '../push/push-paths.ts';
import { readJsonObject } from '../request.ts';
import type { Ask } from './ask.ts';

/** Messages of one device that can still be answered are far fewer. */
const MESSAGES_SEARCHED = 100;

/** POST `/dev/devices` and `/dev/devices/{id}/answer`. */
export function deviceRoutes(deps: Deps, ask: Ask): Hono<Env> {
  return new Hono<Env>()
    .use('/dev/devices/*', async (c, next) => {
      c.header('cache-control', 'no-store');
      // Any site can make a browser send a form to a loopback address.
      return isOwnForm(c) ? next() : refuse(c, 403, 'forbidden', 'This request came from another site.');
    })
    .post('/dev/devices', (c) => enroll(c, deps))
    .post('/dev/devices/:id/answer', (c) => answer(c, deps, ask));
}

async function enroll(c: Context<Env>, { store, random, clock }: Deps): Promise<Response> {
  const body = await readJsonObject(c);
  const userId = body.ok ? body.object.user_id : undefined;
  if (typeof userId !== 'string') return refuse(c, 400, 'invalid_request', 'The body must be {"user_id": "…"}.');
  const tenantId = c.var.tenant.id;
  const id = `dev_${random.letters(16)}`;
  const secret = newTotpKey(random);
  const at = clock.now();
  const inserted = await store.authenticators.insert({
    tenantId,
    id,
    userId,
    type: 'push',
    confirmed: true,
    name: 'Dev phone',
    secret,
    device: { publicKey: keyOf(secret).publicKey, userAgent: 'Sallyport development' },
    createdAt: at,
    enrolledAt: at,
  });
  return inserted === 'inserted'
    ? c.json({ id }, 201)
    : refuse(c, 404, 'not_found', 'There is no user with that id at this tenant.');
}

async function answer(c: Context<Env>, { store, clock }: Deps, ask: Ask): Promise<Response> {
  const body = await readJsonObject(c);
  const { message_id: messageId, approve } = body.ok ? body.object : {};
  if (typeof messageId !== 'string' || typeof approve !== 'boolean') {
    return refuse(c, 400, 'invalid_request', 'The body must be {"message_id": "…", "approve": true} or false.');
  }
  const { tenant } = c.var;
  const id = c.req.param('id') ?? '';
  // Anything else was never the name of a device, and need not be a text that a database takes.
  const device = /^dev_[A-Za-z0-9]{16}$/.test(id) ? await store.authenticators.find(tenant.id, id) : undefined;
  if (device?.type !== 'push' || device.secret === undefined) {
    return refuse(c, 404, 'not_found', 'There is no such device at this tenant.');
  }
  const inbox = await store.messages.inbox(tenant.id, id, MESSAGES_SEARCHED);
  const message = inbox.find((each) => each.id === messageId);
  if (!message) return refuse(c, 404, 'not_found', 'This device has no such message.');
  const decision = approve ? { decision: 'approve', number: message.code ?? '' } : { decision: 'refuse' };
  const url = `${tenant.baseUrl}${API_PATH}/answer`;
  const statement = signed(id, device.secret, {
    aud: url,
    iat: Math.floor(clock.now() / 1000),
    jti: randomUUID(),
    request: messageId,
    ...decision,
  });
  return ask(new Request(url, { method: 'POST', body: statement, headers: { 'content-type': 'application/jose' } }));
}

function signed(id: string, secret: string, claims: JsonObject): string {
  const parts = [{ alg: 'ES256', typ: PROOF_TYPE, kid: id }, claims];
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const key = createPrivateKey({ key: keyOf(secret).privateKey, format: 'jwk' });
  return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** A pair of keys of P-256, the same for the same secret. */
function keyOf(secret: string) {
  const scalar = createHash('sha256').update(`dev phone ${secret}`).digest();
  // Below the order of the curve, whatever the digest is.
  scalar.writeUInt8(scalar.readUInt8(0) & 0x7f, 0);
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(scalar);
  const point = pair.getPublicKey();
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  const publicKey = { kty: 'EC', crv: 'P-256', x, y };
  return { publicKey, privateKey: { ...publicKey, d: scalar.toString('base64url') } };
}

function refuse(c: Context<Env>, status: 400 | 403 | 404, error: string, message: string): Response {
  return c.json({ error, message }, status);
}
