// The environment, row by row: what is taken, what stops the start, and that no secret is ever in the line that says so.
import { expect, test } from 'vitest';
import { MOST_LIMITS } from '#runtime/script-limits.ts';
import { ConfigError, readConfig } from '#server/config.ts';

const KEY = Buffer.alloc(32, 9).toString('base64url');
const read = (env: Record<string, string>, start = false) => readConfig(env, { start });

test('nothing set: the defaults', () => {
  expect(read({})).toEqual({
    port: 3000,
    host: '0.0.0.0',
    baseUrl: 'http://localhost:3000',
    databaseUrl: 'sqlite:./data/sallyport.db',
    secrets: undefined,
    tenantName: 'dev',
    demo: false,
    dev: false,
    egressAllow: [],
    scriptLimits: MOST_LIMITS,
    trustProxy: 0,
    logLevel: 'info',
    importBytes: 256 * 1024 * 1024,
    rateLimits: { token: 30_000, authorize: 6000, pages: 6000, database: 600, management: 30_000 },
    production: false,
    started: false,
  });
});

test.each([
  ['empty counts as not set', { PORT: '', SALLYPORT_DEMO: '' }, false, { port: 3000, demo: false }],
  ['npm start', {}, true, { demo: true, dev: true, host: '127.0.0.1' }],
  [
    'npm start, told otherwise',
    { SALLYPORT_DEMO: '0', SALLYPORT_DEV: '0' },
    true,
    { demo: false, dev: false, host: '0.0.0.0' },
  ],
  ['npm start in production', { NODE_ENV: 'production', SALLYPORT_SECRET: KEY }, true, { demo: false, dev: false }],
  ['the port is part of the default address', { PORT: '8080' }, false, { baseUrl: 'http://localhost:8080' }],
  [
    'script limits',
    { SALLYPORT_SCRIPT_LIMITS: 'cpu_ms=1000, memory_mb=64' },
    false,
    { scriptLimits: { ...MOST_LIMITS, cpuMs: 1000, memoryMb: 64 } },
  ],
  ['a slash at the end', { SALLYPORT_BASE_URL: 'https://login.example/' }, false, { baseUrl: 'https://login.example' }],
  ['a default port', { SALLYPORT_BASE_URL: 'https://login.example:443' }, false, { baseUrl: 'https://login.example' }],
  [
    'a folder for files',
    { SALLYPORT_LOG_STREAM_DIR: '/var/log/streams' },
    false,
    { logStreamFolder: '/var/log/streams' },
  ],
  ['several keys', { SALLYPORT_SECRET: `${KEY}, ${KEY}` }, false, { secrets: [KEY, KEY] }],
  [
    'egress',
    { SALLYPORT_EGRESS_ALLOW: 'a.example, b.example:8080,10.0.0.0/8,[::1]:80,::1,host.docker.internal' },
    false,
    { egressAllow: ['a.example', 'b.example:8080', '10.0.0.0/8', '[::1]:80', '::1', 'host.docker.internal'] },
  ],
  ['loopback development', { SALLYPORT_DEV: '1', SALLYPORT_HOST: '127.0.0.2' }, false, { host: '127.0.0.2' }],
  [
    'an operator',
    { SALLYPORT_ADMIN_CLIENT_ID: 'ops', SALLYPORT_ADMIN_CLIENT_SECRET: 's' },
    false,
    { admin: { clientId: 'ops', clientSecret: 's' } },
  ],
  [
    'files of the risk assessment',
    { SALLYPORT_GEOIP: import.meta.filename, SALLYPORT_UNTRUSTED_IPS: import.meta.filename },
    false,
    { geoip: import.meta.filename, untrustedIps: import.meta.filename },
  ],
  [
    'a list of leaked passwords',
    { SALLYPORT_BREACHED_PASSWORDS: import.meta.filename },
    false,
    { breachedPasswords: import.meta.filename },
  ],
  [
    'limits',
    { SALLYPORT_RATE_LIMITS: 'token=5, pages=7' },
    false,
    { rateLimits: { token: 5, pages: 7, database: 600 } },
  ],
  ['no limits', { SALLYPORT_RATE_LIMITS: 'off' }, false, { rateLimits: 'off' }],
])('%s', (_name, env, start, expected) => {
  expect(read(env as Record<string, string>, start)).toMatchObject(expected);
});

