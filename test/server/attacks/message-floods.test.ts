// Attacks: somebody who has a password, or several, and wants messages sent: to their owner until they give in, to numbers
// that cost money, at every door at once.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MessageSpendRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import { type MfaDesk, openMfaDesk, PHONE } from '../mfa-api/mfa-desk.ts';
import { placeOf, signIn } from './attacker.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ask = (factor: string) => `exports.onExecutePostLogin = async (event, api) =>
  api.authentication.challengeWith({ type: '${factor}' });`;
const PHONE_ENROLLMENT = `exports.onExecutePostLogin = async (event, api) =>
  api.authentication.enrollWith({ type: 'phone' });`;

describe.each(databasesInFull())('messages on %s', (_name, open) => {
  let desk: MfaDesk;
  beforeAll(async () => {
    desk = await openMfaDesk({ databaseUrl: await open() });
  });
  afterAll(() => desk.close());
  beforeEach(async () => {
    desk.door.house.clock.advance(24 * HOUR);
    await desk.door.house.bind(ask('phone'));
    await desk.door.house.editTenant(({ messageSpend: _former, ...tenant }) => ({ ...tenant, messageTypes: ['sms'] }));
  });

  const guard = (spend: Partial<MessageSpendRecord>) =>
    desk.door.house.editTenant((tenant) => ({
      ...tenant,
      messageSpend: {
        per_number: { hour: null, day: null },
        per_day: { sms: null, voice: null, email: null },
        countries: { sms: { allow: [], deny: [] }, voice: { allow: [], deny: [] } },
        alert_at: 0.8,
        ...spend,
      },
    }));
  const sentTo = async (to: string) => {
    const { house } = desk.door;
    const { records } = await house.store.messages.list(house.tenant.id, { to, page: { offset: 0, limit: 100 } });
    return records.filter(({ at }) => at > house.clock.at - HOUR).length;
  };
  const errorOn = (html: string) => /data-error="([^"]+)"/.exec(html)?.[1];

  const client = { client_id: 'native', client_secret: 'native secret' };
  /** A message asked for at the MFA API, in a login of its own. */
  const oob = async (name: string, more: Record<string, string> = {}) => {
    const mfa_token = await desk.mfaToken(name);
    return desk.call('POST', 'challenge', { body: { ...client, mfa_token, challenge_type: 'oob', ...more } });
  };
  /** One on a page, in a browser of its own. */
  const onPage = async (name: string) => {
    const browser = desk.door.browser();
    const page = await signIn(desk.door, browser, name);
    return { browser, page };
  };
  const told = ({ page: { status, html, url } }: { page: Page }) => [status, url.pathname, errorOn(html)];

  test('one person is sent ten in an hour, at whatever doors, and the last code stays good', async () => {
    const { house } = desk.door;
    const { name, user } = await desk.newUser('phone');
    const { browser, page } = await onPage(name);
    for (let i = 0; i < 4; i++) await onPage(name);
    for (let i = 0; i < 5; i++) expect((await oob(name)).status).toBe(200);
    const refused = await oob(name);
    expect(refused).toMatchObject({
      status: 429,
      body: {
        error: 'invalid_request',
        error_description: 'Too many SMS sent by the user. Wait for some minutes before retrying.',
      },
    });
    expect(refused.headers.get('retry-after')).toBe('3600');
    const again = await browser.post(page, { action: 'resend-code' });
    expect(told({ page: again })).toEqual([429, '/u/mfa-sms-challenge', 'too-many-sms']);
    // A login that begins now has no code at all, and says why.
    const late = await onPage(name);
    expect(told(late)).toEqual([200, '/u/mfa-sms-challenge', 'too-many-sms']);
    expect(await sentTo(PHONE)).toBe(10);
    const lines = await house.store.logs.list(house.tenant.id, {
      type: 'gd_send_sms_failure',
      order: 'newest',
      page: { offset: 0, limit: 9 },
    });
    expect(lines.records.filter(({ userId }) => userId === user.id)).toHaveLength(3);
    expect(lines.records[0]).toMatchObject({ details: { failure_details: { errorCode: 'limit' } } });
    house.clock.advance(4 * MINUTE);
    const [first] = (await house.store.messages.list(house.tenant.id, { to: PHONE, page: { offset: 9, limit: 1 } }))
      .records;
    expect(placeOf(await browser.post(again, { code: first?.code ?? '', action: 'default' }))).toBe('code');
    // Nobody else is held up by it.
    expect((await oob((await desk.newUser('phone')).name)).status).toBe(200);
    house.clock.advance(56 * MINUTE);
    expect(told(await onPage(name))).toEqual([200, '/u/mfa-sms-challenge', undefined]);
  });

  test('a flood of windows at once has the phone ring ten times', async () => {
    await desk.door.house.editTenant((tenant) => ({ ...tenant, messageTypes: ['voice'] }));
    const { name } = await desk.newUser('phone');
    const pages = await Promise.all(Array.from({ length: 7 }, () => onPage(name)));
    expect(new Set(pages.map(told).map(String))).toEqual(new Set(['200,/u/mfa-voice-challenge,']));
    const resend = () => Promise.all(pages.map(({ browser, page }) => browser.post(page, { action: 'resend-code' })));
    const answers = [...(await resend()), ...(await resend())].map((page) => String(told({ page })));
    expect(answers.filter((each) => each === '429,/u/mfa-voice-challenge,too-many-voice')).toHaveLength(11);
    expect(await sentTo(PHONE)).toBe(10);
    const late = await onPage(name);
    expect(told(late)).toEqual([200, '/u/mfa-voice-challenge', 'too-many-voice']);
  });

  test('five codes by e-mail in five minutes, with the challenges of apps that clients ask for', async () => {
    await desk.door.house.bind(`exports.onExecutePostLogin = async (event, api) =>
      api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'email' }]);`);
    const { name } = await desk.newUser('otp', 'email');
    for (let i = 0; i < 3; i++) expect((await oob(name)).status).toBe(200);
    for (let i = 0; i < 2; i++) expect((await oob(name, { challenge_type: 'otp' })).status).toBe(200);
    expect(await oob(name)).toMatchObject({
      status: 429,
      body: { error_description: 'Too many emails sent by the user. Wait for some minutes before retrying.' },
    });
    const app = await oob(name, { challenge_type: 'otp' });
    expect(app).toMatchObject({ status: 429, body: { error: 'invalid_request' } });
    expect(app.headers.get('retry-after')).toBe('300');
    // Neither keeps anybody from the code that an app shows anyway.
    expect((await desk.otp(await desk.mfaToken(name), desk.code())).status).toBe(200);
    desk.door.house.clock.advance(5 * MINUTE);
    expect((await oob(name)).status).toBe(200);
  });

  test('somebody with one account after the other reaches no number more often than the tenant lets them', async () => {
    await desk.door.house.bind(PHONE_ENROLLMENT);
    await guard({ per_number: { hour: 3, day: null } });
    const statuses: unknown[] = [];
    for (let i = 0; i < 5; i++) {
      const { browser, page } = await onPage((await desk.newUser()).name);
      const given = await browser.post(page, { phone: '+447700944444', action: 'default' });
      statuses.push([placeOf(given), errorOn(given.html)]);
    }
    const enrolling = '/u/mfa-sms-enrollment';
    expect(statuses).toEqual([
      ...Array.from({ length: 3 }, () => ['/u/mfa-sms-challenge', undefined]),
      ...Array.from({ length: 2 }, () => [enrolling, 'too-many-sms']),
    ]);
    expect(await sentTo('+447700944444')).toBe(3);
  });

  test('links and notices are paid for, too: one more than the day has does not leave, and the log says so', async () => {
    const { house } = desk.door;
    await guard({ per_day: { sms: null, voice: null, email: 2 } });
    const { name, user } = await desk.newUser();
    for (let i = 0; i < 3; i++) {
      const answer = await desk.door.app.request(`${desk.door.site}/dbconnections/change_password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: 'native',
          email: `${name}@example.com`,
          connection: 'Username-Password-Authentication',
        }),
      });
      expect(answer.status).toBe(200);
    }
    const states = async () => {
      const page = { offset: 0, limit: 9 };
      const { records } = await house.store.messages.list(house.tenant.id, { to: `${user.email}`, page });
      return records.map(({ state, outcome }) => `${state} ${outcome?.code ?? ''}`).sort();
    };
    await expect.poll(states).toEqual(['delivered ', 'delivered ', 'failed limit']);
    const types = ['fn', 'limit_messages', 'limit_messages_warning'];
    const lines = await house.store.logs.list(house.tenant.id, {
      types,
      order: 'newest',
      page: { offset: 0, limit: 3 },
    });
    expect(lines.records.map(({ type }) => type).sort()).toEqual(types);
    expect(lines.records.find(({ type }) => type === 'fn')).toMatchObject({
      details: { notification_type: 'reset-password', failure_details: { errorCode: 'limit' } },
    });
  });

  test('a country that is denied is called at no door, and the page offers what else there is', async () => {
    await guard({ countries: { sms: { allow: [], deny: ['+44'] }, voice: { allow: [], deny: [] } } });
    const { name } = await desk.newUser('otp', 'phone');
    const { page } = await onPage(name);
    expect(told({ page })).toEqual([200, '/u/mfa-sms-challenge', 'send-sms-failed']);
    expect(await oob(name)).toMatchObject({
      status: 400,
      body: { error: 'sms_provider_error', error_description: 'The SMS with the code could not be sent.' },
    });
    await desk.door.house.bind(PHONE_ENROLLMENT);
    const enrolled = await onPage((await desk.newUser()).name);
    const given = await enrolled.browser.post(enrolled.page, { phone: '+447700955555', action: 'default' });
    expect(told({ page: given })).toEqual([400, '/u/mfa-sms-enrollment', 'send-sms-failed']);
    const bearer = await desk.mfaToken((await desk.newUser()).name);
    expect(
      await desk.associate(bearer, {
        ...client,
        authenticator_types: ['oob'],
        oob_channels: ['sms'],
        phone_number: '+447700955555',
      }),
    ).toMatchObject({ status: 400, body: { error: 'sms_provider_error' } });
    expect(await sentTo(PHONE)).toBe(0);
    expect(await sentTo('+447700955555')).toBe(0);
  });
});
