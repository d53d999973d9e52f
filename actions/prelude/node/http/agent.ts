// Guest code: agents of `http` and `https`. Connections are made outside and shared there; an agent is its options, of which
// the credentials of a mutual TLS connection are the ones that matter.

import { asBuffer } from '../buffer.ts';
import { notAvailable, wrongValue } from '../errors.ts';
import { EventEmitter } from '../events.ts';

export type AgentOptions = Record<string, unknown>;

export class Agent extends EventEmitter {
  readonly options: AgentOptions;
  readonly defaultPort: number;
  readonly protocol: string;
  readonly keepAlive: boolean;
  maxSockets = Number.POSITIVE_INFINITY;
  maxFreeSockets = 256;
  readonly sockets = {};
  readonly freeSockets = {};
  readonly requests = {};

  constructor(options: AgentOptions = {}, protocol = 'http:') {
    super();
    this.options = { ...options };
    this.protocol = protocol;
    this.defaultPort = protocol === 'https:' ? 443 : 80;
    this.keepAlive = options.keepAlive === true;
    refuseUnsafe(options);
  }

  getName({ host = 'localhost', port = '' }: { host?: string; port?: string | number } = {}): string {
    return `${host}:${port}:`;
  }

  createConnection(): never {
    throw notAvailable('Agent.createConnection', 'scripts open no sockets of their own');
  }

  destroy(): void {}
}

/** Options that would weaken a connection or lead around the egress guard. */
export function refuseUnsafe(options: AgentOptions): void {
  if (options.rejectUnauthorized === false)
    throw notAvailable(
      'rejectUnauthorized: false',
      'certificates of servers are always checked; pass the certificate of the server’s authority as `ca`',
    );
  if (options.pfx !== undefined) throw notAvailable('pfx', 'pass `cert` and `key` in PEM');
  for (const name of ['socketPath', 'createConnection', 'lookup', 'localAddress']) {
    if (options[name] !== undefined && options[name] !== null)
      throw notAvailable(`the option ${name}`, 'scripts open no sockets of their own');
  }
}

const TEXTS = ['cert', 'key', 'ca', 'passphrase', 'servername'] as const;

/** Credentials from the options of a request or of its agent, as they travel. */
export function tlsOf(...sources: AgentOptions[]): Partial<Record<(typeof TEXTS)[number], string>> | undefined {
  const merged = Object.assign({}, ...sources) as AgentOptions;
  const tls: Partial<Record<(typeof TEXTS)[number], string>> = {};
  for (const name of TEXTS) {
    const value = merged[name];
    if (value !== undefined && value !== null && value !== '') tls[name] = textOf(name, value);
  }
  const { servername: _, ...material } = tls;
  return Object.keys(material).length === 0 ? undefined : tls;
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return asBuffer(value).toString('latin1');
  if (Array.isArray(value)) return value.map((part) => textOf(name, part)).join('\n');
  throw wrongValue(`The option ${name} must be a string or a Buffer in PEM`);
}
