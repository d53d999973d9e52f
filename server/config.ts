// Server: the environment becomes one frozen object here, once. Of the rest of the house only the command line reads it.
// Empty means not set. A value that cannot be used stops the start with one line: the variable, what was given and
// what is expected. The values of secrets are never in that line.
import { isIP } from 'node:net';
import { readAllowEntry } from '#runtime/egress/allow.ts';
import { LEAST_LIMITS, LIMIT_NAMES, type ScriptLimits } from '#runtime/script-limits.ts';
import { availableFile, readPem, tlsPair } from './config-files.ts';
import { LIMIT_WIRE_NAMES, readScriptLimits } from './limit-names.ts';
import { quote, withoutPassword } from './quote.ts';
import { RATE_LIMIT_NAMES, type RateLimits, readRateLimits } from './rate-limit-names.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Config = {
  port: number;
  host: string;
  /** Public address of the default tenant, without a slash at the end. */
  baseUrl: string;
  databaseUrl: string;
  /** Root keys, base64url; absent in development where none were given. */
  secrets: string[] | undefined;
  /** Name of the default tenant. */
  tenantName: string;
  admin?: { clientId: string; clientSecret: string };
  demo: boolean;
  dev: boolean;
  /** The two PEM texts. */
  tls?: { cert: string; key: string };
  /** Entries of the allow list, as they were given; each is one that the egress guard can read. */
  egressAllow: string[];
  /** The most that a tenant may allow its scripts. */
  scriptLimits: Readonly<ScriptLimits>;
  /** Trusted proxies in front of us. */
  trustProxy: number;
  logLevel: LogLevel;
  /** Origin that Messages and Calls are posted to, instead of the vendor's. */
  twilioBaseUrl?: string;
  /** Path of a MaxMind-format database. */
  geoip?: string;
  /** Path of the operator's list of addresses that are not to be trusted. */
  untrustedIps?: string;
  /** Path of the operator's list of leaked passwords. */
  breachedPasswords?: string;
  /** Folder below which tenants' log streams may write files. */
  logStreamFolder?: string;
  /** The longest file of users that one import takes. */
  importBytes: number;
  /** What one address may ask of us. */
  rateLimits: Readonly<RateLimits> | 'off';
  /** `NODE_ENV=production`. */
  production: boolean;
  /** Started by `npm start`. */
  started: boolean;
};

/** One line for whoever starts the process. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  constructor(variable: string, given: string, expected: string) {
    super(`${variable} is ${given}; expected ${expected}`);
  }
}

type Environment = { readonly [name: string]: string | undefined };

/** The configuration of this process. Throws `ConfigError`. */
export function loadConfig(): Config {
  return readConfig(process.env, { start: process.env.npm_lifecycle_event === 'start' });
}

/** `start`: the defaults of `npm start` hold (demo tenant and development on, unless in production). */
export function readConfig(env: Environment, { start }: { start: boolean }): Config {
  const read = (name: string) => (env[name] === '' ? undefined : env[name]);
  const production = read('NODE_ENV') === 'production';
  const playful = start && !production;
  const dev = flag(read, 'SALLYPORT_DEV', playful);
  if (dev && production) {
    throw new ConfigError('SALLYPORT_DEV', '"1" with NODE_ENV=production', '0 in production: development shows codes');
  }
  const port = integer(read, 'PORT', 3000, 1, 65_535);
  const tls = readTls(read);
  const secrets = readSecrets(read('SALLYPORT_SECRET'));
  if (production && !secrets) {
    throw new ConfigError(
      'SALLYPORT_SECRET',
      'not set',
      'a root key of 32 bytes or more in base64url (required in production)',
    );
  }
  const admin = readAdmin(read);
  const twilioBaseUrl = read('SALLYPORT_TWILIO_BASE_URL');
  const geoip = readPath(read, 'SALLYPORT_GEOIP', 'a database file');
  const untrustedIps = readPath(read, 'SALLYPORT_UNTRUSTED_IPS', 'a list of addresses');
  const breachedPasswords = readPath(read, 'SALLYPORT_BREACHED_PASSWORDS', 'a list of SHA-1 hashes');
  const logStreamFolder = read('SALLYPORT_LOG_STREAM_DIR');
  return Object.freeze({
    port,
    host: readHost(read('SALLYPORT_HOST'), dev),
    baseUrl: origin(
      'SALLYPORT_BASE_URL',
      read('SALLYPORT_BASE_URL') ?? `${tls ? 'https' : 'http'}://localhost:${port}`,
    ),
    databaseUrl: readDatabaseUrl(read('DATABASE_URL') ?? 'sqlite:./data/sallyport.db'),
    secrets,
    tenantName: readTenantName(read('SALLYPORT_TENANT') ?? 'dev'),
    ...(admin ? { admin } : {}),
    demo: flag(read, 'SALLYPORT_DEMO', playful),
    dev,
    ...(tls ? { tls } : {}),
    egressAllow: readEgress(read('SALLYPORT_EGRESS_ALLOW')),
    scriptLimits: scriptLimits(read('SALLYPORT_SCRIPT_LIMITS')),
    trustProxy: integer(read, 'SALLYPORT_TRUST_PROXY', 0, 0, 32),
    logLevel: readLevel(read('SALLYPORT_LOG_LEVEL')),
    ...(twilioBaseUrl === undefined ? {} : { twilioBaseUrl: origin('SALLYPORT_TWILIO_BASE_URL', twilioBaseUrl) }),
    ...(geoip === undefined ? {} : { geoip }),
    ...(untrustedIps === undefined ? {} : { untrustedIps }),
    ...(breachedPasswords === undefined ? {} : { breachedPasswords }),
    ...(logStreamFolder === undefined ? {} : { logStreamFolder }),
    importBytes: integer(read, 'SALLYPORT_IMPORT_MB', 256, 1, 4096) * 1024 * 1024,
    rateLimits: rateLimits(read('SALLYPORT_RATE_LIMITS')),
    production,
    started: start,
  });
}

