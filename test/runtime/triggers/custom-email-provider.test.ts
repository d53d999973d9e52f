// One script that carries every mail of a tenant, on real cells: what it reads, and what becomes of a mail that it drops, asks
// to be tried again, or fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeliveryDesk } from '#runtime/delivery/delivery.ts';
import { scriptedMail } from '#runtime/delivery/scripted-mail.ts';
import { createVersions } from '#runtime/pipeline/plan.ts';
import { createScriptCache } from '#runtime/pipeline/script-cache.ts';
import type { MessageRecord, UserRecord } from '#storage/records.ts';
import { CALLER, type House, openHouse } from '#test/kit/house.ts';
import { bindTo, lastRun } from './bind-to.ts';

const mailScript = (body: string) => `exports.onExecuteCustomEmailProvider = async (event, api) => {\n${body}\n};`;

let house: House;
beforeAll(async () => {
  house = await openHouse();
  await house.editTenant((tenant) => ({ ...tenant, friendlyName: 'Travel0' }));
});
afterAll(() => house.close());
const told = async () =>
  JSON.parse((await lastRun(house, 'custom-email-provider'))?.results[0]?.console[0]?.text ?? '{}');

describe('custom-email-provider', () => {
  /** What the provider makes of one mail, apart from who chose it. */
  async function carry(more: Partial<MessageRecord>) {
    const { ports, runtime, tenant } = house;
    const { store, now } = ports;
    const stage = { versions: createVersions(store), cache: createScriptCache(now), liveConsole: runtime.liveConsole };
    const desk: DeliveryDesk = { ports, stage };
    const message: MessageRecord = {
      tenantId: tenant.id,
      id: ports.random.uuid(),
      channel: 'email',
      to: 'somebody@example.com',
      text: 'the text',
      state: 'attempting',
      attempts: 1,
      at: now(),
      expiresAt: now() + 300_000,
      ...more,
    };
    const words = { text: 'Your code is 314159', mail: { subject: '314159', html: '<b>314159</b>' } };
    return scriptedMail('from@travel0.example').send(desk, { tenant, message, words });
  }
  const show = mailScript('console.log(JSON.stringify(event));');

  test('reads the mail and a reduced person', async () => {
    await bindTo(house, 'custom-email-provider', [show]);
    const user: UserRecord = await house.user('mailed', ['email'], { givenName: 'Mai', userMetadata: { a: 1 } });
    const place = { clientId: house.client.id, userId: user.id, ip: CALLER.ip, userAgent: 'test' };
    expect(await carry({ about: { kind: 'reset-password', locale: 'fr', link: 'https://x/y', place } })).toMatchObject({
      end: 'sent',
    });
    expect(await told()).toMatchObject({
      client: { client_id: house.client.id },
      notification: {
        message_type: 'reset_email',
        to: 'somebody@example.com',
        from: 'from@travel0.example',
        subject: '314159',
        html: '***',
        text: '***',
        locale: 'fr',
      },
      request: {
        ip: CALLER.ip,
        geoip: {},
        hostname: new URL(house.tenant.baseUrl).host,
        query: {},
        user_agent: 'test',
      },
      tenant: { id: house.tenant.name, friendly_name: 'Travel0' },
      user: {
        user_id: user.id,
        email: 'mailed@example.com',
        email_verified: true,
        name: 'mailed',
        given_name: 'Mai',
        user_metadata: { a: 1 },
        app_metadata: {},
      },
    });
    const names = Object.keys((await told()).user);
    expect(names).not.toEqual(expect.arrayContaining(['identities']));
  });

  test('of a mail that nobody asked for and to nobody known', async () => {
    await bindTo(house, 'custom-email-provider', [show]);
    await carry({ about: { kind: 'invitation', locale: 'en' } });
    expect(await told()).toMatchObject({
      client: { client_id: '', name: 'All Applications' },
      notification: { message_type: 'organization_invitation' },
      request: {},
      user: { user_id: '', email: 'somebody@example.com', email_verified: false },
    });
  });

  test.each([
    ['a code of four digits', { code: '2718' }, '2718', /^\*\*\* 2718281 \*\*\*$/],
    ['a link as HTML has it', {}, 'https://x/y?a=1&amp;b=2', /^\*\*\* \*\*\*281 \*\*\*$/],
  ])('%s is not left behind', async (_what, more, said, left) => {
    await bindTo(house, 'custom-email-provider', [mailScript(`console.log('${said} ${said}281 ${said}');`)]);
    await carry({ ...more, about: { kind: 'verify-email', locale: 'en', link: 'https://x/y?a=1&b=2' } });
    const run = await lastRun(house, 'custom-email-provider');
    expect(run?.results[0]?.console[0]?.text).toMatch(left);
  });

  test.each([
    [
      `api.notification.drop('no');`,
      { end: 'failed', fault: { code: 'script', detail: 'An Action dropped the message: no' } },
    ],
    [
      `api.notification.retry('later');`,
      { end: 'retry', fault: { code: 'script', detail: 'An Action asked for another attempt: later' } },
    ],
    [`throw new Error('314159 is the code');`, { end: 'failed', fault: { code: 'script' } }],
  ])('%s', async (body, expected) => {
    await bindTo(house, 'custom-email-provider', [mailScript(body)]);
    const taken = await carry({ code: '314159', about: { kind: 'second-factor', locale: 'en' } });
    expect(taken).toMatchObject(expected);
    expect(JSON.stringify(taken)).not.toContain('314159');
  });
});
