// What a credentials-exchange script reads. All keys are wire names; a key that may be missing is optional.

import type { GeoIp } from './post-login/event.ts';

/** The request to the token endpoint. `body` holds its parameters, without any by which the client proved itself. */
type EventRequest = {
  ip: string;
  method: string;
  body: Record<string, unknown>;
  geoip: GeoIp;
  hostname: string;
  language?: string;
  user_agent?: string;
};

/** `event` of `onExecuteCredentialsExchange`, without `secrets`, which are added for each Action. */
export type CredentialsExchangeEvent = {
  /** As it stands before the first Action. */
  accessToken: { scope: string[]; customClaims: Record<string, unknown> };
  client: { client_id: string; name: string; metadata: Record<string, string> };
  configuration: Record<string, never>;
  organization?: { id: string; name: string; display_name: string; metadata: Record<string, string> };
  request: EventRequest;
  resource_server: { identifier: string };
  tenant: { id: string };
  transaction: {
    correlation_id?: string;
    /** Empty where the request named none. */
    requested_scopes: string[];
    /** What the token would carry now: every Action finds what those before it have changed. */
    target_scopes: string[];
  };
};
