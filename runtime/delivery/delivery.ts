// Getting a message to a person: the words that this room is known by. A message is a row of the commit that caused it;
// whoever committed it sets out with it at once, and a worker takes what a dead process left behind or what a provider
// wants to be asked again. Each attempt is written down before it is made, so that none is made twice.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import type { TriggerStage } from '../pipeline/run-trigger.ts';
import type { Ports } from '../ports.ts';

/**
 * Why a message did not go out. `no-provider`: nobody carries this channel. `configuration`: the provider's settings lack
 * something. `unauthorized`: the provider does not know us. `refused`: it said no, for the reason in the detail.
 * `unreachable`, `timeout`: it did not answer. `quota`, `limit`, `country`: a bound of ours was met before it was asked.
 * `template`: the tenant's words cannot be made. `script`: the tenant's Action failed or dropped it. `expired`: too late.
 * `internal`: a fault of ours.
 */
export const DELIVERY_FAULTS = [
  'no-provider',
  'configuration',
  'unauthorized',
  'refused',
  'unreachable',
  'timeout',
  'quota',
  'limit',
  'country',
  'template',
  'script',
  'expired',
  'internal',
] as const;

/** `detail`: one line for the tenant's log; never a code, a text, a credential or an answer's body. */
export type DeliveryFault = {
  code: (typeof DELIVERY_FAULTS)[number];
  detail: string;
  /** What the provider answered: an HTTP status, a code of its own. */
  answered?: string;
};

/**
 * How it stands with a message. `waiting`: it is to be tried again by itself. `unconfirmed`: it may have arrived; nobody saw
 * the answer, and it is never sent again by itself.
 */
export type Delivery =
  | { state: 'delivered' }
  | { state: 'waiting' }
  | { state: 'failed' | 'unconfirmed'; fault: DeliveryFault };

export type Messenger = {
  /** Sets out with a message that is written. Never throws for what a provider does. */
  deliver(tenantId: string, id: string): Promise<Delivery>;
  /** How it stands with a message; undefined where there is none. */
  standing(tenantId: string, id: string): Promise<Delivery | undefined>;
  /** One round of the worker: what others left behind, and what is to be tried again. */
  deliverDue(): Promise<void>;
  /** Takes nothing up any more, waits for attempts under way, and writes that the end of the others was not seen. */
  drain(withinMs: number): Promise<void>;
};

/** What providers and words are made with. */
export type DeliveryDesk = { ports: Ports; stage: TriggerStage };

/** A message on its way to a provider. */
export type Outgoing = { tenant: TenantRecord; message: MessageRecord; words: MessageWords };

/**
 * How a provider took it. `inInbox`: it went no further than the dev inbox. `retry`: ask again later. `unseen`: it was
 * handed over, and no answer was seen.
 */
export type Taken =
  | { end: 'sent'; reference?: string; status?: string; cost?: string; inInbox?: true }
  | { end: 'failed' | 'retry' | 'unseen'; fault: DeliveryFault };

/** Who carries messages of a channel: one file each. */
export type MessageProvider = {
  /** As operators and logs know it. */
  name: string;
  send(desk: DeliveryDesk, outgoing: Outgoing): Promise<Taken>;
};
