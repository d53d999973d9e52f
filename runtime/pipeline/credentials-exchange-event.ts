// The event a credentials-exchange script reads. What the client proved itself by is no concern of a script.

import type { CredentialsExchangeEvent } from '#actions/credentials-exchange.ts';
import type { CredentialsExchangeCommand } from '#actions/credentials-exchange-command.ts';
import type { ClientRecord, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import { targetScopes } from './credentials-exchange-commands.ts';
import { clientOf, organizationOf, originOf } from './event-pieces.ts';
import { withoutCredentials } from './without-credentials.ts';

/** A client that asks for a token of its own. */
export type Exchange = {
  client: ClientRecord;
  /** Identifier of the API. */
  audience: string;
  /** Scopes that the request named; empty where it named none. */
  requested: string[];
  /** Scopes that the token would carry without scripts. */
  scope: string[];
  organization?: OrganizationRecord;
  /** Parameters of the request. */
  body: Record<string, string>;
};

/** `before`: what Actions of this exchange have commanded so far. */
export function exchangeEvent(
  { client, audience, requested, scope, organization, body }: Exchange,
  { tenant, caller, place }: { tenant: TenantRecord; caller: Caller; place: Place | undefined },
  before: readonly CredentialsExchangeCommand[],
): CredentialsExchangeEvent {
  const { correlation_id } = body;
  return {
    accessToken: { scope, customClaims: {} },
    client: clientOf(client),
    configuration: {},
    ...(organization ? { organization: organizationOf(organization) } : {}),
    request: { ...originOf(tenant, caller, place), body: withoutCredentials(body) },
    resource_server: { identifier: audience },
    tenant: { id: tenant.name },
    transaction: {
      ...(correlation_id === undefined ? {} : { correlation_id }),
      requested_scopes: requested,
      target_scopes: targetScopes(scope, before),
    },
  };
}
