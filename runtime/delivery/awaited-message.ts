// Delivery: the message that a login waits for: what its page says of one that did not get through. Often that is known only
// after the page was shown: its server died, or a later attempt failed.
import { awaitedCode as awaitedAtGate } from '../transaction/gated.ts';
import type { StoredTransaction } from '../transaction/snapshot.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';
import { transition } from '../transaction/transition.ts';
import type { Delivery, Messenger } from './delivery.ts';

/** Whether the code of this message is one that the login takes. */
export function isAwaitedBy({ challenges, posed, state }: LoginTransaction, id: string): boolean {
  if ([...challenges, ...Object.values(posed)].some(({ messageId }) => messageId === id)) return true;
  if (state.name === 'expecting') return state.messageId === id;
  return state.name === 'enrolling' && 'sent' in state.enrollment && state.enrollment.sent?.messageId === id;
}

/** The login as its page is to show it. Nothing is written: the message has its own row, which is asked each time. */
export async function withDelivery(
  messenger: Pick<Messenger, 'standing'>,
  login: StoredTransaction,
  now: number,
): Promise<LoginTransaction> {
  const id = presentMessage(login);
  const delivery = id === undefined ? undefined : await messenger.standing(login.tenantId, id);
  return delivery ? marked(login, delivery, now) : login;
}

/** The login that knows how it stands with what it waits for. */
export function marked(login: LoginTransaction, { state }: Delivery, now: number): LoginTransaction {
  if (state === 'delivered' || state === 'waiting') return login;
  const isUnconfirmed = state === 'unconfirmed' ? { unconfirmed: true as const } : {};
  const step = transition(login, { kind: 'undelivered', ...isUnconfirmed, logs: [] }, now);
  return step.ok ? step.tx : login;
}

/** What the page that is shown asks for, unless it says already that it did not get through. */
function presentMessage(login: LoginTransaction): string | undefined {
  const awaited = awaitedCode(login);
  return awaited?.undelivered ? undefined : awaited?.messageId;
}

function awaitedCode(login: LoginTransaction): { messageId?: string; undelivered?: true } | undefined {
  const { state, challenges } = login;
  switch (state.name) {
    case 'gated':
      return awaitedAtGate(login)?.code;
    case 'expecting':
      return state;
    case 'challenging':
      return challenges.find(({ id }) => id === state.challengeId);
    case 'enrolling':
      return 'sent' in state.enrollment ? state.enrollment.sent : undefined;
    default:
      return undefined;
  }
}
