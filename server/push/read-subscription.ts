// Server, push: where a browser says that messages for it are to be handed in. It may name any address, so nothing is sent
// there but through the egress guard; here only its form is judged.
import type { Subscription } from '#runtime/push/push.ts';
import type { Json } from '#storage/records.ts';

const LONGEST_ENDPOINT = 1000;
/** An uncompressed point of P-256, and 16 bytes (RFC 8291 §3.1, §3.2). */
const POINT_BYTES = 65;
const AUTH_BYTES = 16;

/** `undefined` inside: the browser has none. The whole is undefined when what was given is neither. */
export function readSubscription(given: Json | undefined): { subscription: Subscription } | undefined {
  if (given === null || given === undefined) return { subscription: undefined };
  if (typeof given !== 'object' || Array.isArray(given)) return undefined;
  const { endpoint, keys } = given;
  if (typeof endpoint !== 'string' || endpoint.length > LONGEST_ENDPOINT || !isSecure(endpoint)) return undefined;
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) return undefined;
  const { p256dh, auth } = keys;
  if (!isBytes(p256dh, POINT_BYTES) || !isBytes(auth, AUTH_BYTES)) return undefined;
  return { subscription: { endpoint, p256dh, auth } };
}

/** RFC 8030 §8: over https alone. */
const isSecure = (endpoint: string) => URL.parse(endpoint)?.protocol === 'https:';

function isBytes(value: Json | undefined, length: number): value is string {
  return (
    typeof value === 'string' && /^[A-Za-z0-9_-]+$/.test(value) && Buffer.from(value, 'base64url').length === length
  );
}
