// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger custom-phone-provider, version 1: `onExecuteCustomPhoneProvider`, which sends every text message and call.

import type { ProviderAPI } from './pieces/notification-api.d.ts';
import type { RequestOrigin } from './pieces/request.d.ts';
import type {
  Client,
  Connection,
  Correlation,
  EveryEvent,
  MessageTenant,
  Organization,
} from './pieces/surroundings.d.ts';
import type { User } from './pieces/user.d.ts';

/** The message. */
export interface PhoneNotification {
  /** What it is for. */
  message_type: 'otp_verify' | 'otp_enroll' | 'blocked_account' | 'change_password' | 'password_breach';
  /** The number to reach, in E.164. */
  recipient: string;
  /** The number or name it comes from; absent when none is set. */
  from?: string;
  /** A text message or a call. The word is `text`, not `sms`. */
  delivery_method: 'text' | 'voice';
  /** The words for a text message. */
  as_text: string;
  /** The words for a call, digits spelt out. */
  as_voice: string;
  /** The code in it, where there is one. Never log it. */
  code?: string;
  /** Language of the words, BCP 47. */
  locale?: string;
}

/** A message to be sent. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The application it belongs to. */
  client: Client;
  /** The connection that knows the person. */
  connection?: Connection;
  /** The message. */
  notification: PhoneNotification;
  /** The organization it belongs to. */
  organization?: Organization;
  /** The request that led to it. */
  request: RequestOrigin;
  /** The tenant as messages show it. */
  tenant: MessageTenant;
  /** Marks for logs; absent without any. */
  transaction?: Correlation;
  /** The person. */
  user: User;
}

/** What becomes of the message. Nobody waits for the run; a throw means that the message was not sent. */
export interface CustomPhoneProviderAPI extends ProviderAPI {}

/** `exports.onExecuteCustomPhoneProvider`: a real `async function`. What it resolves to is not looked at. */
export type CustomPhoneProviderAction = (event: Event, api: CustomPhoneProviderAPI) => Promise<unknown>;
