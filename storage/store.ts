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
//  6. Secrets, keys, snapshots, message texts and results of executions are sealed at rest with tenant, table, row and column as associated
//     data: a sealed value copied to another place does not open.
import type {
  ActionRecord,
  ActionVersionRecord,
  AuthenticatorRecord,
  BindingRecord,
  BuildRecord,
  ClientGrantRecord,
  ClientRecord,
  ConnectionRecord,
  ExecutionRecord,
  FormRecord,
  GroupRecord,
  HandleKind,
  HandleRecord,
  JsonObject,
  LeaseRecord,
  LoginDeviceRecord,
  LogRecord,
  MessageRecord,
  ModuleRecord,
  ModuleVersionRecord,
  OrganizationRecord,
  OwnerRecord,
  RememberedBrowserRecord,
  ResourceServerRecord,
  RoleRecord,
  SessionRecord,
  SigningKeyRecord,
  TenantRecord,
  TransactionRecord,
  UserRecord,
} from './records.ts';

/** One write of a batch. Those with a guard say which; the others cannot fail. */
export type Change =
  | { kind: 'transaction.insert'; transaction: TransactionRecord }
  /** Guard: the row has `revision` and no running lease. The row's revision becomes `revision + 1`. */
  | { kind: 'transaction.claim'; tenantId: string; id: string; revision: number; owner: string; leaseSeconds: number }
  /** Guard: the row has `revision`. It becomes `transaction` (whose own `revision` is ignored) at `revision + 1`, lease gone. */
  | { kind: 'transaction.replace'; revision: number; transaction: TransactionRecord }
  | { kind: 'handle.insert'; handle: HandleRecord }
  /** Guard: the handle exists and has not expired at `now`. It is gone afterwards. */
  | { kind: 'handle.take'; tenantId: string; handleKind: HandleKind; key: string; now: number }
  /** Guard: the authenticator exists and its last accepted step is older than `step`. */
  | { kind: 'authenticator.accept-step'; tenantId: string; id: string; step: number }
  /** Guard: the authenticator exists. */
  | { kind: 'authenticator.used'; tenantId: string; id: string; at: number }
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
  /** With the handles that find it. No guard. */
  | { kind: 'session.remove'; tenantId: string; id: string }
  /** Inserts, or renews what was seen last of this browser and user agent. No guard but that the user exists. */
  | { kind: 'device.seen'; device: LoginDeviceRecord }
  /** Inserts or replaces the row of this user and browser. No guard but that the user exists. */
  | { kind: 'browser.remember'; browser: RememberedBrowserRecord }
  | { kind: 'attempt.refund'; tenantId: string; key: string; refillSeconds: number }
  | { kind: 'message.insert'; message: MessageRecord }
  | { kind: 'log.insert'; log: LogRecord }
  | { kind: 'execution.insert'; execution: ExecutionRecord };

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
  list(tenantId: string, options?: { parent?: string; page?: Page }): Promise<Listed<T>>;
  /** Reads, edits and writes back in one database transaction. `edit` may be called twice. */
  update(tenantId: string, id: string, edit: (current: T) => T): Promise<T | 'missing' | 'conflict'>;
  remove(tenantId: string, id: string): Promise<boolean>;
}

export type UserQuery = {
  /** Exact, without regard to case. */
  email?: string;
  connection?: string;
  page?: Page;
};

export interface Users {
  /**
   * `conflict`: the id, or e-mail, username or phone number within its connection, is taken, or `linkedTo` names no
   * other account.
   */
  insert(user: UserRecord): Promise<'inserted' | 'conflict'>;
  /** Accounts linked to another are found too; lists, of any kind, leave them out. */
  find(tenantId: string, id: string): Promise<UserRecord | undefined>;
  /** Who signs in to `connection` with this text: an e-mail address (any case), a username or a phone number. */
  findByIdentifier(tenantId: string, connection: string, identifier: string): Promise<UserRecord | undefined>;
  list(tenantId: string, query: UserQuery): Promise<Listed<UserRecord>>;
  update(
    tenantId: string,
    id: string,
    edit: (current: UserRecord) => UserRecord,
  ): Promise<UserRecord | 'missing' | 'conflict'>;
  /**
   * Removes the user with authenticators, memberships, roles, groups, known and remembered browsers, sessions, handles
   * and open logins, and in the same way the accounts that are linked to it.
   */
  remove(tenantId: string, id: string): Promise<boolean>;
  /**
   * Ends what is open: transactions not finished, their handles, sessions and theirs, and forgets remembered browsers. A
   * changed password calls this.
   */
  endLogins(tenantId: string, id: string): Promise<void>;
}

