// Scripts that are told of a new password, on real cells and both databases: what they read, and that nobody waits for them.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionRecord, UserRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { CALLER, type House, openHouse } from '#test/kit/house.ts';
import { bindTo, lastRun, linesOf } from './bind-to.ts';

const script = (body: string) => `exports.onExecutePostChangePassword = async (event, api) => {\n${body}\n};`;

describe.each(databasesInFull())('%s', (_name, open) => {
  let house: House;
  let connection: ConnectionRecord;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
    const [found] = (await house.store.connections.list(house.tenant.id)).records;
    if (!found) throw new Error('no connection');
    connection = found;
  });
  afterAll(() => house.close());
  afterEach(() => bindTo(house, 'post-change-password', []));

  function tell(user: UserRecord, more: { correlationId?: string; transactionId?: string } = {}): Promise<void> {
    const { tenant, ports, clock } = house;
    const logPlace = { tenantId: tenant.id, now: clock.at, random: ports.random, ip: CALLER.ip };
    house.runtime.tellOfNewPassword({ tenant, connection, caller: CALLER, logPlace, ...more }, user);
    return house.runtime.settled(10_000);
  }
  const told = async () =>
    JSON.parse((await lastRun(house, 'post-change-password'))?.results[0]?.console[0]?.text ?? '{}');

  test('they read whose it is and where from, and no password', async () => {
    await bindTo(house, 'post-change-password', [script('console.log(JSON.stringify(event));')], { KEY: 'k' });
    const passwordChangedAt = house.clock.at;
    const user = await house.user('whole', ['email'], {
      username: 'whole',
      phoneNumber: '+447700900123',
      passwordChangedAt,
    });
    await tell(user, { correlationId: 'corr-1', transactionId: 'tx-1' });
    expect(await told()).toEqual({
      configuration: {},
      connection: { id: connection.id, name: connection.name, strategy: 'auth0', metadata: {} },
      request: {
        ip: '203.0.113.7',
        method: 'POST',
        geoip: {},
        hostname: new URL(house.tenant.baseUrl).host,
        language: 'en',
        user_agent: 'test',
      },
      secrets: { KEY: 'k' },
      tenant: { id: house.tenant.name },
      transaction: { correlation_id: 'corr-1' },
      user: {
        user_id: user.id,
        email: 'whole@example.com',
        email_verified: true,
        phone_number: '+447700900123',
        phone_verified: false,
        username: 'whole',
        last_password_reset: new Date(passwordChangedAt).toISOString(),
      },
    });
    expect(await lastRun(house, 'post-change-password')).toMatchObject({
      userId: user.id,
      transactionId: 'tx-1',
      status: 'final',
    });
  });

  test('what is not known is absent', async () => {
    await bindTo(house, 'post-change-password', [script('console.log(JSON.stringify(event));')]);
    await tell(await house.user('plain'));
    const { user, ...event } = await told();
    expect(Object.keys(user)).toEqual(['user_id', 'email', 'email_verified']);
    expect(event).not.toHaveProperty('transaction');
  });

  test('a failure is logged and changes nothing', async () => {
    await bindTo(house, 'post-change-password', [
      script(`api.cache.set('seen', 'yes');`),
      script(`throw new Error('mail server is ' + api.cache.get('seen').value + event.user.email);`),
      script(`console.log('never');`),
    ]);
    const user = await house.user('failing');
    await tell(user);
    const run = await lastRun(house, 'post-change-password');
    expect(run).toMatchObject({
      status: 'partial',
      results: [{}, { error: { message: 'mail server is yesfailing@example.com' } }],
    });
    expect((await linesOf(house, 'actions_execution_failed')).at(-1)).toMatchObject({
      userId: user.id,
      userName: 'failing@example.com',
      details: { trigger_id: 'post-change-password', execution_id: run?.id },
    });
    expect(await linesOf(house, 'f')).toEqual([]);
  });

  test('whoever tells them does not wait', async () => {
    const wait = 'await new Promise((resolve) => setTimeout(resolve, 300)); console.log(event.user.email);';
    await bindTo(house, 'post-change-password', [script(wait)]);
    const user = await house.user('patient');
    const done = tell(user);
    expect((await lastRun(house, 'post-change-password'))?.userId).not.toBe(user.id);
    await done;
    expect((await lastRun(house, 'post-change-password'))?.userId).toBe(user.id);
  });
});
