// Onboarding: what is refused, where it says why, and that nothing of it is written: ids that are taken, keys that are weak
// or none, addresses that would hide others.
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FrontDoor } from './oauth/front-door.ts';
import { EC, HOST, jwk, type OnboardingDesk, openDesk, RSA, request } from './onboarding-desk.ts';

const SHORT = jwk('short', 'RS256', generateKeyPairSync('rsa', { modulusLength: 1024 }));
const CURVE = jwk('curve', 'ES384', generateKeyPairSync('ec', { namedCurve: 'P-384' }));

describe('an onboarding is refused', () => {
  let desk: OnboardingDesk;
  let door: FrontDoor;
  beforeAll(async () => {
    desk = await openDesk();
    door = desk.door;
  }, 60_000);
  afterAll(() => door.close());
  const post: OnboardingDesk['post'] = (...sent) => desk.post(...sent);
  const onboard: OnboardingDesk['onboard'] = (...sent) => desk.onboard(...sent);

  test.each<[string, (taken: ReturnType<typeof request>) => Record<string, object>]>([
    ['organization.id', (taken) => ({ organization: { id: taken.organizationId } })],
    ['organization.name', (taken) => ({ organization: { name: taken.body.organization.name } })],
    ['tenant.id', (taken) => ({ tenant: { id: taken.tenantId }, authorization_server: { issuer: undefined } })],
    ['tenant.name', (taken) => ({ tenant: { name: taken.body.tenant.name } })],
    ['the base URL', () => ({ tenant: {}, authorization_server: { issuer: HOST } })],
  ])('with 409 where %s is taken', async (_what, change) => {
    const taken = request();
    await onboard(taken.body);
    const { body } = request(change(taken));
    const owners = (await door.house.store.owners.list()).length;
    expect((await onboard(body)).status).toBe(409);
    expect((await onboard(body, '?dry_run=true')).status).toBe(409);
    expect((await door.house.store.owners.list()).length).toBe(owners);
  });

  const rows: [what: string, change: Record<string, object>, said: RegExp][] = [
    ['tenant.id', { tenant: { id: 'acme' } }, /tenant\.id/],
    ['a name that is an id', { tenant: { name: '11111111-0000-4000-8000-000000000000' } }, /tenant\.name/],
    ['a domain that is none', { tenant: { domain: 'acme' }, authorization_server: { issuer: undefined } }, /domain/],
    ['an issuer elsewhere', { authorization_server: { issuer: 'https://evil.example/x' } }, /issuer/],
    ['an issuer with another path', { authorization_server: { issuer: `${HOST}/other` } }, /issuer/],
    ['a path of ours', { tenant: { name: 'oauth' }, authorization_server: { issuer: `${HOST}/oauth` } }, /oauth/],
    ['two segments', { authorization_server: { issuer: `${HOST}/a/b` } }, /name or id/],
    ['a query', { authorization_server: { issuer: `${HOST}/?a=b` } }, /segment/],
    ['no keys', { authorization_server: { jwks: '{}' } }, /jwks/],
    ['no JSON', { authorization_server: { jwks: 'keys' } }, /jwks/],
    ['a key of 1024 bits', { authorization_server: { jwks: { keys: [SHORT] } } }, /2048/],
    ['another curve', { authorization_server: { jwks: { keys: [CURVE] } } }, /P-256/],
    ['a public key', { authorization_server: { jwks: { keys: [{ ...RSA, d: undefined }] } } }, /private/],
    ['a key without kid', { authorization_server: { jwks: { keys: [{ ...RSA, kid: undefined }] } } }, /kid/],
    ['one kid twice', { authorization_server: { jwks: { keys: [RSA, { ...EC, kid: 'acme-rsa' }] } } }, /same kid/],
    ['a broken pair', { authorization_server: { jwks: { keys: [{ ...EC, x: EC.y ?? '', y: EC.x ?? '' }] } } }, /key/],
    ['halves of two', { authorization_server: { jwks: { keys: [halves()] } } }, /belong together/],
    ['a key for encryption', { authorization_server: { jwks: { keys: [{ ...RSA, use: 'enc' }] } } }, /use/],
    ['alg none', { authorization_server: { jwks: { keys: [{ ...RSA, alg: 'none' }] } } }, /RS256/],
    ['a key that is not there', { authorization_server: { token_signed_key_id: 'nobody' } }, /token_signed_key_id/],
    ['an address that is none', { user: { email: 'ada' } }, /email/],
    ['a weak password', { user: { raw_password: 'abc' } }, /raw_password/],
    ['no password', { user: { raw_password: undefined } }, /raw_password/],
    ['a callback that is none', { client: { redirect_uris: ['javascript:alert(1)'] } }, /redirect_uris/],
    ['an id with blanks', { client: { client_id: 'a b' } }, /client_id/],
  ];
  test.each(rows)('with 400: %s', async (_what, change, said) => {
    const { body, organizationId, tenantId } = request(change);
    const refused = await onboard(body);
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(JSON.stringify(refused.body.error_messages)).toMatch(said);
    // What was sent of a key is told to nobody.
    expect(JSON.stringify(refused.body)).not.toContain(String(EC.d));
    expect(await door.house.store.owners.find(organizationId)).toBeUndefined();
    expect((await door.house.store.clients.list(tenantId)).total).toBe(0);
  });

  test('whoever may not', async () => {
    const root = await door.house.store.tenants.find('root');
    if (!root) throw new Error('no root');
    const { body } = request();
    expect((await post('/v1/management/onboarding', body)).status).toBe(401);
    expect((await post('/v1/management/onboarding', body, await desk.tokenOf(root, ['read:users']))).status).toBe(403);
    const own = await desk.tokenOf(door.house.tenant, ['create:clients']);
    expect((await post('/v1/management/onboarding', body, own)).status).toBe(403);
  });
});

/** The private number of one pair with the public point of another. */
function halves() {
  const other = jwk('other', 'ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  return { ...other, d: EC.d ?? '' };
}
