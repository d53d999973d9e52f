// Tests of onboarding: a good request of its own for each, an operator who sends it, and the administrator who signs in.
import { generateKeyPairSync } from 'node:crypto';
import { grantManagement, newClient } from '#runtime/lifecycle/client.ts';
import { MANAGEMENT_SCOPES, managementAudience, OPERATOR_SCOPES } from '#runtime/lifecycle/scopes.ts';
import { ensureDefaultTenant } from '#runtime/lifecycle/tenant.ts';
import type { JsonObject, TenantRecord } from '#storage/records.ts';
import { type FrontDoor, openFrontDoor } from './oauth/front-door.ts';

export const HOST = 'http://localhost:8080';
export const PASSWORD = 'Onboarding-2026!';

export type Body = { [key: string]: Body };
type Answered = { status: number; body: Body };

export const jwk = (
  kid: string,
  alg: string,
  pair: { privateKey: { export(options: { format: 'jwk' }): object } },
): JsonObject => ({
  ...(pair.privateKey.export({ format: 'jwk' }) as JsonObject),
  kid,
  alg,
  use: 'sig',
});
export const RSA = jwk('acme-rsa', 'RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }));
export const EC = jwk('acme-ec', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));

let counted = 0;
/** A good request of its own; `uuid(n)` are its ids. */
export function request(more: Record<string, object> = {}) {
  const number = String(++counted).padStart(12, '0');
  const id = (family: number) => `${String(family).repeat(8)}-0000-4000-8000-${number}`;
  const name = `acme-${counted}`;
  const body = {
    organization: { id: id(1), name: `org-${counted}`, ...more.organization },
    tenant: { id: id(2), name, domain: HOST, authorization_provider: 'idp-server', ...more.tenant },
    authorization_server: {
      issuer: `${HOST}/${id(2)}`,
      jwks: JSON.stringify({ keys: [RSA, EC] }),
      token_signed_key_id: 'acme-rsa',
      id_token_signed_key_id: 'acme-ec',
      ...more.authorization_server,
    },
    user: {
      sub: id(3),
      provider_id: 'idp-server',
      name: 'Ada Min',
      email: 'ada@acme.example',
      email_verified: true,
      raw_password: PASSWORD,
      ...more.user,
    },
    client: {
      client_id: `acme-client-${counted}`,
      client_secret: 'a secret of more than a few letters',
      redirect_uris: ['https://acme.example/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'password', 'refresh_token'],
      scope: 'openid management',
      client_name: 'Acme',
      token_endpoint_auth_method: 'client_secret_post',
      application_type: 'web',
      ...more.client,
    },
  };
  return { body, tenantId: id(2), organizationId: id(1), sub: id(3) };
}

export type OnboardingDesk = {
  door: FrontDoor;
  root: TenantRecord;
  /** A token of a client of its own with these scopes. */
  tokenOf(tenant: TenantRecord, scopes: string[]): Promise<string>;
  call(method: string, url: string, token?: string, body?: unknown): Promise<Answered>;
  post(url: string, body: unknown, token?: string): Promise<Answered>;
  /** As whoever may do everything. */
  onboard(body: unknown, query?: string): Promise<Answered>;
  /** By the name and the password of a good request. */
  signIn(tenantId: string, client: string, more?: Record<string, string>): Promise<Answered>;
};

export async function openDesk(databaseUrl?: string): Promise<OnboardingDesk> {
  const door = await openFrontDoor({
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    env: { SALLYPORT_TENANT: 'root' },
  });
  const root = await ensureDefaultTenant(door.house.ports, { name: 'root', baseUrl: HOST });

  async function tokenOf(tenant: TenantRecord, scopes: string[]): Promise<string> {
    const client = await newClient(door.house.ports, tenant.id, {
      name: 'Operator',
      grantTypes: ['client_credentials'],
    });
    if (client === 'conflict') throw new Error('no client');
    await grantManagement(door.house.ports, tenant, client.id, scopes);
    const { body } = await post(`${tenant.baseUrl}/oauth/token`, {
      grant_type: 'client_credentials',
      client_id: client.id,
      client_secret: client.secret,
      audience: managementAudience(tenant.baseUrl),
    });
    return String(body.access_token);
  }

  async function call(method: string, url: string, token?: string, body?: unknown): Promise<Answered> {
    const response = await door.app.request(url.startsWith('http') ? url : HOST + url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
  }
  const post = (url: string, body: unknown, token?: string) => call('POST', url, token, body);
  const onboard = (body: unknown, query = '') => post(`/v1/management/onboarding${query}`, body, operator);

  const signIn = (tenantId: string, client: string, more: Record<string, string> = {}) =>
    post(`/${tenantId}/v1/tokens`, {
      grant_type: 'password',
      client_id: client,
      client_secret: 'a secret of more than a few letters',
      username: 'ada@acme.example',
      password: PASSWORD,
      scope: 'openid email management org-management',
      ...more,
    });

  const operator = await tokenOf(root, [...MANAGEMENT_SCOPES, ...OPERATOR_SCOPES]);
  return { door, root, tokenOf, call, post, onboard, signIn };
}
