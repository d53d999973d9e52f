// What a browser hands over when a key has signed or was made, read and judged. Anybody may post anything here: whatever is
// not exactly right is a refusal with its reason, never a throw. Web Authentication Level 3, §7.1 and §7.2.
import { createHash } from 'node:crypto';
import type { CredentialRecord, Json, JsonObject } from '#storage/records.ts';
import type { Ceremony } from '../transaction/transaction.ts';

/** What was asked for, and the one origin that may answer. */
export type Expected = Ceremony & { origin: string };

/** Why a key is not taken; the tenant's log says it in words. */
export const KEY_FAULTS = {
  malformed: 'the answer of the browser cannot be read',
  'other-challenge': 'it answers another challenge',
  'other-origin': 'it comes from another site',
  'other-relying-party': 'it is bound to another domain',
  'nobody-present': 'nobody touched it',
  'nobody-verified': 'it did not verify the person',
  'wrong-signature': 'the signature is wrong',
  'counter-not-grown': 'its counter did not grow, so it may be a copy',
  'unknown-key': 'it is none of the keys that may answer',
  'other-person': 'it is kept for somebody else',
  'too-late': 'the challenge has expired',
  attested: 'it brings an attestation that nobody asked for',
  'known-key': 'it is enrolled already',
} as const;
export type KeyFault = keyof typeof KEY_FAULTS;

export type Assertion = { counter: number; backedUp: boolean };
export type Judged<T> = { ok: true; made: T } | { ok: false; fault: KeyFault };

/** §4: a credential id has at most 1023 bytes. */
const ID_LENGTH = 1364;
/** Far above what browsers send. */
const PART_LENGTH = 16_384;
const BASE64URL = /^[A-Za-z0-9_-]+$/;
/** EdDSA, ES256, RS256: what browsers are asked for, and all that is taken. */
export const KEY_ALGORITHMS = [-8, -7, -257];

/** The id of the key that answers, as far as the answer can be read. */
export function credentialIdOf(response: JsonObject): string | undefined {
  return encoded(response.id, ID_LENGTH);
}

/** Base64url, or nothing where the authenticator said none. */
export function userHandleIn(response: JsonObject): string | undefined {
  return encoded(objectOf(response.response)?.userHandle, 88);
}

/** §7.2 for one known credential. */
export async function judgeAssertion(
  response: JsonObject,
  expected: Expected,
  credential: CredentialRecord,
): Promise<Judged<Assertion>> {
  const read = readResponse(response, ['authenticatorData', 'signature']);
  if (!read) return refuse('malformed');
  const { id, parts } = read;
  const { clientDataJSON, authenticatorData = '', signature = '' } = parts;
  const authenticator = Buffer.from(authenticatorData, 'base64url');
  const fault = faultOf(clientDataJSON, 'webauthn.get', expected) ?? faultOfAuthenticator(authenticator, expected);
  if (fault) return refuse(fault);
  const { verifyAuthenticationResponse } = await engine();
  const verified = await attempted(
    verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: expected.challenge,
      expectedOrigin: expected.origin,
      expectedRPID: expected.relyingPartyId,
      requireUserVerification: expected.userVerification === 'required',
      // The counter is compared here, where it has a reason of its own.
      credential: { id, publicKey: Uint8Array.from(Buffer.from(credential.publicKey, 'base64url')), counter: 0 },
    }),
  );
  if (!verified) return refuse('malformed');
  if (!verified.verified) return refuse('wrong-signature');
  const { newCounter: counter, credentialBackedUp: backedUp } = verified.authenticationInfo;
  // Step 22; many authenticators keep none and always say 0.
  if ((counter > 0 || credential.counter > 0) && counter <= credential.counter) return refuse('counter-not-grown');
  return { ok: true, made: { counter, backedUp } };
}

