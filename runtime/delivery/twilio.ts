// Delivery: text messages and calls by Twilio's REST API, with the keys of whoever asks. One request, and its answer
// decides; what happens to the message afterwards is told by status reports (`twilio-reports.ts`).
import type { TenantRecord } from '#storage/records.ts';
import type { Egress } from '../egress/egress.ts';
import type { Ports } from '../ports.ts';
import type { DeliveryDesk, DeliveryFault, Outgoing, Taken } from './delivery.ts';
import { otherTwilioFault, twilioFault } from './twilio-errors.ts';
import { callMarkup } from './twilio-markup.ts';
import { unanswered } from './unanswered.ts';

const VENDOR = 'https://api.twilio.com';
/** As long as any gateway has. */
const TIMEOUT_MS = 30_000;
/** TwiML in a parameter. */
const MARKUP_LIMIT = 4000;

/** Whose account a message goes out with. */
export type TwilioAccount = {
  /** Where its keys are found again when a report comes: `mfa`, or the id of a connection or a provider. */
  source: string;
  sid?: string | undefined;
  authToken?: string | undefined;
  /** A number, or for text messages a name. Calls always need a number. */
  from?: string | undefined;
  /** Text messages go through it where it is given. */
  messagingServiceSid?: string | undefined;
};

/** Sends one message. `outgoing.message.channel` is `sms` or `voice`. */
export async function twilioSend(
  { ports }: Pick<DeliveryDesk, 'ports'>,
  account: TwilioAccount,
  outgoing: Outgoing,
): Promise<Taken> {
  const { message, words, tenant } = outgoing;
  const lack = lackOf(account, message.channel);
  if (lack !== undefined) return failed('configuration', lack);
  const isCall = message.channel === 'voice';
  const form = new URLSearchParams({ To: message.to });
  if (isCall) {
    const markup = callMarkup(words.text, { code: message.code, locale: message.about?.locale ?? 'en' });
    if (markup.length > MARKUP_LIMIT) return failed('template', 'The text is longer than a call of Twilio can take.');
    form.set('From', account.from ?? '');
    form.set('Twiml', markup);
  } else {
    if (account.messagingServiceSid) form.set('MessagingServiceSid', account.messagingServiceSid);
    else form.set('From', account.from ?? '');
    form.set('Body', words.text);
  }
  const reports = reportAddress(ports, tenant, account.source, message.id);
  if (reports !== undefined) form.set('StatusCallback', reports);
  const sent = await callTwilio(ports, account, { path: isCall ? 'Calls.json' : 'Messages.json', form });
  return sent.ok ? takenOf(sent.answer.status, bodyOf(sent.answer)) : unanswered('Twilio', sent);
}

/** Path of status reports. */
export const REPORT_PATH = '/twilio/status/:source/:message';

/** Where Twilio tells what became of a message; undefined where it could not reach us, and would refuse the message for it. */
export function reportAddress(
  { twilio }: Pick<Ports, 'twilio'>,
  { baseUrl }: Pick<TenantRecord, 'baseUrl'>,
  source: string,
  messageId: string,
): string | undefined {
  const { hostname } = new URL(baseUrl);
  // An operator's stand-in is near by; the vendor calls names of the public internet only (its error 21609).
  if (!twilio && (/(^|\.)localhost$/.test(hostname) || !hostname.includes('.') || isLocalAddress(hostname))) {
    return undefined;
  }
  const path = REPORT_PATH.replace(':source', encodeURIComponent(source)).replace(':message', messageId);
  return `${baseUrl}${path}`;
}

const isLocalAddress = (host: string): boolean =>
  host.startsWith('[') || /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$/.test(host);

