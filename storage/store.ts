// What storage promises, whatever the database. Everybody reads and writes through this interface;
// `storage/conformance` (in test/) holds SQLite and PostgreSQL to the same lines.
// Longer than 300 lines because a promise is read where it is given, all of them in one place.
//
// Guarantees
//  1. `commit` is one short database transaction: all of its changes, or none. The first change whose guard fails
//     rolls the batch back and is named in the answer; nobody sees half a batch.
//  2. Every answer that says a write happened is durable.
//  3. A handle of a single use is taken once: of two commits that take it, one fails.
//  4. A transaction row is replaced only on the revision that was read, and claimed by one owner at a time; the lease
//     runs by the database's clock, so machines with wrong clocks cannot both hold it.
//  5. No row of one tenant is found through another tenant's id.
//  6. Secrets, keys, snapshots, message texts, results of executions and steps of logins are sealed at rest with tenant, table, row and column as associated
//     data: a sealed value copied to another place does not open.
import type { LogFilter } from './log-filter.ts';
import type {
  ActionRecord,
  ActionVersionRecord,
  AuthenticationConfigurationRecord,
  AuthenticationPolicyRecord,
  AuthenticatorRecord,
  AuthenticatorType,
  BindingRecord,
  BuildRecord,
  ClientGrantRecord,
  ClientRecord,
  ConnectionRecord,
  ConsentRecord,
  DiscoveryDomainRecord,
  ExecutionRecord,
  FormRecord,
  GroupRecord,
  HandleKind,
  HandleRecord,
  JobErrorRecord,
  JobPiece,
  JobPieceKind,
  JobRecord,
  JsonObject,
  KeptDocumentRecord,
  LeaseRecord,
  LoginBlockRecord,
  LoginDeviceRecord,
  LoginStepRecord,
  LogoutNoticeRecord,
  LogRecord,
  LogStreamLetter,
  LogStreamRecord,
  MessageOutcome,
  MessageRecord,
  MessageState,
  ModuleRecord,
  ModuleVersionRecord,
  OrganizationRecord,
  OwnerRecord,
  PageRecord,
  PasswordlessCodeRecord,
  ProviderRecord,
  PushRequestRecord,
  RefreshTokenRecord,
  RememberedBrowserRecord,
  ResourceServerRecord,
  RoleRecord,
  SecurityEventRecord,
  SessionEnd,
  SessionRecord,
  SigningKeyRecord,
  TenantRecord,
  TicketKind,
  TicketRecord,
  TokenExchangeProfileRecord,
  TransactionRecord,
  UserRecord,
} from './records.ts';
import type { UserFilter, UserOrder } from './user-filter.ts';

