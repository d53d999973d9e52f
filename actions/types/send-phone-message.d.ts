// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger send-phone-message, version 2: `onExecuteSendPhoneMessage`, which sends the codes of the phone factor.

import type { CacheAPI } from './pieces/cache-api.d.ts';
import type { RequestOrigin, SecurityContext } from './pieces/request.d.ts';
import type { Client, Correlation, EveryEvent } from './pieces/surroundings.d.ts';
import type { UserWithFactors } from './pieces/user.d.ts';

/** The message. */
export interface MessageOptions {
  /** The number to reach, in E.164 where it parses. */
  recipient: string;
  /** The text, ready to be sent. */
  text: string;
  /** The code in it. Never log it. */
  code: string;
  /** A text message or a call. */
  message_type: 'sms' | 'voice';
  /** What the code is for. */
  action: 'enrollment' | 'second-factor-authentication';
}

/** A message to be sent. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The application somebody signs in to. */
  client?: Client;
  /** The message. */
  message_options: MessageOptions;
  /** The request that led to it. */
  request: RequestOrigin;
  /** How the TLS connection looked; only where a trusted proxy says so. */
  security_context?: SecurityContext;
  /** Marks for logs; absent without any. */
  transaction?: Correlation;
  /** The person. */
  user: UserWithFactors;
}

/** What can be told: nothing. The login waits for the run; a throw means that the message was not sent. */
export interface SendPhoneMessageAPI {
  /** Small texts that Actions of this trigger keep for a while. */
  readonly cache: CacheAPI;
}

/** `exports.onExecuteSendPhoneMessage`: a real `async function`. What it resolves to is not looked at. */
export type SendPhoneMessageAction = (event: Event, api: SendPhoneMessageAPI) => Promise<unknown>;
