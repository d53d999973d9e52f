// Storage: a batch of guarded writes in one database transaction. The first change whose guard fails rolls all of it
// back; a row that a constraint refuses is a failed guard of the change that wrote it.

import type { Desk } from './columns.ts';
import { Violation, type Work } from './database.ts';
import { addMember } from './repositories/assignments.ts';
import { refund } from './repositories/attempts.ts';
import {
  acceptStep,
  confirmAuthenticator,
  countCredential,
  insertAuthenticator,
  nameAuthenticator,
  replaceSecret,
  used,
} from './repositories/authenticator-changes.ts';
import { grantConsent } from './repositories/consents.ts';
import { rememberBrowser, seen } from './repositories/devices.ts';
import { insertExecution } from './repositories/executions.ts';
import { insertHandle, take } from './repositories/handles.ts';
import { liftLoginBlock } from './repositories/login-blocks.ts';
import { insertLoginStep } from './repositories/login-steps.ts';
import { insertLog } from './repositories/logs.ts';
import { insertMessage, settleMessage } from './repositories/messages.ts';
import { putPasswordlessCode, spendPasswordlessCode, voidPasswordlessCode } from './repositories/passwordless-codes.ts';
import { answerPushRequest, insertPushRequest, withdrawPushRequest } from './repositories/push-requests.ts';
import {
  insertRefreshToken,
  removeRefreshToken,
  removeTokensOfSession,
  replaceRefreshToken,
} from './repositories/refresh-tokens.ts';
import { insertSecurityEvent } from './repositories/security-events.ts';
import { endSession, putSession, removeSession } from './repositories/sessions.ts';
import { insertTicket, replaceTicket, takeTicket } from './repositories/tickets.ts';
import { claim, insertTransaction, replace } from './repositories/transactions.ts';
import {
  blockUser,
  insertUser,
  loggedIn,
  mergeMetadata,
  rehash,
  setPassword,
  verifyEmail,
  verifyPhone,
} from './repositories/users.ts';
import type { Change, Committed, Store } from './store.ts';

/** Writes one change; false when its guard failed. */
type Writer<C extends Change> = (desk: Desk, change: C) => Work<boolean>;

const writers: { [K in Change['kind']]: Writer<Extract<Change, { kind: K }>> } = {
  'transaction.insert': insertTransaction,
  'transaction.claim': claim,
  'transaction.replace': replace,
  'handle.insert': insertHandle,
  'handle.take': take,
  'authenticator.accept-step': acceptStep,
  'authenticator.used': used,
  'authenticator.count': countCredential,
  'authenticator.confirm': confirmAuthenticator,
  'authenticator.name': nameAuthenticator,
  'push-request.insert': insertPushRequest,
  'push-request.answer': answerPushRequest,
  'push-request.withdraw': withdrawPushRequest,
  'user.logged-in': loggedIn,
  'user.merge-metadata': mergeMetadata,
  'user.rehash': rehash,
  'user.insert': insertUser,
  'authenticator.insert': insertAuthenticator,
  'session.put': putSession,
  'session.remove': removeSession,
  'session.end': endSession,
  'refresh-token.insert': insertRefreshToken,
  'refresh-token.replace': replaceRefreshToken,
  'refresh-token.remove': removeRefreshToken,
  'refresh-token.remove-of-session': removeTokensOfSession,
  'ticket.insert': insertTicket,
  'ticket.replace': replaceTicket,
  'ticket.take': takeTicket,
  'consent.grant': grantConsent,
  'user.set-password': setPassword,
  'user.verify-email': verifyEmail,
  'user.verify-phone': verifyPhone,
  'member.add': addMember,
  'authenticator.replace-secret': replaceSecret,
  'device.seen': seen,
  'browser.remember': rememberBrowser,
  'attempt.refund': refund,
  'login-block.lift': liftLoginBlock,
  'passwordless-code.put': putPasswordlessCode,
  'passwordless-code.spend': spendPasswordlessCode,
  'passwordless-code.void': voidPasswordlessCode,
  'message.insert': insertMessage,
  'message.settle': settleMessage,
  'log.insert': insertLog,
  'security-event.insert': insertSecurityEvent,
  'user.block': blockUser,
  'execution.insert': insertExecution,
  'login-step.insert': insertLoginStep,
};

/** Thrown through the database transaction, so that it rolls back. */
class GuardFailed extends Error {}

export function createCommit(desk: Desk): Store['commit'] {
  return async (changes): Promise<Committed> => {
    let current: Change | undefined;
    try {
      await desk.db.transact(function* () {
        for (const change of changes) {
          current = change;
          if (!(yield* write(desk, change))) throw new GuardFailed();
        }
      });
      return { ok: true };
    } catch (error) {
      if (current && (error instanceof GuardFailed || error instanceof Violation))
        return { ok: false, failed: current };
      throw error;
    }
  };
}

function write<C extends Change>(desk: Desk, change: C): Work<boolean> {
  return (writers[change.kind] as Writer<C>)(desk, change);
}