type Read = (name: string) => string | undefined;

function flag(read: Read, name: string, fallback: boolean): boolean {
  const value = read(name);
  if (value === undefined) return fallback;
  if (value !== '0' && value !== '1') throw new ConfigError(name, quote(value), '0 or 1');
  return value === '1';
}

function integer(read: Read, name: string, fallback: number, min: number, max: number): number {
  const value = read(name);
  if (value === undefined) return fallback;
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max))
    throw new ConfigError(name, quote(value), `a whole number from ${min} to ${max}`);
  return number;
}

function readHost(value: string | undefined, dev: boolean): string {
  if (value === undefined) return dev ? '127.0.0.1' : '0.0.0.0';
  if (isIP(value) === 0 && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value)) {
    throw new ConfigError('SALLYPORT_HOST', quote(value), 'an IP address or a host name to listen on');
  }
  const loopback = value === 'localhost' || value === '::1' || (isIP(value) === 4 && value.startsWith('127.'));
  if (dev && !loopback) {
    throw new ConfigError(
      'SALLYPORT_HOST',
      `${quote(value)} with SALLYPORT_DEV=1`,
      'a loopback address: development shows codes',
    );
  }
  return value;
}

function origin(name: string, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const bare = url && (url.protocol === 'http:' || url.protocol === 'https:') && `${url.origin}/` === url.href;
  if (!bare)
    throw new ConfigError(
      name,
      withoutPassword(value),
      'scheme, host and port of an http or https address, without a path',
    );
  return url.origin;
}

function readDatabaseUrl(value: string): string {
  const good = /^sqlite:.+/.test(value) || (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value));
  if (!good)
    throw new ConfigError('DATABASE_URL', withoutPassword(value), 'sqlite:<file>, sqlite::memory: or postgres://…');
  return value;
}

function readSecrets(value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const secrets = value.split(',').map((secret) => secret.trim());
  for (const [index, secret] of secrets.entries()) {
    const bytes = /^[A-Za-z0-9_-]+={0,2}$/.test(secret) ? Buffer.from(secret, 'base64url').length : 0;
    if (bytes < 32) {
      const which = secrets.length === 1 ? 'not usable' : `not usable in entry ${index + 1}`;
      throw new ConfigError(
        'SALLYPORT_SECRET',
        `${which} (its value is not shown)`,
        '32 bytes or more in base64url, or a comma list of such keys',
      );
    }
  }
  return secrets;
}

function readTenantName(value: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) {
    throw new ConfigError('SALLYPORT_TENANT', quote(value), '1 to 63 lowercase letters, digits and hyphens');
  }
  return value;
}

