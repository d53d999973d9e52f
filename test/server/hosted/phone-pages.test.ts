// Test: phones on the pages: by text message, by a call, by either; several numbers and mailboxes; a number to enroll.
import { beforeEach, describe, expect, test } from 'vitest';
import { stateIn } from './pages.ts';
import { ANY, ASK_WAY, BOTH, usePhoneDesk, type Way } from './phone-desk.ts';

const ENROLL = `api.authentication.enrollWith({ type: 'phone' });`;
const desk = usePhoneDesk();
const { script, ways, somebody, signIn, press, see, at, newest, sentTimes, isDone, newcomer } = desk;

describe('where phones are reached in one way', () => {
  test.each<[Way, string]>([
    ['sms', 'mfa-sms-challenge'],
    ['voice', 'mfa-voice-challenge'],
  ])('by %s, no page gives a choice', async (way, screen) => {
    await ways(way);
    const who = await somebody();
    const page = await signIn(who);
    expect(at(page)).toBe(screen);
    const text = await see(page);
    expect(text).not.toMatch(/switch-to|name="type"|pick-(sms|phone)/);
    expect(await newest(who.phones[0]!)).toMatchObject({ channel: way });
    const picker = await press(page, { action: 'pick-authenticator' });
    expect(await see(picker)).toMatch(new RegExp(`value="${way}"[\\s\\S]*value="otp"`));
    expect(await press(page, { action: way === 'sms' ? 'switch-to-voice' : 'switch-to-sms' })).toMatchObject({
      location: picker.location,
    });
    const back = await press(picker, { action: way });
    isDone(await press(back, { code: await desk.house.codeFor(who.phones[0]!) }));
  });

  test.each<Way>(BOTH)('by %s, a script that wants the person to say changes nothing', async (way) => {
    await ways(way);
    await script(ASK_WAY);
    expect(at(await signIn(await somebody()))).toBe(`mfa-${way}-challenge`);
  });

  test('the other way is no way', async () => {
    const page = await signIn(await somebody());
    for (const action of ['switch-to-voice', 'switch-to-sms', 'pick-sms', 'pick-phone', 'pick-email', 'nonsense'])
      expect(await press(page, { action })).toMatchObject({ status: 400, error: 'authenticator-error' });
  });
});

