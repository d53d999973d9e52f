// What a login of the JSON flow amounts to, as its tokens say it: the class that the policy gives it, and the scopes that are
// to be had for it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { putPolicies } from '../../runtime/policies/policy-rows.ts';
import { anyOf, passed } from '../../runtime/policies/policy-sample.ts';
import { CALLBACK } from '../oauth/front-door.ts';
import { type FlowDesk, OWN_CODES, openFlowDesk } from './flow-desk.ts';

const CREDENTIALS = `Basic ${Buffer.from('web:web+secret+%2B+more').toString('base64')}`;
const PHONE = '+447700900456';

let desk: FlowDesk;
beforeAll(async () => {
  desk = await openFlowDesk();
  const { house } = desk.door;
  await desk.configure('sms', OWN_CODES('sms'));
  await putPolicies(house, {
    acr_mapping_rules: { 'urn:high': ['sms'], 'urn:low': ['password'] },
    level_of_authentication_scopes: { email: ['sms'] },
    success_conditions: anyOf([passed('password-authentication')]),
  });
  await house.user('ana', [], { phoneNumber: PHONE });
});
afterAll(() => desk.close());

async function tokensAfter(show: (id: string) => Promise<void>) {
  const { id } = await desk.begin({ scope: 'openid profile email' });
  await desk.call(id, 'password-authentication', { username: 'ana@example.com', password: PASSWORD });
  await show(id);
  const { body } = await desk.call(id, 'authorize');
  const code = new URL(String(body.redirect_uri)).searchParams.get('code') ?? '';
  const answered = await desk.door.token(
    { grant_type: 'authorization_code', code, redirect_uri: CALLBACK },
    { authorization: CREDENTIALS },
  );
  const claims = JSON.parse(Buffer.from(String(answered.body.id_token).split('.')[1] ?? '', 'base64url').toString());
  return { scope: answered.body.scope, claims };
}

test('a password alone', async () => {
  const { scope, claims } = await tokensAfter(async () => {});
  expect(scope).toBe('openid profile');
  expect(claims).toMatchObject({ acr: 'urn:low' });
  expect(claims).not.toHaveProperty('email');
  expect(claims).not.toHaveProperty('amr');
});

test('and a code', async () => {
  const { scope, claims } = await tokensAfter(async (id) => {
    await desk.call(id, 'sms-authentication-challenge');
    const verification_code = await desk.door.house.codeFor(PHONE);
    expect((await desk.call(id, 'sms-authentication', { verification_code })).status).toBe(200);
  });
  // All that was asked for: nothing is said of it.
  expect(scope).toBeUndefined();
  expect(claims).toMatchObject({ acr: 'urn:high', amr: ['mfa'], email: 'ana@example.com' });
});
