// Server, protocol: a token from elsewhere becomes tokens of ours (RFC 8693). The Action of the profile says whose it is; then
// that person logs in like anybody else, post-login Actions included. The token itself is in no log and no execution.
import { findExchanged, type NobodyReason, type Somebody } from '#runtime/exchanged-user.ts';
import { withoutCredentials } from '#runtime/pipeline/without-credentials.ts';
import { throttleAddress } from '#runtime/protection/throttle.ts';
import type { Shown, TokenExchanged } from '#runtime/runtime.ts';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { OrganizationRecord } from '#storage/records.ts';
import type { Granted, GrantRequest } from './grant.ts';
import { messageLanguage } from './message-language.ts';
import { refusal, type TokenRefusal } from './token-answer.ts';
import { answerByToken } from './token-door.ts';
import { personOfActor } from './token-exchange-actor.ts';
import { ACCESS_TOKEN_TYPE, type ExchangeRequest, findOrganization, readExchange } from './token-exchange-request.ts';

const STAGE = 'pre-custom-token-exchange';
const GONE = refusal(403, 'access_denied', 'The user, the API or the organization is not there any more.');

type Told = Extract<TokenExchanged, { ok: true }>;

export async function exchangeToken(grant: GrantRequest): Promise<Granted> {
  const asked = await readExchange(grant);
  if (!asked.ok) return { answer: asked };
  const { deps, caller, tenant } = grant;
  const ports = { store: deps.store, now: deps.clock.now, random: deps.random };
  const about = {
    ...(asked.api ? { audience: asked.api.identifier } : {}),
    ...(asked.scope.length > 0 ? { scope: asked.scope.join(' ') } : {}),
  };

  // Whoever guesses tokens must not get to guess many. A try is given back unless the script calls the token bad.
  const throttled = await throttleAddress(ports, tenant, STAGE, caller.ip);
  if (!throttled.ok) {
    const [log] = throttled.logs;
    return {
      answer: tooMany(throttled.retryAfterSeconds),
      about,
      ...(log ? { logType: log.type, details: { ...log.details, ip: caller.ip } } : {}),
    };
  }
  const told = await askAction(grant, asked);
  const details = { ...told.details, token_exchange_profile: { id: asked.profile.id } };
  if (!told.ok && told.kind === 'invalid-subject') {
    return { answer: refusal(400, told.code, told.reason), about, details };
  }
  const granted = told.ok ? await logIn(grant, asked, told) : { answer: deniedBy(told) };
  return {
    ...granted,
    about: { ...about, ...granted.about },
    details: { ...details, ...granted.details },
    writes: [...(granted.writes ?? []), ...throttled.refund],
  };
}

const tooMany = (retryAfterSeconds: number): TokenRefusal => ({
  ...refusal(429, 'too_many_attempts', 'Too many invalid subject tokens came from this address. Try again later.'),
  retryAfterSeconds,
});

async function askAction(grant: GrantRequest, asked: ExchangeRequest): Promise<TokenExchanged> {
  const { deps, tenant, client, parameters, caller } = grant;
  const { profile, subjectToken, actor, scope, api, organization } = asked;
  const person = actor && (await personOfActor(grant, actor));
  const { requested_token_type: requestedTokenType } = parameters;
  return deps.runtime.exchangeToken(
    tenant,
    {
      client,
      profile,
      ...(api ? { audience: api.identifier } : {}),
      subjectToken,
      subjectTokenType: profile.subjectTokenType,
      ...(actor ? { actor: { ...actor, ...(person ? { person } : {}) } } : {}),
      requestedScopes: scope,
      ...(requestedTokenType === undefined ? {} : { requestedTokenType }),
      ...(organization ? { organization } : {}),
      body: parameters,
    },
    caller,
  );
}

/** A script's own code; `server_error` is its word too, and answered as authors of such scripts know it. */
function deniedBy({ code, reason }: Extract<TokenExchanged, { ok: false }>): TokenRefusal {
  const status = code === 'server_error' ? 500 : code === 'access_denied' ? 403 : 400;
  return refusal(status, code, reason);
}

