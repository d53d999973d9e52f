// Delivery: a mail as carriers are given it. Whatever a tenant or a person wrote into it is one line where a header is one
// line: a line break would begin a header of somebody else's making.
import { domainToASCII } from 'node:url';
import type { DeliveryFault, Outgoing } from './delivery.ts';

export type Mailbox = { name?: string; address: string };

export type Letter = {
  /** Names the message: the same in each attempt, so that whoever gets it twice can tell. */
  id: string;
  from: Mailbox;
  to: string;
  subject: string;
  text: string;
  html?: string;
  headers: Record<string, string>;
  /** Milliseconds since 1970. */
  at: number;
};

/** RFC 3834 §5: so that no out-of-office program answers. */
const BY_A_MACHINE = { 'Auto-Submitted': 'auto-generated' };

/** RFC 5322 without the forms that nobody has: no quotes, no comments. */
const ADDRESS = /^[^\s@<>"(),:;\\[\]\p{Cc}]{1,64}@[^\s@<>"(),:;\\[\]\p{Cc}]{1,255}$/u;
const WITH_NAME = /^("[^"<>\\]*" *|[^"<>]*)<([^<>]*)>$/;
const LONGEST_SUBJECT = 900;
const LONGEST_NAME = 200;

/** `Name <address>`, or an address alone. */
export function readMailbox(text: string): Mailbox | undefined {
  const line = oneLine(text);
  const [, name = '', address = line] = WITH_NAME.exec(line) ?? [];
  if (!ADDRESS.test(address.trim())) return undefined;
  const bare = oneLine(name.replaceAll('"', '')).slice(0, LONGEST_NAME);
  return { ...(bare === '' ? {} : { name: bare }), address: address.trim() };
}

/** Without control characters and separators of lines, and without spaces around it. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/**
 * @param defaultFrom what the tenant's provider is set to.
 * @param headers of the provider's settings.
 */
export function letterOf(
  { message, words }: Outgoing,
  defaultFrom: string,
  headers: Record<string, string>,
  at: number,
): { ok: true; letter: Letter } | { ok: false; fault: DeliveryFault } {
  const { subject = '', html, from: ownFrom = '' } = words.mail ?? { subject: '' };
  const written = ownFrom.trim() === '' ? defaultFrom : ownFrom;
  const from = readMailbox(written);
  if (!from) {
    const detail =
      written.trim() === ''
        ? 'The mail has no sender: the e-mail provider has no default_from_address.'
        : 'The sender of the mail is no e-mail address.';
    return { ok: false, fault: { code: 'configuration', detail } };
  }
  const to = onTheWire(message.to.trim());
  if (!ADDRESS.test(to)) {
    return { ok: false, fault: { code: 'refused', detail: 'What the mail goes to is no e-mail address.' } };
  }
  const line = oneLine(subject).slice(0, LONGEST_SUBJECT);
  const address = onTheWire(from.address);
  return {
    ok: true,
    letter: {
      id: `${message.id}@${address.slice(address.lastIndexOf('@') + 1)}`,
      from: { ...from, address },
      to,
      subject: line === '' ? '(no subject)' : line,
      text: words.text,
      ...(html === undefined ? {} : { html }),
      headers: { ...BY_A_MACHINE, ...headers },
      at,
    },
  };
}

/** Its domain as mail servers know it (RFC 5891): few of them take letters beyond ASCII there (RFC 6531). */
function onTheWire(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at);
  return /\P{ASCII}/u.test(domain) ? `${address.slice(0, at)}${domainToASCII(domain)}` : address;
}

/** What a tenant's settings may add to a mail: names and values that begin no other header and replace none of ours. */
export function readMailHeaders(given: unknown): Record<string, string> | undefined {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const isPlain = /^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(name) && !OURS.test(name);
    if (!isPlain || typeof value !== 'string' || value.length > 900 || oneLine(value) !== value.trim())
      return undefined;
    headers[name] = value.trim();
  }
  return headers;
}

const OURS =
  /^(from|to|cc|bcc|sender|subject|date|message-id|mime-version|content-.*|received|return-path|resent-.*|dkim-.*|arc-.*|auto-submitted)$/i;
