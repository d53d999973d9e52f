// Twilio as the one provider of all phone messages of a tenant: with whose keys a message goes out, in which words, and which
// messages go another way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BRANDING_PHONE } from '#runtime/delivery/branding-phone.ts';
import { twilioAccountOf } from '#runtime/delivery/twilio-accounts.ts';
import { type House, openHouse } from '#test/kit/house.ts';
import { openTwilio, SID, TOKEN, type TwilioDouble } from '#test/kit/twilio.ts';

const PHONE = '+447700900123';
let twilio: TwilioDouble;
let house: House;
beforeAll(async () => {
  twilio = await openTwilio();
  house = await openHouse({ ports: { twilio: twilio.port } });
  const { store, tenant } = house;
  const settings = {
    name: 'twilio',
    disabled: false,
    configuration: { sid: SID, default_from: '+15005550006' },
    credentials: { auth_token: TOKEN },
  };
  await store.providers.insert({
    tenantId: tenant.id,
    id: 'pro_1',
    name: BRANDING_PHONE,
    settings,
    createdAt: 0,
    updatedAt: 0,
  });
  const content = { body: { text: 'The code is {{code}}', voice: 'Hear {{pause}} {{code}}' } };
  const page = {
    tenantId: tenant.id,
    id: 'tem_1',
    kind: 'phone-template',
    name: 'otp_verify',
    document: { content },
  } as const;
  await store.pages.insert({ ...page, createdAt: 0, updatedAt: 0 });
});
afterAll(async () => void (await Promise.all([house.close(), twilio.close()])));

const changedOver = (on: boolean) =>
  house.editTenant((tenant) => ({ ...tenant, settings: { phone_consolidated_experience: on } }));
const send = (channel: 'sms' | 'voice', type: 'otp_verify' | 'otp_enroll' = 'otp_verify') =>
  house.runtime.tryPhone(house.tenant, { to: PHONE, channel, type, caller: { ip: '192.0.2.1', method: 'POST' } });
const arrived = async (count: number) => {
  await expect.poll(() => twilio.requests.length).toBe(count);
  return twilio.requests[count - 1];
};

describe('a message of a tenant whose phone messages have one provider', () => {
  test('goes out with its keys and in the words of its template', async () => {
    await send('sms');
    const text = await arrived(1);
    expect(text).toMatchObject({ kind: 'Messages', sid: SID });
    expect([text?.form.get('To'), text?.form.get('From'), text?.form.get('Body')]).toEqual([
      PHONE,
      '+15005550006',
      expect.stringMatching(/^The code is \d{6}$/),
    ]);
    await send('voice');
    expect((await arrived(2))?.form.get('Twiml')).toMatch(/Hear<.+<Pause length="1"\/>.*\d(\.\d){5}/);
    await send('sms', 'otp_enroll');
    expect((await arrived(3))?.form.get('Body')).toMatch(/^\d{6} is your verification code for/);
  });

  test('is reported on under its provider', async () => {
    expect(twilio.requests[0]?.form.get('StatusCallback')).toContain('/twilio/status/pro_1/');
    expect(await twilioAccountOf(house.store, house.tenant.id, 'pro_1')).toMatchObject({ sid: SID, authToken: TOKEN });
    expect(await twilioAccountOf(house.store, house.tenant.id, 'pro_2')).toBeUndefined();
  });

  test('of a login goes this way only once the tenant has changed over', async () => {
    const before = twilio.requests.length;
    await house.bind(
      `exports.onExecutePostLogin = async (event, api) => api.authentication.challengeWith({ type: 'phone' });`,
    );
    const user = await house.user('somebody', ['phone']);
    const signIn = async () => {
      const { key } = await house.begin();
      await house.step(key, { kind: 'submitted', identifier: user.email ?? '', password: 'correct horse battery' });
    };
    await changedOver(false);
    await signIn();
    expect(await house.codeFor(PHONE)).toMatch(/^\d{6}$/);
    expect(twilio.requests).toHaveLength(before);
    await changedOver(true);
    await signIn();
    expect(twilio.requests).toHaveLength(before + 1);
  });
});