/** Finds whom the Action means and lets that person log in. */
async function logIn(grant: GrantRequest, asked: ExchangeRequest, told: Told, tries = 2): Promise<Granted> {
  const { deps, tenant, client, caller } = grant;
  const organization = await organizationOf(grant, asked, told);
  if (organization && 'ok' in organization) return { answer: organization };
  if (!organization && client.settings.organization_usage === 'require') {
    return { answer: refusal(400, 'invalid_request', 'parameter organization is required for this client') };
  }
  const ports = { store: deps.store, now: deps.clock.now, random: deps.random };
  const somebody = await findExchanged(ports, { tenant, client, caller }, told);
  if (!somebody.ok) return { answer: nobody(somebody.reason) };
  const { subject } = somebody;
  const about = {
    userId: subject.userId,
    connection: subject.connection,
    connectionId: subject.connectionId,
    ...(organization ? { organizationId: organization.id, organizationName: organization.name } : {}),
  };
  // Looked at before anything is written: whoever may not get in leaves no account behind.
  if (organization && !(await isMember(grant, organization, somebody))) {
    const text = `user ${subject.userId} is not part of the ${organization.id} organization`;
    return { answer: refusal(403, 'access_denied', text), about };
  }
  const failed = await somebody.write();
  // Whoever made the same account at the same time made it for this token too.
  if (failed?.kind === 'taken' && somebody.isNew && tries > 1) return logIn(grant, asked, told, tries - 1);
  if (failed) return { answer: nobody(failed), about };
  if (somebody.unverified !== undefined) {
    const addressee = { id: subject.userId, email: somebody.unverified };
    await deps.runtime.sendVerification(tenant, addressee, { locale: messageLanguage(tenant, caller) });
  }

  const shown = await deps.runtime.begin(
    tenant,
    {
      door: 'token',
      selection: 'client',
      request: requestOf(grant, asked, told, organization),
      person: { subject, methods: [] },
    },
    caller,
  );
  const unsupported = refuseFactor(shown);
  if (unsupported) return { answer: unsupported, about };
  const granted = await answerByToken({ grant, wrong: GONE, gone: GONE }, shown);
  const { answer } = granted;
  return {
    ...granted,
    about: { ...about, ...granted.about },
    // RFC 8693 §2.2.1
    answer: answer.ok ? { ok: true, body: { ...answer.body, issued_token_type: ACCESS_TOKEN_TYPE } } : answer,
  };
}

/** The Action's word goes before the client's. */
async function organizationOf({ deps, tenant, client }: GrantRequest, asked: ExchangeRequest, told: Told) {
  return told.organization === undefined
    ? asked.organization
    : findOrganization(deps.store, tenant, client, told.organization);
}

async function isMember({ deps, tenant }: GrantRequest, { id }: OrganizationRecord, { isNew, subject }: Somebody) {
  return !isNew && (await deps.store.assignments.isMember(tenant.id, id, subject.userId));
}

/** Second factors of an exchange: only those that no script named, of somebody who acts for themselves, outside of organizations. */
function refuseFactor({ login: { state, request } }: Shown): TokenRefusal | undefined {
  if (state.name !== 'choosing' && state.name !== 'challenging' && state.name !== 'enrolling') return undefined;
  if (request.actor) {
    const text = 'MFA is not supported using actor_token with the requested token exchange profile.';
    return refusal(400, 'invalid_request', text);
  }
  if (request.organizationId !== undefined) {
    return refusal(400, 'invalid_request', 'MFA is not supported with organizations in a token exchange.');
  }
  if (state.ask.kind === 'challenge-or-enroll') return undefined;
  return refusal(400, 'invalid_request', 'challengeWith and enrollWith are not supported in a token exchange.');
}

function requestOf(
  { tenant, client, parameters, caller, keyThumbprint }: GrantRequest,
  { api, scope }: ExchangeRequest,
  { actor }: Told,
  organization: OrganizationRecord | undefined,
): LoginRequest {
  return {
    clientId: client.id,
    reply: { by: 'token' },
    protocol: 'oauth2-token-exchange',
    scope,
    ...(api ? { audience: api.identifier } : {}),
    ...(organization ? { organizationId: organization.id } : {}),
    ...(keyThumbprint === undefined ? {} : { keyThumbprint }),
    ...(actor ? { actor } : {}),
    prompt: [],
    uiLocales: [],
    acrValues: [],
    locale: messageLanguage(tenant, caller),
    query: {},
    body: withoutCredentials(parameters),
  };
}

function nobody(reason: NobodyReason): TokenRefusal {
  switch (reason.kind) {
    case 'blocked':
      return refusal(403, 'unauthorized', 'user is blocked');
    case 'closed-connection':
      return refusal(403, 'unauthorized_client', 'The connection is not enabled for the client.');
    case 'unknown-connection':
      return refusal(400, 'invalid_request', 'The connection does not exist.');
    case 'other-connection':
      return refusal(400, 'invalid_request', 'The user is of another connection.');
    case 'unknown-user':
      return refusal(400, 'invalid_request', 'The user does not exist.');
    case 'taken':
      return refusal(400, 'invalid_request', 'The user already exists.');
    case 'invalid':
      return refusal(400, 'invalid_request', `The user attribute ${reason.field} is not valid.`);
  }
}
