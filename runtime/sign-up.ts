// A person makes an account on the login page: the tenant's scripts are asked first, then the row is written by the commit
// that logs them in. A page that is sent twice makes one account: whichever commit comes second finds the login moved.

import type { ConnectionRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Notice } from './codes.ts';
import { greeting } from './greeting.ts';
import { passwordNotice } from './lifecycle/judge-password.ts';
import type { MailSetting } from './mail-setting.ts';
import { placeOf } from './pipeline/log-place.ts';
import type { TriggerStage } from './pipeline/run-trigger.ts';
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import { register } from './register.ts';
import type { SignUpRefusal } from './runtime.ts';
import { messagePlace } from './tenant-log.ts';
import type { WorkInput } from './transaction/input.ts';
import type { LoginTransaction, Registration } from './transaction/transaction.ts';
import { verificationMail, verifiesAtSignUp } from './verification-ticket.ts';

export async function signUp(
  ports: Ports,
  stage: TriggerStage,
  { tx, world, caller }: { tx: LoginTransaction; world: World; caller: Caller },
  registration: Registration,
): Promise<WorkInput> {
  const { tenant, client } = world;
  if (!client) throw new Error('somebody signs up without a client');
  const place = placeOf(ports, tx, world, caller);
  const made = await register(ports, stage, { tenant, client, caller, tx, place }, registration);
  const logs = made.log ? [made.log] : [];
  if (!made.ok) {
    const { refusal } = made;
    return refusal.kind === 'throttled'
      ? { kind: 'throttled', retryAfterSeconds: refusal.retryAfterSeconds, logs }
      : { kind: 'rejected', notice: noticeOf(refusal), logs };
  }
  const { user, connection } = made;
  const at = ports.now();
  return {
    kind: 'verified',
    method: { name: 'pwd', at, in: 'transaction' },
    subject: {
      kind: 'user',
      userId: user.id,
      connectionId: connection.id,
      connection: connection.name,
      strategy: connection.strategy,
    },
    changes: [
      { kind: 'user.insert', user },
      { kind: 'user.logged-in', tenantId: tenant.id, id: user.id, at, ip: caller.ip },
      ...(await welcomeMail(ports, tenant, connection, user, {
        locale: tx.request.locale,
        place: messagePlace(place),
      })),
    ],
    logs,
  };
}

/**
 * What a new account is written: how its address is verified, where its connection wants that; otherwise a greeting. Who
 * verifies an address is greeted then.
 */
export async function welcomeMail(
  ports: Pick<Ports, 'store' | 'now' | 'random' | 'geography'>,
  tenant: TenantRecord,
  connection: ConnectionRecord,
  { id, email, emailVerified }: UserRecord,
  setting: MailSetting,
): Promise<Change[]> {
  if (email === undefined) return [];
  if (emailVerified || !verifiesAtSignUp(connection)) return greeting(ports, tenant, { id, email }, setting);
  return (await verificationMail(ports, tenant, { id, email }, setting)).changes;
}

/** What the page says. What went wrong inside a script is for the tenant alone. */
export function noticeOf(refusal: Exclude<SignUpRefusal, { kind: 'throttled' }>): Notice {
  switch (refusal.kind) {
    case 'invalid':
      if (refusal.field === 'username') return { key: 'invalid-field', field: 'username' };
      if (refusal.field === 'email') return { key: refusal.missing ? 'no-email' : 'invalid-email' };
      return refusal.missing ? { key: 'no-password' } : { key: 'invalid-field', field: 'password' };
    case 'bad-password':
      return passwordNotice(refusal.flaw);
    case 'leaked-password':
      return { key: 'password-breached' };
    case 'exists':
      return { key: 'user-exists' };
    case 'denied':
      return refusal.userMessage === ''
        ? { key: 'authenticator-error' }
        : { key: 'sign-up-refused', text: refusal.userMessage };
    case 'validation':
      return { key: 'sign-up-refused', text: refusal.message };
    case 'no-connection':
    case 'closed':
    case 'script-failed':
      return { key: 'authenticator-error' };
  }
}
