// Server, protocol: a client that proves itself by a signed assertion instead of a secret (RFC 7523 §3). It is for us
// alone, short-lived and good once: whoever reads one on its way can do nothing with it.
import {
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import type { ClientRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { isStorable, type Parameters } from '../request.ts';
import type { Authenticated } from './authenticated.ts';
import { findClientKeys } from './client-keys.ts';
import { issuerOf } from './issuer.ts';
import { meansBadToken } from './jwt-fault.ts';
import { digest } from './public-key.ts';
import { missing, refusal, type TokenRefusal } from './token-answer.ts';

export const ASSERTION_ALGORITHMS = ['RS256', 'RS384', 'PS256', 'ES256'] as const;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** RFC 8725 §3.11: a token that was made for something else is none, whatever it says. */
const TYPES = ['jwt', 'client-authentication+jwt'];

const LONGEST_LIFE_SECONDS = 300;
/** Between two clocks. */
const LEEWAY_SECONDS = 10;
const LONGEST_JTI = 255;

/** The one answer to everything that is wrong with an assertion: which part it was helps only who guesses. */
const failed = (): TokenRefusal => refusal(401, 'invalid_client', 'Client authentication failed');

export async function authenticateByAssertion(
  deps: Pick<Deps, 'store' | 'clock' | 'egress'>,
  tenant: TenantRecord,
  { client_assertion: assertion, client_assertion_type: type, client_id: id }: Parameters,
): Promise<Authenticated> {
  if (assertion === undefined) return missing('client_assertion');
  if (type === undefined) return missing('client_assertion_type');
  if (type !== ASSERTION_TYPE) return failed();
  const subject = readSubject(assertion);
  if (subject === undefined || (id !== undefined && id !== subject)) return failed();
  const client = await deps.store.clients.find(tenant.id, subject);
  if (client?.authMethod !== 'private_key_jwt') return failed();
  const claims = await verify(deps, tenant, client, assertion);
  if (!claims) return failed();
  // Last, so that nobody but the holder of the key can use up a `jti`.
  const until = (claims.exp + LEEWAY_SECONDS) * 1000;
  const key = `assertion ${client.id} ${digest(claims.jti)}`;
  return (await deps.store.once(tenant.id, key, until, deps.clock.now())) ? { ok: true, client } : failed();
}

/** Which client it claims to be from; nothing of it is believed yet. */
function readSubject(assertion: string): string | undefined {
  try {
    const { sub } = decodeJwt(assertion);
    return typeof sub === 'string' && sub.length <= 255 && isStorable(sub) ? sub : undefined;
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

type Claims = { exp: number; jti: string };

async function verify(
  deps: Pick<Deps, 'clock' | 'egress'>,
  tenant: TenantRecord,
  client: ClientRecord,
  assertion: string,
): Promise<Claims | undefined> {
  const header = readHeader(assertion);
  if (!header) return undefined;
  const now = deps.clock.now();
  for (const key of await findClientKeys(deps, client, header, 'assertion')) {
    const claims = await open(assertion, key, {
      algorithms: [header.alg],
      issuer: client.id,
      subject: client.id,
      currentDate: new Date(now),
      clockTolerance: LEEWAY_SECONDS,
      requiredClaims: ['exp', 'aud', 'jti'],
    });
    if (claims) return judge(claims, tenant, now / 1000);
  }
  return undefined;
}

function readHeader(assertion: string): { alg: string; kid?: string } | undefined {
  try {
    const { alg, kid, typ } = decodeProtectedHeader(assertion);
    if (!ASSERTION_ALGORITHMS.some((known) => known === alg)) return undefined;
    if (typ !== undefined && !TYPES.includes(String(typ).toLowerCase())) return undefined;
    return { alg: String(alg), ...(typeof kid === 'string' ? { kid } : {}) };
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

async function open(assertion: string, key: JWK, checks: JWTVerifyOptions): Promise<JWTPayload | undefined> {
  try {
    return (await jwtVerify(assertion, await importJWK(key, checks.algorithms?.[0]), checks)).payload;
  } catch (cause) {
    if (meansBadToken(cause)) return undefined;
    throw cause;
  }
}

/** What the signature does not say. `now` in seconds. */
function judge({ aud, exp, iat, jti }: JWTPayload, tenant: TenantRecord, now: number): Claims | undefined {
  // One audience: an assertion that is good at two servers can be carried from one to the other.
  const audience = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  if (typeof audience !== 'string' || !audiencesOf(tenant).includes(audience)) return undefined;
  if (exp === undefined || exp > now + LONGEST_LIFE_SECONDS + LEEWAY_SECONDS) return undefined;
  if (iat !== undefined && !(typeof iat === 'number' && iat <= now + LEEWAY_SECONDS)) return undefined;
  if (typeof jti !== 'string' || jti === '' || jti.length > LONGEST_JTI) return undefined;
  return { exp, jti };
}

/** RFC 7523 §3 and RFC 9126 §2: what clients call us when they speak to us. */
function audiencesOf(tenant: TenantRecord): string[] {
  const { baseUrl } = tenant;
  return [issuerOf(tenant), `${baseUrl}/oauth/token`, `${baseUrl}/oauth/par`];
}
