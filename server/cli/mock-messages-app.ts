// Server, command line: the addresses of the stand-in for an outside service that sends codes and checks them: a token
// endpoint, a challenge and a verification for text messages and for mails. Source: idp-server reference, §6.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { JsonObject } from '#storage/records.ts';
import { readJsonObject, readParameters } from '../request.ts';
import {
  createMockChallenges,
  EXPIRES_IN_SECONDS,
  type MockChannel,
  type MockMessage,
  type MockRefusal,
} from './mock-challenges.ts';

export type MockMessagesOptions = {
  /** Whether a token of our own is required, and a verification has to name its transaction. */
  strict: boolean;
  /** The same for every message; absent: six random digits each. */
  code?: string;
  now(): number;
  /** Waits as long as the slow number does, or until whoever asked has gone. */
  wait(ms: number, gone: AbortSignal): Promise<void>;
  /** A message has arrived. */
  arrived(message: MockMessage): void;
  /** Somebody showed a code. */
  checked(channel: MockChannel, outcome: MockRefusal | 'right'): void;
};

const TOKEN_SECONDS = 3600;
const TOKENS_KEPT = 1000;
const LONGEST_RECIPIENT = 320;

/** Numbers at which the service misbehaves. */
const FAILING = '0000000000';
const SLOW = '9999999999';
const SLOW_MS = 10_000;

const RECIPIENTS: Record<MockChannel, 'phone_number' | 'email'> = { sms: 'phone_number', email: 'email' };

export function createMockMessages(options: MockMessagesOptions): Hono {
  const { strict, now, wait, arrived, checked } = options;
  const newCode = () => options.code ?? String(randomInt(1_000_000)).padStart(6, '0');
  const challenges = createMockChallenges({ now, newId: randomUUID, newCode });
  /** When each ends. */
  const tokens = new Map<string, number>();
  const app = new Hono();

  app.post('/token', async (c) => {
    const read = await readParameters(c, { json: true });
    if (!read.ok) return refuse(c, 400, 'invalid_request', 'The body must be a form or a JSON object of texts.');
    const { grant_type: grant, username, password } = read.parameters;
    const clientId = read.parameters.client_id ?? basicUser(c.req.header('authorization'));
    if (clientId === 'invalid') return refuse(c, 401, 'invalid_client', 'The client is not known.');
    if (grant !== 'password' && grant !== 'client_credentials') {
      return refuse(c, 400, 'unsupported_grant_type', 'grant_type must be password or client_credentials.');
    }
    if (!clientId) return refuse(c, 400, 'invalid_request', 'client_id is missing.');
    if (grant === 'password' && !(username && password)) {
      return refuse(c, 400, 'invalid_request', 'username and password are required.');
    }
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, now() + TOKEN_SECONDS * 1000);
    for (const oldest of tokens.keys()) {
      if (tokens.size <= TOKENS_KEPT) break;
      tokens.delete(oldest);
    }
    const { scope } = read.parameters;
    return c.json({
      access_token: token,
      token_type: 'Bearer',
      expires_in: TOKEN_SECONDS,
      ...(scope ? { scope } : {}),
    });
  });

  for (const channel of ['sms', 'email'] as const) {
    app.post(`/${channel}-authentication-challenge`, async (c) => {
      const body = await readBody(c);
      if (body instanceof Response) return body;
      const name = RECIPIENTS[channel];
      const { [name]: to, template = 'authentication' } = body;
      if (typeof to !== 'string' || to.trim() === '' || to.length > LONGEST_RECIPIENT) {
        return refuse(c, 400, 'invalid_request', `${name} is missing.`);
      }
      if (typeof template !== 'string') return refuse(c, 400, 'invalid_request', 'template must be a text.');
      if (to === FAILING) return refuse(c, 500, 'server_error', 'The service failed.');
      if (to === SLOW) {
        await wait(SLOW_MS, c.req.raw.signal);
        return refuse(c, 504, 'timeout', 'The service took too long.');
      }
      const message = challenges.send({ channel, to, template });
      arrived(message);
      return c.json({
        transaction_id: message.transactionId,
        verification_code: message.code,
        expires_in: EXPIRES_IN_SECONDS,
      });
    });

    app.post(`/${channel}-authentication`, async (c) => {
      const body = await readBody(c);
      if (body instanceof Response) return body;
      const { transaction_id: id, verification_code: code } = body;
      if (typeof code !== 'string' || code === '') {
        return refuse(c, 400, 'invalid_request', 'verification_code is missing.');
      }
      if (id === undefined || id === null ? strict : typeof id !== 'string') {
        return refuse(c, 400, 'invalid_request', 'transaction_id is missing.');
      }
      const outcome = challenges.verify(channel, typeof id === 'string' ? id : undefined, code);
      checked(channel, outcome);
      if (outcome === 'right') return c.json({ status: 'success' });
      // Without `error`: whoever called says it in words of their own.
      return c.json({ status: 'failure' }, 400);
    });
  }

  app.notFound((c) => refuse(c, 404, 'not_found', `There is no ${c.req.method} ${c.req.path} here.`));
  return app;

  /** The body of a call that may be made. */
  async function readBody(c: Context): Promise<JsonObject | Response> {
    if (strict) {
      const [, token = ''] = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
      if (now() >= (tokens.get(token) ?? 0)) return refuse(c, 401, 'invalid_token', 'A token of /token is required.');
    }
    const read = await readJsonObject(c);
    return read.ok ? read.object : refuse(c, 400, 'invalid_request', 'The body must be a JSON object.');
  }
}

function refuse(c: Context, status: 400 | 401 | 404 | 500 | 504, error: string, description: string): Response {
  return c.json({ error, error_description: description }, status);
}

/** The user of a Basic header, RFC 7617; undefined for any other. */
function basicUser(header: string | undefined): string | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(header ?? '') ?? [];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString().split(':')[0];
}