describe('where phones are reached in both ways', () => {
  beforeEach(() => ways(...BOTH));

  test('a text message first; a call instead, and back; each voids the former code', async () => {
    const who = await somebody();
    const [phone = ''] = who.phones;
    const sms = await signIn(who);
    expect(at(sms)).toBe('mfa-sms-challenge');
    const first = await desk.house.codeFor(phone);
    desk.house.clock.advance(1000);
    const call = await press(sms, { action: 'switch-to-voice' });
    expect(at(call)).toBe('mfa-voice-challenge');
    expect(await see(call)).toMatch(/value="resend-code"[\s\S]*value="switch-to-sms"/);
    const said = await newest(phone);
    expect(said?.channel).toBe('voice');
    expect(await press(call, { code: first })).toMatchObject({ status: 400, error: 'invalid-code' });
    desk.house.clock.advance(1000);
    const again = await press(call, { action: 'resend-code' });
    expect(at(again)).toBe('mfa-voice-challenge');
    expect(await newest(phone)).toMatchObject({ channel: 'voice' });
    desk.house.clock.advance(1000);
    const back = await press(again, { action: 'switch-to-sms' });
    expect(at(back)).toBe('mfa-sms-challenge');
    expect(await newest(phone)).toMatchObject({ channel: 'sms' });
    expect((await press(back, { code: said?.code ?? '' })).error).toBe('invalid-code');
    isDone(await press(back, { code: await desk.house.codeFor(phone) }));
  });

  test('the picker has one row for the phone, with its number', async () => {
    await script(ANY);
    const who = await somebody();
    const picker = await signIn(who);
    const text = await see(picker);
    expect(text).toMatch(/value="phone"[\s\S]*value="otp"[\s\S]*value="email"/);
    expect(text).toContain(`<bdi>XXXXXXXXX${who.phones[0]?.slice(-4)}</bdi>`);
    expect(text).not.toContain(who.phones[0]);
    expect(at(await press(picker, { action: 'phone' }))).toBe('mfa-sms-challenge');
  });
  test.each<[string, string]>([
    ['sms', 'mfa-sms-challenge'],
    ['voice', 'mfa-voice-challenge'],
  ])('a form that says %s means it', async (action, screen) => {
    await script(ANY);
    expect(at(await press(await signIn(await somebody()), { action }))).toBe(screen);
  });

  test.each<Way>(BOTH)('asked first, the person says %s', async (type) => {
    await script(ASK_WAY);
    const who = await somebody();
    const page = await signIn(who);
    expect(at(page)).toBe('mfa-phone-challenge');
    expect(await sentTimes(who.phones[0]!)).toBe(0);
    const text = await see(page);
    expect(text).toContain(`XXXXXXXXX${who.phones[0]?.slice(-4)}`);
    // Neither another phone nor another method is there.
    expect(text).not.toMatch(/pick-phone|pick-authenticator/);
    for (const fields of [{ type: 'pigeon' }, { action: 'pick-phone' }, { action: 'resend-code' }])
      expect(await press(page, fields)).toMatchObject({ status: 400, error: 'authenticator-error' });
    const chosen = await press(page, { type, action: 'default' });
    expect(at(chosen)).toBe(`mfa-${type}-challenge`);
    expect(await newest(who.phones[0]!)).toMatchObject({ channel: type });
    isDone(await press(chosen, { code: await desk.house.codeFor(who.phones[0]!) }));
  });

  test('asked which way, somebody whose phone is removed meanwhile gets what else there is', async () => {
    await script(ASK_WAY.replace('} });', "} }, { additionalFactors: [{ type: 'otp' }] });"));
    const who = await somebody();
    const page = await signIn(who);
    expect(at(page)).toBe('mfa-phone-challenge');
    await desk.house.store.authenticators.remove(desk.house.tenant.id, who.phoneIds[0]!);
    expect(at(await press(page, { type: 'sms', action: 'default' }))).toBe('mfa-otp-challenge');
  });

  test('asked which way, somebody with two phones may say which', async () => {
    await script(ASK_WAY);
    const who = await somebody(2);
    const list = await press(await signIn(who), { action: 'pick-phone' });
    expect(at(list)).toBe('mfa-sms-list');
    // There is no code to go back to, and no other method.
    expect(await see(list)).not.toContain('back-action');
    const other = await press(list, { action: 'selection-action::1' });
    expect(at(other)).toBe('mfa-phone-challenge');
    expect(await see(other)).toContain(who.phones[1]?.slice(-4));
    const call = await press(other, { type: 'voice' });
    expect(at(call)).toBe('mfa-voice-challenge');
    isDone(await press(call, { code: await desk.house.codeFor(who.phones[1]!) }));
  });
});

describe('several of one kind', () => {
  test('another number: chosen from a list, which leads back without sending', async () => {
    const who = await somebody(3);
    const [first = '', , third = ''] = who.phones;
    const page = await signIn(who);
    const code = await desk.house.codeFor(first);
    const list = await press(page, { action: 'pick-sms' });
    expect(at(list)).toBe('mfa-sms-list');
    const text = await see(list);
    for (const phone of who.phones) {
      expect(text).toContain(phone.slice(-4));
      expect(text).not.toContain(phone);
    }
    const back = await press(list, { action: 'back-action' });
    expect(back.location).toBe(page.location);
    expect(await sentTimes(first)).toBe(1);
    const again = await press(back, { action: 'pick-sms' });
    for (const index of ['3', '-1', '01', 'x', ''])
      expect((await press(again, { action: `selection-action::${index}` })).error).toBe('authenticator-error');
    const other = await press(again, { action: 'selection-action::2' });
    expect(await see(other)).toContain(third.slice(-4));
    expect((await press(other, { code })).error).toBe('invalid-code');
    isDone(await press(other, { code: await desk.house.codeFor(third) }));
  });

  test('the picker names the first and says how many more', async () => {
    await script(ANY);
    const who = await somebody(3);
    const text = await see(await signIn(who));
    expect(text).toContain(`${who.phones[0]?.slice(-4)}</bdi> and 2 others`);
  });

  test('one that was removed while the list is open is no row of it', async () => {
    const who = await somebody(3);
    const list = await press(await signIn(who), { action: 'pick-sms' });
    await desk.house.store.authenticators.remove(desk.house.tenant.id, who.phoneIds[1]!);
    const refused = await press(list, { action: 'selection-action::1' });
    expect(refused).toMatchObject({ status: 400, error: 'authenticator-error' });
    expect(refused.text).not.toContain(who.phones[1]?.slice(-4));
    // The others keep their places.
    const other = await press(list, { action: 'selection-action::2' });
    expect(await see(other)).toContain(who.phones[2]?.slice(-4));
  });

  test('another mailbox', async () => {
    await script(`api.authentication.challengeWith({ type: 'email' });`);
    const who = await somebody(0);
    const base = {
      tenantId: desk.house.tenant.id,
      userId: who.userId,
      confirmed: true,
      createdAt: desk.house.clock.at,
    };
    const email = `second-${who.name}@example.org`;
    await desk.house.store.authenticators.insert({
      ...base,
      id: `dev_${desk.house.ports.random.letters(16)}`,
      type: 'email',
      email,
    });
    const page = await signIn(who);
    expect(at(page)).toBe('mfa-email-challenge');
    const list = await press(page, { action: 'pick-email' });
    expect(at(list)).toBe('mfa-email-list');
    const other = await press(list, { action: 'selection-action::1' });
    isDone(await press(other, { code: await desk.house.codeFor(who.mailbox) }));
  });
});

