// Server, protocol: the endpoint where a client leaves an authorization request before it sends the person (RFC 9126). It
// is checked in full at once, so that the client learns of its mistakes and the person never does.
import type { Context } from 'hono';
import type { Deps, Env } from '../deps.ts';
import { calledAddress, type Parameters, readParameters } from '../request.ts';
import { checkParameters } from './authorization-request.ts';
import { authenticateClient } from './client-authentication.ts';
import { badProof, verifyProof } from './dpop.ts';
import { keepPushed, PUSHED_SECONDS } from './pushed-request.ts';
import { openSigned } from './request-source.ts';
import { sendRefusal } from './token.ts';
import { missing, refusal, type TokenRefusal } from './token-answer.ts';
import { unreadable } from './unreadable-request.ts';

/** `POST /oauth/par` */
export async function pushRequest(c: Context<Env>, deps: Deps): Promise<Response> {
  const answer = await push(c, deps);
  c.header('cache-control', 'no-store');
  if (answer.ok) return c.json({ request_uri: answer.requestUri, expires_in: PUSHED_SECONDS }, 201);
  return sendRefusal(c, answer);
}

async function push(c: Context<Env>, deps: Deps): Promise<{ ok: true; requestUri: string } | TokenRefusal> {
  const { tenant } = c.var;
  const read = await readParameters(c, { json: true });
  if (!read.ok) return unreadable(read);
  const authenticated = await authenticateClient(deps, tenant, c.req.header('authorization'), read.parameters);
  if (!authenticated.ok) return authenticated;
  const { client } = authenticated;
  const bad = (error: string, description: string) => refusal(400, error, description);

  // RFC 9126 §2.1: it is a parameter of the request, however the client has proven itself.
  if (read.parameters.client_id === undefined) return missing('client_id');
  const sent = { ...withoutProofOfClient(read.parameters), client_id: client.id };
  // RFC 9126 §2.1: it would name itself, or another.
  if ('request_uri' in sent) return bad('invalid_request', 'Parameter request_uri cannot be pushed');
  const opened = await openSigned(deps, tenant, client, sent);
  if (!opened.ok) return bad(opened.error, opened.description);

  const bound = await bindToKey(c, deps, opened.parameters);
  if (!bound.ok) return bound;
  const { parameters } = bound;
  const checked = await checkParameters(deps, tenant, client, parameters, () => 'en');
  if (!checked.ok) {
    return checked.to === 'page' ? bad('invalid_request', checked.reason) : bad(checked.error, checked.description);
  }
  const signed = 'request' in sent;
  return { ok: true, requestUri: await keepPushed(deps, tenant, client, { parameters, signed }) };
}

/** How the client proved itself is nobody's business from here on. */
function withoutProofOfClient(parameters: Parameters): Parameters {
  const { client_secret, client_assertion, client_assertion_type, ...rest } = parameters;
  return rest;
}

/** RFC 9449 §10.1: a proof that comes with the request binds the code to its key, as `dpop_jkt` does. */
async function bindToKey(
  c: Context<Env>,
  deps: Deps,
  parameters: Parameters,
): Promise<{ ok: true; parameters: Parameters } | TokenRefusal> {
  const proof = c.req.header('dpop');
  if (proof === undefined) return { ok: true, parameters };
  const proven = await verifyProof(deps, c.var.tenant, proof, { method: 'POST', address: calledAddress(c) });
  if (!proven.ok) return badProof(proven.description);
  const { keyThumbprint } = proven;
  if ((parameters.dpop_jkt ?? keyThumbprint) !== keyThumbprint)
    return badProof('The key of the proof is not the one that dpop_jkt names');
  return { ok: true, parameters: { ...parameters, dpop_jkt: keyThumbprint } };
}
