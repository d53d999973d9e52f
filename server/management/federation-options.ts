// Management: options of SAML and WS-Federation connections that are read when they come in: the certificate that the other
// side signs with, and the address in its metadata. Nothing is fetched from elsewhere.
import { X509Certificate } from 'node:crypto';
import type { JsonObject } from '#storage/records.ts';
import type { Refusal } from './answer.ts';
import { invalid } from './validation.ts';

type Read = { ok: true; options: JsonObject } | Refusal;

export function federationOptions(strategy: string, options: JsonObject): Read {
  if (strategy === 'pingfederate') return pingFederate(options);
  if (strategy === 'samlp') return saml(options);
  return strategy === 'adfs' ? { ok: true, options: adfs(options) } : { ok: true, options };
}

/** The certificate is shown as `cert`, with what it says of itself. */
function pingFederate(options: JsonObject): Read {
  const { signingCert, ...rest } = options;
  const { pingFederateBaseUrl: base } = rest;
  const signIn = rest.signInEndpoint === undefined && typeof base === 'string' ? { signInEndpoint: base } : {};
  if (signingCert === undefined || signingCert === null) return { ok: true, options: { ...rest, ...signIn } };
  const read = certificateOf(signingCert);
  if (!read) return UNREADABLE;
  return { ok: true, options: { ...rest, ...signIn, ...facts(read), cert: signingCert } };
}

function saml(options: JsonObject): Read {
  const { signingCert } = options;
  if (signingCert === undefined || signingCert === null || signingCert === '') return { ok: true, options };
  const read = certificateOf(signingCert);
  return read ? { ok: true, options: { ...options, ...facts(read) } } : UNREADABLE;
}

/** Where people are sent is the passive endpoint of the metadata. */
function adfs(options: JsonObject): JsonObject {
  const { fedMetadataXml: metadata, signInEndpoint } = options;
  if (typeof metadata !== 'string' || typeof signInEndpoint === 'string') return options;
  const start = metadata.indexOf('PassiveRequestorEndpoint');
  const address = start === -1 ? undefined : /Address>([^<]{1,2048})</.exec(metadata.slice(start))?.[1]?.trim();
  return address === undefined ? options : { ...options, signInEndpoint: address };
}

const UNREADABLE = invalid('payload', 'The certificate cannot be read', 'options.signingCert');

/** PEM, or its base64 alone, or base64 of the PEM. */
function certificateOf(given: unknown): X509Certificate | undefined {
  if (typeof given !== 'string') return undefined;
  const decoded = Buffer.from(given, 'base64');
  const pem = given.includes('BEGIN CERTIFICATE') ? given : decoded.toString('latin1');
  try {
    return new X509Certificate(pem.includes('BEGIN CERTIFICATE') ? pem : decoded);
  } catch {
    return undefined; // What stands there is no certificate.
  }
}

const NAMES: { readonly [Short in string]?: string } = {
  C: 'countryName',
  ST: 'stateOrProvinceName',
  L: 'localityName',
  O: 'organizationName',
  OU: 'organizationalUnitName',
  CN: 'commonName',
  emailAddress: 'emailAddress',
};

function facts(certificate: X509Certificate): JsonObject {
  const parts = certificate.subject.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    const name = NAMES[line.slice(0, at)];
    return name === undefined ? [] : [[name, line.slice(at + 1)] as const];
  });
  return {
    expires: certificate.validToDate.toISOString(),
    subject: Object.fromEntries(parts),
    thumbprints: [certificate.fingerprint.replaceAll(':', '').toLowerCase()],
  };
}
