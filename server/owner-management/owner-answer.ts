// Owner management: what an address below /v1/management answers, and the one shape of its refusals. Source: idp-server
// reference, §1.1 and 1.2.
import type { Refusal } from '../management/answer.ts';

/** What a refusal is called on the wire: a closed list. */
export type OwnerErrorCode =
  | 'invalid_request'
  | 'invalid_token'
  | 'insufficient_scope'
  | 'access_denied'
  | 'organization_access_denied'
  | 'not_found';

export type OwnerRefusal = {
  ok: false;
  status: 400 | 401 | 403 | 404 | 409 | 413;
  error: OwnerErrorCode;
  description: string;
  /** What is wrong, one by one. */
  messages?: readonly string[];
};

export type OwnerAnswer =
  | { ok: true; status: 200 | 201; body: Record<string, unknown> }
  /** A text of another kind than JSON. */
  | { ok: true; status: 200; text: string; type: string }
  | { ok: true; status: 204 }
  | OwnerRefusal;

export const shown = (body: Record<string, unknown>): OwnerAnswer => ({ ok: true, status: 200, body });

/** Something was made, or would have been. */
export function made(dryRun: boolean, result: unknown, warnings: readonly string[] = []): OwnerAnswer {
  return { ok: true, status: dryRun ? 200 : 201, body: { dry_run: dryRun, result, warnings } };
}

/** Something is gone, or would be. */
export function gone(dryRun: boolean, id: string): OwnerAnswer {
  if (!dryRun) return { ok: true, status: 204 };
  return shown({ message: 'Deletion simulated successfully', id, dry_run: true });
}

export function refuseOwner(
  status: OwnerRefusal['status'],
  error: OwnerErrorCode,
  description: string,
  messages?: readonly string[],
): OwnerRefusal {
  return { ok: false, status, error, description, ...(messages === undefined ? {} : { messages }) };
}

export const invalidRequest = (description: string, messages?: readonly string[]): OwnerRefusal =>
  refuseOwner(400, 'invalid_request', description, messages);

export const notThere = (description: string): OwnerRefusal => refuseOwner(404, 'not_found', description);

export const conflicting = (description: string): OwnerRefusal => refuseOwner(409, 'invalid_request', description);

/** A refusal of the other management API in the words of this one. */
export function translated({ status, message }: Refusal): OwnerRefusal {
  switch (status) {
    case 401:
      return refuseOwner(401, 'invalid_token', message);
    case 403:
      return refuseOwner(403, 'access_denied', message);
    case 404:
      return notThere(message);
    case 409:
      return conflicting(message);
    case 413:
      return refuseOwner(413, 'invalid_request', message);
    default:
      return invalidRequest(message);
  }
}

/** The body of a refusal. */
export function refusalBody({ error, description, messages }: OwnerRefusal, dryRun: boolean) {
  return {
    dry_run: dryRun,
    error,
    error_description: description,
    ...(messages === undefined ? {} : { error_messages: messages }),
  };
}
