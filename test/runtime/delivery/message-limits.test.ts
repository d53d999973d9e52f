// Tests of delivery: how many messages a person may be sent and a tenant may pay for, with the clock in hand; and floods of
// requests at once, on both databases.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Admission, admitMessage } from '#runtime/delivery/admit-message.ts';
import type { MessageSpendRecord } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const NO_BOUND: MessageSpendRecord = {
  per_number: { hour: null, day: null },
  per_day: { sms: null, voice: null, email: null },
  countries: { sms: { allow: [], deny: [] }, voice: { allow: [], deny: [] } },
  alert_at: 0.8,
};

describe.each(databases())('messages on %s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  let people = 0;
  const somebody = () => ({ userId: `auth0|${++people}` });
  const numberOf = (person: number) => `+4477009${String(person).padStart(5, '0')}`;
  const admit = (message: Partial<Admission> & Pick<Admission, 'whose'>) =>
    admitMessage(house.ports, house.tenant, { channel: 'sms', to: numberOf(people), ...message });
  const guard = (spend: Partial<MessageSpendRecord>) =>
    house.editTenant((tenant) => ({ ...tenant, messageSpend: { ...NO_BOUND, ...spend } }));
  /** How many of so many are let through. */
  const passed = async (times: number, message: Parameters<typeof admit>[0]) => {
    let count = 0;
    for (let i = 0; i < times; i++) if ((await admit(message)).ok) count++;
    return count;
  };
  /** The tenant's alerts since: type and what it says. */
  const alerts = async (after: number) => {
    const page = { offset: 0, limit: 100 };
    const types = ['limit_messages', 'limit_messages_warning'];
    const { records } = await house.store.logs.list(house.tenant.id, { order: 'oldest', types, page });
    return records.filter(({ at }) => at >= after).map(({ type, description }) => `${type}: ${description}`);
  };

  describe('to one person', () => {
    test('are ten by phone in any hour, wherever it begins', async () => {
      const whose = somebody();
      for (let i = 0; i < 10; i++) {
        expect(await admit({ whose, channel: i === 9 ? 'voice' : 'sms' })).toEqual({ ok: true });
        if (i < 9) house.clock.advance(5 * MINUTE);
      }
      // Forty-five minutes after the first.
      const refused = await admit({ whose });
      expect(refused).toMatchObject({
        ok: false,
        notice: { key: 'too-many-sms', retryAfterSeconds: 900 },
        fault: { code: 'limit' },
        logs: [{ type: 'gd_send_sms_failure', details: { failure_details: { errorCode: 'limit' } } }],
      });
      expect(await admit({ whose, channel: 'voice' })).toMatchObject({ notice: { key: 'too-many-voice' } });
      house.clock.advance(14 * MINUTE);
      expect((await admit({ whose })).ok).toBe(false);
      house.clock.advance(MINUTE);
      expect(await passed(3, { whose })).toBe(1);
      house.clock.advance(5 * MINUTE);
      expect(await passed(3, { whose })).toBe(1);
    });

    test('are calls of a bucket of ten that gains one an hour', async () => {
      const whose = somebody();
      expect(await passed(12, { whose, channel: 'voice' })).toBe(10);
      house.clock.advance(HOUR);
      expect(await passed(3, { whose, channel: 'voice' })).toBe(1);
      expect(await admit({ whose, channel: 'voice' })).toMatchObject({
        notice: { key: 'too-many-voice', retryAfterSeconds: 3600 },
        logs: [{ type: 'gd_send_voice_failure' }],
      });
      // Text messages have the hour's allowance alone.
      expect(await passed(20, { whose })).toBe(9);
      house.clock.advance(HOUR);
      expect(await passed(3, { whose, channel: 'voice' })).toBe(1);
      house.clock.advance(11 * HOUR);
      expect(await passed(12, { whose, channel: 'voice' })).toBe(10);
    });

    test('are five e-mails in any five minutes', async () => {
      const whose = somebody();
      const mail = { whose, channel: 'email', to: 'ana@example.com' } as const;
      expect(await passed(7, mail)).toBe(5);
      expect(await admit(mail)).toMatchObject({
        notice: { key: 'too-many-email', retryAfterSeconds: 300 },
        logs: [{ type: 'gd_send_email_failure' }],
      });
      expect(await passed(20, { whose })).toBe(10);
      house.clock.advance(5 * MINUTE - 1);
      expect(await passed(1, mail)).toBe(0);
      house.clock.advance(1);
      expect(await passed(7, mail)).toBe(5);
    });

    test('are nobody else’s', async () => {
      const to = numberOf(0);
      for (const whose of [somebody(), somebody(), { address: to }]) expect(await passed(11, { whose, to })).toBe(10);
    });

    test('count for an address that is nobody’s, however it is written, and for the account it becomes', async () => {
      const to = '+447700911111';
      const whose = somebody();
      expect(await passed(4, { whose: { address: to }, to })).toBe(4);
      expect(await passed(4, { whose: { address: '+44 (0)7700 911111' }, to })).toBe(4);
      expect(await passed(4, { whose: { address: to, ...whose }, to })).toBe(2);
      expect(await passed(10, { whose, to })).toBe(8);
      const mails = ['Bob@Example.com', 'bob@example.com'].map((address) => ({ address }));
      for (const [index, each] of mails.entries()) {
        const mail = { whose: each, channel: 'email', to: each.address, kind: 'passwordless-code' } as const;
        expect(await passed(3, mail)).toBe(3 - index);
        if (index === 1) expect(await admit(mail)).toMatchObject({ logs: [{ type: 'fn' }] });
      }
    });

    test.each([
      ['sms', 10],
      ['voice', 10],
      ['email', 5],
    ] as const)('by %s are not one more for a flood at once', async (channel, most) => {
      const whose = somebody();
      const all = await Promise.all(Array.from({ length: 30 }, () => admit({ whose, channel })));
      expect(all.filter(({ ok }) => ok)).toHaveLength(most);
    });
  });

  describe('that a tenant pays for', () => {
    test('are so many to one number, whoever asks, with a word before', async () => {
      house.clock.advance(2 * DAY);
      const since = house.clock.at;
      await guard({ per_number: { hour: 4, day: 6 } });
      const to = '+447700922222';
      const often = async (times: number) => {
        let count = 0;
        for (let i = 0; i < times; i++) {
          const answer = await admit({ whose: somebody(), to, channel: i % 2 === 0 ? 'sms' : 'voice' });
          if (answer.ok) count++;
          else
            expect(answer).toMatchObject({
              fault: { code: 'limit' },
              notice: { retryAfterSeconds: expect.any(Number) },
            });
        }
        return count;
      };
      expect(await often(7)).toBe(4);
      house.clock.advance(HOUR);
      expect(await often(7)).toBe(2);
      house.clock.advance(HOUR);
      expect(await often(2)).toBe(0);
      expect(await passed(2, { whose: somebody(), to: '+447700933333' })).toBe(2);
      expect(await alerts(since)).toEqual([
        'limit_messages_warning: 3 of the 4 messages to one number in an hour are sent.',
        'limit_messages: The limit of 4 messages to one number in an hour is reached: no more are sent.',
        'limit_messages_warning: 5 of the 6 messages to one number in a day are sent.',
        'limit_messages: The limit of 6 messages to one number in a day is reached: no more are sent.',
      ]);
    });

    test.each([
      ['sms', 'too-many-sms', 'text messages'],
      ['voice', 'too-many-voice', 'calls'],
      ['email', 'too-many-email', 'e-mails'],
    ] as const)('are so many a day by %s, with a word before and one at the end', async (channel, key, noun) => {
      await guard({ per_day: { ...NO_BOUND.per_day, [channel]: 10 } });
      house.clock.at = Math.ceil(house.clock.at / DAY) * DAY + 23 * HOUR;
      const since = house.clock.at;
      for (let i = 0; i < 7; i++) expect((await admit({ whose: somebody(), channel })).ok).toBe(true);
      expect(await alerts(since)).toEqual([]);
      expect((await admit({ whose: somebody(), channel })).ok).toBe(true);
      const near = `limit_messages_warning: 8 of the 10 ${noun} of the day are sent.`;
      expect(await alerts(since)).toEqual([near]);
      for (let i = 0; i < 2; i++) expect((await admit({ whose: somebody(), channel })).ok).toBe(true);
      const end = `limit_messages: The limit of 10 ${noun} of the day is reached: no more are sent.`;
      for (let i = 0; i < 3; i++) {
        const refused = await admit({ whose: somebody(), channel });
        expect(refused).toMatchObject({ notice: { key, retryAfterSeconds: 3600 }, fault: { code: 'limit' } });
      }
      expect(await alerts(since)).toEqual([near, end]);
      const others = (['sms', 'voice', 'email'] as const).filter((each) => each !== channel);
      for (const other of others) expect((await admit({ whose: somebody(), channel: other })).ok).toBe(true);
      house.clock.advance(HOUR);
      expect((await admit({ whose: somebody(), channel })).ok).toBe(true);
    });

    test('of which there are none tell so once', async () => {
      house.clock.advance(2 * DAY);
      const since = house.clock.at;
      await guard({ per_day: { ...NO_BOUND.per_day, voice: 0, sms: 1 } });
      expect(await passed(3, { whose: somebody(), channel: 'voice' })).toBe(0);
      expect(await passed(3, { whose: somebody() })).toBe(1);
      expect(await alerts(since)).toEqual([
        'limit_messages: The limit of 0 calls of the day is reached: no more are sent.',
        'limit_messages: The limit of 1 text messages of the day is reached: no more are sent.',
      ]);
    });

    test('go to the countries that each channel has', async () => {
      await guard({
        countries: { sms: { allow: ['+44', '+1'], deny: ['+1876'] }, voice: { allow: [], deny: ['+44'] } },
      });
      const told = async (channel: 'sms' | 'voice', to: string) => {
        const answer = await admit({ whose: somebody(), channel, to });
        return answer.ok ? 'ok' : `${answer.fault.code} ${answer.notice.key}`;
      };
      expect(await told('sms', '+447700900123')).toBe('ok');
      expect(await told('sms', '+18765551234')).toBe('country send-sms-failed');
      expect(await told('sms', '+819012345678')).toBe('country send-sms-failed');
      expect(await told('voice', '+447700900123')).toBe('country send-voice-failed');
      expect(await told('voice', '+819012345678')).toBe('ok');
      expect((await admit({ whose: somebody(), channel: 'email', to: 'a@b.example' })).ok).toBe(true);
    });

    test('that are refused cost no allowance of the person', async () => {
      const whose = somebody();
      await guard({ countries: { ...NO_BOUND.countries, sms: { allow: [], deny: ['+44'] } } });
      expect(await passed(12, { whose })).toBe(0);
      await guard({ per_day: { ...NO_BOUND.per_day, sms: 0 } });
      expect(await passed(12, { whose })).toBe(0);
      await guard({});
      expect(await passed(12, { whose })).toBe(10);
    });

    test('are not one more for a flood of many people, and the words are said once', async () => {
      house.clock.advance(2 * DAY);
      const since = house.clock.at;
      await guard({ per_day: { ...NO_BOUND.per_day, sms: 20 } });
      const all = await Promise.all(Array.from({ length: 40 }, () => admit({ whose: somebody() })));
      expect(all.filter(({ ok }) => ok)).toHaveLength(20);
      expect((await alerts(since)).map((line) => line.split(':')[0]).sort()).toEqual([
        'limit_messages',
        'limit_messages_warning',
      ]);
    });
  });
});
