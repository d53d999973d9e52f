// Recovery codes: who gets one, what it opens, and how it is replaced.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { type MfaDesk, openMfaDesk } from './mfa-desk.ts';

const OTP = { authenticator_types: ['otp'] };
const RECOVERY_CODE = expect.stringMatching(/^[A-Z0-9]{24}$/);

// The commits meet guards of the database, so both are asked each time.
describe.each(databases())('%s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
  });
  afterAll(() => desk.close());
  const bind = (source: string) =>
    desk.door.house.bind(`exports.onExecutePostLogin = async (event, api) => { ${source} };`);
  beforeEach(async () => {
    await desk.door.house.bind();
    await desk.door.house.editTenant((tenant) => ({ ...tenant, policies: ['all-applications'] }));
  });

  const enrolled = async () => {
    const { name, user } = await desk.newUser();
    const token = await desk.mfaToken(name);
    const { body } = await desk.associate(token, OTP);
    await desk.otp(token, desk.code(String(body.secret)));
    const [code] = body.recovery_codes as [string];
    return { name, user, code };
  };

  test('are used once, and replaced', async () => {
    const { name, user, code } = await enrolled();
    const answer = await desk.recover(await desk.mfaToken(name), code);
    expect(answer).toMatchObject({ status: 200, body: { recovery_code: RECOVERY_CODE } });
    expect(answer.body.recovery_code).not.toBe(code);
    expect(await desk.newestLogs(2)).toEqual([
      { type: 'sercft', userId: user.id },
      { type: 'gd_recovery_succeed', userId: user.id },
    ]);
    const rejected = {
      status: 403,
      body: { error: 'invalid_grant', error_description: 'MFA Authorization rejected.' },
    };
    expect(await desk.recover(await desk.mfaToken(name), code)).toMatchObject(rejected);
    expect(await desk.newestLogs(2)).toEqual([
      { type: 'fercft', userId: user.id },
      { type: 'gd_recovery_failed', userId: user.id },
    ]);
    const next = String(answer.body.recovery_code);
    expect(await desk.recover(await desk.mfaToken(name), ` ${next.toLowerCase()}`)).toMatchObject({ status: 200 });
  });

  test('of two that are used at once one opens', async () => {
    const { name, code } = await enrolled();
    const tokens = [await desk.mfaToken(name), await desk.mfaToken(name)];
    const answers = await Promise.all(tokens.map((token) => desk.recover(token, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  test('stand in for what a script names only where it names them', async () => {
    const { name, code } = await enrolled();
    await bind(`api.authentication.challengeWith({ type: 'otp' });`);
    expect(await desk.recover(await desk.mfaToken(name), code)).toMatchObject({ status: 403 });
    await bind(
      `api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'recovery-code' }] });`,
    );
    const { body } = await desk.signIn(name);
    expect(body.mfa_requirements).toEqual({ challenge: [{ type: 'otp' }, { type: 'recovery-code' }] });
    expect(await desk.recover(String(body.mfa_token), code)).toMatchObject({ status: 200 });
  });

  test('share the bucket of attempts', async () => {
    const { name, code } = await enrolled();
    const token = await desk.mfaToken(name);
    for (let tries = 0; tries < 10; tries++) expect((await desk.recover(token, 'x')).status).toBe(403);
    expect(await desk.recover(token, code)).toMatchObject({ status: 429, body: { error: 'invalid_request' } });
    expect(await desk.newestLogs(2)).toMatchObject([{ type: 'fercft' }, { type: 'gd_recovery_rate_limit_exceed' }]);
  });

  test('are made anew by an administrator', async () => {
    const { user, name, code } = await enrolled();
    const { house, deps } = desk.door;
    const next = await deps.runtime.renewRecoveryCode(house.tenant, user);
    expect(next).toEqual(RECOVERY_CODE);
    expect((await desk.recover(await desk.mfaToken(name), code)).status).toBe(403);
    expect((await desk.recover(await desk.mfaToken(name), String(next))).status).toBe(200);
    const imported = await desk.newUser('otp');
    expect(await deps.runtime.renewRecoveryCode(house.tenant, imported.user)).toEqual(RECOVERY_CODE);
    const bare = await desk.newUser();
    expect(await deps.runtime.renewRecoveryCode(house.tenant, bare.user)).toBeUndefined();
  });

  test('go with the last factor, and come with the next first one', async () => {
    const { name, user, code } = await enrolled();
    desk.nextStep();
    const { store, tenant } = desk.door.house;
    const types = async () => (await store.authenticators.ofUser(tenant.id, user.id)).map(({ type }) => type).sort();
    expect(await types()).toEqual(['recovery-code', 'totp']);
    const audience = { audience: `${desk.door.site}/mfa/`, scope: '' };
    const half = await desk.mfaToken(name, audience);
    const { body } = await desk.recover(half, code);
    const bearer = String(body.access_token);
    const [app] = (await desk.list(bearer)).filter(({ id }) => id.startsWith('totp|'));
    const removed = await desk.call('DELETE', `authenticators/${encodeURIComponent(app?.id ?? '')}`, { bearer });
    expect(removed.status).toBe(204);
    expect(await types()).toEqual([]);
    expect(await desk.list(bearer)).toEqual([]);
    const begun = await desk.associate(await desk.mfaToken(name), OTP);
    expect(begun.body.recovery_codes).toEqual([RECOVERY_CODE]);
    expect(begun.body.recovery_codes).not.toEqual([body.recovery_code]);
  });

  test('do not exist where the switch is off', async () => {
    const { house } = desk.door;
    const set = (on: boolean) =>
      house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, 'recovery-code': on } }));
    const { name, code } = await enrolled();
    await set(false);
    const { name: other } = await desk.newUser();
    expect((await desk.associate(await desk.mfaToken(other), OTP)).body).not.toHaveProperty('recovery_codes');
    expect((await desk.recover(await desk.mfaToken(name), code)).status).toBe(403);
    await set(true);
  });
});
