// Delivery: what a call that got no answer means for the message it carried. Where no connection came about, nothing left;
// otherwise the message may have arrived, and nobody may send it again by itself.
import type { EgressCode, EgressFailure } from '../egress/egress.ts';
import type { DeliveryFault, Taken } from './delivery.ts';

type Meaning = { end: 'failed' | 'unseen'; code: DeliveryFault['code'] };

const NEVER_LEFT: Meaning = { end: 'failed', code: 'unreachable' };
const MAY_HAVE_ARRIVED: Meaning = { end: 'unseen', code: 'unreachable' };
const NOT_ALLOWED: Meaning = { end: 'failed', code: 'configuration' };

const MEANINGS: Readonly<Record<EgressCode, Meaning>> = {
  ERR_EGRESS_INVALID: NOT_ALLOWED,
  ERR_EGRESS_REFUSED: NOT_ALLOWED,
  // The answer was there, and was longer than anybody reads.
  ERR_EGRESS_TOO_LARGE: MAY_HAVE_ARRIVED,
  // It sent us elsewhere, and took nothing.
  ERR_EGRESS_REDIRECT: { end: 'failed', code: 'refused' },
  ERR_EGRESS_TOO_MANY_REDIRECTS: { end: 'failed', code: 'refused' },
  ERR_EGRESS_PROTOCOL: MAY_HAVE_ARRIVED,
  ERR_EGRESS_NETWORK: MAY_HAVE_ARRIVED,
  ABORT_ERR: MAY_HAVE_ARRIVED,
  ECONNRESET: MAY_HAVE_ARRIVED,
  ETIMEDOUT: { end: 'unseen', code: 'timeout' },
  ERR_EGRESS_TLS: NEVER_LEFT,
  ENOTFOUND: NEVER_LEFT,
  EAI_AGAIN: NEVER_LEFT,
  ECONNREFUSED: NEVER_LEFT,
  EHOSTUNREACH: NEVER_LEFT,
  ENETUNREACH: NEVER_LEFT,
  CERT_HAS_EXPIRED: NEVER_LEFT,
  CERT_NOT_YET_VALID: NEVER_LEFT,
  DEPTH_ZERO_SELF_SIGNED_CERT: NEVER_LEFT,
  SELF_SIGNED_CERT_IN_CHAIN: NEVER_LEFT,
  UNABLE_TO_GET_ISSUER_CERT: NEVER_LEFT,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NEVER_LEFT,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: NEVER_LEFT,
  ERR_TLS_CERT_ALTNAME_INVALID: NEVER_LEFT,
};

/** @param who as the line in the log names it: `Twilio`, `The mail service`. */
export function unanswered(who: string, { code, message }: EgressFailure): Exclude<Taken, { end: 'sent' }> {
  const { end, code: meaning } = MEANINGS[code];
  return { end, fault: { code: meaning, detail: `${who} gave no answer: ${message}`, answered: code } };
}