/** One write of a batch. Those with a guard say which; the others cannot fail. */
export type Change =
  | { kind: 'transaction.insert'; transaction: TransactionRecord }
  /** Guard: the row has `revision` and no running lease. The row's revision becomes `revision + 1`. */
  | { kind: 'transaction.claim'; tenantId: string; id: string; revision: number; owner: string; leaseSeconds: number }
  /** Guard: the row has `revision`. It becomes `transaction` (whose own `revision` is ignored) at `revision + 1`, lease gone. */
  | { kind: 'transaction.replace'; revision: number; transaction: TransactionRecord }
  /** `renews`: one with this key may be there, and now finds this. Guard, of a refresh token's key: the token exists. */
  | { kind: 'handle.insert'; handle: HandleRecord; renews?: true }
  /** Guard: the handle exists and has not expired at `now`. It is gone afterwards. */
  | { kind: 'handle.take'; tenantId: string; handleKind: HandleKind; key: string; now: number }
  /** Guard: the authenticator exists and its last accepted step is older than `step`. */
  | { kind: 'authenticator.accept-step'; tenantId: string; id: string; step: number }
  /** Guard: the authenticator exists. */
  | { kind: 'authenticator.used'; tenantId: string; id: string; at: number }
  /**
   * Guard: the authenticator has a credential whose counter is lower, or both are 0 (WebAuthn Level 3 §7.2, step 22: one
   * that does not grow was copied). Keeps the counter and whether the credential is backed up, and when it was used.
   */
  | { kind: 'authenticator.count'; tenantId: string; id: string; counter: number; backedUp: boolean; at: number }
  /**
   * Guard: the authenticator of this user exists and is not confirmed, and, with `beside`, the user has no confirmed one
   * but these.
   */
  | { kind: 'authenticator.confirm'; tenantId: string; id: string; userId: string; beside?: string[]; at: number }
  /** Guard: the authenticator exists; with `ifThere` there is none. */
  | { kind: 'authenticator.name'; tenantId: string; id: string; name: string; ifThere?: true }
  /** Guard: the device exists and the id is free. */
  | { kind: 'push-request.insert'; request: PushRequestRecord }
  /** Guard: the request is pending and has not expired at `at`. */
  | { kind: 'push-request.answer'; tenantId: string; id: string; state: 'approved' | 'refused'; at: number }
  /** Guard: none. A request that is pending is gone: nothing waits for its answer any more. */
  | { kind: 'push-request.withdraw'; tenantId: string; id: string }
  /**
   * Guard: the user exists, is not blocked and, where `passwordHash` names the hash that was proved, still has that one:
   * a password that changed meanwhile opens nothing. Counts a login.
   */
  | { kind: 'user.logged-in'; tenantId: string; id: string; at: number; ip: string; passwordHash?: string }
  /** Guard: the user exists. Key by key into the current row; null removes a key. */
  | { kind: 'user.merge-metadata'; tenantId: string; id: string; app: JsonObject; user: JsonObject; at: number }
  /** Writes only while the stored hash is still `from`; otherwise nothing happens. */
  | { kind: 'user.rehash'; tenantId: string; id: string; from: string; to: string }
  /** Guard: as `Users.insert`: neither the id nor, within its connection, e-mail, username or phone number is taken. */
  | { kind: 'user.insert'; user: UserRecord }
  /** Guard: the user exists and the id is free. `beside`: and the user has no confirmed authenticator but these. */
  | { kind: 'authenticator.insert'; authenticator: AuthenticatorRecord; beside?: string[] }
  /**
   * Inserts, or replaces the row of the same id. Guard: an existing row belongs to the same user, or to `formerUserId`
   * where the login was handed over to another account. `renews`: there must be one, so that a session that was revoked
   * meanwhile does not come back.
   */
  | { kind: 'session.put'; session: SessionRecord; formerUserId?: string; renews?: true }
  /** Ends it, as every end of a session does (see `Sessions`). No guard. */
  | { kind: 'session.remove'; tenantId: string; id: string; because: SessionEnd }
  /** The same. Guard: the session exists. */
  | { kind: 'session.end'; tenantId: string; id: string; because: SessionEnd }
  /**
   * Guard: the user and the client exist and the id is free. Of more than two hundred of one user and client the oldest
   * go, with the handles that find them.
   */
  | { kind: 'refresh-token.insert'; token: RefreshTokenRecord }
  /**
   * Guard: the row exists at `generation`. It becomes `token`. Where its generation rises, handles of kind `refresh-token`
   * for generations fifty or more before it are gone.
   */
  | { kind: 'refresh-token.replace'; generation: number; token: RefreshTokenRecord }
  /** With the handles that find it. No guard. */
  | { kind: 'refresh-token.remove'; tenantId: string; id: string }
  /** Those that came from logins in one session, with the handles that find them. No guard. */
  | { kind: 'refresh-token.remove-of-session'; tenantId: string; userId: string; sessionId: string }
  /** Guard: the id is free, and the user it names, if any, exists. */
  | { kind: 'ticket.insert'; ticket: TicketRecord }
  /** Guard: the row has `revision`. It becomes `ticket` (whose own `revision` is ignored) at `revision + 1`. */
  | { kind: 'ticket.replace'; revision: number; ticket: TicketRecord }
  /** Guard: the ticket exists and has not expired at `now`. It is gone afterwards, with the handles that find it. */
  | { kind: 'ticket.take'; tenantId: string; id: string; now: number }
  /** Inserts, or adds the scopes to the row of the same user, client and audience. Guard: user and client exist. */
  | { kind: 'consent.grant'; consent: ConsentRecord }
  /**
   * Guard: the user exists and, where `from` is given, still has that hash. Sets the new one and ends everything that is
   * open for the user (as `Users.endLogins`), but not the transaction `except`, which is the one that sets it.
   */
  | {
      kind: 'user.set-password';
      tenantId: string;
      id: string;
      passwordHash: string;
      from?: string;
      /** How many hashes of former passwords stay, the one that is replaced among them; the others are forgotten. */
      keep?: number;
      at: number;
      except?: string;
    }
  /** Guard: the user exists. The address, where it is still this one, is verified. */
  | { kind: 'user.verify-email'; tenantId: string; id: string; email: string; at: number }
  /** Guard: the user exists. The phone number, where it is still this one, is verified. */
  | { kind: 'user.verify-phone'; tenantId: string; id: string; phoneNumber: string; at: number }
  /** Guard: the member is none yet, or is one: both are fine; the organization and the user exist. Roles that are gone are left out. */
  | { kind: 'member.add'; tenantId: string; organizationId: string; userId: string; roleIds: string[] }
  /** Guard: the authenticator exists and its secret is still `from`. Of a recovery code: used once (`at`), and replaced. */
  | { kind: 'authenticator.replace-secret'; tenantId: string; id: string; from: string; to: string; at: number }
  /** Inserts, or renews what was seen last of this browser and user agent. No guard but that the user exists. */
  | { kind: 'device.seen'; device: LoginDeviceRecord }
  /** Inserts or replaces the row of this user and browser. No guard but that the user exists. */
  | { kind: 'browser.remember'; browser: RememberedBrowserRecord }
  | { kind: 'attempt.refund'; tenantId: string; key: string; refillSeconds: number }
  /** Forgets failed logins by these names, from one network or from everywhere. No guard. */
  | { kind: 'login-block.lift'; tenantId: string; identifiers: string[]; network?: string }
  /** In place of the one that the address had. No guard. */
  | { kind: 'passwordless-code.put'; code: PasswordlessCodeRecord }
  /** Guard: this one is still the address's own and has not expired at `now`. It is gone afterwards. */
  | ({ kind: 'passwordless-code.spend'; now: number } & PasswordlessCodeKey)
  /** Of one that was never delivered: if it is still the address's own, it is gone. No guard. */
  | ({ kind: 'passwordless-code.void' } & PasswordlessCodeKey)
  | { kind: 'message.insert'; message: MessageRecord }
  /**
   * Ends an attempt, the one of this number. Guard: nobody has ended it; but who made it may still say how it ended when
   * it is held for lost, and a message that is never attempted again fails where it stands. `kept`: the words as they went
   * out stay readable (dev inbox); otherwise text, code and all that the message was made of are erased, unless it is to be
   * tried again.
   */
  | { kind: 'message.settle'; tenantId: string; id: string; attempt: number; end: MessageEnd }
  | { kind: 'log.insert'; log: LogRecord }
  | { kind: 'security-event.insert'; event: SecurityEventRecord }
  /** Blocks the user and ends everything that is open for them, but not the transaction `except`. No guard. */
  | { kind: 'user.block'; tenantId: string; id: string; at: number; except?: string }
  | { kind: 'execution.insert'; execution: ExecutionRecord }
  /** Guard: the login has no step of this ordinal. */
  | { kind: 'login-step.insert'; step: LoginStepRecord };

