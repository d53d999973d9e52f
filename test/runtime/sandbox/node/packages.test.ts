// The packages that post-login scripts use most, unmodified, each in a real cell and talking to a server on loopback.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Sandbox } from '#runtime/sandbox/sandbox.ts';
import { draw } from '#test/kit/counts.ts';
import { lines, openSandbox, outcome, request } from '../kit.ts';
import { bundleText } from './bundle-text.ts';
import { KEYS } from './keys.ts';
import { startStub } from './stub.ts';

const egress = createEgress({ allow: ['127.0.0.1'] });
let sandbox: Sandbox;
let stub: Awaited<ReturnType<typeof startStub>>;
beforeAll(async () => {
  stub = await startStub();
  sandbox = await openSandbox(1, egress);
});
afterAll(async () => {
  await sandbox.drain(0);
  await egress.close();
  stub.close();
});

type Row = [packages: string[], body: string, expected: string[]];

const ROWS: Row[] = [
  [
    ['axios'],
    `const axios = require('axios');
     const got = await axios.get(STUB + '/echo', { params: { a: 1 }, headers: { authorization: 'Bearer x' } });
     console.log(got.status, got.data.method, got.data.url, got.data.authorization);
     const sent = await axios.post(STUB + '/echo', { b: 2 });
     console.log(sent.data.type, sent.data.body);
     console.log((await axios.get(STUB + '/gzip')).data.packed);
     console.log(await axios.get(STUB + '/teapot').catch((e) => [e.response.status, e.response.data.error, e.message].join()));
     console.log(await axios.get(STUB + '/slow', { timeout: 50 }).catch((e) => e.code));
     console.log(await axios.get('http://127.0.0.1:1/').catch((e) => e.isAxiosError));
     console.log((await axios.create({ baseURL: STUB }).request({ url: '/moved' })).data.url);`,
    [
      '200 GET /echo?a=1 Bearer x',
      'application/json {"b":2}',
      'true',
      '418,short and stout,Request failed with status code 418',
      'ETIMEDOUT',
      'true',
      '/echo?moved',
    ],
  ],
  [
    ['jsonwebtoken'],
    `const jwt = require('jsonwebtoken');
     for (const [alg, sign, verify] of [['HS256', 'secret', 'secret'], ['RS256', KEYS.rsa.privateKey, KEYS.rsa.publicKey], ['ES256', KEYS.ec.privateKey, KEYS.ec.publicKey], ['PS256', KEYS.rsa.privateKey, KEYS.rsa.publicKey]]) {
       const token = jwt.sign({ sub: 'u' }, sign, { algorithm: alg, expiresIn: '1h', issuer: 'i' });
       console.log(alg, jwt.verify(token, verify, { algorithms: [alg], issuer: 'i' }).sub);
       try { jwt.verify(token.slice(0, -6) + 'AAAAAA', verify, { algorithms: [alg] }); } catch (e) { console.log(e.name, e.message); }
     }
     try { jwt.verify(jwt.sign({ exp: 1 }, 's'), 's'); } catch (e) { console.log(e.name); }
     console.log(await new Promise((resolve) => jwt.sign({ a: 1 }, 's', (e, t) => resolve(jwt.decode(t).a))));
     console.log(await new Promise((resolve) => jwt.verify('x.y.z', 's', (e) => resolve(e.message))));
     try { jwt.sign({}, KEYS.ec.privateKey, { algorithm: 'RS256' }); } catch (e) { console.log(e.message); }`,
    [
      'HS256 u',
      'JsonWebTokenError invalid signature',
      'RS256 u',
      'JsonWebTokenError invalid signature',
      'ES256 u',
      'JsonWebTokenError invalid signature',
      'PS256 u',
      'JsonWebTokenError invalid signature',
      'TokenExpiredError',
      '1',
      'invalid token',
      '"alg" parameter for "ec" key type must be one of: ES256, ES384, ES512.',
    ],
  ],
  [
    ['jose'],
    `const jose = require('jose');
     const secret = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
     const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).setIssuer('i').setExpirationTime('1h').sign(secret);
     console.log((await jose.jwtVerify(token, secret, { issuer: 'i' })).payload.a);
     console.log(await jose.jwtVerify(token + 'x', secret).catch((e) => e.code));
     const key = await jose.importPKCS8(KEYS.rsa.privateKey, 'RS256');
     const rs = await new jose.SignJWT({ sub: 'u' }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);
     const jwks = jose.createRemoteJWKSet(new URL(STUB + '/jwks'));
     console.log((await jose.jwtVerify(rs, jwks)).payload.sub);
     const es = await jose.generateKeyPair('ES256');
     const signed = await new jose.CompactSign(new TextEncoder().encode('hi')).setProtectedHeader({ alg: 'ES256' }).sign(es.privateKey);
     console.log(new TextDecoder().decode((await jose.compactVerify(signed, es.publicKey)).payload));
     const jwe = await new jose.EncryptJWT({ b: 2 }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(secret);
     console.log((await jose.jwtDecrypt(jwe, secret)).payload.b);
     const wrapped = await new jose.CompactEncrypt(new TextEncoder().encode('yo')).setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' }).encrypt(await jose.importSPKI(KEYS.rsa.publicKey, 'RSA-OAEP-256'));
     console.log(new TextDecoder().decode((await jose.compactDecrypt(wrapped, await jose.importPKCS8(KEYS.rsa.privateKey, 'RSA-OAEP-256'))).plaintext));`,
    ['1', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'u', 'hi', '2', 'yo'],
  ],
  [
    ['jwks-rsa', 'jsonwebtoken'],
    `const jwksRsa = require('jwks-rsa');
     const client = jwksRsa({ jwksUri: STUB + '/jwks', cache: true });
     const key = await client.getSigningKey('k1');
     console.log(key.getPublicKey().trim() === KEYS.rsa.publicKey.trim(), (await client.getSigningKey('k1')).kid);
     const jwt = require('jsonwebtoken');
     const token = jwt.sign({ sub: 'u' }, KEYS.rsa.privateKey, { algorithm: 'RS256', keyid: 'k1' });
     const find = (header, callback) => client.getSigningKey(header.kid).then((k) => callback(null, k.getPublicKey()), callback);
     console.log(await new Promise((resolve, reject) => jwt.verify(token, find, (e, claims) => (e ? reject(e) : resolve(claims.sub)))));
     console.log(await client.getSigningKey('nope').catch((e) => e.name));
     console.log(await jwksRsa({ jwksUri: 'http://127.0.0.1:1/' }).getSigningKey('k1').catch((e) => e.message));`,
    [
      'true k1',
      'u',
      'SigningKeyNotFoundError',
      'connect ECONNREFUSED http://127.0.0.1:1: nothing accepts connections there',
    ],
  ],
  [
    ['auth0'],
    `const { ManagementClient } = require('auth0');
     const client = new ManagementClient({ domain: 'tenant.example.com', token: 't', fetch: (url, init) => fetch(String(url).replace('https://tenant.example.com', STUB), init) });
     const user = await client.users.get('auth0|1');
     console.log(user.email ?? user.data.email);
     console.log(await client.users.get('nobody').catch((e) => e.statusCode));`,
    ['a@example.com', '404'],
  ],
  [
    ['node-fetch'],
    `const { default: fetch, FetchError, Headers } = require('node-fetch');
     const got = await fetch(STUB + '/echo?x', { method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'content-type': 'application/json' } });
     console.log(got.status, got.ok, JSON.stringify(await got.json()));
     console.log((await (await fetch(STUB + '/gzip')).json()).packed);
     console.log((await (await fetch(STUB + '/moved')).json()).url);
     console.log((await fetch(STUB + '/moved', { redirect: 'manual' })).status);
     console.log((await fetch(STUB + '/cookies')).headers.raw()['set-cookie'].join());
     console.log([...new Uint8Array(await (await fetch(STUB + '/bytes')).arrayBuffer())].join());
     console.log(await fetch('http://127.0.0.1:1/').catch((e) => [e.name, e.code, e.type].join()));
     const controller = new AbortController();
     setTimeout(() => controller.abort(), 30);
     console.log(await fetch(STUB + '/slow', { signal: controller.signal }).catch((e) => e.name));
     console.log((await (await fetch(STUB + '/echo', { method: 'PUT', body: new URLSearchParams({ q: 'ü' }) })).json()).type);`,
    [
      '200 true {"method":"POST","url":"/echo?x","body":"{\\"a\\":1}","type":"application/json","authorization":null}',
      'true',
      '/echo?moved',
      '302',
      'a=1,b=2',
      '0,255,128,65',
      'FetchError,ECONNREFUSED,system',
      'AbortError',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
  ],
  [
    ['uuid'],
    `const uuid = require('uuid');
     console.log(uuid.validate(uuid.v4()), uuid.version(uuid.v7()), uuid.v5('x', uuid.v5.DNS), uuid.v4() === uuid.v4());`,
    ['true 7 05b16a01-46c6-56dd-bd6e-c6dfb4a1427a false'],
  ],
  [
    ['lodash'],
    `const _ = require('lodash');
     console.log(JSON.stringify(_.groupBy([1, 2, 3], (n) => n % 2)), _.get({ a: [{ b: 1 }] }, 'a[0].b'), _.template('hi <%= x %>')({ x: 'you' }));`,
    ['{"0":[2],"1":[1,3]} 1 hi you'],
  ],
  [
    ['@xmldom/xmldom', 'xpath'],
    `const { DOMParser, XMLSerializer } = require('@xmldom/xmldom');
     const xpath = require('xpath');
     const doc = new DOMParser().parseFromString('<a xmlns:p="u"><b id="1">x</b><p:c>y</p:c></a>', 'text/xml');
     console.log(xpath.select('string(//b[@id="1"])', doc), xpath.useNamespaces({ q: 'u' })('//q:c/text()', doc)[0].nodeValue, new XMLSerializer().serializeToString(doc));`,
    ['x y <a xmlns:p="u"><b id="1">x</b><p:c>y</p:c></a>'],
  ],
  [
    ['twilio'],
    `const twilio = require('twilio');
     const client = twilio('AC' + '0'.repeat(32), 'token');
     client.api.baseUrl = STUB;
     const message = await client.messages.create({ to: '+15555550100', from: '+15555550101', body: 'hello ü' });
     console.log(message.sid, message.body);
     console.log(twilio.validateRequest('12345', 'wrong', 'https://example.com', {}));`,
    ['SM1 hello ü', 'false'],
  ],
  [
    ['stripe'],
    `const Stripe = require('stripe');
     const stripe = new (Stripe.default ?? Stripe)('sk_test_1', { host: '127.0.0.1', port: PORT, protocol: 'http', maxNetworkRetries: 0 });
     const customer = await stripe.customers.create({ email: 'a@example.com' });
     console.log(customer.id, customer.sent);`,
    ['cus_1 email=a%40example.com'],
  ],
  [
    ['@sendgrid/mail'],
    `const mail = require('@sendgrid/mail');
     mail.setApiKey('SG.key');
     mail.client.setDefaultRequest('baseUrl', STUB + '/');
     const [response] = await mail.send({ to: 'a@example.com', from: 'b@example.com', subject: 's', text: 't' });
     console.log(response.statusCode, response.headers['x-message-id']);`,
    ['202 Bearer SG.key'],
  ],
];

test.each(
  draw(ROWS, 1).map(([packages, body, expected]) => ({ name: packages.join(' + '), packages, body, expected })),
)('$name runs unmodified', { timeout: 60_000 }, async ({ packages, body, expected }) => {
  const source = `
const STUB = 'http://127.0.0.1:${stub.port}', PORT = ${stub.port}, KEYS = ${JSON.stringify(KEYS)};
exports.onExecutePostLogin = async () => {
${body}
};`;
  const script = await bundleText(source, packages);
  const result = await sandbox.run(request(script, { tenantId: packages.join() }));
  expect([outcome(result), ...lines(result)]).toEqual(['ok', ...expected]);
});
