// Server, JSON flow: what its callers are told when something is refused. One shape, one closed list of codes; texts that
// others have written programs against are theirs. Nobody may keep an answer: it may carry a code.
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { InteractionAnswer } from '#runtime/transaction/input.ts';
import type { JsonObject } from '#storage/records.ts';
import type { Env } from '../deps.ts';
import type { Unreadable } from '../request.ts';

/** The codes of this door itself; interactions and policies bring theirs along in their answers. */
export type RefusalCode =
  | 'invalid_request'
  | 'unauthorized_client'
  | 'access_denied'
  | 'interaction_required'
  | 'transaction_conflict'
  | 'server_error';

export function refuse(
  c: Context<Env>,
  status: ContentfulStatusCode,
  error: RefusalCode,
  description: string,
  more: JsonObject = {},
): Response {
  return send(c, { status, body: { error, error_description: description, ...more } });
}

export function send(c: Context<Env>, { status, body }: InteractionAnswer): Response {
  c.header('cache-control', 'no-store, private');
  return c.json(body, status as ContentfulStatusCode);
}

/** A body that is no JSON object of ours. */
export function unreadable(c: Context<Env>, { problem }: Unreadable): Response {
  switch (problem) {
    case 'too-large':
      return refuse(c, 413, 'invalid_request', 'The request is too large');
    case 'coded':
      return refuse(c, 415, 'invalid_request', 'Send the body without a content encoding');
    default:
      return refuse(c, 400, 'invalid_request', 'The request is malformed or contains invalid parameters');
  }
}

/** Another call is working on the login, or was first. */
export const conflict = (c: Context<Env>): Response =>
  refuse(c, 409, 'transaction_conflict', 'A concurrent operation conflicted with this request. Please retry.');

/** There is no such login, or it is over and its end was fetched. */
export const unknownLogin = (c: Context<Env>, id: string): Response =>
  refuse(c, 404, 'invalid_request', `Authentication transaction not found for authorization identifier: ${id}`);
