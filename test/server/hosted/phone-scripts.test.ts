// Test: what somebody sees at the page of a code that a script sends: where it fails, dropped or asked for later.
import { beforeAll, describe, expect, test } from 'vitest';
import { bindTo, lastLine, lastRun } from '#test/runtime/triggers/bind-to.ts';
import { BOTH, usePhoneDesk } from './phone-desk.ts';

const desk = usePhoneDesk();
const { ways, somebody, signIn, press, see, at, isDone } = desk;

/** The code is spread out, so that it can be read where codes are masked. */
const SAY = `console.log([...event.message_options.code].join('|'));`;
const sender = (body: string) =>
  bindTo(desk.house, 'send-phone-message', [
    `exports.onExecuteSendPhoneMessage = async (event, api) => {\n${SAY}\n${body}\n};`,
  ]);
const said = async () =>
  ((await lastRun(desk.house, 'send-phone-message'))?.results[0]?.console[0]?.text ?? '').replaceAll('|', '');

beforeAll(() => desk.house.editTenant((tenant) => ({ ...tenant, phoneProvider: 'phone-message-hook' })));

describe('a script that sends codes', () => {
  test('leads to a page that takes the code', async () => {
    await sender('');
    const page = await signIn(await somebody());
    expect(at(page)).toBe('mfa-sms-challenge');
    expect(await see(page)).not.toContain('data-error');
    isDone(await press(page, { code: await said() }));
  });

  test('and fails leads to a page that says so, with the call and the other factors as ways on', async () => {
    await ways(...BOTH);
    await sender(`if (event.message_options.message_type === 'sms') throw new Error('no credit');`);
    const who = await somebody();
    const page = await signIn(who);
    const shown = await see(page);
    expect(shown).toContain('data-error="send-sms-failed"');
    expect(shown).toContain('value="pick-authenticator"');
    expect(shown).not.toContain('no credit');
    expect(await lastLine(desk.house, 'gd_send_sms_failure')).toMatchObject({
      userId: who.userId,
      description: 'The Action send-phone-message-1 failed: no credit',
    });

    const call = await press(page, { action: 'switch-to-voice' });
    expect(at(call)).toBe('mfa-voice-challenge');
    expect(await see(call)).not.toContain('data-error');
    expect(await lastLine(desk.house, 'gd_send_voice')).toMatchObject({ userId: who.userId });
    const picker = await press(call, { action: 'pick-authenticator' });
    expect(await see(picker)).toContain('value="otp"');
    isDone(await press(await press(picker, { action: 'voice' }), { code: await said() }));
  });

  test('and is slow holds nobody up for longer than scripts may take, and is told of', async () => {
    await desk.house.editTenant((tenant) => ({ ...tenant, scriptLimits: { wallMs: 300 } }));
    await sender('await new Promise((resolve) => setTimeout(resolve, 60_000));');
    const page = await signIn(await somebody());
    expect(await see(page)).toContain('data-error="send-sms-failed"');
    expect((await lastLine(desk.house, 'gd_send_sms_failure'))?.description).toMatch(/failed: Script timed out after/);
    await desk.house.editTenant(({ scriptLimits: _none, ...tenant }) => tenant);
  });
});
