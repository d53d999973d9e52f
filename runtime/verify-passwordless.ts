// The first factor of a passwordless connection: the code that was sent to an address. An address that nobody has and a
// wrong code give the same answer after the same work; only the tenant's log tells them apart.
import type { TenantRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from './afterwards.ts';
import type { Messenger } from './delivery/delivery.ts';
import { accountOf } from './factors/account-of.ts';
import { tryCode } from './passwordless/code.ts';
import { canonical, isClosed, passwordlessConnection } from './passwordless/connection.ts';
import { verified } from './passwordless/verified.ts';
import { newAccount } from './passwordless-account.ts';
import { placeOf } from './pipeline/log-place.ts';
import type { TriggerStage } from './pipeline/run-trigger.ts';
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import { bruteForceOf } from './protection/settings.ts';
import { admitSignIn, noteFailure } from './protection/sign-in.ts';
import type { WorkInput } from './transaction/input.ts';
import type { LoginTransaction, PasswordlessStrategy, Submission } from './transaction/transaction.ts';

const WRONG: Record<PasswordlessStrategy, string> = {
  sms: 'Wrong phone number or verification code.',
  email: 'Wrong email or verification code.',
};

export async function verifyPasswordless(
  ports: Ports,
  stage: TriggerStage & { afterwards: Pick<Afterwards, 'start'>; messenger: Pick<Messenger, 'deliver'> },
  { tx, world, caller }: { tx: LoginTransaction; world: World; caller: Caller },
  submission: Extract<Submission, { method: 'passwordless' }>,
): Promise<WorkInput> {
  const { store, now } = ports;
  const { tenant, client } = world;
  if (!client) throw new Error('a credential was judged without a client');
  const connection = await passwordlessConnection(store, client, submission.connection);
  if (!connection) return { kind: 'rejected', notice: { key: 'invalid-code' }, logs: [] };
  const { strategy } = connection;
  const address = canonical(strategy, submission.address);
  const signIn = {
    tenant: connection.options.brute_force_protection === false ? withoutBlocks(tenant) : tenant,
    identifier: address,
    ip: caller.ip,
    locale: tx.request.locale,
  };
  const admitted = await admitSignIn(ports, signIn);
  if (!admitted.ok) return { kind: 'rejected', notice: admitted.notice, logs: admitted.logs };
  const tried = await tryCode(ports, connection, address, submission.code);
  const user = await store.users.findByIdentifier(tenant.id, connection.name, address);
  if (!tried || (!user && isClosed(connection))) {
    const description = WRONG[strategy];
    const details = { error: { message: description }, connection: connection.name };
    const [type, whose] = user ? (['fp', { userId: user.id }] as const) : (['fu', {}] as const);
    const failure = noteFailure(ports, stage, signIn, admitted, user);
    const log = { type, description, userName: address, ...whose, details };
    return { kind: 'rejected', notice: { key: 'invalid-code' }, logs: [log, ...failure] };
  }
  const at = now();
  const { tenantId, id: connectionId, name } = connection;
  const spend: Change = { kind: 'passwordless-code.spend', tenantId, connectionId, address, id: tried.id, now: at };
  const entered = (userId: string): Pick<Extract<WorkInput, { kind: 'verified' }>, 'kind' | 'method' | 'subject'> => ({
    kind: 'verified',
    method: { name: strategy, at, in: 'transaction' },
    subject: { kind: 'user', userId, connectionId, connection: name, strategy },
  });
  const loggedIn = (id: string): Change => ({ kind: 'user.logged-in', tenantId, id, at, ip: caller.ip });
  if (user) {
    const opened = await accountOf(store, user, address);
    if (!opened.ok) return opened.barred;
    const { id } = opened.account;
    const changes = [spend, ...verified(strategy, user, address, at), loggedIn(id), ...admitted.forgiven];
    return { ...entered(id), changes, logs: [] };
  }
  const place = { ...placeOf(ports, tx, world, caller), connection: name, connectionId, strategy };
  const applicant = { tenant, client, caller, tx, place: { ...place, strategyType: 'passwordless' } };
  const made = await newAccount(ports, stage, applicant, connection, tried);
  if (!made.ok) return made.refused;
  const { id } = made.user;
  const changes: Change[] = [{ kind: 'user.insert', user: made.user }, spend, loggedIn(id), ...admitted.forgiven];
  return { ...entered(id), changes, logs: [made.made] };
}

/** The connection has it that failures in a row block nobody. */
function withoutBlocks(tenant: TenantRecord): TenantRecord {
  const bruteForce = { ...bruteForceOf(tenant), enabled: false };
  return { ...tenant, attackProtection: { ...tenant.attackProtection, bruteForce } };
}
