// Whose the tokens of an exchange will be: the account that a script named, by its id or by its place in a connection, found,
// brought up to date or made. A script says it of a token that we cannot judge, so what it says is held to the same rules as
// an account from anywhere else: the connection is the client's, the attributes are well formed, nobody blocked gets in.
import type { ConnectionUser } from '#actions/custom-token-exchange-command.ts';
import type { ClientRecord, ConnectionRecord, Json, JsonObject, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change, Store } from '#storage/store.ts';
import { subjectOf } from './bearings.ts';
import { readMailbox } from './factors/mailbox.ts';
import { newUser, type UserInput } from './lifecycle/user.ts';
import type { Caller, Ports } from './ports.ts';
import type { ExchangedUser, TokenExchanged } from './runtime.ts';
import type { Subject } from './transaction/transaction.ts';

export type NobodyReason =
  | { kind: 'unknown-user' | 'blocked' | 'unknown-connection' | 'closed-connection' | 'other-connection' | 'taken' }
  /** `field`: of the attributes. */
  | { kind: 'invalid'; field: string };

export type Somebody = {
  ok: true;
  subject: Extract<Subject, { kind: 'user' }>;
  /** There is no such account yet. */
  isNew: boolean;
  /** Of somebody new: where the script wants a link to be sent that verifies the address. */
  unverified?: string;
  /** Writes the account and counts the login; a reason where somebody else was faster. */
  write(): Promise<NobodyReason | undefined>;
};

type Needed = Pick<Ports, 'store' | 'now' | 'random'>;
type Where = { tenant: TenantRecord; client: ClientRecord; caller: Caller };
type Told = Extract<TokenExchanged, { ok: true }>;

/** Finds whom the script means. Nothing is written before `write` is called. */
export async function findExchanged(
  ports: Needed,
  where: Where,
  told: Told,
): Promise<Somebody | { ok: false; reason: NobodyReason }> {
  const { user: named } = told;
  const found =
    named.by === 'id' ? await byId(ports.store, where, named.userId) : await byConnection(ports.store, where, named);
  if ('kind' in found) return { ok: false, reason: found };
  const { connection, own, id } = found;
  const fields = named.by === 'connection' ? fieldsOf(named.attributes) : {};
  if ('field' in fields) return { ok: false, reason: { kind: 'invalid', field: fields.field } };

  if (own) {
    const account = own.linkedTo === undefined ? own : await ports.store.users.find(where.tenant.id, own.linkedTo);
    if (!account) throw new Error('a linked account leads nowhere');
    if (own.blocked || account.blocked) return { ok: false, reason: { kind: 'blocked' } };
    const replaces = named.by === 'connection' && named.updateBehavior === 'replace';
    const write = async (): Promise<NobodyReason | undefined> => {
      const failed = replaces ? await replace(ports, own, fields) : undefined;
      return failed ?? (await commit(ports, where, told, account.id, []));
    };
    return { ok: true, subject: subjectOf(account, connection), isNew: false, write };
  }
  if (named.by === 'id' || named.creationBehavior === 'none') return { ok: false, reason: { kind: 'unknown-user' } };
  const { attributes, ...profile } = fields;
  const made: UserRecord = { ...newUser(ports, connection, { ...profile, id }), ...(attributes ? { attributes } : {}) };
  const write = () => commit(ports, where, told, made.id, [{ kind: 'user.insert', user: made }]);
  const wantsLink = named.attributes.verify_email === true && !made.emailVerified;
  const unverified = wantsLink && made.email !== undefined ? { unverified: made.email } : {};
  return { ok: true, subject: subjectOf(made, connection), isNew: true, ...unverified, write };
}

type Located = { connection: ConnectionRecord; id: string; own?: UserRecord };

/** Of a user as a script may name one: no white space, nothing that a database does not keep. */
const ID = /^[\x21-\x7e]{1,255}$/;

async function byId(store: Store, { tenant, client }: Where, userId: string): Promise<Located | NobodyReason> {
  const own = ID.test(userId) ? await store.users.find(tenant.id, userId) : undefined;
  if (!own) return { kind: 'unknown-user' };
  const connection = await store.connections.findByKey(tenant.id, own.connection);
  if (!connection) return { kind: 'unknown-connection' };
  return connection.enabledClients.includes(client.id)
    ? { connection, id: own.id, own }
    : { kind: 'closed-connection' };
}