export interface Authenticators {
  insert(authenticator: AuthenticatorRecord): Promise<'inserted' | 'conflict'>;
  find(tenantId: string, id: string): Promise<AuthenticatorRecord | undefined>;
  /** Oldest first. */
  ofUser(tenantId: string, userId: string): Promise<AuthenticatorRecord[]>;
  update(
    tenantId: string,
    id: string,
    edit: (current: AuthenticatorRecord) => AuthenticatorRecord,
  ): Promise<AuthenticatorRecord | 'missing'>;
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
  addToGroup(tenantId: string, groupId: string, userIds: string[], at: number): Promise<void>;
  removeFromGroup(tenantId: string, groupId: string, userIds: string[]): Promise<void>;
  /** In the order in which the groups were made, with when the user joined. */
  groupsOf(tenantId: string, userId: string, page: Page): Promise<Listed<{ group: GroupRecord; joinedAt: number }>>;
  inGroup(tenantId: string, groupId: string, page: Page): Promise<Listed<UserRecord>>;
}

export type LogQuery = {
  type?: string;
  userId?: string;
  clientId?: string;
  /** Checkpoint: ids greater than this, oldest first. */
  after?: string;
  order: 'newest' | 'oldest';
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

export interface Store {
  commit(changes: Change[]): Promise<Committed>;

  owners: {
    insert(owner: OwnerRecord): Promise<'inserted' | 'conflict'>;
    /** By id or by name. */
    find(idOrName: string): Promise<OwnerRecord | undefined>;
    list(): Promise<OwnerRecord[]>;
  };
  tenants: {
    /** `conflict`: id, name or the host of the base URL is taken. */
    insert(tenant: TenantRecord): Promise<'inserted' | 'conflict'>;
    /** By id or by name. */
    find(idOrName: string): Promise<TenantRecord | undefined>;
    /** By the host (with port) of the base URL. */
    findByHost(host: string): Promise<TenantRecord | undefined>;
    ofOwner(ownerId: string): Promise<TenantRecord[]>;
    update(id: string, edit: (current: TenantRecord) => TenantRecord): Promise<TenantRecord | 'missing' | 'conflict'>;
    /** No tenant at all: the database is new. */
    isEmpty(): Promise<boolean>;
  };
  /** Key: none. */
  clients: Collection<ClientRecord>;
  /** Key: name. */
  connections: Collection<ConnectionRecord>;
  /** Key: identifier. */
  resourceServers: Collection<ResourceServerRecord>;
  /** Key: client and audience, `<clientId> <audience>`. Parent: client. */
  clientGrants: Collection<ClientGrantRecord>;
  /** Key: name. Removing one removes its assignments. */
  roles: Collection<RoleRecord>;
  /** Key: name. Removing one removes its memberships. */
  organizations: Collection<OrganizationRecord>;
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
  signingKeys: {
    insert(key: SigningKeyRecord): Promise<void>;
    /** Newest first; the first one signs. */
    list(tenantId: string): Promise<SigningKeyRecord[]>;
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
  sessions: {
    find(tenantId: string, id: string): Promise<SessionRecord | undefined>;
    /** Newest first, those that have run out but were not yet swept included. */
    ofUser(tenantId: string, userId: string, page: Page): Promise<Listed<SessionRecord>>;
    /** Reads, edits and writes back in one database transaction. */
    update(
      tenantId: string,
      id: string,
      edit: (current: SessionRecord) => SessionRecord,
    ): Promise<SessionRecord | 'missing'>;
    /** With the handles that find it; false when there was none. */
    remove(tenantId: string, id: string): Promise<boolean>;
    /** Every session of the user, with their handles; returns how many. */
    removeOfUser(tenantId: string, userId: string): Promise<number>;
  };
  /** Browsers people have completed logins with. The sweep removes those not seen for 90 days. */
  devices: {
    /** Last seen first, at most 100. */
    ofUser(tenantId: string, userId: string): Promise<LoginDeviceRecord[]>;
  };
  /** Browsers that are asked for no second factor. The sweep removes those renewed more than 30 days ago. */
  rememberedBrowsers: {
    find(tenantId: string, userId: string, device: string): Promise<RememberedBrowserRecord | undefined>;
    /** Forgets all of a user's. */
    clear(tenantId: string, userId: string): Promise<void>;
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
  messages: {
    pending(limit: number): Promise<MessageRecord[]>;
    /** `kept` leaves the text readable (dev inbox); otherwise text and code are erased. */
    settle(tenantId: string, id: string, state: 'delivered' | 'failed', options: { kept: boolean }): Promise<void>;
    /** Newest first; `to` exact. */
    inbox(tenantId: string, to: string | undefined, limit: number): Promise<MessageRecord[]>;
  };
  logs: {
    find(tenantId: string, id: string): Promise<LogRecord | undefined>;
    list(tenantId: string, query: LogQuery): Promise<Listed<LogRecord>>;
  };
  executions: {
    find(tenantId: string, id: string): Promise<ExecutionRecord | undefined>;
    /** Newest first. `next` is there when there are older ones. */
    list(tenantId: string, query: ExecutionQuery): Promise<{ records: ExecutionRecord[]; next?: number }>;
  };

  /**
   * Removes expired transactions, handles, sessions, messages and executions, full buckets, browsers long not seen, and
   * builds that nothing names; returns how many rows went.
   */
  sweep(now: number): Promise<number>;
  /** Answers when the database does; throws otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
