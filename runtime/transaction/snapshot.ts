// A login as text, and back. Versioned, parsed with a schema (a damaged or foreign text never becomes a login), capped.
// Storage seals the text; this room only knows what it means.
import { z } from 'zod';
import { FACTOR_TYPES } from '#actions/post-login.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import { isBusy, type LoginTransaction, type StoredState } from './transaction.ts';

const SNAPSHOT_VERSION = 1;
export const SNAPSHOT_LIMIT_BYTES = 256 * 1024;

/** A login at rest. */
export type StoredTransaction = Omit<LoginTransaction, 'state'> & { state: StoredState };

/** The login grew past the cap, e.g. by claims: its tenant is told, the login fails. */
export class SnapshotTooLargeError extends Error {
  constructor(bytes: number) {
    super(`The login needs ${bytes} bytes; at most ${SNAPSHOT_LIMIT_BYTES} are kept.`);
    this.name = 'SnapshotTooLargeError';
  }
}

const factor = z.enum(FACTOR_TYPES);
// JSON as it was written: checked to be JSON by JSON.parse itself, kept with keys such as `__proto__` as they are.
const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const ask = z.object({
  kind: z.literal('challenge'),
  ordinal: z.int(),
  source: z.literal('command'),
  prefer: z.enum(['first', 'any']),
  factors: z.array(z.object({ type: z.string(), options: json.exactOptional() })),
  askedBy: z.string(),
});
const offers = z.array(z.object({ factor, authenticators: z.array(z.string()) }));
const state = z.discriminatedUnion('name', [
  z.object({ name: z.literal('identifying') }),
  z.object({ name: z.literal('choosing'), ask, offers, back: z.string().exactOptional() }),
  z.object({ name: z.literal('challenging'), ask, offers, challengeId: z.string() }),
  z.object({ name: z.literal('completed'), taken: z.boolean() }),
  z.object({
    name: z.literal('denied'),
    code: z.enum(['access_denied', 'login_required', 'interaction_required', 'unauthorized']),
    reason: z.string(),
  }),
]);
const schema: z.ZodType<StoredTransaction> = z.object({
  id: z.string(),
  tenantId: z.string(),
  purpose: z.literal('login'),
  door: z.enum(['hosted', 'silent']),
  selection: z.enum(['server', 'nobody']),
  origin: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fresh') }),
    z.object({ kind: z.literal('session'), sessionId: z.string() }),
  ]),
  request: z.object({
    clientId: z.string(),
    redirectUri: z.string(),
    responseType: z.literal('code'),
    responseMode: z.literal('query'),
    scope: z.array(z.string()),
    state: z.string().exactOptional(),
    nonce: z.string().exactOptional(),
    audience: z.string().exactOptional(),
    codeChallenge: z.string().exactOptional(),
    prompt: z.array(z.string()),
    maxAge: z.number().exactOptional(),
    loginHint: z.string().exactOptional(),
    uiLocales: z.array(z.string()),
    acrValues: z.array(z.string()),
    organizationId: z.string().exactOptional(),
    locale: z.string(),
    query: z.record(z.string(), z.string()),
  }),
  gate: z.object({ kind: z.literal('credential') }),
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({
      kind: z.literal('user'),
      userId: z.string(),
      connectionId: z.string(),
      connection: z.string(),
      strategy: z.string(),
    }),
  ]),
  methods: z.array(
    z.object({
      name: z.enum(['pwd', 'mfa']),
      type: factor.exactOptional(),
      authenticatorId: z.string().exactOptional(),
      at: z.number(),
      in: z.enum(['session', 'transaction']),
    }),
  ),
  plan: z.array(z.object({ bindingId: z.string(), actionId: z.string(), versionId: z.string(), name: z.string() })),
  cursor: z.int(),
  queue: z.array(ask),
  challenges: z.array(
    z.object({
      id: z.string(),
      factor,
      authenticatorId: z.string(),
      codeMac: z.string().exactOptional(),
      sentTo: z.string().exactOptional(),
      createdAt: z.number(),
      expiresAt: z.number(),
      undelivered: z.literal(true).exactOptional(),
    }),
  ),
  commanded: z.int(),
  ask: z.int(),
  outcome: z.object({ idTokenClaims: json, accessTokenClaims: json, appMetadata: json, userMetadata: json }),
  executions: z.array(z.string()).exactOptional(),
  binding: z.string(),
  sessionId: z.string(),
  state,
  createdAt: z.number(),
  expiresAt: z.number(),
});
const envelope = z.object({ v: z.literal(SNAPSHOT_VERSION), login: schema });

/** @throws SnapshotTooLargeError above the cap; a plain error for a busy login, which is never stored. */
export function encode(tx: LoginTransaction): string {
  if (isBusy(tx.state)) throw new Error(`a login is never stored while it is ${tx.state.name}`);
  const text = JSON.stringify({ v: SNAPSHOT_VERSION, login: tx });
  const bytes = Buffer.byteLength(text);
  if (bytes > SNAPSHOT_LIMIT_BYTES) throw new SnapshotTooLargeError(bytes);
  return text;
}

/** @throws when the text is no login of this version: a fault of ours or a damaged database, never the person's. */
export function decode(text: string): StoredTransaction {
  return envelope.parse(JSON.parse(text) as Json).login;
}