type PasswordlessCodeKey = Pick<PasswordlessCodeRecord, 'tenantId' | 'connectionId' | 'address' | 'id'>;

/**
 * What may be had only so often. `window`: at most `most` in any `seconds`, wherever they begin. `bucket`: as one of
 * `takeAttempt`. `count`: at most `most` until `until`; whoever takes it gives a key that holds till then.
 */
export type Allowance =
  | { kind: 'window'; key: string; most: number; seconds: number }
  | { kind: 'bucket'; key: string; capacity: number; refillSeconds: number }
  | { kind: 'count'; key: string; most: number; until: number };

/** `counts`: of each, how many are used now. `refused`: the first that has none left, by its place in the list. */
export type AllowancesTaken =
  | { taken: true; counts: number[] }
  | { taken: false; refused: number; retryAfterSeconds: number };

export type Committed = { ok: true } | { ok: false; failed: Change };

export type Page = { offset: number; limit: number };
export type Listed<T> = { records: T[]; total: number };

/** Rows of one configuration family of a tenant, found by id, by their natural key or by what they hang on. */
export interface Collection<T> {
  /** `conflict`: the natural key (a name, an identifier) or the id is taken. */
  insert(record: T): Promise<'inserted' | 'conflict'>;
  find(tenantId: string, id: string): Promise<T | undefined>;
  /** By the family's natural key; for families without one always undefined. */
  findByKey(tenantId: string, key: string): Promise<T | undefined>;
  /** In the order of creation. `parent` narrows to what hangs on it (see each collection below). */
  /** `parent: null`: what hangs on nothing. */
  list(tenantId: string, options?: { parent?: string | null; page?: Page }): Promise<Listed<T>>;
  /** Reads, edits and writes back in one database transaction. `edit` may be called twice. */
  update(tenantId: string, id: string, edit: (current: T) => T): Promise<T | 'missing' | 'conflict'>;
  remove(tenantId: string, id: string): Promise<boolean>;
}

/** Somebody whom a job writes. */
export type Newcomer = {
  user: UserRecord;
  authenticators: readonly AuthenticatorRecord[];
  /**
   * Another user has the id, or what this one signs in with: what becomes of that one, or why nothing does. It may be asked
   * twice.
   */
  meet(existing: UserRecord): UserRecord | JobErrorRecord['errors'];
};

/** What became of a newcomer. */
export type Arrived = 'inserted' | 'updated' | JobErrorRecord['errors'];

/** One step of a job, in one database transaction: a crash leaves it whole or undone, hence nobody is written twice or lost. */
export type JobStep = {
  /** Users to be written whose positions it works through; they go with it. */
  takes?: readonly number[];
  newcomers?: readonly Newcomer[];
  /** What the job is from then on, and what the step leaves behind. It may be asked twice. */
  conclude(
    job: JobRecord,
    arrived: readonly Arrived[],
  ): { job: JobRecord; adds?: { kind: JobPieceKind; pieces: readonly JobPiece[] } };
};

export type UserQuery = {
  /** Exact, without regard to case. */
  email?: string;
  connection?: string;
  /** Those that are linked to another, in place of those that are not. */
  linked?: true;
  page?: Page;
};

export type UserSearch = {
  where?: UserFilter;
  /** In the order of creation without it. */
  order?: UserOrder;
  page: Page;
  /** Whether it is said how many there are; else `total` is a lower bound. */
  totals: boolean;
};

/**
 * Those who have neither a confirmed authenticator of `types` nor, with `mailbox`, a verified e-mail address. Of the users
 * that lists have and that are not blocked; with `having` only of those with a confirmed authenticator of these types.
 */
export type LackingQuery = {
  types: readonly AuthenticatorType[];
  mailbox: boolean;
  having?: readonly AuthenticatorType[];
  /** How many are named. */
  examples: number;
};

export interface Users {
  /**
   * `conflict`: the id, or e-mail, username or phone number within its connection, is taken, or `linkedTo` names no
   * other account.
   */
  insert(user: UserRecord): Promise<'inserted' | 'conflict'>;
  /** Accounts linked to another are found too; lists, of any kind, leave them out where they do not ask for them. */
  find(tenantId: string, id: string): Promise<UserRecord | undefined>;
  /** Who signs in to `connection` with this text: an e-mail address (any case), a username or a phone number. */
  findByIdentifier(tenantId: string, connection: string, identifier: string): Promise<UserRecord | undefined>;
  list(tenantId: string, query: UserQuery): Promise<Listed<UserRecord>>;
  /** `too-slow`: so much would have to be read for it that it was given up. */
  search(tenantId: string, query: UserSearch): Promise<Listed<UserRecord> | 'too-slow'>;
  /**
   * For whoever goes through all of them: those of lists, in the order of creation, behind a place in it. `last` is the place
   * of the last one; absent when there is nobody.
   */
  following(
    tenantId: string,
    from: { connection?: string; after?: number; limit: number },
  ): Promise<{ users: UserRecord[]; last?: number }>;
  update(
    tenantId: string,
    id: string,
    edit: (current: UserRecord) => UserRecord,
  ): Promise<UserRecord | 'missing' | 'conflict'>;
  /** Counts who could not show what is asked for, and names some of them, in the order of creation. */
  lacking(tenantId: string, query: LackingQuery): Promise<{ users: number; lacking: number; examples: UserRecord[] }>;
  /**
   * Removes the user with authenticators, memberships, roles, groups, known and remembered browsers, sessions, handles
   * and open logins, and in the same way the accounts that are linked to it. What was recorded of their logins for replays
   * goes too.
   */
  remove(tenantId: string, id: string): Promise<boolean>;
  /**
   * Ends what is open: transactions not finished, their handles, sessions and theirs, refresh tokens and theirs, tickets
   * and theirs, push requests, and forgets remembered browsers. A changed password and a block call this.
   */
  endLogins(tenantId: string, id: string, because: SessionEnd): Promise<void>;
}

