// Server, command line: what a stand-in for an outside service remembers of the codes it sent. Pure but for its memory:
// clock and chance are given. A code is good for one transaction, once, for five minutes, and only until the next one is
// sent to the same recipient.

export type MockChannel = 'sms' | 'email';

export type MockMessage = {
  channel: MockChannel;
  /** As it was asked for. */
  to: string;
  template: string;
  code: string;
  transactionId: string;
  /** Milliseconds since the epoch. */
  at: number;
};

/** Why a code was not taken. Whoever asks over HTTP is not told which. */
export type MockRefusal = 'unknown' | 'wrong' | 'used' | 'voided' | 'late';

export type MockChallenges = {
  send(wanted: Pick<MockMessage, 'channel' | 'to' | 'template'>): MockMessage;
  /** Without a transaction the newest of the channel is meant. */
  verify(channel: MockChannel, transactionId: string | undefined, code: string): MockRefusal | 'right';
};

/** How long a code is good. */
export const EXPIRES_IN_SECONDS = 300;

/** A stand-in that runs for days forgets what is long over. */
const KEPT = 10_000;

type Kept = MockMessage & { used: boolean; voided: boolean };

/** @param code the same for every message; absent: six random digits each. */
export function createMockChallenges({
  now,
  newId,
  newCode,
}: {
  now(): number;
  newId(): string;
  newCode(): string;
}): MockChallenges {
  /** In the order in which they were sent. */
  const sent = new Map<string, Kept>();
  const newest = new Map<string, Kept>();

  return {
    send: (wanted) => {
      const key = `${wanted.channel} ${recipientOf(wanted)}`;
      const former = newest.get(key);
      if (former) former.voided = true;
      const message: MockMessage = { ...wanted, code: newCode(), transactionId: newId(), at: now() };
      const kept: Kept = { ...message, used: false, voided: false };
      sent.set(message.transactionId, kept);
      newest.set(key, kept);
      for (const [id, oldest] of sent) {
        if (sent.size <= KEPT) break;
        sent.delete(id);
        if (newest.get(`${oldest.channel} ${recipientOf(oldest)}`) === oldest) {
          newest.delete(`${oldest.channel} ${recipientOf(oldest)}`);
        }
      }
      return message;
    },
    verify: (channel, transactionId, code) => {
      const kept =
        transactionId === undefined
          ? [...sent.values()].findLast((each) => each.channel === channel)
          : sent.get(transactionId);
      if (!kept || kept.channel !== channel) return 'unknown';
      if (kept.used) return 'used';
      if (kept.voided) return 'voided';
      if (now() >= kept.at + EXPIRES_IN_SECONDS * 1000) return 'late';
      if (kept.code !== code) return 'wrong';
      kept.used = true;
      return 'right';
    },
  };
}

/** A number is the same however it is set in groups. */
function recipientOf({ channel, to }: Pick<MockMessage, 'channel' | 'to'>): string {
  return channel === 'sms' ? to.replaceAll(/[^+\d]/g, '') : to.toLowerCase();
}
