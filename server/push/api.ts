// Server, push: what a device's page asks and tells, in JSON. But for the offer, whose key is the only thing a new phone
// has, every body is a signed statement (device-proof.ts).
import { type Context, Hono } from 'hono';
import type { Decision, Device, PushRefusal } from '#runtime/push/push.ts';
import type { Json, JsonObject, PushRequestRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { isStorable, mediaType, readJsonObject, readText } from '../request.ts';
import { type ProofRefusal, readDeviceCall, readNewDeviceCall } from './device-proof.ts';
import { API_PATH } from './push-paths.ts';
import { readSubscription } from './read-subscription.ts';

const BODY_LIMIT_BYTES = 16 * 1024;
const LONGEST_NAME = 60;
const LONGEST_KEY = 100;

type Refused = ProofRefusal | PushRefusal | { ok: false; code: 'bad-request' };

const STATUSES = {
  'bad-request': 400,
  'invalid-proof': 401,
  'stale-proof': 401,
  'unknown-device': 404,
  'unknown-request': 404,
  'answered-request': 409,
  'expired-request': 410,
  'enrollment-over': 410,
} as const satisfies Record<Refused['code'], number>;

const BAD: Refused = { ok: false, code: 'bad-request' };

type Call = { c: Context<Env>; deps: Deps; device: Device; claims: JsonObject };
/** What a device may do, by the last part of its address. */
const CALLS: Readonly<Record<string, (call: Call) => Promise<JsonObject | Refused>>> = {
  requests: async ({ c, deps, device }) => ({
    confirmed: device.confirmed,
    requests: (await deps.runtime.push.pending(c.var.tenant, device)).map(toWire),
  }),
  answer: async ({ c, deps, device, claims }) => {
    const decision = readDecision(claims);
    if (!decision) return BAD;
    const answered = await deps.runtime.push.answer(c.var.tenant, device, decision);
    return answered.ok ? { outcome: answered.outcome } : answered;
  },
  subscribe: async ({ c, deps, device, claims }) => {
    const read = readSubscription(claims.subscription);
    if (!read) return BAD;
    await deps.runtime.push.subscribe(c.var.tenant, device, read.subscription);
    return {};
  },
  remove: async ({ c, deps, device }) => {
    await deps.runtime.push.remove(c.var.tenant, device, c.var.caller);
    return {};
  },
};

export function pushApiRoutes(deps: Deps): Hono<Env> {
  return new Hono<Env>()
    .post(`${API_PATH}/offer`, (c) => offer(c, deps))
    .post(`${API_PATH}/enroll`, (c) => enroll(c, deps))
    .post(`${API_PATH}/:verb`, async (c, next) => {
      const verb = c.req.param('verb');
      const act = Object.hasOwn(CALLS, verb) ? CALLS[verb] : undefined;
      if (!act) return next();
      const text = await readStatement(c);
      if (text === undefined) return refuse(c, deps, BAD);
      const read = await readDeviceCall(deps, c.var.tenant, `${API_PATH}/${verb}`, text);
      return read.ok ? respond(c, deps, await act({ c, deps, ...read })) : refuse(c, deps, read);
    });
}

/** Whose phone it would become; nothing is written. */
async function offer(c: Context<Env>, deps: Deps): Promise<Response> {
  const body = await readJsonObject(c);
  const key = body.ok ? readKey(body.object.key) : undefined;
  if (key === undefined) return refuse(c, deps, BAD);
  const found = await deps.runtime.push.offer(c.var.tenant, key);
  if (!found) return refuse(c, deps, { ok: false, code: 'enrollment-over' });
  return respond(c, deps, { account: found.account });
}

async function enroll(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant, caller } = c.var;
  const text = await readStatement(c);
  if (text === undefined) return refuse(c, deps, BAD);
  const read = await readNewDeviceCall(deps, tenant, `${API_PATH}/enroll`, text);
  if (!read.ok) return refuse(c, deps, read);
  const { publicKey, claims } = read;
  const key = readKey(claims.key);
  const name = readName(claims.name);
  if (key === undefined || name === undefined) return refuse(c, deps, BAD);
  const userAgent = caller.userAgent === undefined ? {} : { userAgent: caller.userAgent.slice(0, 300) };
  const enrolled = await deps.runtime.push.enroll(tenant, key, { name, publicKey, ...userAgent });
  if (!enrolled.ok) return refuse(c, deps, enrolled);
  const { deviceId, account, secret } = enrolled;
  return respond(c, deps, { device: deviceId, account, secret, public_key: await deps.runtime.push.publicKey(tenant) });
}

/** The compact form of a JWS; undefined for anything else. */
async function readStatement(c: Context<Env>): Promise<string | undefined> {
  if (mediaType(c.req.header('content-type')) !== 'application/jose') return undefined;
  const body = await readText(c, BODY_LIMIT_BYTES);
  return body.ok && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(body.text) ? body.text : undefined;
}

function readDecision({ request: requestId, decision, number }: JsonObject): Decision | undefined {
  if (typeof requestId !== 'string' || !/^[0-9a-f-]{36}$/.test(requestId)) return undefined;
  if (decision === 'refuse') return { requestId, kind: 'refuse' };
  // Where no page shows a number there is none to choose.
  if (decision !== 'approve' || typeof number !== 'string' || !/^[0-9]{0,4}$/.test(number)) return undefined;
  return { requestId, kind: 'approve', number };
}

const readKey = (value: Json | undefined) =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_KEY && isStorable(value) ? value : undefined;

function readName(value: Json | undefined): string | undefined {
  if (typeof value !== 'string' || !isStorable(value)) return undefined;
  const name = value.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return name === '' || name.length > LONGEST_NAME ? undefined : name;
}

function toWire({ id, about, choices, createdAt, expiresAt }: PushRequestRecord): JsonObject {
  const { application, ip, place, userAgent } = about;
  return {
    id,
    application,
    ip,
    ...(place === undefined ? {} : { place }),
    ...(userAgent === undefined ? {} : { user_agent: userAgent }),
    choices,
    created_at: createdAt,
    expires_at: expiresAt,
  };
}

/** Every answer says what time it is here: codes and statements are made by it. */
function respond(c: Context<Env>, deps: Deps, said: JsonObject | Refused): Response {
  if ('ok' in said && said.ok === false) return refuse(c, deps, said as Refused);
  return c.json({ ...said, now: deps.clock.now() });
}

function refuse(c: Context<Env>, { clock }: Deps, { code }: Refused): Response {
  return c.json({ error: code, now: clock.now() }, STATUSES[code]);
}