/**
 * A session that ends, whoever ends it, goes with the handles that find it; and in the same database transaction each
 * application of the session that is to be told of such an end gets a notice.
 */
export interface Sessions {
  find(tenantId: string, id: string): Promise<SessionRecord | undefined>;
  /** Newest first, those that have run out but were not yet swept included. */
  ofUser(tenantId: string, userId: string, page: Page): Promise<Listed<SessionRecord>>;
  /** Reads, edits and writes back in one database transaction. */
  update(
    tenantId: string,
    id: string,
    edit: (current: SessionRecord) => SessionRecord,
  ): Promise<SessionRecord | 'missing'>;
  /** False when there was none. */
  remove(tenantId: string, id: string, because: SessionEnd): Promise<boolean>;
  /** Every session of the user; returns how many. */
  removeOfUser(tenantId: string, userId: string, because: SessionEnd): Promise<number>;
}

export interface Authenticators {
  insert(authenticator: AuthenticatorRecord): Promise<'inserted' | 'conflict'>;
  find(tenantId: string, id: string): Promise<AuthenticatorRecord | undefined>;
  /** By the id of its credential. */
  findByCredential(tenantId: string, credentialId: string): Promise<AuthenticatorRecord | undefined>;
  /** Oldest first. */
  ofUser(tenantId: string, userId: string): Promise<AuthenticatorRecord[]>;
  update(
    tenantId: string,
    id: string,
    edit: (current: AuthenticatorRecord) => AuthenticatorRecord,
  ): Promise<AuthenticatorRecord | 'missing'>;
  /**
   * With the last confirmed second factor of a user (a passkey is none) the recovery code goes too: it stands for nothing.
   * With any that was confirmed go the browsers that were remembered.
   */
  remove(tenantId: string, id: string): Promise<boolean>;
}

/** Pairs of ids: who has which role, who is a member where. Adding twice and removing what is not there are fine. */
export interface Assignments {
  addRoles(tenantId: string, userId: string, roleIds: string[]): Promise<void>;
  removeRoles(tenantId: string, userId: string, roleIds: string[]): Promise<void>;
  /** Roles of a user; with `organizationId` those the member has there. */
  rolesOf(tenantId: string, userId: string, organizationId?: string): Promise<RoleRecord[]>;
  usersOf(tenantId: string, roleId: string, page: Page): Promise<Listed<UserRecord>>;
  addMembers(tenantId: string, organizationId: string, userIds: string[]): Promise<void>;
  removeMembers(tenantId: string, organizationId: string, userIds: string[]): Promise<void>;
  isMember(tenantId: string, organizationId: string, userId: string): Promise<boolean>;
  membersOf(tenantId: string, organizationId: string, page: Page): Promise<Listed<UserRecord>>;
  organizationsOf(tenantId: string, userId: string, page: Page): Promise<Listed<OrganizationRecord>>;
  /** Roles are dropped with the membership. */
  addMemberRoles(tenantId: string, organizationId: string, userId: string, roleIds: string[]): Promise<void>;
  removeMemberRoles(tenantId: string, organizationId: string, userId: string, roleIds: string[]): Promise<void>;
  /** Members in the order in which they joined: those behind a place, or who joined after a moment. */
  membersBehind(
    tenantId: string,
    organizationId: string,
    from: { place?: number; since?: number },
    limit: number,
  ): Promise<{ user: UserRecord; place: number; joinedAt: number }[]>;
  membersWithRole(tenantId: string, organizationId: string, roleId: string, page: Page): Promise<Listed<UserRecord>>;
  /** Roles of groups: in an organization, or outside of all. */
  addGroupRoles(
    tenantId: string,
    groupIds: readonly string[],
    roleIds: readonly string[],
    organizationId?: string,
  ): Promise<void>;
  removeGroupRoles(
    tenantId: string,
    groupIds: readonly string[],
    roleIds: readonly string[],
    organizationId?: string,
  ): Promise<void>;
  rolesOfGroup(tenantId: string, groupId: string, organizationId?: string): Promise<RoleRecord[]>;
  groupsWithRole(tenantId: string, roleId: string, page: Page, organizationId?: string): Promise<Listed<GroupRecord>>;
  /** Own roles and those of groups; with `organizationId` those that hold for the member there. */
  effectiveRolesOf(tenantId: string, userId: string, organizationId?: string): Promise<RoleRecord[]>;
  addToGroup(tenantId: string, groupId: string, userIds: string[], at: number): Promise<void>;
  removeFromGroup(tenantId: string, groupId: string, userIds: string[]): Promise<void>;
  /** In the order in which the groups were made, with when the user joined. */
  groupsOf(tenantId: string, userId: string, page: Page): Promise<Listed<{ group: GroupRecord; joinedAt: number }>>;
  inGroup(tenantId: string, groupId: string, page: Page): Promise<Listed<UserRecord>>;
}

/** A scope of an API that a role or a person has. It goes with the API. */
export type Permission = { apiId: string; scope: string };

