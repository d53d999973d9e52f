// Inviting somebody to an organization: the ticket, the key in its link, and the mail that carries the link, in one commit.
import type { JsonObject, OrganizationRecord, TenantRecord, TicketRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import { invitationMessage } from './delivery/compose.ts';
import type { Messenger } from './delivery/delivery.ts';
import type { Invitation, InvitationDraft } from './pipeline/invitation.ts';
import type { Ports } from './ports.ts';

const KEY_LETTERS = 32;

export async function invite(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  { messenger }: { messenger: Pick<Messenger, 'deliver'> },
  tenant: TenantRecord,
  { organization, loginUri, lifetimeMs, sendsMail, ...draft }: InvitationDraft,
): Promise<TicketRecord> {
  const { store, now, random } = ports;
  const key = random.letters(KEY_LETTERS);
  const link = linkOf(loginUri, key, organization);
  const content: Invitation = { ...draft, key, link };
  const at = now();
  const expiresAt = at + lifetimeMs;
  const ticket: TicketRecord = {
    tenantId: tenant.id,
    id: `uinv_${random.letters(16)}`,
    kind: 'invitation',
    revision: 1,
    organizationId: organization.id,
    content: content as JsonObject,
    createdAt: at,
    expiresAt,
  };
  const of = { tenantId: tenant.id, targetId: ticket.id, ask: 0, expiresAt };
  const message = invitationMessage({
    id: random.uuid(),
    tenant,
    to: draft.email,
    link,
    inviter: draft.inviterName,
    organization: organization.displayName ?? organization.name,
    locale: tenant.enabledLocales[0] ?? 'en',
    place: { userName: draft.email, clientId: draft.clientId, organizationId: organization.id },
    at,
    expiresAt,
  });
  const mail: Change[] = sendsMail ? [{ kind: 'message.insert', message }] : [];
  const written = await store.commit([
    { kind: 'ticket.insert', ticket },
    { kind: 'handle.insert', handle: { ...of, kind: 'invitation', key } },
    ...mail,
  ]);
  if (!written.ok) throw new Error(`an invitation was not written: ${written.failed.kind}`);
  if (sendsMail) await messenger.deliver(tenant.id, message.id);
  return ticket;
}

/** The login route of the application, told what to send on to the authorization endpoint. */
function linkOf(loginUri: string, key: string, { id, name }: OrganizationRecord): string {
  const link = new URL(loginUri);
  link.searchParams.set('invitation', key);
  link.searchParams.set('organization', id);
  link.searchParams.set('organization_name', name);
  return link.href;
}
