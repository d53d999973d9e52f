// The older doors to second factors: enrollments of a user and of the tenant's Guardian, providers, remembered browsers.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { A_PHONE, enroll, person } from './enrolled-people.ts';
import { type Office, openOffice } from './office.ts';

describe.each(databasesInFull())('enrollments on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  test('are second factors under their older names', async () => {
    const { id, base } = await person(office);
    await enroll(office, id, { type: 'totp', secret: 'PLAIN', lastAuthAt: office.door.house.ports.now() });
    const phone = await enroll(office, id, { type: 'phone', phoneNumber: '+15551234567', confirmed: false });
    await enroll(office, id, A_PHONE);
    await enroll(office, id, { type: 'recovery-code', secret: 'PLAIN' });
    await enroll(office, id, { type: 'passkey' });
    const { status, body } = await office.send('GET', `${base}/enrollments`);
    expect([status, body]).toMatchObject([
      200,
      [
        { status: 'confirmed', type: 'authenticator', auth_method: 'authenticator', last_auth: expect.any(String) },
        { id: phone.id, status: 'pending', type: 'sms', auth_method: 'sms', phone_number: 'XXXXXXXX4567' },
        { status: 'confirmed', type: 'pn', auth_method: 'guardian', name: 'Phone of Ana' },
      ],
    ]);
  });

  test('are found and removed by their ids, in their tenant alone', async () => {
    const { id, base } = await person(office);
    const totp = await enroll(office, id, { type: 'totp', secret: 'PLAIN' });
    const code = await enroll(office, id, { type: 'recovery-code', secret: 'PLAIN' });
    const path = `/api/v2/guardian/enrollments/${totp.id}`;
    const missing = [404, 'Enrollment not found', 'enrollment_not_found'];
    const outcome = ({ status, body }: Awaited<ReturnType<typeof office.send>>) => [
      status,
      body.message,
      body.errorCode,
    ];
    for (const method of ['GET', 'DELETE']) {
      expect(outcome(await office.sendAsNeighbour(method, path))).toEqual(missing);
      for (const other of [code.id, 'dev_0000000000000000', 'x|y']) {
        expect(outcome(await office.send(method, `/api/v2/guardian/enrollments/${encodeURIComponent(other)}`))).toEqual(
          missing,
        );
      }
    }
    expect((await office.send('GET', path)).body).toEqual({
      id: totp.id,
      status: 'confirmed',
      enrolled_at: new Date(totp.createdAt).toISOString(),
    });
    expect((await office.send('DELETE', path)).status).toBe(204);
    expect(outcome(await office.send('DELETE', path))).toEqual(missing);
    // The recovery code stood for it.
    expect((await office.send('GET', `${base}/authentication-methods`)).body).toEqual([]);
  });

  test.each([
    ['google-authenticator', 204, ['phone']],
    ['duo', 204, ['phone', 'totp']],
    ['yubikey', 400, ['phone', 'totp']],
  ])('of the provider %s: %i', async (provider, status, left) => {
    const { id, base } = await person(office);
    await enroll(office, id, { type: 'totp', secret: 'PLAIN' });
    await enroll(office, id, { type: 'phone', phoneNumber: '+15551234567' });
    expect((await office.send('DELETE', `${base}/multifactor/${provider}`)).status).toBe(status);
    const types = (await office.door.house.store.authenticators.ofUser(office.tenant.id, id)).map(({ type }) =>
      String(type),
    );
    expect(types.sort()).toEqual(left);
  });

  test('what is open ends with them; remembered browsers are forgotten by themselves too', async () => {
    const { id, base } = await person(office);
    const tenantId = office.tenant.id;
    const device = 'a'.repeat(64);
    const remember = () =>
      office.door.house.store.commit([
        {
          kind: 'browser.remember',
          browser: {
            tenantId,
            userId: id,
            device,
            renewedAt: office.door.house.ports.now(),
            seenAt: office.door.house.ports.now(),
          },
        },
      ]);
    const isRemembered = async () =>
      (await office.door.house.store.rememberedBrowsers.find(tenantId, id, device)) !== undefined;
    await remember();
    expect((await office.send('DELETE', `${base}/authenticators`)).status).toBe(204);
    expect(await isRemembered()).toBe(true);
    await enroll(office, id, { type: 'totp', secret: 'PLAIN' });
    expect((await office.send('DELETE', `${base}/authenticators`)).status).toBe(204);
    expect(await isRemembered()).toBe(false);
    await remember();
    const invalidate = `${base}/multifactor/actions/invalidate-remember-browser`;
    expect((await office.send('POST', invalidate)).status).toBe(204);
    expect(await isRemembered()).toBe(false);
  });

  test.each([
    ['GET', '/enrollments'],
    ['DELETE', '/authenticators'],
    ['DELETE', '/multifactor/duo'],
    ['POST', '/multifactor/actions/invalidate-remember-browser'],
  ])('%s %s of a user of another tenant: there is none', async (method, rest) => {
    const { id, base } = await person(office);
    await enroll(office, id, { type: 'totp', secret: 'PLAIN' });
    const answered = await office.sendAsNeighbour(method, `${base}${rest}`);
    expect([answered.status, answered.body.errorCode]).toEqual([404, 'inexistent_user']);
    expect(await office.door.house.store.authenticators.ofUser(office.tenant.id, id)).toHaveLength(1);
  });
});
