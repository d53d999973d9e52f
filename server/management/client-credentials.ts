// Management: public keys by which clients prove themselves instead of by a secret. A key that was handed in is in use once
// a property of the client names it. Certificates of mutual TLS, which is not spoken here, are kept beside them.
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { LifecyclePorts } from '#runtime/lifecycle/ports.ts';
import type { ClientCertificateRecord, ClientCredentialRecord, ClientRecord, JsonObject } from '#storage/records.ts';
import { ASSERTION_ALGORITHMS } from '../oauth/client-assertion.ts';
import { credentialIds } from '../oauth/client-keys.ts';
import { readHandedInKey } from '../oauth/handed-in-key.ts';
import { answer, created, empty, NOT_FOUND, type Refusal } from './answer.ts';
import { iso, optional, text } from './fields.ts';
import { refuseLifted } from './lifted-clients.ts';
import { NOTHING, type Route, route } from './route.ts';
import { invalid } from './validation.ts';

const BASE = '/clients/:id/credentials';
const MOST_CREDENTIALS = 10;

const expiry = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));

export const newCredential = z.strictObject({
  name: text(128).optional(),
  credential_type: z.enum(['public_key', 'cert_subject_dn', 'x509_cert']),
  pem: text(16_384).optional(),
  /** Of `cert_subject_dn`, in place of a certificate. */
  subject_dn: text(256).optional(),
  alg: z.enum(ASSERTION_ALGORITHMS).optional(),
  parse_expiry_from_cert: z.boolean().optional(),
  expires_at: expiry.optional(),
});

const credentialShape = z
  .strictObject({
    id: z.string(),
    name: z.string().optional(),
    credential_type: z.enum(['public_key', 'cert_subject_dn', 'x509_cert']),
    kid: z.string().optional(),
    alg: z.enum(ASSERTION_ALGORITHMS).optional(),
    subject_dn: z.string().optional(),
    thumbprint_sha256: z.string().optional(),
    created_at: z.string(),
    updated_at: z.string(),
    expires_at: z.string().optional(),
  })
  .meta({ id: 'ClientCredential' });

export const clientCredentialRoutes: Route[] = [
  route({
    method: 'GET',
    path: BASE,
    scopes: ['read:client_credentials'],
    summary: 'List the credentials of a client',
    answers: { 200: z.array(credentialShape) },
    async handle({ deps, tenant, param }) {
      const client = await deps.store.clients.find(tenant.id, param('id'));
      return client ? answer((client.credentials ?? []).map(showCredential)) : NOT_FOUND.client;
    },
  }),

  route({
    method: 'POST',
    path: BASE,
    scopes: ['create:client_credentials'],
    summary: 'Hand in a credential of a client',
    answers: { 201: credentialShape },
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
    summary: 'Get a credential of a client',
    answers: { 200: credentialShape },
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
    summary: 'Change when a credential expires',
    answers: { 200: credentialShape },
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
    summary: 'Delete a credential of a client',
    answers: { 204: NOTHING },
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

/** The record of what was handed in, or what is wrong with it. */
export async function readCredential(
  ports: LifecyclePorts,
  given: z.output<typeof newCredential>,
): Promise<ClientCredentialRecord | Refusal> {
  const { name, parse_expiry_from_cert: parses, expires_at: expiresAt } = given;
  const read = given.credential_type === 'public_key' ? await readKey(given) : readCertificate(given);
  if ('ok' in read) return read;
  const { certificateExpiresAt, ...columns } = read;
  const now = ports.now();
  return {
    id: `cred_${ports.random.letters(22)}`,
    ...optional('name', name),
    ...columns,
    createdAt: now,
    updatedAt: now,
    ...optional('expiresAt', expiresAt ?? (parses === true ? certificateExpiresAt : undefined)),
  };
}

const NO_PEM = invalid('payload', 'Missing required property: pem');

async function readKey({ pem, alg: asked }: z.output<typeof newCredential>) {
  if (pem === undefined) return NO_PEM;
  const { alg, key } = await readHandedInKey(pem, asked);
  return key ?? invalid('payload', `The PEM holds no public key for ${alg}`, 'pem');
}

function readCertificate({
  credential_type: type,
  pem,
  subject_dn: subjectDn,
}: z.output<typeof newCredential>): (ClientCertificateRecord & { certificateExpiresAt?: number }) | Refusal {
  if (type === 'cert_subject_dn' && pem === undefined && subjectDn !== undefined) return { type, subjectDn };
  if (pem === undefined) return NO_PEM;
  const certificate = certificateOf(pem);
  if (!certificate) return invalid('payload', 'The PEM holds no certificate', 'pem');
  const own = { subjectDn: certificate.subject, certificateExpiresAt: certificate.validToDate.getTime() };
  if (type !== 'x509_cert') return { type: 'cert_subject_dn', ...own };
  const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  return { type, thumbprintSha256: thumbprint, ...own };
}

function certificateOf(pem: string): X509Certificate | undefined {
  if (!/^\s*-----BEGIN CERTIFICATE-----/.test(pem) || pem.includes('PRIVATE KEY')) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined; // What stands between the lines is no certificate.
  }
}

/** Credentials that the settings put to use and that the client does not have. */
export function unknownCredentials(settings: JsonObject, client: Pick<ClientRecord, 'credentials'>): string[] {
  const { client_authentication_methods: methods, signed_request_object, token_vault_privileged_access } = settings;
  const ways = typeof methods === 'object' && methods !== null && !Array.isArray(methods) ? Object.values(methods) : [];
  const known = new Set(client.credentials?.map(({ id }) => id));
  return [...ways, signed_request_object, token_vault_privileged_access]
    .flatMap(credentialIds)
    .filter((id) => !known.has(id));
}

export function showCredential(credential: ClientCredentialRecord): Record<string, unknown> {
  const { id, name, createdAt, updatedAt, expiresAt } = credential;
  return {
    id,
    ...optional('name', name),
    credential_type: credential.type ?? 'public_key',
    ...(credential.type === undefined ? { kid: credential.kid, alg: credential.alg } : {}),
    ...(credential.type === 'cert_subject_dn' ? { subject_dn: credential.subjectDn } : {}),
    ...(credential.type === 'x509_cert' ? { thumbprint_sha256: credential.thumbprintSha256 } : {}),
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    ...optional('expires_at', expiresAt === undefined ? undefined : iso(expiresAt)),
  };
}
