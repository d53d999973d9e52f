// The first factor without a name and a password: a passkey says whose it is and signs. Under the same protections: what
// one address may try, who is blocked, which connection the application signs people in with.
import type { UserRecord } from '#storage/records.ts';
import type { Caller, Ports } from '../ports.ts';
import { throttleAddress } from '../protection/throttle.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { LoginTransaction, Submission } from '../transaction/transaction.ts';
import { accountOf } from './account-of.ts';
import { takesPasskeys } from './passkey-settings.ts';
import { connectionFor, type PasswordDoor } from './password.ts';
import { credentialIdOf, judgeAssertion, KEY_FAULTS, type KeyFault, userHandleIn } from './verify-webauthn-response.ts';
import { originOf, relyingPartyOf } from './webauthn.ts';

export async function verifyPasskey(
  { store, now }: Pick<Ports, 'store' | 'now'>,
  { passkeyChallenge: challenge }: LoginTransaction,
  { response }: Extract<Submission, { method: 'passkey' }>,
  { tenant, client, connectionName }: PasswordDoor,
  caller: Caller,
): Promise<WorkInput> {
  const { id: tenantId } = tenant;
  const throttled = await throttleAddress({ store, now }, tenant, 'pre-login', caller.ip);
  if (!throttled.ok) {
    const { retryAfterSeconds, logs } = throttled;
    return { kind: 'rejected', notice: { key: 'ip-blocked', retryAfterSeconds }, logs };
  }
  const connection = await connectionFor(store, tenant, client, connectionName);
  if (challenge === undefined || !takesPasskeys(connection)) return notAccepted('unknown-key');
  const credentialId = credentialIdOf(response);
  if (credentialId === undefined) return notAccepted('malformed');
  const passkey = await store.authenticators.findByCredential(tenantId, credentialId);
  const relyingPartyId = relyingPartyOf(tenant, 'passkey');
  if (passkey?.type !== 'passkey' || passkey.credential?.relyingPartyId !== relyingPartyId) {
    return notAccepted('unknown-key');
  }
  const { id, credential } = passkey;
  const user = await store.users.find(tenantId, passkey.userId);
  if (!user || user.connection !== connection?.name) return notAccepted('unknown-key', user);
  // §7.2, step 6. Of a passkey that was brought here from elsewhere the handle may not be known.
  const handle = userHandleIn(response);
  if (handle === undefined || handle !== (credential.userHandle ?? handle)) return notAccepted('other-person', user);
  const ceremony = { challenge, relyingPartyId, userVerification: 'required' } as const;
  const judged = await judgeAssertion(response, { ...ceremony, origin: originOf(tenant) }, credential);
  if (!judged.ok) return notAccepted(judged.fault, user);
  const opened = await accountOf(store, user);
  if (!opened.ok) return opened.barred;
  const { account } = opened;
  const at = now();
  const { counter, backedUp } = judged.made;
  return {
    kind: 'verified',
    method: { name: 'passkey', authenticatorId: id, at, in: 'transaction' },
    subject: {
      kind: 'user',
      userId: account.id,
      connectionId: connection.id,
      connection: connection.name,
      strategy: connection.strategy,
    },
    changes: [
      { kind: 'user.logged-in', tenantId, id: account.id, at, ip: caller.ip },
      { kind: 'authenticator.count', tenantId, id, counter, backedUp, at },
      ...throttled.refund,
    ],
    logs: [],
  };
}

function notAccepted(fault: KeyFault, user?: UserRecord): WorkInput {
  const description = `Passkey not accepted: ${KEY_FAULTS[fault]}`;
  const whose = user ? { userId: user.id, ...(user.email === undefined ? {} : { userName: user.email }) } : {};
  return { kind: 'rejected', notice: { key: 'passkey-not-accepted' }, logs: [{ type: 'f', description, ...whose }] };
}
