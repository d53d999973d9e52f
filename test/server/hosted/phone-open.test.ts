// Test: what may happen while the page of a code is open: late, replayed, two tabs, the back button, switches and removals.
import { describe, expect, test } from 'vitest';
import { ANY, ASK_WAY, BOTH, CHALLENGE, usePhoneDesk, type Way } from './phone-desk.ts';

const desk = usePhoneDesk();
const { script, ways, switches, somebody, signIn, press, see, at, newest, sentTimes, isDone } = desk;

describe('while the page of a code is open', () => {
  test('its code runs out after five minutes, and another one can be had', async () => {
    const who = await somebody();
    const page = await signIn(who);
    const code = await desk.house.codeFor(who.phones[0]!);
    desk.house.clock.advance(5 * 60_000);
    expect(await press(page, { code })).toMatchObject({ status: 400, error: 'invalid-code' });
    const again = await press(page, { action: 'resend-code' });
    isDone(await press(again, { code: await desk.house.codeFor(who.phones[0]!) }));
  });
  test('a code of another login is none of this one, and none is taken twice', async () => {
    const who = await somebody();
    const first = await signIn(who);
    const code = await desk.house.codeFor(who.phones[0]!);
    desk.house.clock.advance(1000);
    const second = await signIn(who);
    expect((await press(second, { code })).error).toBe('invalid-code');
    isDone(await press(first, { code }));
    // The loser of two tabs, and whoever presses "back", is led to where the login is.
    isDone(await press(first, { code }));
    expect((await press(second, { code })).error).toBe('invalid-code');
  });
  test('the back button leads to a page that leads on, and sends nothing', async () => {
    await script(ANY);
    const who = await somebody();
    const picker = await signIn(who);
    const page = await press(picker, { action: 'sms' });
    expect((await desk.pages.get(picker.location ?? '')).location).toBe(page.location);
    expect((await press(picker, { action: 'email' })).location).toBe(page.location);
    expect(await sentTimes(who.mailbox)).toBe(0);
    expect(await sentTimes(who.phones[0]!)).toBe(1);
  });
  test('an expired login says so and has no form', async () => {
    const page = await signIn(await somebody());
    desk.house.clock.advance(61 * 60_000);
    for (const answer of [await desk.pages.get(page.location ?? ''), await press(page, { code: '123456' })])
      expect(answer).toMatchObject({ status: 400, hasForm: false });
  });
  test('phones are switched off: another method is asked for, and the code is worth nothing', async () => {
    await script(ANY);
    const who = await somebody();
    const page = await press(await signIn(who), { action: 'sms' });
    const code = await desk.house.codeFor(who.phones[0]!);
    await switches({ sms: false });
    const led = await press(page, { code });
    expect(at(led)).toBe('mfa-login-options');
    expect(await see(led)).not.toContain('value="sms"');
    expect((await press(led, { action: 'sms' })).location).toBe(led.location);
  });
  test('the number is removed: another method is asked for', async () => {
    await script(CHALLENGE);
    const who = await somebody();
    const page = await signIn(who);
    const code = await desk.house.codeFor(who.phones[0]!);
    await desk.house.store.authenticators.remove(desk.house.tenant.id, who.phoneIds[0]!);
    expect((await desk.pages.get(page.location ?? '')).status).toBe(200);
    expect(at(await press(page, { code }))).toBe('mfa-otp-challenge');
  });
  test('with nothing else left the application is told', async () => {
    await script(ASK_WAY);
    const who = await somebody();
    const page = await signIn(who);
    await desk.house.store.authenticators.remove(desk.house.tenant.id, who.phoneIds[0]!);
    const over = await press(page, { code: await desk.house.codeFor(who.phones[0]!) });
    expect(over.location).toMatch(/^https:\/\/app\.example\/callback\?.*error=access_denied/);
  });
  test('the ways of phones change: the next message goes by what is on', async () => {
    const who = await somebody();
    const page = await signIn(who);
    await ways('voice');
    const again = await press(page, { action: 'resend-code' });
    expect(at(again)).toBe('mfa-voice-challenge');
    expect(await newest(who.phones[0]!)).toMatchObject({ channel: 'voice' });
  });
  test.each<Way>(BOTH)('no more than ten messages, and the last code stays: %s', async (way) => {
    await ways(way);
    const who = await somebody();
    let page = await signIn(who);
    for (let sent = 1; sent < 10; sent++) {
      desk.house.clock.advance(1000);
      page = await press(page, { action: 'resend-code' });
    }
    expect(await press(page, { action: 'resend-code' })).toMatchObject({ status: 429, error: `too-many-${way}` });
    isDone(await press(page, { code: await desk.house.codeFor(who.phones[0]!) }));
  });
});
