// Server: the two files that the risk assessment works with, read once at the start. What they hold is checked here,
// before anybody signs in: a file that cannot be used stops the start with one line, like any other bad value.
import { readFileSync } from 'node:fs';
import { type Geography, noGeography, openGeography } from '#runtime/risk/geography.ts';
import {
  noUntrustedAddresses,
  parseUntrustedAddresses,
  type UntrustedAddresses,
} from '#runtime/risk/untrusted-addresses.ts';
import { type Config, ConfigError } from './config.ts';
import { quote } from './quote.ts';

/** The database of `SALLYPORT_GEOIP`, kept in memory. Throws `ConfigError`. */
export function openGeographyFile({ geoip }: Pick<Config, 'geoip'>): Geography {
  if (geoip === undefined) return noGeography;
  try {
    return openGeography(readFileSync(geoip));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'cannot be read';
    throw new ConfigError('SALLYPORT_GEOIP', quote(geoip), `a MaxMind-format database (the file ${reason})`);
  }
}

/** The list of `SALLYPORT_UNTRUSTED_IPS`, kept in memory. Throws `ConfigError`. */
export function readUntrustedAddressesFile({ untrustedIps }: Pick<Config, 'untrustedIps'>): UntrustedAddresses {
  if (untrustedIps === undefined) return noUntrustedAddresses;
  const parsed = parseUntrustedAddresses(readFileSync(untrustedIps, 'utf8'));
  if (parsed.ok) return parsed.list;
  const reason = `line ${parsed.line}: ${parsed.reason}`;
  throw new ConfigError('SALLYPORT_UNTRUSTED_IPS', quote(untrustedIps), `a list of addresses (${reason})`);
}
