// `api.authentication.setPrimaryUser`: the account that a login is handed over to. Only an account that the one which
// signed in is already linked to: a script cannot make anybody else of a person.
import type { LoginCommand } from '#actions/password-reset-post-challenge-command.ts';
import type { Store } from '#storage/store.ts';
import type { LoginTransaction, Subject } from '../transaction/transaction.ts';

export type Primary =
  | { kind: 'unasked' }
  | { kind: 'found'; subject: Extract<Subject, { kind: 'user' }> }
  | { kind: 'refused'; reason: string };

export async function findPrimary(
  store: Pick<Store, 'users'>,
  tx: LoginTransaction,
  commands: readonly LoginCommand[],
): Promise<Primary> {
  const [command, ...more] = commands.filter(({ name }) => name === 'authentication.setPrimaryUser');
  if (command?.name !== 'authentication.setPrimaryUser') return { kind: 'unasked' };
  const { subject } = tx;
  if (subject.kind !== 'user') throw new Error('a script ran for nobody');
  if (more.length > 0 || subject.formerUserId !== undefined) {
    return { kind: 'refused', reason: 'The primary user can only be altered once per transaction' };
  }
  const { userId } = command;
  if (userId === subject.userId) return { kind: 'unasked' };
  const user = await store.users.find(tx.tenantId, userId);
  const linked = user?.identities.some((identity) => `${identity.provider}|${identity.userId}` === subject.userId);
  if (!user || user.linkedTo !== undefined || !linked) {
    return {
      kind: 'refused',
      reason: 'The login cannot be handed over: the user that signed in is not a linked identity of the primary user.',
    };
  }
  return { kind: 'found', subject: { ...subject, userId, formerUserId: subject.userId } };
}
