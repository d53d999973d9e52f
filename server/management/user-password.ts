// Management: a password that an administrator gives a user: judged by the connection as the user's own choice would be.
import { judgePassword, type PasswordOwner } from '#runtime/lifecycle/judge-password.ts';
import type { ConnectionRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { passwordErrorText } from '../password-error.ts';
import { type Refusal, refuse } from './answer.ts';

/** Why the connection does not take it; nothing where it does, or where none is given. */
export async function refusePassword(
  { passwords }: Pick<Deps, 'passwords'>,
  connection: ConnectionRecord | undefined,
  password: string | undefined,
  owner: PasswordOwner,
): Promise<Refusal | undefined> {
  if (password === undefined || connection?.strategy !== 'auth0') return undefined;
  const flaw = await judgePassword(passwords, connection.options, password, owner);
  return flaw && refuse(400, passwordErrorText(flaw), 'invalid_password');
}
