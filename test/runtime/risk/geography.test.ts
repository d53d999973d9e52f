// Tests: places of addresses, from databases that are written here in every variant of the format; and databases that
// are damaged, which are refused at opening or say nothing, but never throw at a login.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { alpha3Of } from '#runtime/risk/country-codes.ts';
import { coordinatesOf, geoipOf, noGeography, openGeography } from '#runtime/risk/geography.ts';
import { type MmdbValue, writeMmdb } from '#test/kit/mmdb.ts';

const PARIS = {
  city: { names: { en: 'Paris', ja: 'パリ' } },
  continent: { code: 'EU', names: { en: 'Europe' } },
  country: { iso_code: 'FR', names: { en: 'France', de: 'Frankreich' } },
  location: { latitude: 48.8566, longitude: 2.3522, time_zone: 'Europe/Paris', accuracy_radius: 20 },
  subdivisions: [
    { iso_code: 'IDF', names: { en: 'Île-de-France' } },
    { iso_code: '75', names: { en: 'Paris' } },
  ],
};
const GEOIP = {
  cityName: 'Paris',
  continentCode: 'EU',
  countryCode: 'FR',
  countryCode3: 'FRA',
  countryName: 'France',
  latitude: 48.8566,
  longitude: 2.3522,
  subdivisionCode: 'IDF',
  subdivisionName: 'Île-de-France',
  timeZone: 'Europe/Paris',
};
const country = (code: string) => ({ country: { iso_code: code } });

describe('a place', () => {
  const geography = openGeography(
    writeMmdb({
      '198.51.100.0/24': PARIS,
      '203.0.113.0/25': country('JP'),
      '203.0.113.64/26': country('KR'),
      '2001:db8::/32': { ...country('DE'), autonomous_system_number: 64_500 },
      '2001:db8:1::/48': { ...country('XK'), traits: { is_anonymous_proxy: true, autonomous_system_number: 64_501 } },
      '192.0.2.7/32': { is_tor_exit_node: true },
    }),
  );

  test('is what scripts see of it', () => {
    const place = geography.locate('198.51.100.9');
    expect(place).toEqual({ ...GEOIP, isAnonymousProxy: false });
    expect(geoipOf(place)).toEqual(GEOIP);
    expect(coordinatesOf(place)).toEqual({ latitude: 48.8566, longitude: 2.3522 });
  });

  test.each([
    ['mapped', '::ffff:198.51.100.9', GEOIP],
    ['the wider network', '203.0.113.1', { countryCode: 'JP', countryCode3: 'JPN' }],
    ['the narrower network', '203.0.113.127', { countryCode: 'KR', countryCode3: 'KOR' }],
    ['IPv6', '2001:db8:2::1', { countryCode: 'DE', countryCode3: 'DEU', asn: '64500' }],
    [
      'IPv6, narrower',
      '2001:DB8:1:0:0:0:0:1',
      { countryCode: 'XK', countryCode3: 'XKX', asn: '64501', isAnonymousProxy: true },
    ],
    ['of an exit', '192.0.2.7', { isAnonymousProxy: true }],
  ])('%s', (_name, ip, expected) => {
    expect(geography.locate(ip)).toEqual({ isAnonymousProxy: false, ...expected });
  });

  test.each(['203.0.113.128', '127.0.0.1', '::1', '10.0.0.1', 'unknown', '', '198.51.100.9:443', 'fe80::1%eth0'])(
    'of %j is not known',
    (ip) => {
      expect(geography.locate(ip)).toBeUndefined();
    },
  );

  test('is nowhere without a database', () => {
    expect(noGeography.isAvailable).toBe(false);
    expect(geography.isAvailable).toBe(true);
    expect(noGeography.locate('198.51.100.9')).toBeUndefined();
    expect(geoipOf(undefined)).toEqual({});
    expect(coordinatesOf(undefined)).toBeUndefined();
  });
});

