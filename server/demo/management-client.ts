// Server, demo tenant: a client of our own Management API. The seed may do nothing that a tenant could not do by itself.
import { newAdminClient, removeClient } from '#runtime/lifecycle/client.ts';
import { managementAudience } from '#runtime/lifecycle/scopes.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';

/** The application as the seed sees it: HTTP without a socket. */
export type Application = { fetch(request: Request): Response | Promise<Response> };

/** One call; throws unless the answer is a success. `path` begins after `/api/v2`. */
export type Call = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: JsonObject) => Promise<JsonObject>;

/** Runs `work` with a machine-to-machine client of this tenant that is gone afterwards. */
export async function asAdministrator(
  app: Application,
  { store, clock, random }: Deps,
  tenant: TenantRecord,
  work: (call: Call) => Promise<void>,
): Promise<void> {
  const ports = { store, random, now: clock.now };
  const client = await newAdminClient(ports, tenant);
  try {
    const send = sender(app, tenant);
    const { access_token: token } = await send('POST', '/oauth/token', {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret ?? '',
      audience: managementAudience(tenant.baseUrl),
    });
    await work((method, path, body) => send(method, `/api/v2${path}`, body, String(token)));
  } finally {
    await removeClient(ports, tenant.id, client.id);
  }
}

function sender(app: Application, tenant: TenantRecord) {
  return async (method: string, path: string, body?: JsonObject, token?: string): Promise<JsonObject> => {
    const answer = await app.fetch(
      new Request(tenant.baseUrl + path, {
        method,
        headers: {
          host: new URL(tenant.baseUrl).host,
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await answer.text();
    // The answer to a token request may hold a token: only refusals are quoted.
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    return (text === '' ? {} : JSON.parse(text)) as JsonObject;
  };
}
