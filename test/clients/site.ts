// Test: the tenant that a file of clients uses: calls of its Management API, clients, people and what was sent to them.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, buildConnector, fetch as send } from 'undici';
import { inject } from 'vitest';
import { SECOND_HOST } from './server.ts';
import { OPERATOR } from './start-server.ts';

export type Json = Record<string, unknown>;

const server = inject('clientsServer');
export const { port, caFile, certFile, keyFile } = server;
/** Scheme, host and port of the tenant; its issuer has a slash more. */
export const SITE = `https://localhost:${port}`;
export const CONNECTION = 'Username-Password-Authentication';

const connect = buildConnector({ ca: readFileSync(caFile, 'utf8') });
const dispatcher = new Agent({
  connect: (options, callback) =>
    // The name that nobody resolves is the same server.
    options.hostname === SECOND_HOST
      ? connect({ ...options, hostname: 'localhost', port: String(port), servername: SECOND_HOST }, callback)
      : connect(options, callback),
});

/** A `fetch` that trusts the private authority. */
export const fetchTrusting = ((url: string, init: object) => send(url, { ...init, dispatcher })) as unknown as (
  url: string,
  init?: RequestInit,
) => Promise<Response>;

async function call(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
  const init = {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const answer = await fetchTrusting(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`);
  return text === '' ? {} : (JSON.parse(text) as Json);
}

/** Calls the Management API of a tenant; throws when it refuses. */
export type Manage = (method: string, path: string, body?: unknown) => Promise<Json>;

function managerOf(site: string, credentials: { client_id: string; client_secret: string }): Manage {
  let token: Promise<string> | undefined;
  return async (method, path, body) => {
    token ??= call('POST', `${site}/oauth/token`, {
      grant_type: 'client_credentials',
      audience: `${site}/api/v2/`,
      ...credentials,
    }).then(({ access_token: given }) => String(given));
    const address = path.startsWith('/v1/') ? `${site}${path}` : `${site}/api/v2${path}`;
    return call(method, address, body, { authorization: `Bearer ${await token}` });
  };
}

/** As the operator. */
export const manage = managerOf(SITE, OPERATOR);

/** Makes the tenant whose host has no port, at `https://tenant.sallyport.test`. Once a run. */
export async function openSecondTenant(): Promise<{ site: string; manage: Manage }> {
  const site = `https://${SECOND_HOST}`;
  const { result } = await manage('POST', '/v1/management/tenants', { name: 'second', base_url: site });
  const { admin_client: admin } = result as { admin_client: { client_id: string; client_secret: string } };
  return { site, manage: managerOf(site, admin) };
}

export type Client = { clientId: string; clientSecret: string };

/** Registers a client; `settings` are those of the Management API. */
export async function newClient(settings: Json, through = manage): Promise<Client> {
  const made = await through('POST', '/clients', { name: 'Client of a test', ...settings });
  return { clientId: String(made.client_id), clientSecret: String(made.client_secret ?? '') };
}

let apis = 0;

/** Registers an API that these clients may call as themselves; its identifier. */
export async function apiFor(clientIds: readonly string[], scope: string): Promise<string> {
  apis += 1;
  const identifier = `https://api.example/${process.pid}/${apis}`;
  const scopes = [{ value: scope }];
  await manage('POST', '/resource-servers', { name: identifier, identifier, scopes, allow_offline_access: true });
  for (const id of clientIds) {
    await manage('POST', '/client-grants', { client_id: id, audience: identifier, scope: [scope] });
  }
  return identifier;
}

export type Person = { id: string; email: string; password: string };

let people = 0;

export async function newPerson(through = manage): Promise<Person> {
  people += 1;
  const email = `person-${process.pid}-${people}@example.com`;
  const password = 'correct horse battery';
  const made = await through('POST', '/users', { connection: CONNECTION, email, password });
  return { id: String(made.user_id), email, password };
}

let actions = 0;

/** Saves and deploys an Action; its id. */
export async function deploy(trigger: string, version: string, code: string): Promise<string> {
  actions += 1;
  const name = `action-${process.pid}-${actions}`;
  const made = await manage('POST', '/actions/actions', { name, code, supported_triggers: [{ id: trigger, version }] });
  const path = `/actions/actions/${made.id}`;
  while ((await manage('GET', path)).status !== 'built') await sleep(20);
  await manage('POST', `${path}/deploy`);
  return String(made.id);
}

/** The newest code that was sent to an address or number. */
export async function codeFor(to: string): Promise<string> {
  const answer = await fetchTrusting(`${SITE}/dev/inbox.json?to=${encodeURIComponent(to)}`);
  const [message] = (await answer.json()) as { code?: string }[];
  if (message?.code === undefined) throw new Error(`no code was sent to ${to}`);
  return message.code;
}

/** What an ID token says; whoever got it has checked it. */
export function claimsIn(idToken: string | undefined): Json {
  return JSON.parse(Buffer.from((idToken ?? '').split('.')[1] ?? '', 'base64url').toString('utf8')) as Json;
}
