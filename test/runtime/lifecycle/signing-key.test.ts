// Keys and certificates of a tenant, read by Node's own X.509 and not by what made them.
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certify, inPkcs7, thumbprintOf } from '#runtime/lifecycle/certificate.ts';
import { completeSigningKeys, revokeSigningKey, rotateSigningKeys } from '#runtime/lifecycle/signing-key.ts';
import type { JsonObject } from '#storage/records.ts';
import { databases } from '#test/kit/databases.ts';
import { type House, openHouse } from '#test/kit/house.ts';

describe('a certificate', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const make = (pair: typeof rsa, from = Date.UTC(2026, 0, 15, 12), name = 'a tenant') => {
    const serial = Buffer.from('4f00ff', 'hex');
    const privateJwk = pair.privateKey.export({ format: 'jwk' }) as JsonObject;
    return certify({ publicKey: pair.publicKey, privateJwk, name, serial, from });
  };

  test.each([
    ['RSA', rsa],
    ['P-256', ec],
  ])('for %s is signed by its own key and ends after 14 years', (_name, pair) => {
    const read = new X509Certificate(make(pair));
    expect(read.publicKey.equals(pair.publicKey)).toBe(true);
    expect(read.verify(pair.publicKey)).toBe(true);
    expect(read.verify(pair === rsa ? ec.publicKey : rsa.publicKey)).toBe(false);
    expect([read.subject, read.issuer, read.serialNumber, read.ca]).toEqual([
      'CN=a tenant',
      'CN=a tenant',
      '4F00FF',
      false,
    ]);
    expect([read.validFromDate.toISOString(), read.validToDate.toISOString()]).toEqual([
      '2026-01-15T12:00:00.000Z',
      '2040-01-15T12:00:00.000Z',
    ]);
    expect(thumbprintOf(read.raw).toString('hex')).toBe(read.fingerprint.replaceAll(':', '').toLowerCase());
  });

  test('may end after 2049, and its name is cut at 64 characters', () => {
    const read = new X509Certificate(make(ec, Date.UTC(2048, 5, 1), 'x'.repeat(70)));
    expect([read.validFromDate.getUTCFullYear(), read.validToDate.getUTCFullYear()]).toEqual([2048, 2062]);
    expect(read.subject).toBe(`CN=${'x'.repeat(64)}`);
  });

  test('in PKCS #7 is there as it is', () => {
    const certificate = make(rsa);
    const wrapped = inPkcs7(certificate);
    expect(wrapped.includes(certificate)).toBe(true);
    expect(wrapped.readUInt16BE(2)).toBe(wrapped.length - 4);
  });
});

describe.each(databases())('the keys of a tenant, %s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  const counted = async () => {
    const keys = await house.store.signingKeys.list(house.tenant.id);
    const tally: Record<string, number> = {};
    for (const { algorithm, place } of keys) tally[`${algorithm} ${place}`] = (tally[`${algorithm} ${place}`] ?? 0) + 1;
    return tally;
  };

  test('are there from its birth, with certificates of their own', async () => {
    const keys = await house.store.signingKeys.list(house.tenant.id);
    expect(keys.map(({ place, algorithm }) => `${algorithm} ${place}`)).toEqual(['RS256 next', 'RS256 current']);
    for (const { publicJwk, privateJwk } of keys) {
      const [der] = publicJwk.x5c as string[];
      const read = new X509Certificate(Buffer.from(String(der), 'base64'));
      expect(read.publicKey.export({ format: 'jwk' })).toEqual({ kty: 'RSA', n: publicJwk.n, e: publicJwk.e });
      expect(read.checkPrivateKey(createPrivateKey({ key: privateJwk, format: 'jwk' }))).toBe(true);
      expect(publicJwk.x5t).toBe(Buffer.from(read.fingerprint.replaceAll(':', ''), 'hex').toString('base64url'));
      expect(publicJwk).not.toHaveProperty('d');
    }
  });

  test('of another algorithm are made once, by whoever is first', async () => {
    const all = await Promise.all(
      Array.from({ length: 10 }, () => completeSigningKeys(house.ports, house.tenant.id, 'ES256')),
    );
    expect(await counted()).toEqual({ 'RS256 current': 1, 'RS256 next': 1, 'ES256 current': 1, 'ES256 next': 1 });
    const current = all.map((keys) => keys.find((key) => key.algorithm === 'ES256' && key.place === 'current')?.id);
    expect(new Set(current).size).toBe(1);
    const publicJwk = all.flat().find(({ algorithm }) => algorithm === 'ES256')?.publicJwk ?? {};
    expect(createPublicKey({ key: publicJwk, format: 'jwk' }).asymmetricKeyDetails).toEqual({
      namedCurve: 'prime256v1',
    });
  });

  test('20 rotations at once leave one current and one next', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => rotateSigningKeys(house.ports, house.tenant.id)),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(20);
    expect(await counted()).toEqual({
      'RS256 current': 1,
      'RS256 next': 1,
      'RS256 previous': 10,
      'ES256 current': 1,
      'ES256 next': 1,
      'ES256 previous': 10,
    });
  });

  test('one that is not there cannot be revoked', async () => {
    expect(await revokeSigningKey(house.ports, house.tenant.id, 'nobody')).toBe('missing');
  });

  test('made by an earlier release get what they lack', async () => {
    const tenantId = 'of an earlier release';
    const [made] = await house.store.signingKeys.list(house.tenant.id);
    if (!made) throw new Error('no key');
    const { x5c: _, x5t: __, ...publicJwk } = made.publicJwk;
    const old = { ...made, tenantId, id: 'old', place: 'current' as const, algorithm: 'RS256' as const, publicJwk };
    const { currentSince: ___, ...record } = old;
    await house.store.signingKeys.insert(record);
    const keys = await completeSigningKeys(house.ports, tenantId, 'RS256');
    expect(keys.map(({ place }) => place).sort()).toEqual(['current', 'next']);
    for (const key of keys) expect(key.publicJwk.x5c).toEqual([expect.any(String)]);
    expect(await completeSigningKeys(house.ports, tenantId, 'RS256')).toEqual(keys);
  });
});
