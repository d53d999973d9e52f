// The messages of a step, held to what one person may be sent, whatever the login and the door, and to what the tenant pays
// for.
import type { TenantRecord } from '#storage/records.ts';
import { admitMessage } from '../delivery/admit-message.ts';
import type { Ports } from '../ports.ts';
import type { WorkInput } from '../transaction/input.ts';
import type { BusyState, Challenge, Enrollment, LoginTransaction } from '../transaction/transaction.ts';
import { withoutAddress } from './prepare-enrollment.ts';

type Preparing = Extract<BusyState, { name: 'preparing' }>;
type Counted = Pick<LoginTransaction, 'challenges' | 'subject'>;

/**
 * Takes the message that this step would send from the allowances of the person and the tenant. Where nothing is left it is
 * not sent: the page says so, and the code that is out stays good.
 */
export async function limitMessages(
  ports: Pick<Ports, 'store' | 'now' | 'random'>,
  tenant: TenantRecord,
  { challenges, subject }: Counted,
  { enrollment: draft }: Pick<Preparing, 'enrollment'>,
  prepared: WorkInput,
): Promise<WorkInput> {
  if (prepared.kind !== 'prepared' || (prepared.result !== 'challenged' && prepared.result !== 'enrolling')) {
    return prepared;
  }
  const message = prepared.changes.find((change) => change.kind === 'message.insert')?.message;
  if (!message || message.channel === 'push') return prepared;
  if (subject.kind !== 'user') throw new Error('a second factor is sent to nobody');
  const { channel, to, about } = message;
  const kind = about ? { kind: about.kind } : {};
  const admitted = await admitMessage(ports, tenant, { channel, to, whose: { userId: subject.userId }, ...kind });
  if (admitted.ok) return prepared;
  const logs = [...prepared.logs, ...admitted.logs];
  const unsent = { changes: [], deliver: [], logs, notice: admitted.notice };
  const isLimit = admitted.fault.code === 'limit';
  return prepared.result === 'challenged'
    ? { ...prepared, ...unsent, challenge: openOr(unposed(prepared.challenge, isLimit), challenges, ports.now()) }
    : { ...prepared, ...unsent, enrollment: asDrafted(prepared.enrollment, draft) };
}

function openOr(unposed: Challenge, challenges: readonly Challenge[], now: number): Challenge {
  const { authenticatorId } = unposed;
  const open = challenges.find((challenge) => challenge.authenticatorId === authenticatorId);
  return open && !open.undelivered && now < open.expiresAt ? open : unposed;
}

/** The page is shown and says why no code is out. */
function unposed(challenge: Challenge, isLimit: boolean): Challenge {
  const { codeMac: _code, sentTo: _to, messageId: _message, ...blank } = challenge;
  return { ...blank, undelivered: true, ...(isLimit ? { overLimit: true } : {}) };
}

/** Where no code is out, the address is asked for again. */
function asDrafted(enrollment: Enrollment, draft: Enrollment | undefined): Enrollment {
  if (draft?.factor !== 'phone' && draft?.factor !== 'email') return enrollment;
  return draft.sent ? draft : withoutAddress(draft);
}
