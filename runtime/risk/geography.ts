// Risk: where on Earth an address is, by a database in MaxMind's format (2.0) that the operator names. Files are read
// elsewhere. A record is as good as whoever made it: what is not of the expected kind is left out, and nothing throws.
import { Reader } from 'mmdb-lib';
import type { GeoIp } from '#actions/post-login/event.ts';
import type { Coordinates } from '#storage/records.ts';
import { readAddress, writeAddress } from './address.ts';
import { alpha3Of } from './country-codes.ts';

/** All that a database may say of an address. */
export type Place = GeoIp & {
  /** Number of the autonomous system, in decimal digits. */
  asn?: string;
  /** A proxy, VPN or exit that hides where its users are. */
  isAnonymousProxy: boolean;
};

export type Geography = {
  /** False where the operator named no database. */
  isAvailable: boolean;
  /** @returns `undefined` for what is no address and for addresses the database does not have. */
  locate(ip: string): Place | undefined;
};

/** No database was named. */
export const noGeography: Geography = { isAvailable: false, locate: () => undefined };

/**
 * Opens a database; the buffer is kept and must not change.
 * @throws an error whose message says what is wrong, as the end of "the database …".
 */
export function openGeography(database: Buffer): Geography {
  const reader = openReader(database);
  const { ipVersion } = reader.metadata;
  return {
    isAvailable: true,
    locate(ip) {
      const address = readAddress(ip);
      // A tree of IPv4 would be walked with the first 32 bits of an IPv6 address.
      if (!address || address.family > ipVersion) return undefined;
      return placeOf(readRecord(reader, writeAddress(address)));
    },
  };
}

/** What scripts see of a place: an empty object where nothing is known. */
export function geoipOf(place: Place | undefined): GeoIp {
  if (place === undefined) return {};
  const { asn: _asn, isAnonymousProxy: _isAnonymousProxy, ...geoip } = place;
  return geoip;
}

export function coordinatesOf(place: Place | undefined): Coordinates | undefined {
  const { latitude, longitude } = place ?? {};
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}

/** What is read of a record: objects all the way down, of whatever a database holds. */
type Fields = { readonly [name: string]: unknown };
type DatabaseReader = Pick<Reader<never>, 'get' | 'metadata'>;

/** The metadata stand behind the last of these bytes (format 2.0, "Database Metadata"). */
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** Zeros between the search tree and the data. */
const SEPARATOR_BYTES = 16;

function openReader(database: Buffer): DatabaseReader {
  const marker = database.lastIndexOf(METADATA_MARKER);
  if (marker === -1) throw new Error('is not in MaxMind format, or its end is missing');
  let reader: Reader<never>;
  try {
    reader = new Reader<never>(database);
  } catch (cause) {
    throw new Error('has metadata or a search tree that cannot be read', { cause });
  }
  const { binaryFormatMajorVersion, ipVersion, nodeCount, searchTreeSize } = reader.metadata;
  if (binaryFormatMajorVersion !== 2) throw new Error('is not of version 2 of the MaxMind format');
  if ((ipVersion !== 4 && ipVersion !== 6) || !Number.isInteger(nodeCount) || nodeCount < 1) {
    throw new Error('has metadata that cannot be right');
  }
  const separator = database.subarray(searchTreeSize, searchTreeSize + SEPARATOR_BYTES);
  if (searchTreeSize + SEPARATOR_BYTES > marker || separator.some((byte) => byte !== 0)) {
    throw new Error('is damaged: its search tree does not end where its metadata say');
  }
  tryAddresses(reader);
  return reader;
}

/** One address of every /8: a look at each record would take seconds, and most damage is wider than one record. */
function tryAddresses(reader: DatabaseReader): void {
  for (let network = 0; network < 256; network++) {
    try {
      reader.get(`${network}.0.0.1`);
    } catch (cause) {
      throw new Error(`is damaged: its record of ${network}.0.0.1 cannot be read`, { cause });
    }
  }
}

function readRecord(reader: DatabaseReader, ip: string): unknown {
  try {
    return reader.get(ip);
  } catch {
    return undefined; // Damage that opening did not meet: for this address nothing is known, and the login goes on.
  }
}

function placeOf(record: unknown): Place | undefined {
  if (!isFields(record)) return undefined;
  const country = fieldsOf(record.country);
  const location = fieldsOf(record.location);
  const subdivision = fieldsOf(Array.isArray(record.subdivisions) ? record.subdivisions[0] : undefined);
  const countryCode = textOf(country.iso_code);
  const asn = [record, fieldsOf(record.traits)]
    .map((fields) => fields.autonomous_system_number)
    .find(isPositiveInteger);
  const texts = {
    cityName: englishName(record.city),
    continentCode: textOf(fieldsOf(record.continent).code),
    countryCode,
    countryCode3: countryCode === undefined ? undefined : alpha3Of(countryCode),
    countryName: englishName(country),
    subdivisionCode: textOf(subdivision.iso_code),
    subdivisionName: englishName(subdivision),
    timeZone: textOf(location.time_zone),
    asn: asn?.toString(),
  };
  const known: { [name in keyof typeof texts]?: string } = Object.fromEntries(
    Object.entries(texts).filter(([, text]) => text !== undefined),
  );
  return { ...known, ...pointOf(location), isAnonymousProxy: isHidden(record) || isHidden(fieldsOf(record.traits)) };
}

function pointOf({ latitude, longitude }: Fields): Coordinates | Record<never, never> {
  const isPoint = isWithin(latitude, 90) && isWithin(longitude, 180);
  return isPoint ? { latitude, longitude } : {};
}

/** The flags of the databases of cities (`traits`) and of anonymous addresses (at the top). */
const HIDING_FLAGS = [
  'is_anonymous',
  'is_anonymous_proxy',
  'is_anonymous_vpn',
  'is_public_proxy',
  'is_residential_proxy',
  'is_tor_exit_node',
];

function isHidden(fields: Fields): boolean {
  return HIDING_FLAGS.some((flag) => fields[flag] === true);
}

function englishName(value: unknown): string | undefined {
  return textOf(fieldsOf(fieldsOf(value).names).en);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isPositiveInteger(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0;
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && Math.abs(value) <= most;
}
