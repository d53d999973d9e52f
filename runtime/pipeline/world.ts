// The rows around a login, read afresh at every step: while it waited, a user may have been blocked, a client removed, a
// factor switched off.
import type {
  AuthenticatorRecord,
  ClientRecord,
  ConnectionRecord,
  ConsentRecord,
  LoginDeviceRecord,
  OrganizationRecord,
  RefreshTokenRecord,
  RememberedBrowserRecord,
  ResourceServerRecord,
  RoleRecord,
  SessionRecord,
  TenantRecord,
  TicketRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Change, Store } from '#storage/store.ts';
import type { Person } from '../factors/factor.ts';
import { isAlive } from '../sessions/session.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import { isThirdParty } from './consent.ts';
import { judgeInvitation, readInvitation } from './invitation.ts';

export type World = {
  tenant: TenantRecord;
  client?: ClientRecord;
  connection?: ConnectionRecord;
  user?: UserRecord;
  authenticators: AuthenticatorRecord[];
  organization?: OrganizationRecord;
  isMember: boolean;
  /** What the person follows into the organization, if it is still there. */
  invitation?: TicketRecord;
  /** Names; in an organization those the member has there, or is about to have. */
  roles: string[];
  /** The session a login came from. */
  session?: SessionRecord;
  /** The refresh token a login came from, if it is still there. */
  refreshToken?: RefreshTokenRecord;
  /** What the person allowed the application before, where it needs to be asked. */
  consent?: ConsentRecord;
  /** The API that the application then wants to call. */
  api?: ResourceServerRecord;
  /** Browsers the person has completed logins with, last seen first. */
  devices: LoginDeviceRecord[];
  /** This browser, if the person asked that it be remembered. */
  remembered?: RememberedBrowserRecord;
};

/** `pending`: writes of the present step, among which may be the row of an account that is being made. */
export async function loadWorld(
  store: Store,
  tenant: TenantRecord,
  tx: LoginTransaction,
  pending: readonly Change[] = [],
): Promise<World> {
  const { subject, origin, request, tenantId } = tx;
  const { organizationId } = request;
  const userId = subject.kind === 'user' ? subject.userId : undefined;
  const { binding } = tx;
  const [
    client,
    connection,
    user,
    authenticators,
    organization,
    isMember,
    invitation,
    roles,
    session,
    refreshToken,
    devices,
    remembered,
  ] = await Promise.all([
    store.clients.find(tenantId, request.clientId),
    subject.kind === 'user' ? store.connections.find(tenantId, subject.connectionId) : undefined,
    userId === undefined
      ? undefined
      : (tx.draft ?? insertedUser(pending, userId) ?? store.users.find(tenantId, userId)),
    userId === undefined ? [] : store.authenticators.ofUser(tenantId, userId),
    organizationId === undefined ? undefined : store.organizations.find(tenantId, organizationId),
    organizationId === undefined || userId === undefined
      ? false
      : store.assignments.isMember(tenantId, organizationId, userId),
    request.invitationId === undefined ? undefined : store.tickets.find(tenantId, request.invitationId),
    userId === undefined ? [] : store.assignments.effectiveRolesOf(tenantId, userId, organizationId),
    origin.kind === 'session' ? store.sessions.find(tenantId, origin.sessionId) : undefined,
    origin.kind === 'refresh-token' ? store.refreshTokens.find(tenantId, origin.tokenId) : undefined,
    userId === undefined || binding === undefined ? [] : store.devices.ofUser(tenantId, userId),
    userId === undefined || binding === undefined
      ? undefined
      : store.rememberedBrowsers.find(tenantId, userId, binding),
  ]);
  const { audience } = request;
  const [consent, api] =
    userId !== undefined && client && isThirdParty(client)
      ? await Promise.all([
          store.consents.find(tenantId, userId, client.id, audience ?? ''),
          audience === undefined ? undefined : store.resourceServers.findByKey(tenantId, audience),
        ])
      : [];
  // Nobody is asked to hand on what they do not have.
  const isHeld = api?.settings.enforce_policies === true && userId !== undefined;
  const roleIds = roles.map(({ id }) => id);
  const held = isHeld ? await store.permissions.reaching(tenantId, api.id, userId, roleIds) : undefined;
  const scopes = held ? { scopes: api?.scopes.filter(({ value }) => held.includes(value)) ?? [] } : {};
  // Whether it is for this person is for the barrier, before any script is told.
  const promised = invitation && user && !isMember ? await rolesOf(store, invitation) : [];
  return {
    tenant,
    authenticators,
    isMember,
    devices,
    roles: [...roles, ...promised].map(({ name }) => name),
    ...(client ? { client } : {}),
    ...(connection ? { connection } : {}),
    ...(user ? { user } : {}),
    ...(organization ? { organization } : {}),
    ...(invitation ? { invitation } : {}),
    ...(session ? { session } : {}),
    ...(refreshToken ? { refreshToken } : {}),
    ...(consent ? { consent } : {}),
    ...(api ? { api: { ...api, ...scopes } } : {}),
    ...(remembered ? { remembered } : {}),
  };
}

