// In whose hands a key is, and whether that is who may hold it: the browser that began a login, the client that was given an
// `mfa_token`, or whoever may go on with a login of the JSON flow.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Reference } from './runtime.ts';
import type { StoredTransaction } from './transaction/snapshot.ts';
import type { LoginKeyKind } from './transaction/transaction.ts';

/** Of the plain value of a browser's binding cookie, as logins hold it. */
export function hashOf(binding: string): string {
  return createHash('sha256').update(binding).digest('base64url');
}

export function keyKindOf(reference: Reference): LoginKeyKind {
  if (!('heldBy' in reference)) return 'state';
  return reference.heldBy === 'client' ? 'mfa-token' : 'authorization';
}

/** Whether the login may be had by whoever holds this key: a handle in the wrong hands finds nothing. */
export function isHeldBy(tx: StoredTransaction, reference: Reference): boolean {
  if (!('heldBy' in reference)) return isBoundTo(tx, reference.binding);
  if (reference.heldBy === 'client') return tx.binding === undefined;
  return isBoundTo(tx, reference.binding) || isOpenTo(tx, reference);
}

/**
 * What a program began, programs go on with; policies may say that everybody who knows the id does, or only the browser that
 * began it: of those that may come to count, the strictest decides. A page that sends somebody's browser to an id of its own
 * finds nothing there.
 */
function isOpenTo({ headless, gate }: StoredTransaction, reference: { headless: boolean }): boolean {
  const policies = gate.kind === 'policy' ? gate.policies : [];
  const asked = policies.map(({ auth_session_binding_required: bound }) => bound);
  if (asked.includes(true)) return false;
  const isFreed = asked.length > 0 && asked.every((bound) => bound === false);
  return isFreed || (headless === true && reference.headless);
}

/** Whether this browser began it. */
export function isBoundTo(tx: StoredTransaction, binding: string | undefined): boolean {
  return (
    binding !== undefined &&
    tx.binding !== undefined &&
    timingSafeEqual(Buffer.from(hashOf(binding)), Buffer.from(tx.binding))
  );
}
