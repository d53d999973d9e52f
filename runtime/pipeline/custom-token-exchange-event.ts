// The event a custom-token-exchange script reads. The tokens from elsewhere are in it as they were sent; nothing else may
// tell them.

import type { CustomTokenExchangeEvent } from '#actions/custom-token-exchange.ts';
import type { ClientRecord, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import { enrolledFactors } from '../factors/catalogue.ts';
import type { Person } from '../factors/factor.ts';
import type { Caller } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import { userOf } from './event.ts';
import { clientOf, organizationOf, originOf } from './event-pieces.ts';
import { withoutCredentials } from './without-credentials.ts';

/** A client that has a token from elsewhere and wants one of ours for it (RFC 8693 §2.1). */
export type TokenExchange = {
  client: ClientRecord;
  /** The Action that says whose the token is, and what names it. */
  profile: { id: string; actionId: string };
  /** Identifier of the API; absent where none was named and the tenant has no default. */
  audience?: string;
  subjectToken: string;
  subjectTokenType: string;
  /** `person`: whose it is, where it is a good ID token of this tenant. */
  actor?: { token: string; tokenType: string; person?: Person };
  /** Empty where the request named none. */
  requestedScopes: string[];
  requestedTokenType?: string;
  organization?: OrganizationRecord;
  /** Parameters of the request. */
  body: Record<string, string>;
};

export function tokenExchangeEvent(
  exchange: TokenExchange,
  { tenant, caller, place }: { tenant: TenantRecord; caller: Caller; place: Place | undefined },
): CustomTokenExchangeEvent {
  const { client, audience, organization, actor, body } = exchange;
  return {
    client: clientOf(client),
    configuration: {},
    ...(organization ? { organization: organizationOf(organization) } : {}),
    request: { ...originOf(tenant, caller, place), body: withoutCredentials(body) },
    // A token for no API is good at /userinfo: scripts read the identifier without asking whether there is one.
    resource_server: { identifier: audience ?? `${tenant.baseUrl}/userinfo` },
    tenant: { id: tenant.name },
    transaction: {
      subject_token: exchange.subjectToken,
      subject_token_type: exchange.subjectTokenType,
      ...(actor ? { actor_token: actor.token, actor_token_type: actor.tokenType } : {}),
      ...(actor?.person ? { actor_token_user: userOf(actor.person.user, enrolledFactors(actor.person)) } : {}),
      requested_scopes: exchange.requestedScopes,
      requested_token_type: exchange.requestedTokenType ?? null,
    },
  };
}