/** A request to the account. With a form it is a POST. */
export async function callTwilio(
  { egress, twilio }: Pick<Ports, 'egress' | 'twilio'>,
  { sid = '', authToken = '' }: Pick<TwilioAccount, 'sid' | 'authToken'>,
  { path, form, timeoutMs = TIMEOUT_MS }: { path: string; form?: URLSearchParams; timeoutMs?: number },
): ReturnType<Egress['request']> {
  const { origin, egress: way } = twilio ?? { origin: VENDOR, egress };
  return way.request(
    {
      url: `${origin}/2010-04-01/Accounts/${sid}/${path}`,
      method: form ? 'POST' : 'GET',
      headers: [
        ['authorization', `Basic ${Buffer.from(`${sid}:${authToken}`).toString('base64')}`],
        ['accept', 'application/json'],
        ...(form ? [['content-type', 'application/x-www-form-urlencoded'] as [string, string]] : []),
      ],
      ...(form ? { body: { text: form.toString() } } : {}),
      redirect: 'error',
    },
    { timeoutMs },
  );
}

/** What an answer says, as far as anybody asks. */
export type TwilioBody = { sid?: string; status?: string; code?: number; cost?: string };

export function bodyOf({ body }: { body: { text: string } | { base64: string } }): TwilioBody {
  let given: unknown;
  try {
    given = JSON.parse('text' in body ? body.text : '');
  } catch {
    return {}; // An answer that is no JSON says what its status says.
  }
  if (typeof given !== 'object' || given === null) return {};
  const { sid, status, code, error_code, price, price_unit } = given as Record<string, unknown>;
  const number = typeof code === 'number' ? code : error_code;
  return {
    ...(typeof sid === 'string' ? { sid: sid.slice(0, 64) } : {}),
    ...(typeof status === 'string' ? { status: status.slice(0, 64) } : {}),
    ...(typeof number === 'number' ? { code: number } : {}),
    ...costOf(price, price_unit),
  };
}

/** A price is what the account is charged, as a negative amount, and is often known only later. */
function costOf(price: unknown, unit: unknown): { cost?: string } {
  const amount = typeof price === 'string' || typeof price === 'number' ? String(price).replace(/^-/, '') : '';
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(amount)) return {};
  return { cost: typeof unit === 'string' && /^[A-Za-z]{3}$/.test(unit) ? `${amount} ${unit.toUpperCase()}` : amount };
}

function takenOf(status: number, { sid, status: state, code, cost }: TwilioBody): Taken {
  if (status >= 200 && status < 300 && !(code && (state === 'failed' || state === 'undelivered'))) {
    return {
      end: 'sent',
      ...(sid === undefined ? {} : { reference: sid }),
      ...(state === undefined ? {} : { status: state }),
      ...(cost === undefined ? {} : { cost }),
    };
  }
  const answered = code === undefined ? `HTTP ${status}` : String(code);
  const known = code === undefined ? undefined : twilioFault(code);
  if (known) return { end: known.code === 'limit' ? 'retry' : 'failed', fault: known };
  if (status === 429 || status === 503) {
    return { end: 'retry', fault: { code: 'limit', detail: `Twilio takes no more for now (${answered}).`, answered } };
  }
  if (status >= 500) {
    const detail = `Twilio had a fault of its own and may have taken the message (${answered}).`;
    return { end: 'unseen', fault: { code: 'unreachable', detail, answered } };
  }
  if (status === 401) return failed('unauthorized', 'Twilio does not accept `sid` and `auth_token`.', answered);
  if (status === 404) return failed('configuration', 'Twilio knows no such account; check `sid`.', answered);
  return { end: 'failed', fault: otherTwilioFault(answered) };
}

/** What the settings lack, in words for who wrote them. */
function lackOf({ sid, authToken, from, messagingServiceSid }: TwilioAccount, channel: string): string | undefined {
  if (!sid || !authToken) return 'Twilio needs `sid` and `auth_token`: they are not configured.';
  // It becomes part of the address.
  if (!/^\w{1,64}$/.test(sid)) return 'The `sid` of Twilio is not one: it has letters and digits only.';
  if (channel === 'voice') {
    return from
      ? undefined
      : 'Twilio needs a `from` number for calls, even where text messages go through a messaging service.';
  }
  return from || messagingServiceSid ? undefined : 'Twilio needs `from` or `messaging_service_sid` for text messages.';
}

function failed(code: DeliveryFault['code'], detail: string, answered?: string): Taken {
  return { end: 'failed', fault: { code, detail, ...(answered === undefined ? {} : { answered }) } };
}
