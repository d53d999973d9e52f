// Tests: what the tenant's log says of a message, by its channel, by what it is for and by how it ended; and that each type of
// line that has to do with messages is seen in a test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOG_TYPES, type LogType } from '#runtime/codes.ts';
import { createMessenger } from '#runtime/delivery/create-messenger.ts';
import type { Taken } from '#runtime/delivery/delivery.ts';
import type { MessageKind, MessageRecord } from '#storage/records.ts';
import { type House, openHouse } from '#test/kit/house.ts';

type Row = [channel: MessageRecord['channel'], kind: MessageKind, sent: LogType | undefined, failed: LogType];

const ROWS: Row[] = [
  ['sms', 'second-factor', 'gd_send_sms', 'gd_send_sms_failure'],
  ['sms', 'enrollment', 'gd_send_sms', 'gd_send_sms_failure'],
  ['voice', 'second-factor', 'gd_send_voice', 'gd_send_voice_failure'],
  ['voice', 'enrollment', 'gd_send_voice', 'gd_send_voice_failure'],
  ['email', 'second-factor', 'gd_send_email', 'gd_send_email_failure'],
  ['push', 'push', 'gd_send_pn', 'gd_send_pn_failure'],
  ['sms', 'passwordless-code', 'cs', 'fn'],
  ['email', 'passwordless-code', 'cs', 'fn'],
  ['email', 'passwordless-link', 'cls', 'fn'],
  ['email', 'verify-email', undefined, 'fn'],
  ['email', 'reset-password', undefined, 'fn'],
  ['email', 'unblock', undefined, 'fn'],
  ['email', 'invitation', undefined, 'fn'],
  ['email', 'enrollment-ticket', undefined, 'fn'],
  ['email', 'welcome', undefined, 'fn'],
];

const FAULT = { code: 'refused', detail: 'The provider knows no such number.', answered: '21211' } as const;

/** What others write than the delivery itself, and the test in which it is seen in a tenant's log. */
const ELSEWHERE: [type: LogType, file: string][] = [
  ['sepft', 'test/server/passwordless/verify.test.ts'],
  ['fepft', 'test/server/passwordless/verify.test.ts'],
  ['limit_messages', 'test/runtime/delivery/message-limits.test.ts'],
  ['limit_messages_warning', 'test/runtime/delivery/message-limits.test.ts'],
  ['limit_wc', 'test/server/attacks/brute-force.test.ts'],
  ['limit_mu', 'test/server/attacks/throttling.test.ts'],
  ['limit_sul', 'test/server/attacks/throttling.test.ts'],
];

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** The lines in the tenant's log that an attempt leaves which ends so. */
async function linesOf(channel: MessageRecord['channel'], kind: MessageKind, taken: Taken) {
  const { ports, tenant, clock, store } = house;
  clock.advance(1);
  const send = async () => taken;
  const messenger = createMessenger(ports, {} as never, { providerOf: async () => ({ name: 'test', send }) });
  const message: MessageRecord = {
    tenantId: tenant.id,
    id: ports.random.uuid(),
    channel,
    to: 'somebody',
    text: 'the words',
    about: { kind, locale: 'en', place: { userId: 'auth0|1' } },
    state: 'pending',
    attempts: 0,
    at: clock.at,
    expiresAt: clock.at + 300_000,
  };
  await store.commit([{ kind: 'message.insert', message }]);
  await messenger.deliver(tenant.id, message.id);
  const { records } = await store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 10 } });
  return records.filter(({ at }) => at === clock.at);
}

describe('the log', () => {
  test.each(ROWS)('of %s, %s: %s, or %s', async (channel, kind, sent, failed) => {
    const typesOf = async (taken: Taken) => (await linesOf(channel, kind, taken)).map(({ type }) => type);
    expect(await typesOf({ end: 'sent' })).toEqual(sent === undefined ? [] : [sent]);
    expect(await typesOf({ end: 'failed', fault: FAULT })).toEqual([failed]);
    expect(await typesOf({ end: 'unseen', fault: FAULT })).toEqual([failed]);
    // Its last attempt has the word.
    expect(await typesOf({ end: 'retry', fault: FAULT })).toEqual([]);
  });

  test('says whose it was, who had it, what they answered, and when nobody knows; never the words', async () => {
    const lineOf = async (taken: Taken) => (await linesOf('sms', 'second-factor', taken))[0];
    const known = { authenticator: { type: 'phone' }, provider: 'test' };
    const failure = {
      failure_details: { errorCode: 'refused', message: FAULT.detail },
      provider_error: { code: FAULT.answered },
    };
    expect(await lineOf({ end: 'sent', reference: 'SM1' })).toMatchObject({
      userId: 'auth0|1',
      details: { ...known, reference: 'SM1' },
    });
    const failed = await lineOf({ end: 'failed', fault: FAULT });
    expect([failed?.description, failed?.details]).toEqual([FAULT.detail, { ...known, ...failure }]);
    const unseen = await lineOf({ end: 'unseen', fault: FAULT });
    expect(unseen?.details).toEqual({ ...known, ...failure, unconfirmed: true });
    expect(JSON.stringify([failed, unseen])).not.toContain('the words');
  });

  test.each(ELSEWHERE)('%s is seen in %s', (type, file) => {
    expect(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8')).toContain(`'${type}'`);
  });

  test('has no other types that tell of messages or limits', () => {
    const wanted = Object.keys(LOG_TYPES).filter((type) => /^(gd_send_|limit_|cl?s$|fn$|[sf]epft$)/.test(type));
    const shown = new Set<string | undefined>([
      ...ELSEWHERE.map(([type]) => type),
      ...ROWS.flatMap(([, , ...types]) => types),
    ]);
    expect(wanted.filter((type) => !shown.has(type))).toEqual([]);
  });
});
