// Management: public keys by which clients prove themselves instead of by a secret. A key that was handed in is in use once
// the client's `client_authentication_methods` name it.
import { z } from 'zod';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { ClientCredentialRecord, ClientRecord, JsonObject } from '#storage/records.ts';
import { ASSERTION_ALGORITHMS } from '../oauth/client-assertion.ts';
import { credentialIds } from '../oauth/client-keys.ts';
import { readHandedInKey } from '../oauth/handed-in-key.ts';
import { answer, created, empty, NOT_FOUND, type Refusal } from './answer.ts';
import { iso, optional, text } from './fields.ts';
import { refuseLifted } from './lifted-clients.ts';
import { type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const BASE = '/clients/:id/credentials';
const MOST_CREDENTIALS = 10;

const expiry = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

export const newCredential = z.strictObject({
  name: text(128).optional(),
  credential_type: z.enum(['public_key']),
  pem: text(16_384),
  alg: z.enum(ASSERTION_ALGORITHMS).optional(),
  parse_expiry_from_cert: z.boolean().optional(),
  expires_at: expiry.optional(),
});

export const clientCredentialRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:client_credentials'],
    async handle({ deps, tenant, param }) {
      const client = await deps.store.clients.find(tenant.id, param('id'));
      return client ? answer((client.credentials ?? []).map(showCredential)) : NOT_FOUND.client;
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:client_credentials'],
    body: newCredential,
    async handle(call) {
      const { deps, ports, tenant, param, body } = call;
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      const credential = await readCredential(ports, body);
      if ('ok' in credential) return credential;
      let isFull = false;
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) => {
        const credentials = [...(current.credentials ?? []), credential];
        isFull = credentials.length > MOST_CREDENTIALS;
        return isFull ? current : { ...current, credentials, updatedAt: ports.now() };
      });
      if (typeof updated === 'string') return NOT_FOUND.client;
      return isFull ? TOO_MANY : created(showCredential(credential));
    },
  }),

  route({
    method: 'GET',
    path: `${BASE}/:credential`,
    scopes: ['read:client_credentials'],
    async handle({ deps, tenant, param }) {
      const client = await deps.store.clients.find(tenant.id, param('id'));
      if (!client) return NOT_FOUND.client;
      const credential = client.credentials?.find(({ id }) => id === param('credential'));
      return credential ? answer(showCredential(credential)) : NOT_FOUND.credential;
    },
  }),

  route({
    method: 'PATCH',
    path: `${BASE}/:credential`,
    scopes: ['update:client_credentials'],
    body: z.strictObject({ expires_at: expiry.nullable().optional() }),
    async handle(call) {
      const { deps, ports, tenant, param, body } = call;
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      const now = ports.now();
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) => ({
        ...current,
        ...optional(
          'credentials',
          current.credentials?.map((credential) => {
            if (credential.id !== param('credential') || body.expires_at === undefined) return credential;
            const { expiresAt: _former, ...kept } = credential;
            return { ...kept, updatedAt: now, ...optional('expiresAt', body.expires_at ?? undefined) };
          }),
        ),
      }));
      if (typeof updated === 'string') return NOT_FOUND.client;
      const credential = updated.credentials?.find(({ id }) => id === param('credential'));
      return credential ? answer(showCredential(credential)) : NOT_FOUND.credential;
    },
  }),

  route({
    method: 'DELETE',
    path: `${BASE}/:credential`,
    scopes: ['delete:client_credentials'],
    async handle(call) {
      const { deps, ports, tenant, param } = call;
      const lifted = await refuseLifted(call, param('id'));
      if (lifted) return lifted;
      // One that is in use goes too: a lost key must be worthless at once, whatever else has to be put in order.
      const updated = await deps.store.clients.update(tenant.id, param('id'), (current) => ({
        ...current,
        credentials: (current.credentials ?? []).filter(({ id }) => id !== param('credential')),
        updatedAt: ports.now(),
      }));
      return typeof updated === 'string' ? NOT_FOUND.client : empty();
    },
  }),
];

const TOO_MANY = invalid('payload', `A client has at most ${MOST_CREDENTIALS} credentials`);

/** The record of a key that was handed in, or what is wrong with it. */
export async function readCredential(
  ports: LifecyclePorts,
  { name, pem, alg: asked, parse_expiry_from_cert: parses, expires_at: given }: z.output<typeof newCredential>,
): Promise<ClientCredentialRecord | Refusal> {
  const { alg, key } = await readHandedInKey(pem, asked);
  if (!key) return invalid('payload', `The PEM holds no public key for ${alg}`, 'pem');
  const { certificateExpiresAt, ...columns } = key;
  const now = ports.now();
  return {
    id: `cred_${ports.random.letters(22)}`,
    ...optional('name', name),
    ...columns,
    createdAt: now,
    updatedAt: now,
    ...optional('expiresAt', given ?? (parses === true ? certificateExpiresAt : undefined)),
  };
}

/** Credentials that the settings put to use and that the client does not have. */
export function unknownCredentials(settings: JsonObject, client: Pick<ClientRecord, 'credentials'>): string[] {
  const known = new Set(client.credentials?.map(({ id }) => id));
  return (credentialIds(settings) ?? []).filter((id) => !known.has(id));
}

export function showCredential(credential: ClientCredentialRecord): Record<string, unknown> {
  const { id, name, kid, alg, createdAt, updatedAt, expiresAt } = credential;
  return {
    id,
    ...optional('name', name),
    kid,
    credential_type: 'public_key',
    alg,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    ...optional('expires_at', expiresAt === undefined ? undefined : iso(expiresAt)),
  };
}
