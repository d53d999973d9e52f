// Types for authors of Actions: declarations alone, nothing here runs and nothing but its own room is imported.
// Trigger custom-email-provider, version 1: `onExecuteCustomEmailProvider`, which sends every e-mail.

import type { ProviderAPI } from './pieces/notification-api.d.ts';
import type { LoginRequest } from './pieces/request.d.ts';
import type {
  Client,
  Connection,
  Correlation,
  EveryEvent,
  MessageTenant,
  Organization,
} from './pieces/surroundings.d.ts';
import type { Profile } from './pieces/user.d.ts';

/** The message. */
export interface EmailNotification {
  /** What it is for. */
  message_type:
    | 'verify_email'
    | 'verify_email_by_code'
    | 'reset_email'
    | 'reset_email_by_code'
    | 'welcome_email'
    | 'verification_code'
    | 'mfa_oob_code'
    | 'enrollment_email'
    | 'blocked_account'
    | 'stolen_credentials'
    | 'try_provider_configuration_email'
    | 'organization_invitation';
  /** Address it goes to. */
  to: string;
  /** Address it comes from. */
  from: string;
  /** Subject. */
  subject: string;
  /** The message as HTML. */
  html: string;
  /** The message as text. */
  text: string;
  /** Language of the message, BCP 47. */
  locale: string;
}

/** Who gets the message. Attributes that an upstream gave stand beside the known ones. */
export interface EmailUser extends Profile {
  /** An attribute that an upstream gave. */
  [attribute: string]: unknown;
}

/** A message to be sent. Optional members are absent when there is nothing to say. */
export interface Event extends EveryEvent {
  /** The application it belongs to. */
  client: Client;
  /** The connection that knows the person. */
  connection?: Connection;
  /** The message. */
  notification: EmailNotification;
  /** The organization it belongs to. */
  organization?: Organization;
  /** The request that led to it; empty when there was none. */
  request: Partial<Pick<LoginRequest, 'geoip' | 'hostname' | 'ip' | 'query' | 'user_agent'>>;
  /** The tenant as messages show it. */
  tenant: MessageTenant;
  /** Marks for logs; absent without any. */
  transaction?: Correlation;
  /** The person. */
  user: EmailUser;
}

/** What becomes of the message. Nobody waits for the run; a throw means that the message was not sent. */
export interface CustomEmailProviderAPI extends ProviderAPI {}

/** `exports.onExecuteCustomEmailProvider`: a real `async function`. What it resolves to is not looked at. */
export type CustomEmailProviderAction = (event: Event, api: CustomEmailProviderAPI) => Promise<unknown>;