/** Those that an invitation brings along. */
async function rolesOf(store: Store, ticket: TicketRecord): Promise<RoleRecord[]> {
  if (ticket.kind !== 'invitation') return [];
  const { roleIds } = readInvitation(ticket);
  const found = await Promise.all(roleIds.map((id) => store.roles.find(ticket.tenantId, id)));
  return found.filter((role) => role !== undefined);
}

function insertedUser(pending: readonly Change[], userId: string): UserRecord | undefined {
  for (const change of pending) if (change.kind === 'user.insert' && change.user.id === userId) return change.user;
  return undefined;
}

/** The world with an authenticator that this step has proved and not yet written. */
export function withEnrolled(world: World, changes: readonly Change[]): World {
  const made = changes.flatMap((change) => (change.kind === 'authenticator.insert' ? [change.authenticator] : []));
  const proved = changes.flatMap((change) => (change.kind === 'authenticator.confirm' ? [change.id] : []));
  if (made.length + proved.length === 0) return world;
  const known = world.authenticators.map((each) => (proved.includes(each.id) ? { ...each, confirmed: true } : each));
  return { ...world, authenticators: [...known, ...made] };
}

/** Why a login cannot go on in this world, if it cannot. */
export function barrier(tx: LoginTransaction, world: World, now: number): WorkInput | undefined {
  const bar = (
    code: 'access_denied' | 'unauthorized' | 'invalid_grant',
    reason: string,
    type: 'f' | 'fui' = 'f',
  ): WorkInput => {
    return { kind: 'barred', code, reason, logs: [{ type, description: reason }] };
  };
  // A reset by an administrator's link knows no application.
  if (!world.client && tx.request.reply.by !== 'page')
    return bar('access_denied', 'The application of this login no longer exists.');
  if (tx.subject.kind === 'none') return undefined;
  const { session } = world;
  if (tx.origin.kind === 'session' && !(session && isAlive(session, now)))
    return bar('access_denied', 'The session of this login has ended.');
  if (tx.origin.kind === 'refresh-token' && !world.refreshToken)
    return bar('invalid_grant', 'Unknown or invalid refresh token.');
  // An account that was linked to another meanwhile goes on: the script that linked it may be about to say to whom.
  if (!world.user) return bar('access_denied', 'The account of this login no longer exists.');
  if (world.user.blocked) return bar('unauthorized', 'user is blocked');
  const { organizationId, invitationId } = tx.request;
  if (organizationId === undefined || (world.organization && world.isMember)) return undefined;
  if (!world.organization || invitationId === undefined) {
    return bar('access_denied', `user ${world.user.id} is not part of the ${organizationId} organization`);
  }
  // Not a member yet: that is what the invitation is for.
  const judged = judgeInvitation(
    world.invitation,
    { organizationId, user: world.user, connectionId: tx.subject.connectionId },
    now,
  );
  return judged.ok ? undefined : bar('access_denied', judged.reason, 'fui');
}

/** The person whose factors are asked; only after `barrier` found nothing in the way. */
export function personOf(world: World): Person {
  if (!world.user) throw new Error('a step that needs a person was reached without one');
  return { tenant: world.tenant, user: world.user, authenticators: world.authenticators };
}
