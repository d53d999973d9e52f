// A refresh token that a script stops for a factor: nothing is spent until the factor is shown, and what the MFA grant then
// answers is the exchange. And one that is bound to a key.
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLBACK, VERIFIER } from '../oauth/front-door.ts';
import { createProving, keyPair } from '../oauth/proving.ts';
import { type MfaDesk, NATIVE, OTHER, openMfaDesk } from './mfa-desk.ts';

const ROTATING = { refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 } };
const onRefresh = (body: string) => `exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction.protocol === 'oauth2-refresh-token') { ${body} }
};`;
const ASK = onRefresh("api.authentication.challengeWith({ type: 'otp' });");
const REFUSED = { status: 403, body: { error: 'invalid_grant' } };
const ASKED = { status: 403, body: { error: 'mfa_required', mfa_requirements: { challenge: [{ type: 'otp' }] } } };

describe.each(databasesInFull())('%s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
    const { store, tenant } = desk.door.house;
    await store.clients.update(tenant.id, 'native', (client) => ({ ...client, settings: ROTATING }));
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    desk.nextStep();
    await desk.door.house.bind();
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: [] }));
  });

  const issue = async () => {
    const { name, user } = await desk.newUser('otp');
    const { body } = await desk.signIn(name, { scope: 'openid offline_access' });
    const row = async () => {
      const { store, tenant } = desk.door.house;
      return (await store.refreshTokens.ofUser(tenant.id, user.id, { page: { offset: 0, limit: 2 } })).records[0];
    };
    return { user, row, token: String(body.refresh_token) };
  };
  const refresh = (refresh_token: unknown, more: Record<string, string> = {}) =>
    desk.token({ grant_type: 'refresh_token', refresh_token: String(refresh_token), ...more });

  test('the factor is shown: the grant answers the rotated tokens, and the old key is spent', async () => {
    const { token, row } = await issue();
    await desk.door.house.bind(
      ASK,
      onRefresh("api.accessToken.setCustomClaim('https://x/when', event.authentication.methods.at(-1).name)"),
    );
    const asked = await refresh(token);
    expect(asked).toMatchObject(ASKED);
    expect(await row()).toMatchObject({ generation: 1 });
    const end = await desk.otp(String(asked.body.mfa_token), desk.code());
    expect(end).toMatchObject({
      status: 200,
      body: { refresh_token: expect.stringMatching(/^[\w-]{43}$/), scope: 'openid offline_access' },
    });
    expect(end.body.refresh_token).not.toBe(token);
    expect(await row()).toMatchObject({ generation: 2 });
    await desk.door.house.bind();
    expect((await refresh(end.body.refresh_token)).status).toBe(200);
    expect(await refresh(token)).toMatchObject(REFUSED);
  });

  test.each<[string, (mfaToken: string) => Promise<unknown>]>([
    ['abandoned', async () => {}],
    ['answered wrongly', (mfaToken) => desk.otp(mfaToken, '000000')],
    ['left until it ran out', async () => desk.door.house.clock.advance(11 * 60_000)],
    ['answered by another client', (mfaToken) => desk.otp(mfaToken, desk.code(), OTHER)],
  ])('the challenge is %s: the key is as good as before', async (_name, act) => {
    const { token } = await issue();
    await desk.door.house.bind(ASK);
    const { body } = await refresh(token);
    await act(String(body.mfa_token));
    expect(await refresh(token)).toMatchObject(ASKED);
    await desk.door.house.bind();
    expect((await refresh(token)).status).toBe(200);
  });

  test('of two exchanges that wait for a factor one is completed', async () => {
    const { token } = await issue();
    await desk.door.house.bind(ASK);
    const [first, second] = [await refresh(token), await refresh(token)];
    expect((await desk.otp(String(first.body.mfa_token), desk.code())).status).toBe(200);
    desk.nextStep();
    expect(await desk.otp(String(second.body.mfa_token), desk.code())).toMatchObject({ status: 403 });
  });

  test.each<[string, (of: { userId: string; tokenId: string }) => Promise<unknown>]>([
    ['revoked', ({ tokenId }) => desk.door.house.store.refreshTokens.remove(desk.door.house.tenant.id, tokenId)],
    [
      'taken with all that is open',
      ({ userId }) => desk.door.house.store.users.endLogins(desk.door.house.tenant.id, userId, 'account-deactivated'),
    ],
  ])('a token that is %s meanwhile gives nothing for the factor', async (_name, act) => {
    const { token, user, row } = await issue();
    await desk.door.house.bind(ASK);
    const { body } = await refresh(token);
    await act({ userId: user.id, tokenId: (await row())?.id ?? '' });
    const end = await desk.otp(String(body.mfa_token), desk.code());
    expect(end.status).toBeGreaterThan(399);
    expect(end.status).toBeLessThan(500);
    expect(end.body).not.toHaveProperty('access_token');
  });

  test('what scripts set at an exchange is in its tokens, and no more than was granted', async () => {
    const { token } = await issue();
    await desk.door.house.bind(
      onRefresh("api.idToken.setCustomClaim('https://x/a', 1); api.accessToken.removeScope('openid');"),
    );
    const answer = await refresh(token);
    expect(answer).toMatchObject({ status: 200, body: { scope: 'offline_access' } });
    expect(answer.body).not.toHaveProperty('id_token');
    await desk.door.house.bind(onRefresh("api.idToken.setCustomClaim('https://x/a', 1)"));
    const next = await refresh(answer.body.refresh_token);
    expect(decodeJwt(String(next.body.id_token))).toMatchObject({ 'https://x/a': 1 });
  });

  describe('bound to a key (RFC 9449 §5)', () => {
    test('a public client’s is good for the holder of the key alone', async () => {
      const { door } = desk;
      const [pair, other] = [await keyPair(), await keyPair()];
      const prove = createProving(door, pair);
      const { store, tenant } = door.house;
      await store.clients.update(tenant.id, 'spa', (client) => ({
        ...client,
        settings: ROTATING,
        grantTypes: ['authorization_code', 'refresh_token'],
      }));
      const { name } = await desk.newUser();
      const code = (await door.signIn(door.browser(), name, { scope: 'openid offline_access' })).get('code') ?? '';
      const first = await door.token(
        {
          grant_type: 'authorization_code',
          client_id: 'spa',
          code,
          redirect_uri: CALLBACK,
          code_verifier: VERIFIER,
        },
        { dpop: await prove() },
      );
      const exchange = (headers: Record<string, string>) =>
        door.token(
          { grant_type: 'refresh_token', client_id: 'spa', refresh_token: String(first.body.refresh_token) },
          headers,
        );
      expect(await exchange({})).toMatchObject(REFUSED);
      expect(await exchange({ dpop: await prove({ by: other }) })).toMatchObject(REFUSED);
      const answer = await exchange({ dpop: await prove() });
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      expect(first.body.token_type).toBe('DPoP');
    });

    test('a client with a secret may bring another key, or none', async () => {
      const { token } = await issue();
      const prove = createProving(desk.door, await keyPair());
      const bound = await desk.door.token(
        { ...NATIVE, grant_type: 'refresh_token', refresh_token: token },
        { dpop: await prove() },
      );
      expect(bound).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
      expect(await refresh(bound.body.refresh_token)).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    });
  });
});
