// How a phone is reached: by text message or by a call. What the tenant has on comes first, then what was said now, what
// the script asked for, and what the person prefers. Source: actions-api reference, §3.1.
import type { AuthenticatorRecord, TenantRecord } from '#storage/records.ts';
import type { Ask, FactorAsk, MessageType } from '../transaction/transaction.ts';

/** `ask`: the person is to say. */
export type Wanted = MessageType | 'ask';

export function messageTypeFor(
  { messageTypes }: Pick<TenantRecord, 'messageTypes'>,
  ask: FactorAsk,
  phone: AuthenticatorRecord | undefined,
  said: MessageType | undefined,
): Wanted {
  const [first = 'sms', second] = messageTypes;
  // One type is on: there is nothing to choose.
  if (second === undefined) return first;
  if (said !== undefined) return said;
  const asked = preferredMethod(ask);
  return asked === 'both' ? 'ask' : (asked ?? phone?.preferredMethod ?? 'sms');
}

/** What the script would like; what it wrote otherwise says nothing. */
export function preferredMethod(ask: Ask): MessageType | 'both' | undefined {
  if (ask.kind !== 'challenge' && ask.kind !== 'enroll') return undefined;
  const wanted = ask.factors.find(({ type }) => type === 'phone')?.options?.preferredMethod;
  return wanted === 'sms' || wanted === 'voice' || wanted === 'both' ? wanted : undefined;
}
