// The event a credentials-exchange script reads. What the client proved itself by is no concern of a script.

import type { CredentialsExchangeEvent } from '#actions/credentials-exchange.ts';
import type { CredentialsExchangeCommand } from '#actions/credentials-exchange-command.ts';
import type { ClientRecord, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';
import type { Place } from '../risk/geography.ts';
import { targetScopes } from './credentials-exchange-commands.ts';
import { clientOf, organizationOf, originOf } from './event-pieces.ts';

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

/** RFC 6749 §2.3.1, RFC 7521 §4.2: by these a client proves who it is. */
const PROOFS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion']);

/** `before`: what Actions of this exchange have commanded so far. */
export function exchangeEvent(
  { client, audience, requested, scope, organization, body }: Exchange,
  { tenant, caller, place }: { tenant: TenantRecord; caller: Caller; place: Place | undefined },
  before: readonly CredentialsExchangeCommand[],
): CredentialsExchangeEvent {
  const shown = Object.fromEntries(Object.entries(body).filter(([name]) => !PROOFS.has(name)));
  const { correlation_id } = body;
  return {
    accessToken: { scope, customClaims: {} },
    client: clientOf(client),
    configuration: {},
    ...(organization ? { organization: organizationOf(organization) } : {}),
    request: { ...originOf(tenant, caller, place), body: shown },
    resource_server: { identifier: audience },
    tenant: { id: tenant.name },
    transaction: {
      ...(correlation_id === undefined ? {} : { correlation_id }),
      requested_scopes: requested,
      target_scopes: targetScopes(scope, before),
    },
  };
}