export interface Permissions {
  addToRole(tenantId: string, roleId: string, permissions: readonly Permission[]): Promise<void>;
  removeFromRole(tenantId: string, roleId: string, permissions: readonly Permission[]): Promise<void>;
  /** In the order in which they were given. */
  ofRole(tenantId: string, roleId: string): Promise<Permission[]>;
  addToUser(tenantId: string, userId: string, permissions: readonly Permission[]): Promise<void>;
  removeFromUser(tenantId: string, userId: string, permissions: readonly Permission[]): Promise<void>;
  /** Those of the user, then those of the user's roles outside of organizations: one for each way to have it. */
  ofUser(tenantId: string, userId: string): Promise<(Permission & { roleId?: string })[]>;
  /** Scopes of an API that the user has directly or by one of these roles. */
  reaching(tenantId: string, apiId: string, userId: string, roleIds: readonly string[]): Promise<string[]>;
  /** Takes away those whose scope the API does not offer any more. */
  keepOnly(tenantId: string, apiId: string, scopes: readonly string[]): Promise<void>;
}

/** What an organization holds beside its members. Either end takes the pair with it. */
export interface Holdings {
  /** False where it is there already, or one of the two is not. */
  addGrant(tenantId: string, organizationId: string, grantId: string): Promise<boolean>;
  removeGrant(tenantId: string, organizationId: string, grantId: string): Promise<boolean>;
  grantsOf(tenantId: string, organizationId: string): Promise<ClientGrantRecord[]>;
  organizationsOfGrant(tenantId: string, grantId: string, page: Page): Promise<Listed<OrganizationRecord>>;
  /** One that is there already is changed. */
  putClients(
    tenantId: string,
    organizationId: string,
    clients: readonly { clientId: string; memberAccess: boolean }[],
  ): Promise<void>;
  removeClients(tenantId: string, organizationId: string, clientIds: readonly string[]): Promise<void>;
  clientsOf(
    tenantId: string,
    organizationId: string,
    page: Page,
  ): Promise<Listed<{ client: ClientRecord; memberAccess: boolean }>>;
  /** Of those organizations that hold the client: whether their members have access by it. */
  memberAccess(
    tenantId: string,
    clientId: string,
    organizationIds: readonly string[],
  ): Promise<ReadonlyMap<string, boolean>>;
}

/** How an attempt to deliver ended. */
export type MessageEnd =
  | { state: 'delivered' | 'failed' | 'unconfirmed'; outcome: MessageOutcome; kept?: MessageWords }
  | { state: 'pending'; outcome: MessageOutcome; retryAt: number };

/** The words of a message as they went out. */
export type MessageWords = {
  text: string;
  /** `from`: in place of the address that the tenant's provider is set to. */
  mail?: { subject: string; html?: string; from?: string };
};

export type MessageReference = Pick<MessageRecord, 'tenantId' | 'id'>;

export type MessageQuery = {
  to?: string;
  state?: MessageState;
  channel?: MessageRecord['channel'];
  page: Page;
};

export type LogQuery = {
  type?: string;
  /** Any of these. */
  types?: readonly string[];
  userId?: string;
  clientId?: string;
  /** Checkpoint: ids greater than this, oldest first. */
  after?: string;
  order: 'newest' | 'oldest';
  page: Page;
};

export type LogSearch = { where?: LogFilter; order: 'newest' | 'oldest'; page: Page };

export type SecurityEventQuery = {
  id?: string;
  /** Any of these. */
  types?: readonly string[];
  /** Milliseconds, both inclusive. */
  from?: number;
  to?: number;
  clientId?: string;
  userId?: string;
  externalUserId?: string;
  /** A part of it, in any case. */
  userName?: string;
  ip?: string;
  /** A part of it, in any case. */
  userAgent?: string;
  /** Dotted paths in `detail` with their texts; `any`: a number or a truth value of that text is meant as well. */
  details?: readonly { path: string; value: string; any: boolean }[];
  page: Page;
};

export type ExecutionQuery = {
  /** Executions in which this Action ran. */
  actionId?: string;
  transactionId?: string;
  userId?: string;
  /** Only what is older than this checkpoint, the `next` of an earlier answer. */
  before?: number;
  limit: number;
};

export type LoginQuery = {
  userId?: string;
  /** Only what was moved before this checkpoint, the `next` of an earlier answer. */
  before?: number;
  limit: number;
};

export interface Store {
  commit(changes: Change[]): Promise<Committed>;

