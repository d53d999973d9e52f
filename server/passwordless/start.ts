// Server, passwordless: `/passwordless/start`: a code or a link goes to an address. The answer waits for the delivery, so
// that an application hears at once when its gateway did not take the message.
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Caller } from '#runtime/ports.ts';
import type { PasswordlessRefusal } from '#runtime/runtime.ts';
import type { ClientRecord, ConnectionRecord, TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { authenticateClient } from '../oauth/client-authentication.ts';
import { endUserOf } from '../oauth/end-user-address.ts';
import { messageLanguage } from '../oauth/message-language.ts';
import { PASSWORDLESS_GRANT, sendsCodes } from '../oauth/passwordless-grant.ts';
import { sendRefusal } from '../oauth/token.ts';
import { refusal, type TokenRefusal } from '../oauth/token-answer.ts';
import { unreadable } from '../oauth/unreadable-request.ts';
import { addressOf, type BadRequest, bad, readStart, type StartRequest } from './start-request.ts';

/** `POST` and `GET /passwordless/start` */
export async function start(c: Context<Env>, deps: Deps): Promise<Response> {
  c.header('cache-control', 'no-store');
  const read = await readStart(c);
  if (!read.ok) return 'bad' in read ? sendBad(c, read.bad) : sendRefusal(c, unreadable(read));
  const { request } = read;
  const { tenant } = c.var;
  const known = await findClient(c, deps, request);
  if (!known.ok) return 'bad' in known ? sendBad(c, known.bad) : sendRefusal(c, known.refusal);
  const { client, caller } = known;
  const connection = await deps.store.connections.findByKey(tenant.id, request.connection);
  const refused = refuseConnection(connection, client);
  if (refused) return sendBad(c, refused);
  if (!connection) throw new Error('a connection that does not exist was not refused');
  const strategy = connection.strategy === 'sms' ? 'sms' : 'email';
  const to = addressOf(strategy, request);
  if (!to.ok) return sendBad(c, to.bad);
  const started = await deps.runtime.startPasswordless(
    tenant,
    {
      client,
      connection,
      address: to.address,
      // A text message holds a code: nobody taps a link on a phone to log in on a computer.
      send: strategy === 'sms' ? 'code' : request.send,
      authParams: request.authParams,
      locale: messageLanguage(tenant, caller),
    },
    caller,
  );
  if (!started.ok) return sendFailure(c, started.refusal, strategy);
  const { id, verified } = started;
  return c.json(
    strategy === 'sms'
      ? { _id: id, phone_number: to.address, phone_verified: verified }
      : { _id: id, email: to.address, email_verified: verified },
  );
}

type Known =
  | { ok: true; client: ClientRecord; caller: Caller }
  | { ok: false; bad: BadRequest }
  | { ok: false; refusal: TokenRefusal };

/** The client that asks, and for whom. It has to show who it is only where the tenant wants that. */
async function findClient(c: Context<Env>, deps: Deps, request: StartRequest): Promise<Known> {
  const { tenant, caller } = c.var;
  const authorization = c.req.header('authorization');
  const proves = authorization !== undefined || Object.keys(request.credentials).length > 1;
  const authenticated =
    proves || isEnforced(tenant)
      ? await authenticateClient(deps, tenant, authorization, request.credentials)
      : undefined;
  if (isEnforced(tenant) && authenticated && !authenticated.ok) return { ok: false, refusal: authenticated };
  const client = authenticated?.ok ? authenticated.client : await deps.store.clients.find(tenant.id, request.clientId);
  if (!client) return bad('client_id', 'The client does not exist');
  if (!client.grantTypes.includes(PASSWORDLESS_GRANT)) {
    const description = `Grant type '${PASSWORDLESS_GRANT}' not allowed for the client.`;
    return { ok: false, refusal: refusal(403, 'unauthorized_client', description) };
  }
  const isProven = authenticated?.ok === true;
  const forwarded = c.req.header('auth0-forwarded-for');
  return { ok: true, client, caller: isProven ? endUserOf(caller, client, forwarded) : caller };
}

function isEnforced({ settings: { flags } }: TenantRecord): boolean {
  const isObject = typeof flags === 'object' && flags !== null && !Array.isArray(flags);
  return isObject && flags.enforce_client_authentication_on_passwordless_start === true;
}

function refuseConnection(connection: ConnectionRecord | undefined, client: ClientRecord): BadRequest | undefined {
  if (!connection) return bad('connection', 'Connection does not exist').bad;
  if (!sendsCodes(connection)) {
    return bad('connection', 'Invalid connection strategy. It must either be a passwordless connection').bad;
  }
  return connection.enabledClients.includes(client.id) ? undefined : bad('connection', 'Connection is disabled').bad;
}

function sendBad(c: Context<Env>, { error, description }: BadRequest, status: ContentfulStatusCode = 400): Response {
  return c.json({ error, error_description: description }, status);
}

function sendFailure(c: Context<Env>, refused: PasswordlessRefusal, strategy: 'sms' | 'email'): Response {
  switch (refused.kind) {
    case 'signup-disabled':
      return sendBad(c, bad('connection', 'Public signup is disabled').bad);
    case 'limit': {
      c.header('retry-after', String(refused.retryAfterSeconds));
      const noun = strategy === 'sms' ? 'SMS' : 'emails';
      const description = `Too many ${noun} sent by the user. Wait for some minutes before retrying.`;
      return sendBad(c, { error: 'invalid_request', description }, 429);
    }
    case 'delivery':
      return sendBad(c, undelivered(refused.fault, strategy));
  }
}

/** What a gateway or a provider answered, in the words of the wire (wire reference, §5.1 and §5.5). */
function undelivered(
  { detail, answered, code }: Extract<PasswordlessRefusal, { kind: 'delivery' }>['fault'],
  strategy: 'sms' | 'email',
): BadRequest {
  // A gateway's words hold its code already.
  const isWhole = answered !== undefined && detail.endsWith(`: ${answered}`);
  const description = isWhole ? detail : `${detail} (Code: ${answered ?? code})`;
  return { error: `${strategy}_provider_error`, description };
}
