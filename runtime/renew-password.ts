// A new password in place of the old one: judged by the rules of its connection, and written by the commit that ends the
// reset. Everything else that is open for the person ends with it.
import type { Json, JsonObject } from '#storage/records.ts';
import { formerPasswordsKept, judgePassword, passwordNotice } from './lifecycle/judge-password.ts';
import type { World } from './pipeline/world.ts';
import type { Ports } from './ports.ts';
import { judgeLeak } from './protection/breached-passwords.ts';
import { onceInAWhile } from './protection/throttle.ts';
import { NEW_PASSWORDS } from './rate-limit.ts';
import { spendResetTicket } from './reset-ticket.ts';
import type { LogDraft, WorkInput } from './transaction/input.ts';
import type { LoginTransaction } from './transaction/transaction.ts';

export async function renewPassword(
  { store, passwords, breached, now }: Pick<Ports, 'store' | 'passwords' | 'breached' | 'now'>,
  tx: LoginTransaction,
  password: string,
  { tenant, user, connection }: World,
): Promise<WorkInput> {
  if (!user) throw new Error('a password is renewed without its person');
  const { reply } = tx.request;
  const ticketId = reply.by === 'page' ? reply.ticketId : undefined;
  const spent = ticketId === undefined ? [] : await spendResetTicket({ store, now }, ticketId, user);
  if (!spent) return { kind: 'barred', code: 'invalid_grant', reason: USED, logs: [failed(USED)] };
  // Comparing with former passwords costs as much as that many logins.
  const attempt = await store.takeAttempt(tenant.id, `new password ${user.id}`, NEW_PASSWORDS, now());
  if (!attempt.taken) {
    const logs = await onceInAWhile({ store, now }, tenant.id, user.id, failed('Too many new passwords were refused'));
    return { kind: 'throttled', retryAfterSeconds: attempt.retryAfterSeconds, logs };
  }
  const options: JsonObject = connection?.options ?? {};
  const flaw = await judgePassword(passwords, options, password, user);
  if (flaw) {
    const notice = passwordNotice(flaw);
    return { kind: 'rejected', notice, logs: [failed(`The new password was refused: ${flaw.kind}`)] };
  }
  const leak = await judgeLeak(breached, tenant, 'pre-change-password', password);
  if (leak === 'refused') {
    return {
      kind: 'rejected',
      notice: { key: 'password-breached' },
      logs: [failed('The new password was refused: leaked')],
    };
  }
  const at = now();
  const { id, tenantId } = user;
  const from: Json | undefined = user.passwordHash;
  const passwordHash = await passwords.hash(password);
  const proved = from === undefined ? {} : { from };
  return {
    kind: 'replaced',
    // The link first: the new password ends whatever links there are.
    changes: [
      ...spent,
      {
        kind: 'user.set-password',
        tenantId,
        id,
        passwordHash,
        ...proved,
        keep: formerPasswordsKept(options),
        at,
        except: tx.id,
      },
    ],
    logs: [{ type: 'scp', description: 'Password changed' }],
  };
}

const USED = 'The link was used already, or it is too old.';

const failed = (description: string): LogDraft => ({ type: 'fcp', description });