/** §7.1: the credential that was made. */
export async function judgeAttestation(
  response: JsonObject,
  expected: Expected,
): Promise<Judged<Omit<CredentialRecord, 'userHandle' | 'userAgent'>>> {
  const read = readResponse(response, ['attestationObject']);
  if (!read) return refuse('malformed');
  const { id, parts } = read;
  const { clientDataJSON, attestationObject = '' } = parts;
  const fault = faultOf(clientDataJSON, 'webauthn.create', expected);
  if (fault) return refuse(fault);
  const attested = await readAttestation(attestationObject);
  if (!attested) return refuse('malformed');
  // Certificates in a statement name addresses at which they say they can be checked: nothing of the kind is looked at.
  // A statement signed by the new key itself names nobody (§6.5.4) and some browsers leave it in.
  if (attested.format !== 'none' && !(attested.format === 'packed' && attested.isSelf)) return refuse('attested');
  const faulty = faultOfAuthenticator(attested.authenticatorData, expected);
  if (faulty) return refuse(faulty);
  const { verifyRegistrationResponse } = await engine();
  const verified = await attempted(
    verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: 'public-key',
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: expected.challenge,
      expectedOrigin: expected.origin,
      expectedRPID: expected.relyingPartyId,
      requireUserVerification: expected.userVerification === 'required',
      supportedAlgorithmIDs: KEY_ALGORITHMS,
    }),
  );
  if (!verified) return refuse('malformed');
  if (!verified.verified) return refuse('wrong-signature');
  const { credential, aaguid, credentialDeviceType, credentialBackedUp } = verified.registrationInfo;
  // What is stored is what was made, whatever id the answer puts beside it.
  if (credential.id !== id) return refuse('malformed');
  const made = {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: transportsIn(response),
    aaguid,
    deviceType: credentialDeviceType,
    backedUp: credentialBackedUp,
    relyingPartyId: expected.relyingPartyId,
  };
  return { ok: true, made };
}

function refuse(fault: KeyFault): { ok: false; fault: KeyFault } {
  return { ok: false, fault };
}

/** Loaded with the first key: it takes a quarter of a second and 25 MB, which a server without keys never spends. */
function engine() {
  return import('@simplewebauthn/server');
}

/** The engine throws at whatever it cannot read, in the words of its parts: none of them knows more than that. */
async function attempted<T>(judging: Promise<T>): Promise<T | undefined> {
  try {
    return await judging;
  } catch (_unreadable) {
    return undefined;
  }
}

type Read<Part extends string> = { id: string; parts: { clientDataJSON: string } & { [P in Part]?: string } };

/** The parts that are judged, as base64url; whatever else is in the answer is left out. */
function readResponse<Part extends string>(response: JsonObject, names: Part[]): Read<Part> | undefined {
  const id = credentialIdOf(response);
  const inner = objectOf(response.response);
  if (id === undefined || response.rawId !== id || response.type !== 'public-key' || !inner) return undefined;
  const clientDataJSON = encoded(inner.clientDataJSON, PART_LENGTH);
  if (clientDataJSON === undefined) return undefined;
  const parts: Read<Part>['parts'] = { clientDataJSON };
  for (const name of names) {
    const part = encoded(inner[name], PART_LENGTH);
    if (part === undefined) return undefined;
    Object.assign(parts, { [name]: part });
  }
  return { id, parts };
}

/** What the browser says of the ceremony. */
function faultOf(clientDataJSON: string, type: string, { challenge, origin }: Expected): KeyFault | undefined {
  const data = parsed(Buffer.from(clientDataJSON, 'base64url').toString());
  if (!data || data.type !== type) return 'malformed';
  if (data.challenge !== challenge) return 'other-challenge';
  // No page of ours is ever shown inside another one.
  if (data.origin !== origin || data.crossOrigin === true || data.topOrigin !== undefined) return 'other-origin';
  return undefined;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;

/** What the authenticator says of it (§6.1): 32 bytes of domain, one of flags, four of counter, and what may follow. */
function faultOfAuthenticator(data: Buffer, { relyingPartyId, userVerification }: Expected): KeyFault | undefined {
  const flags = data[32];
  if (flags === undefined || data.length < 37) return 'malformed';
  if (!data.subarray(0, 32).equals(createHash('sha256').update(relyingPartyId).digest())) return 'other-relying-party';
  if ((flags & PRESENT) === 0) return 'nobody-present';
  return userVerification === 'required' && (flags & VERIFIED) === 0 ? 'nobody-verified' : undefined;
}

async function readAttestation(encodedObject: string) {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
  try {
    const object = decodeAttestationObject(Uint8Array.from(Buffer.from(encodedObject, 'base64url')));
    const [format, statement, data] = [object.get('fmt'), object.get('attStmt'), object.get('authData')];
    if (!(data instanceof Uint8Array) || !(statement instanceof Map)) return undefined;
    return { format, isSelf: statement.get('x5c') === undefined, authenticatorData: Buffer.from(data) };
  } catch (_unreadable) {
    return undefined;
  }
}

/** How the browser may reach it again: a hint and nothing else, so what is no known word is left out. */
const TRANSPORTS: readonly string[] = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

function transportsIn(response: JsonObject): string[] {
  const said = objectOf(response.response)?.transports;
  return Array.isArray(said) ? TRANSPORTS.filter((transport) => said.includes(transport)) : [];
}

function parsed(text: string): JsonObject | undefined {
  try {
    return objectOf(JSON.parse(text) as Json);
  } catch (_noJson) {
    return undefined;
  }
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function encoded(value: Json | undefined, longest: number): string | undefined {
  return typeof value === 'string' && value.length <= longest && BASE64URL.test(value) ? value : undefined;
}
