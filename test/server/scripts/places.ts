// Test: what the operator's databases say, and what a proxy says of its callers.
import { openGeography } from '#runtime/risk/geography.ts';
import { parseUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import { writeMmdb } from '#test/kit/mmdb.ts';

const record = (city: string, country: [code: string, name: string], region: [code: string, name: string]) => ({
  city: { names: { en: city } },
  continent: { code: city === 'Tokyo' ? 'AS' : 'EU' },
  country: { iso_code: country[0], names: { en: country[1] } },
  subdivisions: [{ iso_code: region[0], names: { en: region[1] } }],
});

export const geography = openGeography(
  writeMmdb({
    '198.51.100.0/24': {
      ...record('London', ['GB', 'United Kingdom'], ['ENG', 'England']),
      location: { latitude: 51.5, longitude: -0.12, time_zone: 'Europe/London' },
    },
    '203.0.113.0/24': {
      ...record('Tokyo', ['JP', 'Japan'], ['13', 'Tokyo To']),
      location: { latitude: 35.68, longitude: 139.69, time_zone: 'Asia/Tokyo' },
    },
  }),
);

const list = parseUntrustedAddresses('203.0.113.66 a-list abuse\n');
if (!list.ok) throw new Error(list.reason);
export const untrusted = list.list;

/** Headers of a browser in London, as a proxy that knows everything passes them on. */
export const IN_LONDON = {
  'x-forwarded-for': '198.51.100.7',
  'x-client-asn': 'AS64500',
  'x-ja3-fingerprint': 'a'.repeat(32),
  'x-ja4-fingerprint': 't13d1516h2_8daaf6152771_b186095e22b6',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'accept-language': 'en-GB,en;q=0.5',
};
/** The same in Tokyo, at an address of the operator's list, by another browser. */
export const IN_TOKYO = {
  'x-forwarded-for': '203.0.113.66',
  'x-client-asn': '64501',
  'x-ja3-fingerprint': 'b'.repeat(32),
  'x-ja4-fingerprint': 'q13d0312h3_55b375c5d22e_06cda9e17597',
  'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1',
  'accept-language': 'ja',
};