test.each([
  ['PORT', { PORT: 'http' }],
  ['PORT', { PORT: '0' }],
  ['PORT', { PORT: '65536' }],
  ['SALLYPORT_HOST', { SALLYPORT_HOST: 'a b' }],
  ['SALLYPORT_HOST', { SALLYPORT_DEV: '1', SALLYPORT_HOST: '0.0.0.0' }],
  ['SALLYPORT_DEV', { SALLYPORT_DEV: '1', NODE_ENV: 'production', SALLYPORT_SECRET: KEY }],
  ['SALLYPORT_DEV', { SALLYPORT_DEV: 'yes' }],
  ['SALLYPORT_DEMO', { SALLYPORT_DEMO: 'true' }],
  ['SALLYPORT_BASE_URL', { SALLYPORT_BASE_URL: 'login.example' }],
  ['SALLYPORT_BASE_URL', { SALLYPORT_BASE_URL: 'https://login.example/path' }],
  ['SALLYPORT_BASE_URL', { SALLYPORT_BASE_URL: 'ftp://login.example' }],
  ['SALLYPORT_BASE_URL', { SALLYPORT_BASE_URL: 'https://user:hunter2@login.example' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://user:hunter2@db/x' }],
  ['DATABASE_URL', { DATABASE_URL: 'sqlite:' }],
  ['SALLYPORT_SECRET', { SALLYPORT_SECRET: 'hunter2' }],
  ['SALLYPORT_SECRET', { SALLYPORT_SECRET: `${KEY},hunter2` }],
  ['SALLYPORT_SECRET', { NODE_ENV: 'production' }],
  ['SALLYPORT_TENANT', { SALLYPORT_TENANT: 'My Tenant' }],
  ['SALLYPORT_ADMIN_CLIENT_SECRET', { SALLYPORT_ADMIN_CLIENT_ID: 'ops' }],
  ['SALLYPORT_ADMIN_CLIENT_ID', { SALLYPORT_ADMIN_CLIENT_SECRET: 'hunter2' }],
  ['SALLYPORT_ADMIN_CLIENT_SECRET', { SALLYPORT_ADMIN_CLIENT_ID: 'ops', SALLYPORT_ADMIN_CLIENT_SECRET: 'hunter2\n' }],
  ['SALLYPORT_TLS_KEY', { SALLYPORT_TLS_CERT: '/nowhere.pem' }],
  ['SALLYPORT_TLS_CERT', { SALLYPORT_TLS_CERT: '/nowhere.pem', SALLYPORT_TLS_KEY: '/nowhere.key' }],
  ['SALLYPORT_EGRESS_ALLOW', { SALLYPORT_EGRESS_ALLOW: '10.0.0.0/33' }],
  ['SALLYPORT_EGRESS_ALLOW', { SALLYPORT_EGRESS_ALLOW: 'http://a.example' }],
  ['SALLYPORT_EGRESS_ALLOW', { SALLYPORT_EGRESS_ALLOW: 'https://user:hunter2@a.example' }],
  ['SALLYPORT_EGRESS_ALLOW', { SALLYPORT_EGRESS_ALLOW: 'a.example:70000' }],
  ['SALLYPORT_EGRESS_ALLOW', { SALLYPORT_EGRESS_ALLOW: 'a.example,,b.example' }],
  ['SALLYPORT_EGRESS_ALLOW', { SALLYPORT_EGRESS_ALLOW: '*' }],
  ['SALLYPORT_SCRIPT_LIMITS', { SALLYPORT_SCRIPT_LIMITS: 'cpu=5' }],
  ['SALLYPORT_SCRIPT_LIMITS', { SALLYPORT_SCRIPT_LIMITS: 'memory_mb=1' }],
  ['SALLYPORT_SCRIPT_LIMITS', { SALLYPORT_SCRIPT_LIMITS: 'cpu_ms' }],
  ['SALLYPORT_TRUST_PROXY', { SALLYPORT_TRUST_PROXY: '-1' }],
  ['SALLYPORT_TWILIO_BASE_URL', { SALLYPORT_TWILIO_BASE_URL: 'x' }],
  ['SALLYPORT_GEOIP', { SALLYPORT_GEOIP: '/nowhere.mmdb' }],
  ['SALLYPORT_GEOIP', { SALLYPORT_GEOIP: import.meta.dirname }],
  ['SALLYPORT_UNTRUSTED_IPS', { SALLYPORT_UNTRUSTED_IPS: '/nowhere.txt' }],
  ['SALLYPORT_BREACHED_PASSWORDS', { SALLYPORT_BREACHED_PASSWORDS: '/nowhere.txt' }],
  ['SALLYPORT_RATE_LIMITS', { SALLYPORT_RATE_LIMITS: 'tokens=5' }],
  ['SALLYPORT_RATE_LIMITS', { SALLYPORT_RATE_LIMITS: 'token=0' }],
  ['SALLYPORT_RATE_LIMITS', { SALLYPORT_RATE_LIMITS: 'token=5,off' }],
  ['SALLYPORT_LOG_LEVEL', { SALLYPORT_LOG_LEVEL: 'loud' }],
])('%s of %j stops the start with one line', (name, env) => {
  let line = '';
  try {
    read(env as Record<string, string>);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    line = error.message;
  }
  expect(line.startsWith(`${name} is `)).toBe(true);
  expect(line).toContain('; expected ');
  expect(line).not.toContain('\n');
  expect(line).not.toContain('hunter2');
});