describe('a number to enroll', () => {
  beforeEach(() => script(ENROLL));

  test.each<[Way[], string, boolean]>([
    [['sms'], 'mfa-sms-enrollment', false],
    [['voice'], 'mfa-voice-enrollment', false],
    [BOTH, 'mfa-phone-enrollment', true],
  ])('%j: %s; the countries lead back to it', async (types, screen, hasTypes) => {
    await ways(...types);
    const page = await signIn(await newcomer());
    expect(at(page)).toBe(screen);
    expect((await see(page)).includes('name="type"')).toBe(hasTypes);
    const countries = await press(page, { action: 'pick-country-code', type: 'voice' });
    expect(at(countries)).toBe('mfa-country-codes');
    const chosen = await press(countries, { action: 'selection-action::JP81' });
    expect(at(chosen)).toBe(screen);
    const text = await see(chosen);
    expect(text).toContain('JP +81');
    if (hasTypes) expect(text).toMatch(/value="voice" checked/);
    expect(at(await press(countries, { action: 'back-action' }))).toBe(screen);
    // The other two screens of the kind are none of this login's.
    for (const other of ['sms', 'voice', 'phone'].map((kind) => `/u/mfa-${kind}-enrollment`))
      if (!other.endsWith(screen)) {
        const answer = await desk.pages.get(`${other}?state=${stateIn(page)}`);
        expect(answer.location).toBe(page.location);
      }
    const [only = 'voice'] = types;
    const way = hasTypes ? 'voice' : only;
    const phone = `+8190${String(10000000 + desk.people)}`;
    const sent = await press(chosen, { phone, ...(hasTypes ? { type: 'voice' } : {}) });
    expect(at(sent)).toBe(`mfa-${way}-challenge`);
    expect(await newest(phone)).toMatchObject({ channel: way });
    expect(await see(sent)).not.toMatch(/rememberBrowser|pick-/);
    // With the first factor comes a recovery code, which is read before the login goes on.
    const kept = await press(sent, { code: await desk.house.codeFor(phone) });
    expect(at(kept)).toBe('mfa-recovery-code-enrollment');
    isDone(await press(kept, { saved: 'on' }));
  });

  test('both: text message when nothing is said, a call instead, and back to the number', async () => {
    await ways(...BOTH);
    const phone = `+8190${String(20000000 + desk.people)}`;
    const who = await newcomer();
    const page = await signIn(who);
    expect((await press(page, { phone, type: 'pigeon' })).error).toBe('authenticator-error');
    const refused = await press(page, { phone: 'call me', type: 'voice' });
    expect(refused.error).toBe('invalid-phone');
    expect(refused.text).toMatch(/value="voice" checked/);
    const sms = await press(page, { phone });
    expect(at(sms)).toBe('mfa-sms-challenge');
    const first = await desk.house.codeFor(phone);
    desk.house.clock.advance(1000);
    const call = await press(sms, { action: 'switch-to-voice' });
    expect(at(call)).toBe('mfa-voice-challenge');
    expect(await newest(phone)).toMatchObject({ channel: 'voice' });
    expect((await press(call, { code: first })).error).toBe('invalid-code');
    const number = await press(call, { action: 'back-action' });
    expect(at(number)).toBe('mfa-phone-enrollment');
    const text = await see(number);
    expect(text).toContain(`value="${phone}"`);
    expect(text).toMatch(/value="voice" checked/);
    desk.house.clock.advance(1000);
    const again = await press(number, { phone, type: 'voice' });
    await press(again, { code: await desk.house.codeFor(phone) });
    // How they were reached is how they will be.
    const rows = await desk.house.store.authenticators.ofUser(desk.house.tenant.id, who.userId);
    expect(rows.find(({ phoneNumber }) => phoneNumber === phone)).toMatchObject({ preferredMethod: 'voice' });
  });
});