  owners: {
    insert(owner: OwnerRecord): Promise<'inserted' | 'conflict'>;
    /** By id or by name. */
    find(idOrName: string): Promise<OwnerRecord | undefined>;
    list(): Promise<OwnerRecord[]>;
  };
  tenants: {
    /** `conflict`: id, name, or host and path of the base URL are taken. */
    insert(tenant: TenantRecord): Promise<'inserted' | 'conflict'>;
    /** By id or by name. */
    find(idOrName: string): Promise<TenantRecord | undefined>;
    /** By the host (with port) of the base URL, with the path where it has one: `auth.example/acme`. */
    findByHost(host: string): Promise<TenantRecord | undefined>;
    ofOwner(ownerId: string): Promise<TenantRecord[]>;
    update(id: string, edit: (current: TenantRecord) => TenantRecord): Promise<TenantRecord | 'missing' | 'conflict'>;
    /** No tenant at all: the database is new. */
    isEmpty(): Promise<boolean>;
  };
  /** Key: none. Parent: the identifier of the API that the client is. */
  clients: Collection<ClientRecord>;
  /** Key: name. */
  connections: Collection<ConnectionRecord>;
  /** Key: identifier. */
  resourceServers: Collection<ResourceServerRecord>;
  /** Key: client and audience, `<clientId> <audience>`; one for people has `user` and a line break before it. Parent: client. */
  clientGrants: Collection<ClientGrantRecord>;
  /** Key: name; one of an organization's own is unique there. Parent: the organization. Removing one removes its assignments. */
  roles: Collection<RoleRecord>;
  /** Key: name. Removing one removes its memberships, roles and domains, and its tickets with the handles that find them. */
  organizations: Collection<OrganizationRecord>;
  /** Key: domain. Parent: organization. */
  discoveryDomains: Collection<DiscoveryDomainRecord>;
  /** Key: none. */
  actions: Collection<ActionRecord>;
  /** Key: none. Parent: Action. */
  actionVersions: Collection<ActionVersionRecord>;
  /** Key: name. */
  modules: Collection<ModuleRecord>;
  /** Key: module and number, `<moduleId> <number>`. Parent: module. */
  moduleVersions: Collection<ModuleVersionRecord>;
  /** Key: none. Parent: connection, or organization, if it has one. Removing one removes its memberships. */
  groups: Collection<GroupRecord>;
  /** Key: none. */
  forms: Collection<FormRecord>;
  /** Key: kind and name, `<kind> <name>`. Parent: kind. */
  pages: Collection<PageRecord>;
  /** Key: name. */
  providers: Collection<ProviderRecord>;
  /** Key: the type. */
  authenticationConfigurations: Collection<AuthenticationConfigurationRecord>;
  /** Key: the flow. */
  authenticationPolicies: Collection<AuthenticationPolicyRecord>;
  securityEvents: {
    find(tenantId: string, id: string): Promise<SecurityEventRecord | undefined>;
    /** Newest first. */
    list(tenantId: string, query: SecurityEventQuery): Promise<Listed<SecurityEventRecord>>;
  };
  /** Key: the type of the tokens it is for. Parent: Action. */
  tokenExchangeProfiles: Collection<TokenExchangeProfileRecord>;
  /** Key: kind and name. Parent: kind. */
  keptDocuments: Collection<KeptDocumentRecord>;
  /**
   * Key: none. Every log line that is written is put down, in the same database transaction, for each stream of its tenant
   * that is of a type that is sent, and stays so until it is told to have arrived; the sweep forgets it after thirty days.
   */
  logStreams: Collection<LogStreamRecord> & {
    /** Of all tenants, those that are active and have lines waiting, in the order of creation. */
    waiting(): Promise<LogStreamRecord[]>;
    /** What waits for one, in the order of the lines. */
    lines(tenantId: string, id: string, limit: number): Promise<LogRecord[]>;
    /** These have arrived. */
    arrived(tenantId: string, id: string, logIds: string[]): Promise<void>;
    /** Forgets what waits, and begins with the lines that were written at `from` or later. */
    restart(tenantId: string, id: string, from: number): Promise<void>;
    /** These wait no more: they are letters, until they are sent again, dropped, or thirty days old. */
    setAside(tenantId: string, id: string, logIds: string[], error: string): Promise<void>;
    /** In the order of the lines. */
    letters(tenantId: string, id: string, page: Page): Promise<Listed<LogStreamLetter>>;
    /** Letters wait again: these, or all. Returns how many there were. */
    redeliver(tenantId: string, id: string, logIds?: string[]): Promise<number>;
    /** Forgets letters: these, or all. Returns how many there were. */
    dropLetters(tenantId: string, id: string, logIds?: string[]): Promise<number>;
    /** `oldestAt`: when the line that waits for longest was put down. */
    backlog(tenantId: string, id: string): Promise<{ waiting: number; oldestAt?: number; letters: number }>;
  };
  /** Key: none. Removed by the sweep, a week after its last update. */
  jobs: Collection<JobRecord> & {
    /** Of all tenants, those under way without a sign of life since `before`: their process is gone. */
    abandoned(before: number, limit: number): Promise<JobRecord[]>;
    /** How many of a tenant's jobs of one type are under way. */
    underWay(tenantId: string, type: JobRecord['type']): Promise<number>;
    /** A piece whose place is taken stays as it is. Pieces may be there before their job; without one they go after a day. */
    addPieces(tenantId: string, id: string, kind: JobPieceKind, pieces: readonly JobPiece[]): Promise<void>;
    /** In their order, those behind `after`. */
    pieces(
      tenantId: string,
      id: string,
      kind: JobPieceKind,
      from: { after?: number; limit: number },
    ): Promise<JobPiece[]>;
    /** All of a job's. */
    removePieces(tenantId: string, id: string): Promise<void>;
    /** One step of a job, whole or not at all. `gone`: the job is over, or somebody else did this step. */
    advance(tenantId: string, id: string, step: JobStep): Promise<JobRecord | 'gone'>;
  };
  /** Key: none. One that no Action and no version names is removed by the sweep, an hour after its last update. */
  builds: Collection<BuildRecord>;
  bindings: {
    /** In execution order. */
    list(tenantId: string, triggerId: string): Promise<BindingRecord[]>;
    /** Replaces the whole list of the trigger. */
    replace(tenantId: string, triggerId: string, bindings: BindingRecord[]): Promise<void>;
    /** Bindings of one Action, on every trigger. */
    ofAction(tenantId: string, actionId: string): Promise<BindingRecord[]>;
  };
  users: Users;
  authenticators: Authenticators;
  assignments: Assignments;
  permissions: Permissions;
  holdings: Holdings;
  signingKeys: {
    /** `conflict`: the id, or the place `current` or `next` of its algorithm, is taken. */
    insert(key: SigningKeyRecord): Promise<'inserted' | 'conflict'>;
    /** Newest first, revoked ones included. */
    list(tenantId: string): Promise<SigningKeyRecord[]>;
    /** Gives a key that was made without a certificate its public half with one. Nothing happens when it has one. */
    certify(key: SigningKeyRecord, publicJwk: JsonObject): Promise<void>;
    /**
     * Next becomes current, current becomes previous and `fresh` is next, of one algorithm and in one database transaction;
     * of two at once one follows the other. Of the previous ones the last ten are kept.
     */
    rotate(fresh: SigningKeyRecord, at: number): Promise<void>;
    /** Revokes `id`. Where it was current, `fresh` is rotated in; where it was next, `fresh` takes its place. */
    revoke(id: string, fresh: SigningKeyRecord, at: number): Promise<SigningKeyRecord | 'missing'>;
  };

