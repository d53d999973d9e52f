// What a script may set on a SAML answer: each setter with the rule its value keeps. The sandbox and the host read the
// same table.

import { isNumber, isTrueOrFalse, listUpTo, oneOf, type Rule, textUpTo } from './complaints.ts';

/** Changes of attributes in one run. */
export const SAML_ATTRIBUTE_CHANGES = 100;
/** Of UTF-8. */
export const SAML_ATTRIBUTE_NAME_BYTES = 1024;
/** Of all attributes together, as JSON. */
export const SAML_BYTES = 102_400;

/** A setting's name in complaints, the rule of its value, and what the setter means when it is given none. */
export type SamlSetting = { name: string; rule: Rule; otherwise?: unknown };

const certificate = textUpTo(4096);
const shortText = textUpTo(512);
const address = textUpTo(2048);

/** By the name of the setter. Made when it is first needed. */
export const samlSettings = (): Readonly<Record<string, SamlSetting>> => ({
  setAudience: { name: 'audience', rule: address },
  setRecipient: { name: 'recipient', rule: address },
  setDestination: { name: 'destination', rule: address },
  setCreateUpnClaim: { name: 'createUpnClaim', rule: isTrueOrFalse, otherwise: true },
  setPassthroughClaimsWithNoMapping: {
    name: 'passthroughClaimsWithNoMapping',
    rule: isTrueOrFalse,
    otherwise: true,
  },
  setMapUnknownClaimsAsIs: { name: 'mapUnknownClaimsAsIs', rule: isTrueOrFalse, otherwise: false },
  setMapIdentities: { name: 'mapIdentities', rule: isTrueOrFalse, otherwise: true },
  setSignatureAlgorithm: { name: 'signatureAlgorithm', rule: oneOf('rsa-sha256', 'rsa-sha1') },
  setDigestAlgorithm: { name: 'digestAlgorithm', rule: oneOf('sha256', 'sha1') },
  setLifetimeInSeconds: { name: 'lifetimeInSeconds', rule: isNumber, otherwise: 3600 },
  setSignResponse: { name: 'signResponse', rule: isTrueOrFalse, otherwise: false },
  setNameIdentifierFormat: {
    name: 'nameIdentifierFormat',
    rule: shortText,
    otherwise: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  },
  setNameIdentifierProbes: { name: 'nameIdentifierProbes', rule: listUpTo(10, shortText) },
  setAuthnContextClassRef: { name: 'authnContextClassRef', rule: shortText },
  setSigningCert: { name: 'signingCert', rule: certificate },
  setEncryptionCert: { name: 'encryptionCert', rule: certificate },
  setEncryptionPublicKey: { name: 'encryptionPublicKey', rule: certificate },
  setCert: { name: 'cert', rule: certificate },
  setKey: { name: 'key', rule: certificate },
  setIncludeAttributeNameFormat: { name: 'includeAttributeNameFormat', rule: isTrueOrFalse, otherwise: true },
  setTypedAttributes: { name: 'typedAttributes', rule: isTrueOrFalse, otherwise: true },
  setRelayState: { name: 'RelayState', rule: shortText },
  setIssuer: { name: 'issuer', rule: shortText },
  setEncryptionAlgorithm: { name: 'encryptionAlgorithm', rule: oneOf('aes256-gcm', 'aes256-cbc') },
});

const valueText = textUpTo(2048);

const plain =
  (kinds: string): Rule =>
  (value) => {
    if (typeof value === 'string') return valueText(value);
    return typeof value === 'boolean' || isNumber(value) === undefined ? undefined : `must be ${kinds}`;
  };
const listed = listUpTo(Number.POSITIVE_INFINITY, plain('string,number,boolean'));
const single = plain('string,number,boolean,null,array');

/** A value of an attribute: a plain one, a list of them, or null, which removes the attribute. */
export const samlAttributeValue: Rule = (value) => {
  if (value === null) return undefined;
  return Array.isArray(value) ? listed(value) : single(value);
};
