// Owner management: a tenant's applications, under the names of OAuth's dynamic registration (RFC 7591). What is not set
// here, such as keys and logout, stays as the other management API has set it.
import { z } from 'zod';
import { hasSecret, newClient, newClientSecret, removeClient, secretAfter } from '#runtime/lifecycle/client.ts';
import type { ClientRecord, JsonObject } from '#storage/records.ts';
import { callback } from '../management/client-schema.ts';
import { diffOf } from '../management/diff.ts';
import { mergeSettings, optional, text } from '../management/fields.ts';
import { liftedClients, refuseLifted } from '../management/lifted-clients.ts';
import { conflicting, gone, invalidRequest, made, notThere, shown, translated } from './owner-answer.ts';
import { pageOf } from './owner-body.ts';
import type { TenantCall, TenantRoute } from './owner-route.ts';
import { readBody, unknownNames } from './owner-schema.ts';

const KINDS = { web: 'regular_web', native: 'native', spa: 'spa', non_interactive: 'non_interactive' } as const;
type Kind = keyof typeof KINDS;

const texts = z.array(text(2048)).max(100).exactOptional();
const address = z.string().max(2048).exactOptional();

/** Given back as they were given; of the original's names those that say something to people, and `json_flow`. */
const keptFields = {
  scope: z.string().max(4000).exactOptional(),
  response_types: texts,
  client_uri: address,
  logo_uri: address,
  tos_uri: address,
  policy_uri: address,
  contacts: texts,
  json_flow: z.boolean().exactOptional(),
};
const KEPT = Object.keys(keptFields);

const fields = {
  client_name: z
    .string()
    .regex(/^[^<>]+$/)
    .max(255),
  redirect_uris: z.array(callback).max(100).exactOptional(),
  grant_types: z.array(text(200)).max(50).exactOptional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).exactOptional(),
  application_type: z.enum(Object.keys(KINDS) as [Kind, ...Kind[]]).exactOptional(),
  client_secret: text(512).exactOptional(),
  ...keptFields,
};

export const clientBody = z.object({
  // It stands before a blank in keys of ours, and in the subject of tokens.
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,255}$/)
    .exactOptional(),
  ...fields,
});
export type ClientBody = z.output<typeof clientBody>;
const KNOWN = Object.keys(clientBody.shape);

const PATH = '/clients';
const ONE = '/clients/:id';
const TAKEN = conflicting('A client with this client_id already exists.');
const missing = (id: string) => notThere(`Client not found: ${id.slice(0, 255)}`);

export const clientRoutes: TenantRoute[] = [
  {
    method: 'GET',
    path: PATH,
    scopes: ['read:clients'],
    async handle(call) {
      const { deps, tenant, query } = call;
      const page = pageOf(query);
      if ('ok' in page) return page;
      const { records, total } = await deps.store.clients.list(tenant.id, { page });
      const lifted = await liftedClients(call);
      const list = records.map((client) => showClient(client, seesSecrets(call) && !lifted.has(client.id)));
      return shown({ list, total_count: total, ...page });
    },
  },

  {
    method: 'POST',
    path: PATH,
    scopes: ['create:clients'],
    takesBody: true,
    async handle({ deps, ports, tenant, dryRun, body }) {
      const read = readBody(clientBody, body);
      if (!read.ok) return read;
      const given = read.value;
      const { client_id: id } = given;
      const input = clientInputOf(given);
      if (dryRun) {
        const other = id === undefined ? undefined : await deps.store.clients.find(tenant.id, id);
        return other ? TAKEN : made(true, { ...given, redirect_uris: input.callbacks }, warningsOf(body));
      }
      const client = await newClient(ports, tenant.id, input);
      // Whoever makes a client must learn its secret, whatever else it may read.
      return client === 'conflict' ? TAKEN : made(false, showClient(client, true), warningsOf(body));
    },
  },

  {
    method: 'GET',
    path: ONE,
    scopes: ['read:clients'],
    async handle(call) {
      const { deps, tenant, param } = call;
      const client = await deps.store.clients.find(tenant.id, param('id'));
      if (!client) return missing(param('id'));
      const lifted = await refuseLifted(call, client.id);
      return shown(showClient(client, seesSecrets(call) && lifted === undefined));
    },
  },

  {
    method: 'PUT',
    path: ONE,
    scopes: ['update:clients'],
    takesBody: true,
    async handle(call) {
      const { deps, ports, tenant, dryRun, body, param } = call;
      const former = await deps.store.clients.find(tenant.id, param('id'));
      if (!former) return missing(param('id'));
      const lifted = await refuseLifted(call, former.id);
      if (lifted) return translated(lifted);
      const read = readBody(clientBody, body);
      if (!read.ok) return read;
      const given = read.value;
      if (given.client_id !== undefined && given.client_id !== former.id) {
        return invalidRequest('client_id must be that of the path');
      }
      const freshSecret = newClientSecret(ports);
      let before = former;
      const next = (current: ClientRecord): ClientRecord => {
        before = current;
        return replaced(current, given, freshSecret, ports.now());
      };
      const updated = dryRun ? next(former) : await deps.store.clients.update(tenant.id, former.id, next);
      if (updated === 'missing') return missing(former.id);
      if (updated === 'conflict') return TAKEN;
      const secrets = seesSecrets(call);
      return shown({
        dry_run: dryRun,
        // A dry run of what would make a new secret has none to show.
        result: showClient(updated, secrets && !(dryRun && updated.secret === freshSecret)),
        diff: diffOf(showClient(before, true), showClient(updated, true)),
        warnings: warningsOf(body),
      });
    },
  },

  {
    method: 'DELETE',
    path: ONE,
    scopes: ['delete:clients'],
    async handle(call) {
      const { deps, ports, tenant, dryRun, param } = call;
      const client = await deps.store.clients.find(tenant.id, param('id'));
      if (!client) return missing(param('id'));
      const lifted = await refuseLifted(call, client.id);
      if (lifted) return translated(lifted);
      if (!dryRun) await removeClient(ports, tenant.id, client.id);
      return gone(dryRun, client.id);
    },
  },
];

