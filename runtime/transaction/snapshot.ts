// A login as text, and back. Versioned, parsed with a schema (a damaged or foreign text never becomes a login), capped.
// Storage seals the text; this room only knows what it means.
// Longer than 300 lines because it is one shape, and every part of it is read beside those it is made of.
import { z } from 'zod';
import { FACTOR_TYPES } from '#actions/post-login.ts';
import { MFA_PROVIDERS } from '#actions/post-login-command.ts';
import type { Json, JsonObject, UserRecord } from '#storage/records.ts';
import type { AuthenticationPolicy } from '../authentication-policy.ts';
import { DENIAL_CODES } from '../codes.ts';
import { isBusy, type LoginTransaction, PROTOCOLS, type StoredState } from './transaction.ts';

const SNAPSHOT_VERSION = 5;
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
const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const json = z.custom<JsonObject>(isObject);
const actionName = z.object({ name: z.string(), version: z.int().exactOptional() });
const asked = { ordinal: z.int(), askedBy: actionName.exactOptional() };
const preference = {
  prefer: z.enum(['first', 'any']),
  factors: z.array(z.object({ type: z.string(), options: json.exactOptional() })),
};
const challengeAsk = z.object({
  kind: z.literal('challenge'),
  ...asked,
  ...preference,
  shownAnew: z.literal(true).exactOptional(),
});
const enrollAsk = z.object({
  kind: z.literal('enroll'),
  ...asked,
  ...preference,
  further: z.literal(true).exactOptional(),
  vouched: z.literal(true).exactOptional(),
});
const policyAsk = z.object({
  kind: z.literal('challenge-or-enroll'),
  ...asked,
  provider: z.enum(MFA_PROVIDERS),
  adaptive: z.boolean(),
});
const redirectAsk = z.object({ kind: z.literal('redirect'), ...asked, url: z.string() });
const formAsk = z.object({ kind: z.literal('form'), ...asked, formId: z.string(), fields: json, vars: json });
const factorAsk = z.discriminatedUnion('kind', [challengeAsk, enrollAsk, policyAsk]);
const ask = z.discriminatedUnion('kind', [challengeAsk, enrollAsk, policyAsk, redirectAsk, formAsk]);
const offers = z.array(z.object({ factor, authenticators: z.array(z.string()) }));
const messageType = z.enum(['sms', 'voice']);
const delivery = {
  messageId: z.string().exactOptional(),
  undelivered: z.literal(true).exactOptional(),
};
const sent = z.object({
  codeMac: z.string(),
  to: z.string(),
  via: messageType.exactOptional(),
  expiresAt: z.number(),
  ...delivery,
});
const draft = { authenticatorId: z.string(), createdAt: z.number(), recoveryCode: z.string().exactOptional() };
const ceremony = z.object({
  challenge: z.string(),
  relyingPartyId: z.string(),
  userVerification: z.enum(['required', 'preferred', 'discouraged']),
});
const webauthnFactor = z.enum(['webauthn-roaming', 'webauthn-platform']);
const within = z.union([
  z.object({ factor: z.literal('phone'), by: z.literal('channel'), authenticatorId: z.string() }),
  z.object({ factor, by: z.literal('authenticator') }),
]);
const note = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('recovery-code'), because: z.enum(['enrolled', 'used']), code: z.string() }),
  z.object({
    kind: z.literal('naming'),
    factor: webauthnFactor,
    authenticatorId: z.string(),
    name: z.string(),
  }),
  z.object({
    kind: z.literal('enrolled'),
    factor: z.enum(['webauthn-roaming', 'webauthn-platform', 'push-notification', 'passkey']),
    name: z.string().exactOptional(),
  }),
]);
const suggestion = z.object({
  factor: z.enum(['passkey', 'webauthn-platform']),
  authenticatorId: z.string(),
  createdAt: z.number(),
  ceremony,
  userHandle: z.string(),
});
const enrollment = z.discriminatedUnion('factor', [
  z.object({ factor: z.literal('otp'), ...draft, secret: z.string() }),
  z.object({
    factor: z.literal('phone'),
    ...draft,
    phoneNumber: z.string().exactOptional(),
    via: messageType.exactOptional(),
    sent: sent.exactOptional(),
  }),
  z.object({ factor: z.literal('email'), ...draft, address: z.string().exactOptional(), sent: sent.exactOptional() }),
  z.object({
    factor: z.literal('push-notification'),
    ...draft,
    key: z.string(),
    secret: z.string(),
    expiresAt: z.number(),
  }),
  z.object({ factor: webauthnFactor, ...draft, ceremony, userHandle: z.string() }),
  z.object({ factor: z.literal('recovery-code'), ...draft, code: z.string() }),
]);
const reply = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('redirect'),
    redirectUri: z.string(),
    responseTypes: z.array(z.enum(['code', 'token', 'id_token'])),
    responseMode: z.enum(['query', 'fragment', 'form_post', 'web_message']),
    state: z.string().exactOptional(),
  }),
  z.object({ by: z.literal('token') }),
  z.object({ by: z.literal('device'), ticketId: z.string() }),
  z.object({
    by: z.literal('page'),
    ticketId: z.string().exactOptional(),
    resultUrl: z.string().exactOptional(),
    state: z.string().exactOptional(),
  }),
]);
// Ours, and checked when they were written: a copy of what is configured, and an account that is not written yet.
const policy = z.custom<AuthenticationPolicy>(isObject);
const account = z.custom<UserRecord>(isObject);
const interactions = z.record(
  z.string(),
  z.object({
    operation: z.enum(['AUTHENTICATION', 'CHALLENGE', 'REGISTRATION']),
    method: z.string(),
    calls: z.int(),
    successes: z.int(),
    failures: z.int(),
    at: z.number(),
  }),
);
const posed = z.record(
  z.string(),
  z.object({
    id: z.string(),
    to: z.string(),
    codeMac: z.string().exactOptional(),
    sentAt: z.number(),
    expiresAt: z.number(),
    tries: z.int(),
    mostTries: z.int(),
    resends: z.int(),
    messageId: z.string().exactOptional(),
    undelivered: z.literal(true).exactOptional(),
    unconfirmed: z.literal(true).exactOptional(),
  }),
);
const state = z.discriminatedUnion('name', [
  z.object({ name: z.literal('identifying') }),
  z.object({
    name: z.literal('gated'),
    ask: factorAsk.exactOptional(),
    offers,
    factor: z.enum(['phone', 'email']).exactOptional(),
    unsent: z.enum(['phone', 'email']).exactOptional(),
  }),
  z.object({
    name: z.literal('expecting'),
    strategy: z.enum(['sms', 'email']),
    connection: z.string(),
    address: z.string(),
    messageId: z.string().exactOptional(),
    undelivered: z.literal(true).exactOptional(),
    unconfirmed: z.literal(true).exactOptional(),
  }),
  z.object({
    name: z.literal('choosing'),
    ask: factorAsk,
    to: z.enum(['challenge', 'enroll']),
    offers,
    within: within.exactOptional(),
    back: z.string().exactOptional(),
  }),
  z.object({ name: z.literal('challenging'), ask: factorAsk, offers, challengeId: z.string() }),
  z.object({ name: z.literal('enrolling'), ask: factorAsk, offers, enrollment }),
  z.object({ name: z.literal('redirected'), ask: z.discriminatedUnion('kind', [redirectAsk, formAsk]) }),
  z.object({ name: z.literal('consenting'), scope: z.array(z.string()) }),
  z.object({ name: z.literal('suggesting'), suggestion }),
  z.object({ name: z.literal('informing'), notes: z.array(note).min(1) }),
  z.object({ name: z.literal('resetting') }),
  z.object({ name: z.literal('completed'), taken: z.boolean() }),
  z.object({
    name: z.literal('denied'),
    code: z.enum(DENIAL_CODES),
    reason: z.string(),
  }),
]);
const changedMetadata = z.custom<Record<string, string | null>>(isObject);
const limits = { expiresAt: z.number().exactOptional(), idleExpiresAt: z.number().exactOptional() };
const evicted = z.literal(true).exactOptional();
const outcome = z.object({
  idTokenClaims: json,
  accessTokenClaims: json,
  scopes: z.array(z.object({ scope: z.string(), granted: z.boolean() })),
  appMetadata: json,
  userMetadata: json,
  session: z.object({
    ...limits,
    cookieMode: z.enum(['persistent', 'non-persistent']).exactOptional(),
    metadata: changedMetadata,
    evicted,
    recordedMethods: z.array(z.string()),
  }),
  refreshToken: z.object({ ...limits, metadata: changedMetadata, evicted }),
  resultUrl: z.string().exactOptional(),
});
const mfa = z.object({
  commanded: z.int(),
  enable: z.object({ provider: z.enum(MFA_PROVIDERS), allowRememberBrowser: z.boolean() }).exactOptional(),
  called: z.literal(true).exactOptional(),
  remembered: z.literal(true).exactOptional(),
  remember: z.literal(true).exactOptional(),
  rememberable: z.enum(['never', 'offered', 'always']).exactOptional(),
});
const schema: z.ZodType<StoredTransaction> = z.object({
  id: z.string(),
  tenantId: z.string(),
  purpose: z.enum(['login', 'password-reset', 'enrollment']),
  door: z.enum(['hosted', 'silent', 'token', 'json']),
  selection: z.enum(['server', 'client', 'nobody']),
  origin: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('fresh') }),
    z.object({ kind: z.literal('session'), sessionId: z.string() }),
    z.object({ kind: z.literal('refresh-token'), tokenId: z.string(), generation: z.int() }),
  ]),
  request: z.object({
    clientId: z.string(),
    reply,
    protocol: z.enum(PROTOCOLS),
    scope: z.array(z.string()),
    nonce: z.string().exactOptional(),
    audience: z.string().exactOptional(),
    codeChallenge: z.string().exactOptional(),
    prompt: z.array(z.string()),
    maxAge: z.number().exactOptional(),
    loginHint: z.string().exactOptional(),
    uiLocales: z.array(z.string()),
    acrValues: z.array(z.string()),
    organizationId: z.string().exactOptional(),
    connection: z.string().exactOptional(),
    keyThumbprint: z.string().exactOptional(),
    hintedUserId: z.string().exactOptional(),
    actor: json.exactOptional(),
    invitationId: z.string().exactOptional(),
    locale: z.string(),
    query: z.record(z.string(), z.string()),
    body: z.record(z.string(), z.string()),
  }),
  gate: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('credential') }),
    z.object({ kind: z.literal('policy'), policies: z.array(policy), acr: z.string().exactOptional() }),
  ]),
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({
      kind: z.literal('user'),
      userId: z.string(),
      connectionId: z.string(),
      connection: z.string(),
      strategy: z.string(),
      formerUserId: z.string().exactOptional(),
    }),
  ]),
  draft: account.exactOptional(),
  interactions,
  kept: z.record(z.string(), json),
  posed,
  headless: z.literal(true).exactOptional(),
  methods: z.array(
    z.object({
      name: z.string(),
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
      via: messageType.exactOptional(),
      ceremony: ceremony.exactOptional(),
      number: z.string().exactOptional(),
      refused: z.literal(true).exactOptional(),
      overLimit: z.literal(true).exactOptional(),
      createdAt: z.number(),
      expiresAt: z.number(),
      ...delivery,
    }),
  ),
  mfa,
  capabilities: z.object({ webauthn: z.boolean(), platform: z.boolean(), passkeys: z.boolean() }).exactOptional(),
  passkeyChallenge: z.string().exactOptional(),
  wants: z.literal('passkey').exactOptional(),
  suggested: z.literal(true).exactOptional(),
  asked: z.int(),
  messages: z.int(),
  redirects: z.int(),
  metadata: z.custom<Record<string, string | number | boolean>>(isObject),
  ask: z.int(),
  outcome,
  consented: z.literal(true).exactOptional(),
  executions: z.array(z.string()).exactOptional(),
  binding: z.string().exactOptional(),
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

/**
 * @returns undefined for a login that an earlier release began: it cannot go on, as if it had run out.
 * @throws when the text is no login: a fault of ours or a damaged database, never the person's.
 */
export function decode(text: string): StoredTransaction | undefined {
  const content = JSON.parse(text) as Json;
  const version = content !== null && typeof content === 'object' && !Array.isArray(content) ? content.v : undefined;
  if (typeof version === 'number' && version < SNAPSHOT_VERSION) return undefined;
  return envelope.parse(content).login;
}
