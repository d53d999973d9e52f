// Test: rows of `api.samlResponse`: each setting is recorded in the execution as it was meant, and the login goes on.
import { expect } from 'vitest';
import { type Row, type Rows, runs, show, shown } from './row.ts';
import { items } from './stage.ts';

const saml = (name: string, args: string, recorded: unknown[], bad: [string, string][]): [string, Row] => [
  `samlResponse.${name}`,
  {
    does: `api.samlResponse.${name}(${args}).samlResponse.${name}(${args}); ${show(`'on'`)}`,
    async sees(rest) {
      expect(await shown(rest)).toBe('on');
      const command = { name: `samlResponse.${name}`, args: recorded };
      expect(items((await runs(rest))[0]?.commands).slice(0, 2)).toEqual([command, command]);
    },
    bad: bad.map(([given, text]) => [`api.samlResponse.${name}(${given});`, text]),
  },
];

const text = (method: string, name: string, most: number, kept = true) =>
  saml(method, `'${'x'.repeat(most)}'`, kept ? ['x'.repeat(most)] : [], [
    ['5', `${name} must be string`],
    [`'x'.repeat(${most + 1})`, `${name} must NOT have more than ${most} characters`],
  ]);

/** A setter whose argument may be left out. */
const flag = (method: string, name: string, otherwise: boolean) =>
  saml(method, '', [otherwise], [[`'yes'`, `${name} must be boolean`]]);

const choice = (method: string, name: string, value: string) =>
  saml(method, `'${value}'`, [value], [[`'md5'`, `${name} must be equal to one of the allowed values`]]);

export const samlRows: Rows = Object.fromEntries([
  saml(
    'setAttribute',
    `'groups', ['a', 1, true]`,
    ['groups', ['a', 1, true]],
    [
      [`5, 'a'`, 'attribute must be string'],
      [`'a', {}`, 'value must be string,number,boolean,null,array'],
      [`'x'.repeat(1025), 'a'`, 'attribute must NOT have more than 1024 bytes'],
      [`'a', 'x'.repeat(2049)`, 'value must NOT have more than 2048 characters'],
    ],
  ),
  text('setAudience', 'audience', 2048),
  text('setRecipient', 'recipient', 2048),
  text('setDestination', 'destination', 2048),
  flag('setCreateUpnClaim', 'createUpnClaim', true),
  flag('setPassthroughClaimsWithNoMapping', 'passthroughClaimsWithNoMapping', true),
  flag('setMapUnknownClaimsAsIs', 'mapUnknownClaimsAsIs', false),
  flag('setMapIdentities', 'mapIdentities', true),
  choice('setSignatureAlgorithm', 'signatureAlgorithm', 'rsa-sha1'),
  choice('setDigestAlgorithm', 'digestAlgorithm', 'sha1'),
  saml('setLifetimeInSeconds', '', [3600], [[`'60'`, 'lifetimeInSeconds must be number']]),
  flag('setSignResponse', 'signResponse', false),
  text('setNameIdentifierFormat', 'nameIdentifierFormat', 512),
  saml(
    'setNameIdentifierProbes',
    `['a', 'b']`,
    [['a', 'b']],
    [
      [`'a'`, 'nameIdentifierProbes must be array'],
      [`Array(11).fill('a')`, 'nameIdentifierProbes must NOT have more than 10 items'],
    ],
  ),
  text('setAuthnContextClassRef', 'authnContextClassRef', 512),
  text('setSigningCert', 'signingCert', 4096),
  text('setEncryptionCert', 'encryptionCert', 4096),
  text('setEncryptionPublicKey', 'encryptionPublicKey', 4096),
  text('setCert', 'cert', 4096),
  // A private key is kept nowhere.
  text('setKey', 'key', 4096, false),
  flag('setIncludeAttributeNameFormat', 'includeAttributeNameFormat', true),
  flag('setTypedAttributes', 'typedAttributes', true),
  text('setRelayState', 'RelayState', 512),
  text('setIssuer', 'issuer', 512),
  choice('setEncryptionAlgorithm', 'encryptionAlgorithm', 'aes256-cbc'),
]);
