// Interactions: asks an outside service as a tenant configured it (idp-server reference, §2.3). Through the egress guard, in
// bounded time; credentials go to the service alone and neither to a log nor into what comes back.
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import { buildRequest, type HttpRequest } from './build-request.ts';
import { signed } from './hmac.ts';
import type { Executed, HttpRequestConfiguration, MappingContext } from './interaction.ts';
import { type TokenGot, tokenFor } from './oauth-token.ts';
import {
  faultOf,
  type HttpResult,
  LONGEST_MS,
  type OutsidePlace,
  type OutsidePorts,
  resultOfFault,
  type Unanswered,
  unanswered,
} from './outside.ts';
import { readAnswer, resolveStatus, statusPassedOn } from './read-answer.ts';
import { delayOf, mayRetry, pause, retryingOf } from './retry.ts';

const TIMEOUT_SECONDS = 30;

/** One request and what came of it. `result` is there in any case: rules are run on failures too. */
export type Asked = Pick<Executed, 'ok' | 'status' | 'fault'> & { result: HttpResult };

/** `until`: milliseconds of `performance.now()` at which all of it has to be over. */
export async function askService(
  ports: OutsidePorts,
  place: OutsidePlace,
  {
    configuration,
    context,
    until = performance.now() + LONGEST_MS,
  }: {
    configuration: HttpRequestConfiguration;
    context: MappingContext;
    until?: number;
  },
): Promise<Asked> {
  const built = buildRequest(configuration, context, ports);
  if (!built.ok) return unsendable(built.wrong);
  const { request } = built;
  const retrying = retryingOf(configuration.retry_configuration, request.method);
  if (configuration.retry_configuration?.idempotency_required === true) {
    request.headers.push(['idempotency-key', ports.random.uuid()]);
  }
  for (let retry = 0; ; retry++) {
    const came = await authorizedCall(ports, place, { configuration, request, until });
    const asked = 'fault' in came ? failed(came) : answered(came, configuration);
    const delay = delayOf(retrying, retry);
    const again = retry < retrying.most && mayRetry(retrying, { ...asked, status: asked.result.status_code });
    if (!again || performance.now() + delay >= until) return asked;
    await pause(delay);
  }
}

/** One request, with a second one under a new token where the first token was not taken. */
async function authorizedCall(
  ports: OutsidePorts,
  place: OutsidePlace,
  { configuration, request, until }: { configuration: HttpRequestConfiguration; request: HttpRequest; until: number },
): Promise<HttpResult | Unanswered> {
  const seconds = Number(configuration.request_timeout_seconds ?? TIMEOUT_SECONDS);
  const timeoutMs = () =>
    Math.max(1, Math.min((seconds > 0 ? seconds : TIMEOUT_SECONDS) * 1000, until - performance.now()));
  const { auth_type, oauth_authorization, hmac_authentication } = configuration;
  if (auth_type === 'hmac_sha256' && hmac_authentication) {
    return call(ports, place, {
      request,
      headers: signed(request, hmac_authentication, ports.now()),
      timeoutMs: timeoutMs(),
    });
  }
  if (auth_type !== 'oauth2' || !oauth_authorization) {
    return call(ports, place, { request, headers: [], timeoutMs: timeoutMs() });
  }
  const bearer = async (got: TokenGot) =>
    got.ok
      ? call(ports, place, { request, headers: [['authorization', `Bearer ${got.token}`]], timeoutMs: timeoutMs() })
      : got;
  const first = await tokenFor(ports, place, oauth_authorization, { timeoutMs: timeoutMs() });
  const came = await bearer(first);
  if (!first.ok || 'fault' in came || (came.status_code !== 401 && came.status_code !== 403)) return came;
  return bearer(await tokenFor(ports, place, oauth_authorization, { timeoutMs: timeoutMs(), refused: first.token }));
}

/** @param headers ours: they take the place of those of the same name. */
async function call(
  { egress, log }: OutsidePorts,
  { tenantId }: OutsidePlace,
  { request, headers, timeoutMs }: { request: HttpRequest; headers: [string, string][]; timeoutMs: number },
): Promise<HttpResult | Unanswered> {
  const ours = new Set(headers.map(([name]) => name));
  const outgoing: OutgoingCall = {
    url: request.url,
    method: request.method,
    headers: [...request.headers.filter(([name]) => !ours.has(name.toLowerCase())), ...headers],
    ...(request.body === undefined ? {} : { body: { text: request.body } }),
    // Credentials stay with the origin that they were meant for: the guard takes them away from any other.
    redirect: 'follow',
  };
  const outcome = await egress.request(outgoing, { timeoutMs });
  if (!outcome.ok) {
    log.warn({ tenantId, fault: outcome.code, reason: outcome.message }, 'an outside service gave no answer');
    return faultOf(outcome.code);
  }
  const result = readAnswer(outcome.answer);
  if (result) return result;
  log.warn({ tenantId, origin: new URL(request.url).origin }, 'an outside service answered with more than is read');
  return { ...unanswered('unreachable'), status: 502 };
}

function answered(came: HttpResult, configuration: HttpRequestConfiguration): Asked {
  const result = resolveStatus(came, configuration.response_resolve_configs);
  const status = statusPassedOn(result.status_code);
  return { ok: status < 400, status, result };
}

function failed(came: Unanswered): Asked {
  return { ok: false, status: came.status, fault: came.fault, result: resultOfFault(came) };
}

/** What was sent to us cannot be sent on: the fault is not the service's. */
function unsendable(wrong: string): Asked {
  const response_body = {
    error: 'invalid_request',
    error_description: `The request to the external service cannot be made: ${wrong}`,
  };
  return { ok: false, status: 400, result: { status_code: 400, response_headers: {}, response_body } };
}
