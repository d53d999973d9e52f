// What the runtime asks of the outside, each as small as it can be. Wired in `server/open-house.ts`, nowhere else.
import type { Store } from '#storage/store.ts';
import type { Egress, PlainEgress } from './egress/egress.ts';
import type { BreachedPasswords } from './protection/breached-passwords.ts';
import type { Geography } from './risk/geography.ts';
import type { UntrustedAddresses } from './risk/untrusted-addresses.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { ScriptLimits } from './script-limits.ts';

export type Random = {
  /** 256 bits, base64url: handles. */
  key(): string;
  /** A lowercase UUID v4. */
  uuid(): string;
  /** `length` characters of [A-Za-z0-9], uniformly. */
  letters(length: number): string;
  /** `length` lowercase hexadecimal digits. */
  hex(length: number): string;
  /** `length` decimal digits, uniformly: one-time codes. */
  digits(length: number): string;
};

export type Passwords = {
  hash(password: string): Promise<string>;
  /**
   * Compares in the same time whether or not there is a hash (no page, status or time tells whether an account exists).
   * `rehash` is a stronger hash to keep from now on, when the stored one is of an older kind.
   */
  verify(password: string, hash: string | undefined): Promise<{ ok: boolean; rehash?: string }>;
};

/** Keyed hashes under a key per purpose. */
export type Mac = {
  mac(purpose: string, text: string): string;
  /** Constant time; true for any key of the keyring. */
  macMatches(purpose: string, text: string, mac: string): boolean;
};

/** The operator's log. Never given tokens, passwords or secrets; codes in development alone, when they are in the dev inbox. */
export type Logger = {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
};

/** Who speaks to us in this HTTP request; fresh after each pause. */
export type Caller = {
  ip: string;
  method: string;
  userAgent?: string;
  language?: string;
  /** What a trusted proxy says of the connection: number of its autonomous system, fingerprints of its TLS handshake. */
  asn?: string;
  ja3?: string;
  ja4?: string;
};

export type Ports = {
  store: Store;
  sandbox: Sandbox;
  /** For calls of ours on behalf of a tenant: the same guard as for its scripts. */
  egress: Pick<Egress, 'request'> & PlainEgress;
  /** Where Twilio's API is, and the way there; absent where it is the vendor's own. */
  twilio?: { origin: string; egress: Pick<Egress, 'request'> };
  /** Milliseconds since 1970, by the server's (movable) clock. */
  now: () => number;
  random: Random;
  passwords: Passwords;
  mac: Mac;
  log: Logger;
  /** Development: messages stay readable in the dev inbox. Otherwise a channel without a provider fails. */
  inbox: boolean;
  geography: Geography;
  /** Addresses that the operator does not trust. */
  untrusted: UntrustedAddresses;
  /** Passwords that are known to others. */
  breached: BreachedPasswords;
  /** The most that the operator allows any tenant's scripts. */
  scriptLimits: Readonly<ScriptLimits>;
};
