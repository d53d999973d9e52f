// A new password in place of the old one: judged by the rules of its connection, and written by the commit that ends the
// reset. Everything else that is open for the person ends with it.
import type { Json, JsonObject } from '#storage/records.ts';
import { meets, passwordRules } from './lifecycle/password-policy.ts';
import type { World } from './pipeline/world.ts';
import type { Ports } from './ports.ts';
import { judgeLeak } from './protection/breached-passwords.ts';
import type { WorkInput } from './transaction/input.ts';
import type { LoginTransaction } from './transaction/transaction.ts';

/** Argon2 takes any length; nobody types more than this. */
const PASSWORD_LENGTH = 1024;

export async function renewPassword(
  { passwords, breached, now }: Pick<Ports, 'passwords' | 'breached' | 'now'>,
  tx: LoginTransaction,
  password: string,
  { tenant, user, connection }: World,
): Promise<WorkInput> {
  if (!user) throw new Error('a password is renewed without its person');
  const options: JsonObject = connection?.options ?? {};
  const rules = passwordRules(options);
  const isGood = password.length <= PASSWORD_LENGTH && rules.every((rule) => meets(rule, password));
  if (!isGood) return { kind: 'rejected', notice: { key: 'password-too-weak' }, logs: [] };
  const leak = await judgeLeak(breached, tenant, 'pre-change-password', password);
  if (leak === 'refused') return { kind: 'rejected', notice: { key: 'password-breached' }, logs: [] };
  const at = now();
  const { id, tenantId } = user;
  const from: Json | undefined = user.passwordHash;
  const passwordHash = await passwords.hash(password);
  const proved = from === undefined ? {} : { from };
  return {
    kind: 'replaced',
    changes: [{ kind: 'user.set-password', tenantId, id, passwordHash, ...proved, at, except: tx.id }],
    logs: [{ type: 'scp', description: 'Password changed' }],
  };
}
