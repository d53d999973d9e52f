// Tests: the files of the risk assessment: a bad one stops the start with one line that names the variable.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigError } from '#server/config.ts';
import { openGeographyFile, readUntrustedAddressesFile } from '#server/risk-files.ts';
import { writeMmdb } from '#test/kit/mmdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-risk-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const database = writeMmdb({ '198.51.100.0/24': { country: { iso_code: 'FR' } } });

test('are read', () => {
  const geoip = file('good.mmdb', database);
  expect(openGeographyFile({ geoip }).locate('198.51.100.1')?.countryCode3).toBe('FRA');
  const untrustedIps = file('good.txt', '# list\n198.51.100.7 FORUM-1\n');
  expect(readUntrustedAddressesFile({ untrustedIps }).find('198.51.100.7')).toEqual({
    network: '198.51.100.7/32',
    source: 'FORUM-1',
  });
});

test('are not there when they are not named', () => {
  expect(openGeographyFile({}).isAvailable).toBe(false);
  expect(readUntrustedAddressesFile({}).isConfigured).toBe(false);
});

test.each([
  [
    'a database cut short',
    () => openGeographyFile({ geoip: file('short.mmdb', database.subarray(0, 99)) }),
    /^SALLYPORT_GEOIP is ".*short\.mmdb"; expected a MaxMind-format database \(the file is not in MaxMind format/,
  ],
  [
    'no database',
    () => openGeographyFile({ geoip: file('text.mmdb', 'hello') }),
    /^SALLYPORT_GEOIP is ".*text\.mmdb"; expected a MaxMind-format database/,
  ],
  [
    'a bad line',
    () => readUntrustedAddressesFile({ untrustedIps: file('bad.txt', '# list\n198.51.100.7\nhunter2\n') }),
    /^SALLYPORT_UNTRUSTED_IPS is ".*bad\.txt"; expected a list of addresses \(line 3: expected an address/,
  ],
])('%s stops the start with one line', (_name, read, line) => {
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(line);
  expect(read).not.toThrow(/\n|hunter2/);
});
