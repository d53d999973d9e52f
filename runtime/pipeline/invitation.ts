// An invitation to an organization, and whether somebody may follow it. It is for one e-mail address: whoever found or was
// sent the link of somebody else gets nowhere with it. It is used up by the commit that completes the login.
import { z } from 'zod';
import type { JsonObject, OrganizationRecord, TicketRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { LogDraft } from '../transaction/input.ts';

const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

const contentSchema = z.strictObject({
  /** In the link. */
  key: z.string(),
  link: z.string(),
  clientId: z.string(),
  inviterName: z.string(),
  /** In lower case. */
  email: z.string(),
  /** The connection to sign in with; absent: any. */
  connectionId: z.string().exactOptional(),
  roleIds: z.array(z.string()),
  appMetadata: json.exactOptional(),
  userMetadata: json.exactOptional(),
});

/** What the ticket of an invitation holds. */
export type Invitation = z.output<typeof contentSchema>;

export type InvitationDraft = Omit<Invitation, 'key' | 'link'> & {
  organization: OrganizationRecord;
  /** Where the application begins logins; the link leads there. */
  loginUri: string;
  lifetimeMs: number;
  /** Otherwise whoever invites hands the link over. */
  sendsMail: boolean;
};

export function readInvitation({ content }: TicketRecord): Invitation {
  return contentSchema.parse(content);
}

export type Judged = { ok: true; invitation: Invitation } | { ok: false; reason: string };

/**
 * Whether this person, signed in by this connection, may follow the invitation now.
 * @param ticket undefined: it is gone, used or taken back.
 */
export function judgeInvitation(
  ticket: TicketRecord | undefined,
  { organizationId, user, connectionId }: { organizationId: string; user: UserRecord; connectionId: string },
  now: number,
): Judged {
  if (ticket?.kind !== 'invitation' || ticket.organizationId !== organizationId || now >= ticket.expiresAt) {
    return { ok: false, reason: 'invitation not found or already used' };
  }
  const invitation = readInvitation(ticket);
  if (user.email?.toLowerCase() !== invitation.email) {
    return { ok: false, reason: 'The invitation is for another e-mail address than that of this account.' };
  }
  if (invitation.connectionId !== undefined && invitation.connectionId !== connectionId) {
    return { ok: false, reason: 'The invitation is for another connection than that of this account.' };
  }
  return { ok: true, invitation };
}

/** What the completing commit does with an invitation that is followed; of two at once, one takes it. */
export function acceptance(
  { tenantId, id, organizationId = '' }: TicketRecord,
  { roleIds, appMetadata, userMetadata }: Invitation,
  userId: string,
  now: number,
): { changes: Change[]; logs: LogDraft[] } {
  const given: Change[] =
    appMetadata === undefined && userMetadata === undefined
      ? []
      : [
          {
            kind: 'user.merge-metadata',
            tenantId,
            id: userId,
            app: appMetadata ?? {},
            user: userMetadata ?? {},
            at: now,
          },
        ];
  return {
    changes: [
      { kind: 'ticket.take', tenantId, id, now },
      { kind: 'member.add', tenantId, organizationId, userId, roleIds },
      ...given,
    ],
    logs: [{ type: 'sui', description: 'Invitation accepted', details: { invitation: { id } } }],
  };
}
