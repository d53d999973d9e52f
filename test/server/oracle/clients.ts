// Tests, oracle: the applications, registered alike at both servers.
import { exportJWK, generateKeyPair } from 'jose';
import type { JsonObject } from '#storage/records.ts';

export const CALLBACK = 'https://app.example/callback';
export const SECOND = 'https://app.example/second?kept=1';
export const NATIVE = 'http://127.0.0.1/native';
export const LOGGED_OUT = 'https://app.example/bye';
const ORIGIN = 'https://app.example';
export const API = 'https://api.example/';
export const SECRET = 'a secret that is long enough + %';

export type Application = {
  id: string;
  auth: 'client_secret_basic' | 'client_secret_post' | 'none' | 'private_key_jwt';
  grants: string[];
  callbacks?: string[];
  native?: true;
  /** Answers of the browser beside a code. */
  front?: true;
  pushes?: true;
  signs?: true;
  proves?: true;
};

const CODE = 'authorization_code';
const REFRESH = 'refresh_token';
const MACHINE = 'client_credentials';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';

export const APPLICATIONS: readonly Application[] = [
  { id: 'basic', auth: 'client_secret_basic', grants: [CODE, MACHINE] },
  { id: 'post', auth: 'client_secret_post', grants: [CODE, REFRESH, MACHINE] },
  { id: 'spa', auth: 'none', grants: [CODE, REFRESH] },
  { id: 'keyed', auth: 'private_key_jwt', grants: [CODE, MACHINE] },
  { id: 'front', auth: 'client_secret_post', grants: [CODE, 'implicit'], front: true },
  { id: 'two', auth: 'client_secret_post', grants: [CODE], callbacks: [CALLBACK, SECOND] },
  { id: 'native', auth: 'none', grants: [CODE, DEVICE], callbacks: [NATIVE], native: true },
  { id: 'pusher', auth: 'client_secret_post', grants: [CODE], pushes: true },
  { id: 'signer', auth: 'private_key_jwt', grants: [CODE], signs: true },
  { id: 'prover', auth: 'client_secret_post', grants: [CODE, REFRESH, MACHINE], proves: true },
  { id: 'machine', auth: 'client_secret_post', grants: [MACHINE], callbacks: [] },
];

export const clientKeys = await generateKeyPair('RS256', { extractable: true });
export const clientJwk = { ...(await exportJWK(clientKeys.publicKey)), kid: 'client-key', use: 'sig', alg: 'RS256' };

export const hasSecret = ({ auth }: Application): boolean => auth.startsWith('client_secret');
export const usesKeys = ({ auth }: Application): boolean => auth === 'private_key_jwt';

/** Those that the library knows: it hands out no access token by the browser. */
export const RESPONSE_TYPES = ['code', 'id_token', 'code id_token'];

/** What our server knows an application by beside its columns. */
export function settingsOf(application: Application): JsonObject {
  return {
    web_origins: [ORIGIN],
    allowed_logout_urls: [LOGGED_OUT],
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 },
    ...(usesKeys(application) ? { jwks: { keys: [clientJwk as JsonObject] } } : {}),
    ...(application.pushes ? { require_pushed_authorization_requests: true } : {}),
    ...(application.signs ? { require_signed_request_object: true } : {}),
    ...(application.proves ? { require_proof_of_possession: true } : {}),
  };
}