/** A new client as it is asked for. */
export function clientInputOf(given: ClientBody) {
  return {
    ...optional('id', given.client_id),
    ...optional('secret', given.client_secret),
    ...optional('appType', kindOf(given)),
    ...optional('grantTypes', given.grant_types),
    ...optional('authMethod', given.token_endpoint_auth_method),
    name: given.client_name,
    callbacks: given.redirect_uris ?? [],
    settings: settingsOf({}, given),
  };
}

const SECRET_SCOPES = ['read:client_keys', 'management', 'org-management'];
const seesSecrets = ({ operator }: TenantCall): boolean => SECRET_SCOPES.some((scope) => operator.scopes.has(scope));

const kindOf = ({ application_type: kind }: Pick<ClientBody, 'application_type'>) =>
  kind === undefined ? undefined : KINDS[kind];

/** What is kept is replaced whole: a name that is not given is gone. */
function settingsOf(current: JsonObject, given: ClientBody): JsonObject {
  const none = Object.fromEntries(KEPT.map((name) => [name, null]));
  const kept = Object.fromEntries(Object.entries(given).filter(([name]) => KEPT.includes(name)));
  return mergeSettings(current, { ...none, ...kept });
}

function replaced(current: ClientRecord, given: ClientBody, freshSecret: string, updatedAt: number): ClientRecord {
  const { secret: _former, appType: formerType, ...kept } = current;
  const appType = kindOf(given) ?? formerType;
  const authMethod = given.token_endpoint_auth_method ?? current.authMethod;
  return {
    ...kept,
    name: given.client_name,
    ...optional('appType', appType),
    callbacks: given.redirect_uris ?? [],
    grantTypes: given.grant_types ?? current.grantTypes,
    authMethod,
    ...optional('secret', given.client_secret ?? secretAfter(current, authMethod, freshSecret)),
    settings: settingsOf(current.settings, given),
    updatedAt,
  };
}

export function showClient(client: ClientRecord, withSecret: boolean): JsonObject {
  const { settings, appType } = client;
  const kind = Object.entries(KINDS).find(([, ours]) => ours === appType)?.[0];
  return {
    client_id: client.id,
    ...(withSecret && hasSecret(client.authMethod) ? optional('client_secret', client.secret) : {}),
    client_name: client.name,
    redirect_uris: client.callbacks,
    grant_types: client.grantTypes,
    token_endpoint_auth_method: client.authMethod,
    ...optional('application_type', kind),
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => KEPT.includes(name))),
  };
}

function warningsOf(body: JsonObject): string[] {
  return [
    ...unknownNames(body, KNOWN),
    ...(body.scope === undefined ? [] : ['scope is kept and shown; which scopes a client gets does not hang on it']),
  ];
}
