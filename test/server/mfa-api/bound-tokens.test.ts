// Access tokens of the MFA audience that are bound to a key (RFC 9449): at each door they want a proof of that key, made for
// this request and this token, once; and what such a token began is finished with the same key.
import { decodeJwt, type GenerateKeyPairResult } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '#test/kit/house.ts';
import { createProving, hashOf, keyPair, type Prove } from '../oauth/proving.ts';
import { type Body, GRANT, type MfaDesk, NATIVE, openMfaDesk } from './mfa-desk.ts';

const PHONE = '+447700900555';
const SMS = { authenticator_types: ['oob'], oob_channels: ['sms'], phone_number: PHONE };

let desk: MfaDesk;
let pair: GenerateKeyPairResult;
let other: GenerateKeyPairResult;
let prove: Prove;
let token: string;
beforeAll(async () => {
  desk = await openMfaDesk();
  [pair, other] = await Promise.all([keyPair(), keyPair()]);
  prove = createProving(desk.door, pair);
  const { name } = await desk.newUser('otp');
  const { door } = desk;
  const audience = `${door.site}/mfa/`;
  const person = { grant_type: 'password', username: `${name}@example.com`, password: PASSWORD, audience, scope: '' };
  const half = await door.token({ ...NATIVE, ...person }, { dpop: await prove() });
  const mfa_token = String(half.body.mfa_token);
  const answer = await door.token(
    { ...NATIVE, grant_type: `${GRANT}mfa-otp`, mfa_token, otp: desk.code() },
    { dpop: await prove() },
  );
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  token = String(answer.body.access_token);
  expect(decodeJwt(token)).toHaveProperty('cnf.jkt');
});
afterAll(() => desk.close());

type Call = [method: string, path: string, body: Body | undefined, status: number];

const call = async ([method, path, body]: Call, headers: Record<string, string>) => {
  const response = await desk.door.app.request(desk.door.site + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Body };
};
/** A proof for this call, or one that differs. */
const proofFor = ([method, path]: Call, claims: Record<string, unknown> = {}, by = pair) =>
  prove({ by, claims: { htm: method, htu: desk.door.site + path, ath: hashOf(token), ...claims } });

let oobCode: string;

test.each<Call>([
  ['GET', '/mfa/authenticators', undefined, 200],
  ['POST', '/mfa/associate', SMS, 200],
  ['DELETE', '/mfa/authenticators/totp%7Cdev_none', undefined, 404],
])('%s %s', async (...row) => {
  const refused = { status: 401, body: { error: 'invalid_token' } };
  const bound = `DPoP ${token}`;
  expect(await call(row, { authorization: `Bearer ${token}` })).toMatchObject(refused);
  expect(await call(row, { authorization: `Bearer ${token}`, dpop: await proofFor(row) })).toMatchObject(refused);
  expect(await call(row, { authorization: bound })).toMatchObject(refused);
  const wrong = [
    await proofFor(row, {}, other),
    await proofFor(row, { htu: `${desk.door.site}/userinfo` }),
    await proofFor(row, { htm: 'PUT' }),
    await proofFor(row, { ath: hashOf('another token') }),
    await proofFor(row, { ath: undefined }),
  ];
  for (const dpop of wrong) expect(await call(row, { authorization: bound, dpop })).toMatchObject(refused);
  const dpop = await proofFor(row);
  const answer = await call(row, { authorization: bound, dpop });
  expect(answer.status).toBe(row[3]);
  if (typeof answer.body.oob_code === 'string') oobCode = answer.body.oob_code;
  expect(await call(row, { authorization: bound, dpop })).toMatchObject(refused);
});

test('what was begun is finished by the holder of the key alone', async () => {
  const code = await desk.door.house.codeFor(PHONE);
  const answer = { ...NATIVE, grant_type: `${GRANT}mfa-oob`, mfa_token: token, oob_code: oobCode, binding_code: code };
  const malformed = { status: 401, body: { error: 'invalid_grant', error_description: 'Malformed mfa_token' } };
  expect(await desk.door.token(answer)).toMatchObject(malformed);
  expect(await desk.door.token(answer, { dpop: await prove({ by: other }) })).toMatchObject(malformed);
  const end = await desk.door.token(answer, { dpop: await prove() });
  expect(end).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
});
