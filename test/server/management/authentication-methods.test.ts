// Authentication methods of every type, as the Management API shows, makes and removes them.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { A_PHONE, enroll, person } from './enrolled-people.ts';
import { items, type Json, type Office, openOffice, payloadError } from './office.ts';

/** As long as an EC2 key is, and a map as it is; nothing here verifies anything by it. */
const COSE = Buffer.concat([Buffer.from([0xa5]), Buffer.alloc(76, 0xfb)]);
const KEY_ID = Buffer.alloc(32, 0xff).toString('base64url');

describe.each(databasesInFull())('authentication methods on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  const securityKey = (more: object = {}) => ({
    type: 'webauthn-roaming',
    key_id: randomBytes(32).toString('base64url'),
    public_key: COSE.toString('base64'),
    ...more,
  });
  const one = (methods: string, body: Json) => `${methods}/${encodeURIComponent(String(body.id))}`;

  describe('keys', () => {
    test('a security key is made, shown and removed', async () => {
      const { methods } = await person(office);
      const input = securityKey({ name: 'Blue one', relying_party_identifier: 'example.com' });
      const made = await office.send('POST', methods, input);
      const expected = { ...input, id: expect.stringMatching(/^webauthn-roaming\|dev_[A-Za-z0-9]{16}$/) };
      const times = { created_at: expect.any(String), enrolled_at: expect.any(String) };
      expect([made.status, made.body]).toEqual([201, { ...expected, ...times }]);
      const shown = await office.send('GET', one(methods, made.body));
      expect([shown.status, shown.body]).toEqual([200, { ...expected, ...times, confirmed: true }]);
      expect((await office.send('DELETE', one(methods, made.body))).status).toBe(204);
      expect((await office.send('GET', methods)).body).toEqual([]);
    });

    test('a passkey comes with all that is known of it, under the identity of its user', async () => {
      const { id, methods } = await person(office);
      const more = {
        aaguid: 'ee882879-721c-4913-9775-3dfcce97072a',
        credential_device_type: 'multi_device',
        credential_backed_up: true,
        identity_user_id: id.slice('auth0|'.length),
        user_agent: 'Browser/1',
        user_handle: 'aGFuZGxl',
        transports: ['internal', 'hybrid'],
      };
      const made = await office.send('POST', methods, securityKey({ type: 'passkey', ...more }));
      expect([made.status, made.body]).toMatchObject([
        201,
        { ...more, relying_party_identifier: new URL(office.tenant.baseUrl).hostname },
      ]);
      expect(
        await office.door.house.store.authenticators.findByCredential(office.tenant.id, String(made.body.key_id)),
      ).toMatchObject({
        userId: id,
        type: 'passkey',
        confirmed: true,
        credential: { counter: 0, deviceType: 'multiDevice', backedUp: true, publicKey: COSE.toString('base64url') },
      });
      const least = await office.send('POST', methods, securityKey({ type: 'passkey' }));
      expect([least.status, least.body]).toMatchObject([
        201,
        { credential_device_type: 'single_device', credential_backed_up: false, transports: [] },
      ]);
      expect(least.body).not.toHaveProperty('user_handle');
    });

    test('one key belongs to one person, in either alphabet of base64', async () => {
      const [ana, bob] = [await person(office), await person(office)];
      expect((await office.send('POST', ana.methods, securityKey({ key_id: KEY_ID }))).status).toBe(201);
      const foreign = securityKey({ key_id: Buffer.from(KEY_ID, 'base64url').toString('base64') });
      for (const { methods } of [ana, bob]) {
        const again = await office.send('POST', methods, foreign);
        expect([again.status, again.body.message]).toEqual([409, 'Authentication method already exists.']);
      }
      expect((await office.send('GET', bob.methods)).body).toEqual([]);
    });

    const refused: [what: string, input: object, reason: string, path?: string][] = [
      ['no key', { public_key: undefined }, 'Missing required property: public_key'],
      ['no id', { key_id: undefined }, 'Missing required property: key_id'],
      ['a key that is none', { public_key: 'AAAA' }, "Object didn't pass validation for format cose-key", 'public_key'],
      [
        'an address for a domain',
        { relying_party_identifier: 'https://a.example' },
        'String does not match pattern /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/: https://a.example',
        'relying_party_identifier',
      ],
      ['what only a passkey has', { user_handle: 'aGFuZGxl' }, 'Additional properties not allowed: user_handle'],
      [
        'somebody else’s identity',
        { type: 'passkey', identity_user_id: 'x' },
        'No enum match for: "x"',
        'identity_user_id',
      ],
    ];
    test.each(refused)('refused: %s', async (_what, more, reason, path) => {
      const { methods } = await person(office);
      const answered = await office.send('POST', methods, securityKey(more));
      expect([answered.status, answered.body]).toEqual([400, payloadError(reason, path)]);
    });

    test('of one type there are twenty at most', async () => {
      const { id, methods } = await person(office);
      for (let i = 0; i < 20; i += 1) await enroll(office, id, { type: 'totp', secret: `SECRET${i}` });
      const totp = await office.send('POST', methods, { type: 'totp', totp_secret: 'JBSWY3DPEHPK3PXP' });
      const message = 'You reached the limit of entities of this type for this user.';
      expect([totp.status, totp.body.message]).toEqual([403, message]);
      expect((await office.send('POST', methods, securityKey())).status).toBe(201);
    });
  });

  describe('what people enroll', () => {
    test('a device and a recovery code are listed, and their secrets are not', async () => {
      const { id, base, methods } = await person(office);
      const phone = await enroll(office, id, A_PHONE);
      const code = await enroll(office, id, { type: 'recovery-code', secret: 'PLAINRECOVERYCODE' });
      const key = await enroll(office, id, { type: 'webauthn-platform', confirmed: false });
      const listed = await office.send('GET', methods);
      expect(items(listed.body)).toMatchObject([
        {
          id: `push|${phone.id}`,
          type: 'push',
          name: 'Phone of Ana',
          confirmed: true,
          authentication_methods: [
            { type: 'push', id: `push|${phone.id}` },
            { type: 'totp', id: `totp|${phone.id}` },
          ],
        },
        { id: `recovery-code|${code.id}`, type: 'recovery-code' },
        { id: `webauthn-platform|${key.id}`, type: 'webauthn-platform', confirmed: false },
      ]);
      const enrollments = await office.send('GET', `${base}/enrollments`);
      const alone = await office.send('GET', `/api/v2/guardian/enrollments/${phone.id}`);
      expect(JSON.stringify([listed.body, enrollments.body, alone.body])).not.toMatch(/plain/i);
      for (const name of ['push', 'totp', 'guardian']) {
        const found = await office.send('GET', `${methods}/${encodeURIComponent(`${name}|${phone.id}`)}`);
        expect([name, found.status, found.body.type]).toEqual([name, 200, 'push']);
      }
      expect((await office.send('GET', `${methods}/${encodeURIComponent(`sms|${phone.id}`)}`)).status).toBe(404);
      const named = await office.send('PATCH', `${methods}/push%7C${phone.id}`, { name: 'Old phone' });
      expect([named.status, named.body.name]).toEqual([200, 'Old phone']);
    });

    test.each([
      [['sms'], ['voice']],
      [['voice'], ['voice']],
      [
        ['sms', 'voice'],
        ['sms', 'voice'],
      ],
    ])('a number that prefers calls, where the tenant has %j on, is used by %j', async (messageTypes, ways) => {
      const { methods } = await person(office);
      await office.send('PUT', '/api/v2/guardian/factors/phone/message-types', { message_types: messageTypes });
      const input = { type: 'phone', phone_number: '+15551234567', preferred_authentication_method: 'voice' };
      const { body } = await office.send('POST', methods, input);
      const id = String(body.id).slice('phone|'.length);
      expect(body).toMatchObject({
        preferred_authentication_method: 'voice',
        authentication_methods: ways.map((type) => ({ type, id: `${type}|${id}` })),
      });
      await office.send('PUT', '/api/v2/guardian/factors/phone/message-types', { message_types: ['sms'] });
    });
  });

  describe('all at once', () => {
    test('a passkey is neither replaced nor removed with the others', async () => {
      const { methods, base } = await person(office);
      await office.send('POST', methods, { type: 'totp', totp_secret: 'JBSWY3DPEHPK3PXP' });
      const passkey = await office.send('POST', methods, securityKey({ type: 'passkey' }));
      for (const [method, body] of [
        ['PUT', [{ type: 'email', email: 'a@example.com' }]],
        ['DELETE', undefined],
      ] as const) {
        expect((await office.send(method, methods, body)).status).toBe(403);
      }
      expect(items((await office.send('GET', methods)).body)).toHaveLength(2);
      expect((await office.send('DELETE', `${base}/authenticators`)).status).toBe(204);
      expect(items((await office.send('GET', methods)).body)).toMatchObject([{ id: passkey.body.id }]);
      expect((await office.send('DELETE', one(methods, passkey.body))).status).toBe(204);
      expect((await office.send('PUT', methods, [{ type: 'email', email: 'a@example.com' }])).status).toBe(200);
    });

    test('a list that is cut off in the middle leaves nobody without a factor', async () => {
      const { methods } = await person(office);
      await office.send('POST', methods, { type: 'totp', totp_secret: 'JBSWY3DPEHPK3PXP' });
      const { authenticators } = office.door.house.store;
      const { remove } = authenticators;
      authenticators.remove = async (...whose) => {
        await remove(...whose);
        throw new Error('the process ends here');
      };
      const cut = await office.send('PUT', methods, [{ type: 'phone', phone_number: '+447700900188' }]);
      authenticators.remove = remove;
      expect(cut.status).toBe(500);
      expect(items((await office.send('GET', methods)).body)).toMatchObject([{ type: 'phone' }]);
    });

    test('a list takes no keys', async () => {
      const { methods } = await person(office);
      const put = await office.send('PUT', methods, [securityKey()]);
      expect([put.status, put.body.errorCode]).toEqual([400, 'invalid_body']);
    });
  });
});
