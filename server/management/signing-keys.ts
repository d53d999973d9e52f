// Management: the keys a tenant signs tokens with: their certificates, never a private half.
import { z } from 'zod';
import { inPkcs7, thumbprintOf } from '#runtime/lifecycle/certificate.ts';
import { revokeSigningKey, rotateSigningKeys } from '#runtime/lifecycle/signing-key.ts';
import type { SigningKeyRecord } from '#storage/records.ts';
import { forgetKeys, tenantKeys } from '../oauth/keys.ts';
import { TOKEN_ALGORITHMS } from '../oauth/token-signature.ts';
import { answer, created, NOT_FOUND } from './answer.ts';
import { iso, optional } from './fields.ts';
import { type Incoming, type Route, route } from './route.ts';

const PLACES: SigningKeyRecord['place'][] = ['current', 'next', 'previous'];

const certificateShape = z.strictObject({ cert: z.string(), kid: z.string() });

const keyShape = z
  .strictObject({
    ...certificateShape.shape,
    alg: z.enum(TOKEN_ALGORITHMS),
    pkcs7: z.string(),
    current: z.boolean(),
    next: z.boolean(),
    previous: z.boolean(),
    current_since: z.string().optional(),
    current_until: z.string().optional(),
    fingerprint: z.string(),
    thumbprint: z.string(),
    revoked: z.boolean(),
    revoked_at: z.string().optional(),
  })
  .meta({ id: 'SigningKey' });

export const signingKeyRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/keys/signing',
    scopes: ['read:signing_keys'],
    summary: 'List the keys that tokens are signed with',
    answers: { 200: z.array(keyShape) },
    async handle(call) {
      return answer((await signingKeys(call)).sort((a, b) => rank(a) - rank(b)).map(showKey));
    },
  }),

  route({
    method: 'GET',
    path: '/keys/signing/:kid',
    scopes: ['read:signing_keys'],
    summary: 'Get a signing key',
    answers: { 200: keyShape },
    async handle(call) {
      const key = (await signingKeys(call)).find(({ id }) => id === call.param('kid'));
      return key ? answer(showKey(key)) : NOT_FOUND.signingKey;
    },
  }),

  route({
    method: 'POST',
    path: '/keys/signing/rotate',
    scopes: ['create:signing_keys', 'update:signing_keys'],
    summary: 'Let the next key sign, and make another one',
    answers: { 201: certificateShape },
    async handle({ deps, ports, tenant }) {
      const next = await rotateSigningKeys(ports, tenant.id);
      forgetKeys(deps, tenant);
      return created(showCertificate(next));
    },
  }),

  route({
    method: 'PUT',
    path: '/keys/signing/:kid/revoke',
    scopes: ['update:signing_keys'],
    summary: 'Revoke a signing key',
    answers: { 200: certificateShape },
    async handle({ deps, ports, tenant, param }) {
      const revoked = await revokeSigningKey(ports, tenant.id, param('kid'));
      forgetKeys(deps, tenant);
      return revoked === 'missing' ? NOT_FOUND.signingKey : answer(showCertificate(revoked));
    },
  }),
];

/** Revoked ones too. A tenant that has none yet gets its keys here. */
async function signingKeys({ deps, tenant }: Incoming): Promise<SigningKeyRecord[]> {
  await tenantKeys(deps, tenant);
  return deps.store.signingKeys.list(tenant.id);
}

const rank = ({ algorithm, place }: SigningKeyRecord): number =>
  TOKEN_ALGORITHMS.indexOf(algorithm) * PLACES.length + PLACES.indexOf(place);

/** Source of the keys: mfa-wire reference, section 4.5; `alg` is ours, as a tenant may sign with several. */
function showKey(key: SigningKeyRecord): Record<string, unknown> {
  const certificate = certificateOf(key);
  const thumbprint = thumbprintOf(certificate).toString('hex').toUpperCase();
  return {
    ...showCertificate(key),
    alg: key.algorithm,
    pkcs7: pem('PKCS7', inPkcs7(certificate)),
    current: key.place === 'current',
    next: key.place === 'next',
    previous: key.place === 'previous',
    ...optional('current_since', key.currentSince === undefined ? undefined : iso(key.currentSince)),
    ...optional('current_until', key.currentUntil === undefined ? undefined : iso(key.currentUntil)),
    fingerprint: thumbprint.replaceAll(/(..)(?!$)/g, '$1:'),
    thumbprint,
    revoked: key.revokedAt !== undefined,
    ...optional('revoked_at', key.revokedAt === undefined ? undefined : iso(key.revokedAt)),
  };
}

function showCertificate(key: SigningKeyRecord): { cert: string; kid: string } {
  return { cert: pem('CERTIFICATE', certificateOf(key)), kid: key.id };
}

function certificateOf({ publicJwk }: SigningKeyRecord): Buffer {
  const [certificate] = Array.isArray(publicJwk.x5c) ? publicJwk.x5c : [];
  return Buffer.from(String(certificate), 'base64');
}

/** RFC 7468, with the line ends that Auth0 sends. */
function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\r\n');
}
