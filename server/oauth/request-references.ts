// Server, protocol: what an authorization request names, looked up: an API, an organization, an invitation, a connection, a
// person. What is not there, or not for this client, is refused.
import { readInvitation } from '#runtime/pipeline/invitation.ts';
import type { ClientRecord, OrganizationRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import type { Parameters } from '../request.ts';
import type { BadParameter } from './authorize-parameters.ts';
import { readIdTokenHint } from './id-token-hint.ts';
import { findApiForPeople } from './open-apis.ts';

export type References = {
  audience?: string;
  organizationId?: string;
  invitation?: { id: string; email: string; connection?: string };
  hintedUserId?: string;
};

type Needs = Pick<Deps, 'store' | 'clock' | 'random'>;
const invalid = (description: string) => ({ ok: false, error: 'invalid_request', description }) as const;

export async function findReferences(
  deps: Needs,
  tenant: TenantRecord,
  client: ClientRecord,
  parameters: Parameters,
): Promise<({ ok: true } & References) | ({ ok: false } & BadParameter)> {
  const { store } = deps;
  const { organization: named, invitation, connection, id_token_hint: hint } = parameters;

  const audience = parameters.audience ?? tenant.defaultAudience;
  if (audience !== undefined && !(await findApiForPeople(store, tenant, audience, client.id))) {
    return { ok: false, error: 'access_denied', description: `Service not enabled within domain: ${audience}` };
  }
  const organization = named === undefined ? undefined : await findOrganization(deps, tenant, named);
  if (named !== undefined && !organization) return invalid(`parameter organization is invalid: ${named}`);

  const invited =
    invitation === undefined || !organization
      ? undefined
      : await findInvitation(deps, tenant, organization, invitation);
  if (invitation !== undefined && !invited) return invalid('invitation not found or already used');

  if (connection !== undefined) {
    const found = await store.connections.findByKey(tenant.id, connection);
    if (!found) return invalid('the connection was not found');
    if (!found.enabledClients.includes(client.id)) return invalid('the connection was disabled');
  }
  const hinted = hint === undefined ? undefined : await readIdTokenHint(deps, tenant, client, hint);
  if (hint !== undefined && !hinted) return invalid('Parameter id_token_hint must be an id_token of this client');

  return {
    ok: true,
    ...(audience === undefined ? {} : { audience }),
    ...(organization ? { organizationId: organization.id } : {}),
    ...(invited ? { invitation: invited } : {}),
    ...(hinted ? { hintedUserId: hinted.sub } : {}),
  };
}

async function findOrganization({ store }: Needs, tenant: TenantRecord, named: string) {
  return (
    (await store.organizations.find(tenant.id, named)) ??
    (await store.organizations.findByKey(tenant.id, named.toLowerCase()))
  );
}

/** An open invitation to this organization. Following it uses it up only when the login is over. */
async function findInvitation(
  { store, clock }: Needs,
  tenant: TenantRecord,
  organization: OrganizationRecord,
  key: string,
): Promise<References['invitation']> {
  const ticket = await store.tickets.findByKey(tenant.id, 'invitation', key);
  if (ticket?.organizationId !== organization.id || clock.now() >= ticket.expiresAt) return undefined;
  const { email, connectionId } = readInvitation(ticket);
  const connection = connectionId === undefined ? undefined : await store.connections.find(tenant.id, connectionId);
  return { id: ticket.id, email, ...(connection ? { connection: connection.name } : {}) };
}
