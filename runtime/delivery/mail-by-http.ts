// Delivery: hands a mail to a service by HTTP and reads its answer. The call leaves through the egress guard.
import type { JsonObject } from '#storage/records.ts';
import type { EgressCode } from '../egress/egress.ts';
import type { Ports } from '../ports.ts';
import type { DeliveryFault, Taken } from './delivery.ts';
import type { Letter } from './mail-letter.ts';
import type { MailSettings } from './mail-settings.ts';
import type { Answered, MailVendor } from './mail-vendors.ts';

const TIMEOUT_MS = 30_000;

/** Where nothing of the call can have been read by anybody. */
const BEFORE_IT_LEFT: readonly EgressCode[] = [
  'ERR_EGRESS_INVALID',
  'ERR_EGRESS_REFUSED',
  'ERR_EGRESS_TLS',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

export async function sendByHttp(
  { egress }: Pick<Ports, 'egress'>,
  vendor: MailVendor,
  settings: MailSettings,
  letter: Letter,
): Promise<Taken> {
  const sent = await egress.request(vendor.call(letter, settings), { timeoutMs: TIMEOUT_MS });
  if (!sent.ok) {
    const { code, message } = sent;
    const fault: DeliveryFault = { code: code === 'ETIMEDOUT' ? 'timeout' : 'unreachable', detail: `${message}.` };
    return { end: BEFORE_IT_LEFT.includes(code) ? 'failed' : 'unseen', fault };
  }
  const { status, headers } = sent.answer;
  const answer: Answered = { status, headers, body: readBody('text' in sent.answer.body ? sent.answer.body.text : '') };
  const judged = vendor.judge?.(answer);
  if (judged) return refused(settings.name, judged.answered, judged.code);
  if (status >= 200 && status < 300) {
    const reference = vendor.reference(answer);
    return { end: 'sent', ...(reference === undefined ? {} : { reference: reference.slice(0, 200) }) };
  }
  if (status === 401 || status === 403) return refused(settings.name, String(status), 'unauthorized');
  const taken = refused(settings.name, String(status), 'refused');
  // RFC 6585 §4, RFC 9110 §15.6.4: it took nothing, and asks to be asked again.
  return status === 429 || status === 503 ? { ...taken, end: 'retry' } : taken;
}

function refused(name: string, answered: string, code: 'refused' | 'unauthorized'): Extract<Taken, { fault: unknown }> {
  const word = answered.replaceAll(/[^\w .-]/g, '').slice(0, 60);
  const what = code === 'unauthorized' ? 'does not take the credentials' : 'did not take the mail';
  return { end: 'failed', fault: { code, detail: `${name} ${what} (${word}).`, answered: word } };
}

function readBody(text: string): JsonObject {
  try {
    const read: unknown = JSON.parse(text);
    const first: unknown = Array.isArray(read) ? read[0] : read;
    return typeof first === 'object' && first !== null && !Array.isArray(first) ? (first as JsonObject) : {};
  } catch (_notJson) {
    return {};
  }
}