function readAdmin(read: Read): Config['admin'] {
  const clientId = read('SALLYPORT_ADMIN_CLIENT_ID');
  const clientSecret = read('SALLYPORT_ADMIN_CLIENT_SECRET');
  if (clientId === undefined && clientSecret === undefined) return undefined;
  if (clientSecret === undefined) {
    throw new ConfigError(
      'SALLYPORT_ADMIN_CLIENT_SECRET',
      'not set',
      'a secret, because SALLYPORT_ADMIN_CLIENT_ID is set',
    );
  }
  if (clientId === undefined) {
    throw new ConfigError(
      'SALLYPORT_ADMIN_CLIENT_ID',
      'not set',
      'a client id, because SALLYPORT_ADMIN_CLIENT_SECRET is set',
    );
  }
  // The characters of a client id by RFC 6749 appendix A.1, without the space.
  if (!/^[\x21-\x7e]{1,200}$/.test(clientId)) {
    throw new ConfigError('SALLYPORT_ADMIN_CLIENT_ID', quote(clientId), '1 to 200 visible ASCII characters');
  }
  if (!/^[\x20-\x7e]{1,1000}$/.test(clientSecret)) {
    throw new ConfigError(
      'SALLYPORT_ADMIN_CLIENT_SECRET',
      'not usable (its value is not shown)',
      '1 to 1000 printable ASCII characters',
    );
  }
  return { clientId, clientSecret };
}

function readTls(read: Read): Config['tls'] {
  const [certPath, keyPath] = [read('SALLYPORT_TLS_CERT'), read('SALLYPORT_TLS_KEY')];
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined)
    throw new ConfigError('SALLYPORT_TLS_CERT', 'not set', 'a PEM file, because SALLYPORT_TLS_KEY is set');
  if (keyPath === undefined)
    throw new ConfigError('SALLYPORT_TLS_KEY', 'not set', 'a PEM file, because SALLYPORT_TLS_CERT is set');
  const cert = readPem(certPath, 'CERTIFICATE');
  if (cert === undefined)
    throw new ConfigError('SALLYPORT_TLS_CERT', quote(certPath), 'the path of a PEM file with a certificate');
  const key = readPem(keyPath, 'PRIVATE KEY');
  if (key === undefined)
    throw new ConfigError('SALLYPORT_TLS_KEY', quote(keyPath), 'the path of a PEM file with a private key');
  if (!tlsPair(cert, key))
    throw new ConfigError(
      'SALLYPORT_TLS_KEY',
      quote(keyPath),
      'the private key of the certificate in SALLYPORT_TLS_CERT',
    );
  return { cert, key };
}

/** Of a file that is read later; `kind` says what it is. */
function readPath(read: Read, name: string, kind: string): string | undefined {
  const path = read(name);
  if (path === undefined || availableFile(path)) return path;
  throw new ConfigError(name, quote(path), `the path of ${kind} that can be read`);
}

function readEgress(value: string | undefined): string[] {
  if (value === undefined) return [];
  const entries = value.split(',').map((entry) => entry.trim());
  for (const entry of entries) {
    if (!readAllowEntry(entry)) {
      throw new ConfigError(
        'SALLYPORT_EGRESS_ALLOW',
        withoutPassword(entry),
        'a comma list of host, host:port or CIDR (api.internal, 10.0.0.5:8080, 10.0.0.0/8)',
      );
    }
  }
  return entries;
}

function scriptLimits(value: string | undefined): Readonly<ScriptLimits> {
  const given = readScriptLimits(value);
  if (given.ok) return given.limits;
  const names = LIMIT_NAMES.map((known) => `${LIMIT_WIRE_NAMES[known]} (at least ${LEAST_LIMITS[known]})`);
  const expected = `a comma list of name=number: ${names.join(', ')}`;
  throw new ConfigError('SALLYPORT_SCRIPT_LIMITS', quote(given.entry), expected);
}

function rateLimits(value: string | undefined): Config['rateLimits'] {
  const given = readRateLimits(value);
  if (given.ok) return given.limits;
  const expected = `off, or a comma list of name=requests a minute: ${RATE_LIMIT_NAMES.join(', ')}`;
  throw new ConfigError('SALLYPORT_RATE_LIMITS', quote(given.entry), expected);
}

function readLevel(value: string | undefined): LogLevel {
  if (value === undefined) return 'info';
  const level = LOG_LEVELS.find((known) => known === value);
  if (!level) throw new ConfigError('SALLYPORT_LOG_LEVEL', quote(value), `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}