  transactions: {
    find(tenantId: string, id: string): Promise<{ transaction: TransactionRecord; lease?: LeaseRecord } | undefined>;
    /** Extends a lease that `owner` still holds at `revision`; false when it has lost it. */
    renew(tenantId: string, id: string, revision: number, owner: string, leaseSeconds: number): Promise<boolean>;
  };
  handles: {
    /** What a plain key finds, expired or not; undefined when there is no such handle of that kind in this tenant. */
    find(tenantId: string, kind: HandleKind, key: string): Promise<HandleRecord | undefined>;
    remove(tenantId: string, kind: HandleKind, key: string): Promise<void>;
  };
  sessions: Sessions;
  refreshTokens: {
    find(tenantId: string, id: string): Promise<RefreshTokenRecord | undefined>;
    /** Newest first. `clientId` narrows to one application's. */
    ofUser(
      tenantId: string,
      userId: string,
      query: { page: Page; clientId?: string },
    ): Promise<Listed<RefreshTokenRecord>>;
    /** Reads, edits and writes back in one database transaction. */
    update(
      tenantId: string,
      id: string,
      edit: (current: RefreshTokenRecord) => RefreshTokenRecord,
    ): Promise<RefreshTokenRecord | 'missing'>;
    /** With the handles that find it; false when there was none. */
    remove(tenantId: string, id: string): Promise<boolean>;
    /**
     * Of one user, with their handles: all of them, or those of one application, session or audience (empty: of none);
     * returns how many.
     */
    removeOfUser(
      tenantId: string,
      userId: string,
      of?: { clientId?: string; sessionId?: string; audience?: string },
    ): Promise<number>;
  };
  /** Removed by the sweep, a day after they expired. */
  pushRequests: {
    find(tenantId: string, id: string): Promise<PushRequestRecord | undefined>;
    /** Those of a device that are pending and have not expired at `now`, newest first, at most ten. */
    pending(tenantId: string, deviceId: string, now: number): Promise<PushRequestRecord[]>;
  };
  tickets: {
    /** What a plain key finds by a handle of `kind`, expired or not. */
    findByKey(tenantId: string, kind: TicketKind | 'user-code', key: string): Promise<TicketRecord | undefined>;
    find(tenantId: string, id: string): Promise<TicketRecord | undefined>;
    /** Those of one kind and organization that have not expired at `now`, in the order of creation. */
    ofOrganization(
      tenantId: string,
      organizationId: string,
      query: { kind: TicketKind; page: Page; order: 'newest' | 'oldest'; now: number },
    ): Promise<Listed<TicketRecord>>;
  };
  consents: {
    find(tenantId: string, userId: string, clientId: string, audience: string): Promise<ConsentRecord | undefined>;
    /** In the order of creation. */
    list(
      tenantId: string,
      query: { userId?: string; clientId?: string; audience?: string; page: Page },
    ): Promise<Listed<ConsentRecord>>;
    /** With the refresh tokens of this user for this client and audience; false when there was none. */
    remove(tenantId: string, id: string): Promise<boolean>;
    /** All of a user's, in the same way; returns how many. */
    removeOfUser(tenantId: string, userId: string): Promise<number>;
  };
  logoutNotices: {
    /** Due at `now` and not expired, the longest due first: `most` of all tenants, and `ofOneTenant` of each. */
    due(now: number, limit: { most: number; ofOneTenant: number }): Promise<LogoutNoticeRecord[]>;
    /** Takes one for a try, by one sender: counts the try and puts it off until `dueAt`. False: somebody else has it. */
    claim(tenantId: string, id: string, tries: number, dueAt: number): Promise<boolean>;
    remove(tenantId: string, id: string): Promise<void>;
  };
  /**
   * Whether `key` is seen for the first time: one atomic statement. It is remembered until `until`, so that an assertion
   * or a proof that was used cannot be used again.
   */
  once(tenantId: string, key: string, until: number, now: number): Promise<boolean>;
  /** Puts a bucket of `takeAttempt` back to full. */
  clearAttempts(tenantId: string, key: string): Promise<void>;
  /** Browsers people have completed logins with. The sweep removes those not seen for 90 days. */
  devices: {
    /** Last seen first, at most 100. */
    ofUser(tenantId: string, userId: string): Promise<LoginDeviceRecord[]>;
  };
  /** Browsers that are asked for no second factor. The sweep removes those renewed more than 30 days ago. */
  rememberedBrowsers: {
    find(tenantId: string, userId: string, device: string): Promise<RememberedBrowserRecord | undefined>;
    /** Last seen first, at most 100. */
    ofUser(tenantId: string, userId: string): Promise<RememberedBrowserRecord[]>;
    /** Forgets all of a user's, or the one of `device`. */
    clear(tenantId: string, userId: string, device?: string): Promise<void>;
  };
  /**
   * Takes one attempt from a persisted bucket of `capacity` that gains one every `refillSeconds`: one atomic
   * statement, so that parallel guesses cannot share an attempt.
   */
  takeAttempt(
    tenantId: string,
    key: string,
    bucket: { capacity: number; refillSeconds: number },
    now: number,
  ): Promise<{ taken: true } | { taken: false; retryAfterSeconds: number }>;
  /**
   * Takes one of each of these, or of none: one database transaction, so that of many at once no more get through than
   * there are. No two of them have one kind and key.
   */
  takeAllowances(tenantId: string, allowances: Allowance[], now: number): Promise<AllowancesTaken>;
  /** Whether a bucket of `takeAttempt` has no attempt left. Takes none. */
  isExhausted(
    tenantId: string,
    key: string,
    bucket: { capacity: number; refillSeconds: number },
    now: number,
  ): Promise<boolean>;
  /** Failed logins in a row. A new password and a block by an administrator forget those of the user. */
  loginBlocks: {
    /**
     * Counts one more failed login by `identifier` from `network` (empty: from anywhere), before it is known whether it
     * fails: one atomic statement. All of them are forgotten at `until`, which every try puts off.
     * @returns how many there are now; undefined, and nothing is counted, when there were `most` already.
     */
    count(
      tenantId: string,
      failure: { identifier: string; network: string; most: number; until: number },
      now: number,
    ): Promise<number | undefined>;
    /** Those with `least` failures or more, last failed first, at most 1000. */
    list(tenantId: string, identifiers: string[], query: { least: number; now: number }): Promise<LoginBlockRecord[]>;
  };
  /** What passwordless connections have sent: one for each address. */
  passwordlessCodes: {
    find(tenantId: string, connectionId: string, address: string): Promise<PasswordlessCodeRecord | undefined>;
    /**
     * Counts one more try at it, before anything is compared: one atomic statement. Undefined, and nothing is counted:
     * there is none, it has expired, or there were `most` tries already.
     */
    tryOne(
      tenantId: string,
      connectionId: string,
      address: string,
      most: number,
      now: number,
    ): Promise<PasswordlessCodeRecord | undefined>;
  };
  messages: {
    find(tenantId: string, id: string): Promise<MessageRecord | undefined>;
    /** That which the provider knows by this name. */
    findByReference(tenantId: string, reference: string): Promise<MessageRecord | undefined>;
    /**
     * Those that somebody has to set out with: written before `before` and never attempted, or due to be tried again by
     * `now`. In the order they were written, of all tenants but those in `except`.
     */
    due(when: { before: number; now: number; except?: string[] }, limit: number): Promise<MessageReference[]>;
    /**
     * Writes an attempt down before it is made. Undefined: it is over, it has run out, it is to be tried later, or somebody
     * else is at it.
     */
    attempt(tenantId: string, id: string, now: number): Promise<MessageRecord | undefined>;
    /**
     * What a provider told us since: with a `code`, a message that it had taken failed; with a `status`, it has one of which
     * that was not known. False: there is no such message any more.
     */
    tell(
      tenantId: string,
      id: string,
      news: Pick<MessageOutcome, 'status' | 'cost' | 'code' | 'detail'>,
    ): Promise<boolean>;
    /** Attempts that were begun before `before` and whose end nobody wrote, of all tenants. */
    lost(before: number, limit: number): Promise<MessageReference[]>;
    /** What was kept. Newest first; `to` exact. */
    inbox(tenantId: string, to: string | undefined, limit: number): Promise<MessageRecord[]>;
    /** What operators see, newest first. */
    list(tenantId: string, query: MessageQuery): Promise<Listed<MessageRecord>>;
  };
  logs: {
    find(tenantId: string, id: string): Promise<LogRecord | undefined>;
    list(tenantId: string, query: LogQuery): Promise<Listed<LogRecord>>;
    /** Behind a checkpoint, oldest first. */
    following(tenantId: string, query: { after?: string; limit: number }): Promise<LogRecord[]>;
    /** `too-slow`: no index helps, and there are too many lines to read all of them. */
    search(tenantId: string, query: LogSearch): Promise<LogRecord[] | 'too-slow'>;
  };
  /** Counted in indexes: cheap at any time. */
  statistics: {
    /** Users whose last login is not older than `since`, milliseconds since 1970. */
    activeUsers(tenantId: string, since: number): Promise<number>;
    /** Lines of the log of a day (UTC, `YYYYMMDD`), by type; a type without any is left out. */
    linesOfDay(
      tenantId: string,
      types: readonly string[],
      day: string,
    ): Promise<{ type: string; lines: number; firstAt: number; lastAt: number }[]>;
  };
  executions: {
    find(tenantId: string, id: string): Promise<ExecutionRecord | undefined>;
    /** Newest first. `next` is there when there are older ones. */
    list(tenantId: string, query: ExecutionQuery): Promise<{ records: ExecutionRecord[]; next?: number }>;
  };
  /** Kept as long as the executions of the same login. */
  loginSteps: {
    /** In their order. */
    ofLogin(tenantId: string, transactionId: string): Promise<LoginStepRecord[]>;
    /** The last step of each login, the login that was moved last first. `next` is there when there are older ones. */
    logins(tenantId: string, query: LoginQuery): Promise<{ records: LoginStepRecord[]; next?: number }>;
  };

  /**
   * Removes expired transactions, handles, sessions, refresh tokens, tickets, push requests, notices, messages,
   * passwordless codes, executions and steps of logins, full buckets, allowances of which nothing is used, browsers long not seen, builds that nothing names, and devices that nobody confirmed within
   * an hour; returns how many rows went.
   */
  sweep(now: number): Promise<number>;
  /**
   * Runs `play` against a store that is this one, and forgets what it wrote. Throws what `play` throws, and `RehearsalOver`
   * at whoever asks the store of a rehearsal that has ended or took too long.
   */
  rehearse<T>(play: (store: Store) => Promise<T>): Promise<T>;
  /** Answers when the database does; throws otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