describe('a database', () => {
  test.each(
    ([4, 6] as const).flatMap((ipVersion) => ([24, 28, 32] as const).map((recordSize) => ({ ipVersion, recordSize }))),
  )('%j', (options) => {
    const networks: [string, MmdbValue][] = Array.from({ length: 200 }, (_, n) => [
      `11.0.${n}.0/24`,
      { city: { names: { en: `City ${n}` } } },
    ]);
    const geography = openGeography(writeMmdb(Object.fromEntries(networks), options));
    for (let n = 0; n < 200; n++) expect(geography.locate(`11.0.${n}.77`)?.cityName).toBe(`City ${n}`);
    expect(geography.locate('11.0.200.1')).toBeUndefined();
    // The first 32 bits of this address are those of 11.0.5.0.
    expect(geography.locate('b00:500::1')).toBeUndefined();
  });

  test.each<[string, MmdbValue, object | undefined]>([
    ['no map', 'France', undefined],
    ['a list', ['France'], undefined],
    ['an empty map', {}, {}],
    ['numbers for names', { city: { names: { en: 7 } }, country: { iso_code: 33 }, location: { time_zone: true } }, {}],
    [
      'texts for maps',
      { city: 'Paris', country: 'FR', location: '48,2', subdivisions: 'IDF', traits: 'x', continent: 'EU' },
      {},
    ],
    ['no names', { city: {}, subdivisions: [] }, {}],
    ['half a point', { location: { latitude: 48.5 } }, {}],
    ['a point that is nowhere', { location: { latitude: 91.5, longitude: 2.5 } }, {}],
    ['a point of whole degrees', { location: { latitude: 48, longitude: 2 } }, { latitude: 48, longitude: 2 }],
    ['the point of no degrees', { location: { latitude: 0, longitude: 0 } }, { latitude: 0, longitude: 0 }],
    ['a country that is none', country('ZZ'), { countryCode: 'ZZ' }],
    [
      'a name of the prototype',
      { ...country('FR'), toString: 'x', ['__proto__']: { city: 'x' } },
      { countryCode: 'FR', countryCode3: 'FRA' },
    ],
    ['an odd number of a network', { autonomous_system_number: 1.5 }, {}],
  ])('with %s', (_name, record, expected) => {
    const place = openGeography(writeMmdb({ '198.51.100.0/24': record })).locate('198.51.100.1');
    expect(place).toEqual(expected && { isAnonymousProxy: false, ...expected });
  });
});

describe('a damaged database', () => {
  const good = writeMmdb({ '0.0.0.0/1': PARIS, '128.0.0.0/2': { ...PARIS, city: { names: { en: 'Lyon' } } } });
  const damaged = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(good);
    change(bytes);
    return bytes;
  };

  test.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /is not in MaxMind format/],
    ['a text', readFileSync(import.meta.filename), /is not in MaxMind format|metadata/],
    ['its first half', good.subarray(0, good.length / 2), /is not in MaxMind format, or its end is missing/],
    ['its second half', good.subarray(good.length / 2), /search tree/],
    ['no metadata behind the marker', good.subarray(0, good.lastIndexOf('MaxMind.com') + 11), /metadata/],
    ['a later version', writeMmdb({ '11.0.0.0/8': {} }, { majorVersion: 3 }), /version 2/],
    ['records overwritten', damaged((bytes) => bytes.fill(0, 700, good.lastIndexOf('MaxMind.com') - 3)), /is damaged/],
    ['a tree that is longer than it says', good.subarray(6), /its search tree does not end where its metadata say/],
    ['a tree overwritten', damaged((bytes) => bytes.fill(0xff, 0, 600)), /is damaged|search tree/],
  ])('%s is refused', (_name, bytes, reason) => {
    expect(() => openGeography(bytes)).toThrow(reason);
  });

  test('of any kind is refused or says nothing, and never throws at a lookup', () => {
    const outcomes = { refused: 0, opened: 0 };
    for (let at = 0; at < good.length; at += 3) {
      const bytes = damaged((copy) => copy.writeUInt8((copy[at]! + 0x55) & 0xff, at));
      let geography = noGeography;
      try {
        geography = openGeography(bytes);
        outcomes.opened++;
      } catch {
        outcomes.refused++;
      }
      for (const ip of ['1.2.3.4', '130.0.0.1', '200.0.0.1', '2001:db8::1', '::1']) {
        expect(() => geography.locate(ip)).not.toThrow();
      }
    }
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(outcomes.opened).toBeGreaterThan(0);
  });
});

describe('a country', () => {
  test.each([
    ['GB', 'GBR'],
    ['US', 'USA'],
    ['CH', 'CHE'],
    ['ZW', 'ZWE'],
    ['AD', 'AND'],
    ['TL', 'TLS'],
    ['ZZ', undefined],
    ['', undefined],
    ['us', undefined],
  ])('%s is %s', (alpha2, alpha3) => {
    expect(alpha3Of(alpha2)).toBe(alpha3);
  });

  test('of every region that Node can name has three letters of its own', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    const letters = Array.from({ length: 26 }, (_, n) => String.fromCharCode(65 + n));
    const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => alpha3Of(code) !== undefined);
    expect(codes.length).toBe(250);
    expect(codes.filter((code) => names.of(code) === undefined)).toEqual([]);
    expect(new Set(codes.map(alpha3Of)).size).toBe(250);
  });
});
