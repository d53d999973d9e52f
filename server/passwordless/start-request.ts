// Server, passwordless: what `/passwordless/start` is sent, read from a query, a form or JSON, and checked in the order and
// in the words of the wire (wire reference, §5.1).
import type { Context } from 'hono';
import { MAILBOX_SHAPE } from '#runtime/factors/mailbox.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Env } from '../deps.ts';
import { mediaType, type Parameters, readJsonObject, readParameters, readQuery, type Unreadable } from '../request.ts';

/** A refusal of this address: `error` names the property in question. */
export type BadRequest = { error: string; description: string };
export const bad = (property: string, description: string): { ok: false; bad: BadRequest } => ({
  ok: false,
  bad: { error: `bad.${property}`, description },
});

export type StartRequest = {
  clientId: string;
  /** Name of the connection. */
  connection: string;
  phoneNumber?: string;
  email?: string;
  send: 'link' | 'code';
  authParams: JsonObject;
  /** What a client proves itself by, as the token endpoint reads it. */
  credentials: Parameters;
};

export type ReadStart = { ok: true; request: StartRequest } | { ok: false; bad: BadRequest } | Unreadable;

const CREDENTIALS = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'] as const;
/** Those of SDKs beside the documented ones: they mean nothing here, and are no mistake of their users. */
const PASSED_OVER = ['captcha', 'tenant', 'protocol', 'device'] as const;
const KNOWN: ReadonlySet<string> = new Set([
  ...CREDENTIALS,
  ...['connection', 'phone_number', 'email', 'send', 'authParams'],
  ...PASSED_OVER,
]);

/** By GET the query, otherwise the body. */
export async function readStart(c: Context<Env>): Promise<ReadStart> {
  if (c.req.method === 'GET') return fromParameters(readQuery(c));
  if (mediaType(c.req.header('content-type')) !== 'application/json') {
    return fromParameters(await readParameters(c, { json: false }));
  }
  const read = await readJsonObject(c);
  return read.ok ? check(read.object) : read;
}

/** `authParams[scope]=openid` in a form stands for a property of an object. */
function fromParameters(read: { ok: true; parameters: Parameters } | Unreadable): ReadStart {
  if (!read.ok) return read;
  const authParams = new Map<string, string>();
  const given = new Map<string, string>();
  for (const [name, value] of Object.entries(read.parameters)) {
    const inner = /^authParams\[([\w-]{1,100})\]$/.exec(name)?.[1];
    if (inner === undefined) given.set(name, value);
    else if (inner !== '__proto__') authParams.set(inner, value);
  }
  const object: JsonObject = Object.fromEntries(given);
  return check(authParams.size === 0 ? object : { authParams: Object.fromEntries(authParams), ...object });
}

function check(given: JsonObject): ReadStart {
  const unknown = Object.keys(given).filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) {
    return bad('request', `the following properties are not allowed: ${unknown.join(', ').slice(0, 300)}`);
  }
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(given)) {
    if (name === 'authParams' || value === null || value === '') continue;
    if (typeof value !== 'string') return bad(name, `invalid type: ${typeOf(value)} (expected string)`);
    texts.set(name, value);
  }
  const authParams = given.authParams ?? {};
  if (typeof authParams !== 'object' || Array.isArray(authParams)) {
    return bad('authParams', `error in authParams - invalid type: ${typeOf(authParams)} (expected object)`);
  }
  const clientId = texts.get('client_id');
  if (clientId === undefined) return missing('client_id');
  const connection = texts.get('connection');
  if (connection === undefined) return missing('connection');
  const send = texts.get('send') ?? 'link';
  if (send !== 'link' && send !== 'code') return bad('send', `No enum match for: ${send.slice(0, 100)}`);
  const phoneNumber = texts.get('phone_number');
  const email = texts.get('email')?.trim();
  return {
    ok: true,
    request: {
      clientId,
      connection,
      ...(phoneNumber === undefined ? {} : { phoneNumber }),
      ...(email === undefined ? {} : { email }),
      send,
      authParams,
      credentials: Object.fromEntries(
        CREDENTIALS.flatMap((name) => {
          const value = texts.get(name);
          return value === undefined ? [] : [[name, value] as const];
        }),
      ),
    },
  };
}

const missing = (property: string) => bad(property, `Missing required property: ${property}`);

const PHONE = /^\+[0-9]{1,15}$/;
/** RFC 5321 §4.5.3.1.3. */
const LONGEST_EMAIL = 254;

/** The address that a connection of this strategy sends to: only its shape is looked at. */
export function addressOf(
  strategy: 'sms' | 'email',
  { phoneNumber, email }: StartRequest,
): { ok: true; address: string } | { ok: false; bad: BadRequest } {
  const [property, value, shape] =
    strategy === 'sms' ? (['phone_number', phoneNumber, PHONE] as const) : (['email', email, MAILBOX_SHAPE] as const);
  if (value === undefined) return missing(property);
  if (!shape.test(value) || value.length > LONGEST_EMAIL) {
    return bad(property, `String does not match pattern: ${shape.source}`);
  }
  return { ok: true, address: value };
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}
