// Push: compares what somebody sent with what only its owner knows. How long it takes says nothing about where they differ.
import { timingSafeEqual } from 'node:crypto';

export function isSameText(kept: string, given: string): boolean {
  const [one, other] = [Buffer.from(kept), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}
