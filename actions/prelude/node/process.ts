// Guest code: what scripts see of Node's `process`. It describes the platform they may count on, never the process they run
// in: no environment, no arguments, no way to end it.

import { notAvailable } from './errors.ts';
import { EventEmitter } from './events.ts';

const VERSION = '22.20.0';

/** When somebody first asked: before that, the login may not have begun. */
let started: number | undefined;

function uptime(): number {
  started ??= Date.now();
  return (Date.now() - started) / 1000;
}

function hrtime(since?: [number, number]): [number, number] {
  const now = Date.now();
  const seconds = Math.floor(now / 1000) - (since?.[0] ?? 0);
  const nanoseconds = (now % 1000) * 1e6 - (since?.[1] ?? 0);
  return nanoseconds < 0 ? [seconds - 1, nanoseconds + 1e9] : [seconds, nanoseconds];
}
hrtime.bigint = (): bigint => BigInt(Date.now()) * 1_000_000n;

function nextTick(callback: unknown, ...args: unknown[]): void {
  if (typeof callback !== 'function') throw new TypeError('The "callback" argument must be of type function.');
  queueMicrotask(() => callback(...args));
}

function emitWarning(warning: unknown): void {
  console.warn(warning instanceof Error ? `${warning.name}: ${warning.message}` : `Warning: ${warning}`);
}

const refuse = (what: string, why: string) => (): never => {
  throw notAvailable(`process.${what}`, why);
};

const output = (write: (text: string) => void) => ({
  isTTY: false,
  fd: -1,
  columns: 80,
  write(text: unknown): boolean {
    write(`${text}`.replace(/\n$/, ''));
    return true;
  },
});

export const process = Object.assign(new EventEmitter(), {
  title: 'node',
  version: `v${VERSION}`,
  versions: { node: VERSION },
  release: { name: 'node', lts: 'Jod' },
  platform: 'linux',
  arch: 'x64',
  pid: 1,
  ppid: 0,
  env: {} as Record<string, string | undefined>,
  argv: ['node'],
  execArgv: [] as string[],
  execPath: 'node',
  exitCode: undefined,
  features: {},
  config: {},
  stdout: output((text) => console.log(text)),
  stderr: output((text) => console.error(text)),
  nextTick,
  hrtime,
  emitWarning,
  cwd: () => '/',
  uptime,
  umask: () => 0o22,
  memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
  cpuUsage: () => ({ user: 0, system: 0 }),
  exit: refuse('exit', 'return from the handler instead'),
  abort: refuse('abort', 'throw an error instead'),
  kill: refuse('kill', 'scripts do not see other processes'),
  chdir: refuse('chdir', 'scripts have no file system'),
  binding: refuse('binding', 'scripts do not see the inside of Node'),
  dlopen: refuse('dlopen', 'scripts cannot load compiled code'),
});
Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true });
