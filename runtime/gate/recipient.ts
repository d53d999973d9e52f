// Whose number or mailbox a code goes to. Once somebody has shown who they are it is theirs and no other, whatever the
// request says: otherwise whoever knows a password passes the second factor with a phone of their own.
import type { UserRecord } from '#storage/records.ts';
import { readMailbox } from '../factors/mailbox.ts';
import { connectionFor } from '../factors/password.ts';
import { readPhoneNumber } from '../factors/phone.ts';
import type { PasswordlessStrategy } from '../transaction/transaction.ts';
import { type InteractionCall, type Refused, refuse } from './call.ts';

/**
 * `to`: as it is compared and kept. `written`: as it goes out; a number as the person wrote it: services take other forms
 * than E.164, and some take none but theirs.
 */
export type Recipient = { to: string; written: string } & (
  | { whose: 'user' | 'draft'; user: UserRecord }
  /** Nobody has shown anything yet. `user`: who has it, if anybody has. */
  | { whose: 'stranger'; user?: UserRecord }
);

const WORDS = {
  sms: {
    field: 'phone_number',
    none: 'User does not have a phone number',
    malformed: 'phone_number is unspecified or invalid format.',
    other: 'The phone number does not belong to the user',
  },
  email: {
    field: 'email',
    none: 'User does not have an email address',
    malformed: 'email is unspecified or invalid format.',
    other: 'The email address does not belong to the user',
  },
} as const;

/** Under which key a registration keeps what was typed. */
export const REGISTERED = 'initial-registration';

/** What the request calls it. */
export const addressField = (channel: PasswordlessStrategy): 'phone_number' | 'email' => WORDS[channel].field;

/** @param given what the request says; undefined where it says nothing. */
export async function recipientOf(
  call: InteractionCall,
  channel: PasswordlessStrategy,
  given: unknown,
): Promise<{ ok: true; recipient: Recipient } | Refused> {
  const { tx, world, step } = call;
  const words = WORDS[channel];
  if (given !== undefined && given !== null && typeof given !== 'string') {
    return refuse('invalid_request', words.malformed);
  }
  const typed = typeof given === 'string' && given.trim() !== '' ? given.trim() : undefined;
  const asked = typed === undefined ? undefined : readAddress(channel, typed);
  if (typed !== undefined && asked === undefined) return refuse('invalid_request', words.malformed);
  const { user } = world;
  if (tx.subject.kind === 'none' || !user) {
    if (step?.requires_user) return refuse('user_not_found', 'A user is required before this interaction.');
    if (typed === undefined || asked === undefined) return refuse('invalid_request', words.none);
    const found = await ownerOf(call, channel, asked);
    return {
      ok: true,
      recipient: {
        to: asked,
        written: writtenAs(channel, typed, asked),
        whose: 'stranger',
        ...(found ? { user: found } : {}),
      },
    };
  }
  const own = ownAddress(user, channel);
  const whose = tx.draft ? 'draft' : 'user';
  // Nobody else is there yet whom a new account could be taken from. Its mailbox is what the scripts were asked about.
  const mayBeOther = tx.draft !== undefined && (step?.allow_registration ?? (channel === 'sms' || own === undefined));
  if (own === undefined && !(mayBeOther && asked !== undefined)) {
    return refuse('invalid_request', words.none, { user });
  }
  const to = asked ?? own;
  if (to === undefined) return refuse('invalid_request', words.none, { user });
  if (to !== own && !mayBeOther) return refuse('invalid_request', words.other, { user });
  const written = writtenAs(channel, typed ?? writtenAtRegistration(call, channel, to), to);
  return { ok: true, recipient: { to, written, whose, user } };
}

/** Whether somebody whose code was sent to this address before may still show it. */
export async function mayStillProve(
  call: InteractionCall,
  channel: PasswordlessStrategy,
  to: string,
): Promise<Recipient | undefined> {
  const found = await recipientOf(call, channel, to);
  return found.ok && found.recipient.to === to ? found.recipient : undefined;
}

/** The address as it is compared and kept; undefined where it is none. */
export function readAddress(channel: PasswordlessStrategy, text: string): string | undefined {
  if (channel === 'email') return readMailbox(text.normalize('NFC'));
  const number = text.normalize('NFKC');
  return readPhoneNumber(number) ?? (NUMBER.test(number) ? number.replaceAll(/[- ]/g, '') : undefined);
}

/** One without a country code too: who sends to it knows which country is meant (idp-server reference, §2.1). */
const NUMBER = /^\+?[0-9\- ]{7,20}$/;

async function ownerOf(
  { ports, tx, world }: InteractionCall,
  channel: PasswordlessStrategy,
  address: string,
): Promise<UserRecord | undefined> {
  const { tenant, client } = world;
  if (!client) return undefined;
  const connection = await connectionFor(ports.store, tenant, client, tx.request.connection);
  const found = connection && (await ports.store.users.findByIdentifier(tenant.id, connection.name, address));
  // A number without a country code may be somebody's username as well: nobody is let in by the phone of another for that.
  return found && ownAddress(found, channel) === address ? found : undefined;
}

/** The one that the account has, as it is compared. */
function ownAddress({ email, phoneNumber }: UserRecord, channel: PasswordlessStrategy): string | undefined {
  const has = channel === 'sms' ? phoneNumber : email;
  return has === undefined ? undefined : (readAddress(channel, has) ?? has);
}

/** Letters that are compared as one are two to a service: mail goes to the mailbox that was compared. */
function writtenAs(channel: PasswordlessStrategy, typed: string | undefined, to: string): string {
  return channel === 'sms' && typed !== undefined ? typed : to;
}

function writtenAtRegistration({ tx }: InteractionCall, channel: PasswordlessStrategy, to: string): string | undefined {
  const typed = tx.kept[REGISTERED]?.[WORDS[channel].field];
  return typeof typed === 'string' && readAddress(channel, typed) === to ? typed : undefined;
}