async function byConnection(
  store: Store,
  { tenant, client }: Where,
  { connection: name, attributes }: Extract<ExchangedUser, { by: 'connection' }>,
): Promise<Located | NobodyReason> {
  const connection = isKept(name) ? await store.connections.findByKey(tenant.id, name) : undefined;
  if (!connection) return { kind: 'unknown-connection' };
  if (!connection.enabledClients.includes(client.id)) return { kind: 'closed-connection' };
  const { user_id: id } = attributes;
  if (!ID.test(id)) return { kind: 'invalid', field: 'user_id' };
  const own = await store.users.find(tenant.id, `${connection.strategy}|${id}`);
  // Two connections of one strategy share its prefix: without this a script could be made to confuse their people.
  if (own && own.connection !== connection.name) return { kind: 'other-connection' };
  return { connection, id, ...(own ? { own } : {}) };
}

const isKept = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** Beside the columns; `verify_email` asks for a message. */
const KNOWN = ['user_id', 'verify_email'];

type Fields = Omit<UserInput, 'id'> & { attributes?: JsonObject };
type Reader = (value: string) => string | undefined;

const asWritten: Reader = (value) => (isKept(value) ? value : undefined);
const username: Reader = (value) =>
  // One that looks like an address would let its owner be taken for somebody else.
  /^[a-zA-Z0-9_+\-.!#$'^`~@]{1,128}$/.test(value) && readMailbox(value) === undefined ? value : undefined;
const phoneNumber: Reader = (value) => (/^\+[0-9]{1,15}$/.test(value) ? value : undefined);

const TEXTS: readonly [wire: string, column: keyof Fields & string, read: Reader][] = [
  ['email', 'email', readMailbox],
  ['username', 'username', username],
  ['phone_number', 'phoneNumber', phoneNumber],
  ['name', 'name', asWritten],
  ['given_name', 'givenName', asWritten],
  ['family_name', 'familyName', asWritten],
  ['nickname', 'nickname', asWritten],
  ['picture', 'picture', asWritten],
];
const FLAGS: readonly [wire: string, column: 'emailVerified' | 'phoneVerified'][] = [
  ['email_verified', 'emailVerified'],
  ['phone_verified', 'phoneVerified'],
];

/** The attributes as columns of an account; what has no column is kept beside them, as an upstream provider's would be. */
function fieldsOf(attributes: ConnectionUser): Fields | { field: string } {
  const columns: Record<string, string | boolean> = {};
  for (const [wire, column, read] of TEXTS) {
    const given = attributes[wire];
    if (typeof given !== 'string') continue;
    const value = read(given);
    if (value === undefined) return { field: wire };
    columns[column] = value;
  }
  for (const [wire, column] of FLAGS) {
    const given = attributes[wire];
    if (typeof given === 'boolean') columns[column] = given;
  }
  const named = new Set([...KNOWN, ...TEXTS.map(([wire]) => wire), ...FLAGS.map(([wire]) => wire), '__proto__']);
  const others = Object.entries(attributes).filter(([name]) => !named.has(name)) as [string, Json][];
  return { ...columns, ...(others.length > 0 ? { attributes: Object.fromEntries(others) } : {}) };
}

/** Sets what the script gave; what it did not mention stays. */
async function replace(
  { store, now }: Needed,
  own: UserRecord,
  { attributes, ...fields }: Fields,
): Promise<NobodyReason | undefined> {
  const updated = await store.users.update(own.tenantId, own.id, (current) => ({
    ...current,
    // A new address is nobody's until it is verified.
    ...(fields.email !== undefined && fields.email !== current.email ? { emailVerified: false } : {}),
    ...(fields.phoneNumber !== undefined && fields.phoneNumber !== current.phoneNumber ? { phoneVerified: false } : {}),
    ...fields,
    ...(attributes ? { attributes: { ...current.attributes, ...attributes } } : {}),
    updatedAt: now(),
  }));
  if (updated === 'missing') return { kind: 'unknown-user' };
  return updated === 'conflict' ? { kind: 'taken' } : undefined;
}

async function commit(
  { store, now }: Needed,
  { tenant, caller }: Where,
  { appMetadata, userMetadata }: Told,
  userId: string,
  first: Change[],
): Promise<NobodyReason | undefined> {
  const of = { tenantId: tenant.id, id: userId, at: now() };
  const hasMetadata = Object.keys(appMetadata).length + Object.keys(userMetadata).length > 0;
  const committed = await store.commit([
    ...first,
    ...(hasMetadata ? [{ kind: 'user.merge-metadata' as const, ...of, app: appMetadata, user: userMetadata }] : []),
    { kind: 'user.logged-in', ...of, ip: caller.ip },
  ]);
  if (committed.ok) return undefined;
  switch (committed.failed.kind) {
    case 'user.insert':
      return { kind: 'taken' };
    case 'user.merge-metadata':
      return { kind: 'unknown-user' };
    default:
      return { kind: 'blocked' };
  }
}
