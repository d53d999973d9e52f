// Server: the operator's log. JSON lines when stdout is not a terminal, short readable lines when it is.
// Callers never pass secrets; the redaction below is the second wall, not the first.
import { pino } from 'pino';
import type { Logger } from '#runtime/ports.ts';
import type { Config } from './config.ts';

/** Keys whose values never reach the log, at the top and one level down. */
const SECRET_KEYS = [
  'password',
  'secret',
  'secrets',
  'client_secret',
  'clientSecret',
  'code',
  'code_verifier',
  'token',
  'access_token',
  'id_token',
  'refresh_token',
  'authorization',
  'cookie',
  'key',
  'binding',
  'state',
];

type Line = { write(text: string): void };

/** `readable`: lines for people instead of JSON. */
export function createLogger(config: Pick<Config, 'logLevel'>, out: Line, { readable }: { readable: boolean }): Logger {
  const logger = pino(
    {
      level: config.logLevel,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[removed]' },
      serializers: { cause: describeCause, err: describeCause },
    },
    readable ? { write: (text: string) => out.write(`${toReadable(text)}\n`) } : out,
  );
  return {
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
}

/** An error as plain fields; its own properties (which may hold a query's values) stay out. */
function describeCause(cause: unknown): unknown {
  if (!(cause instanceof Error)) return typeof cause === 'string' ? cause : typeof cause;
  return { name: cause.name, message: cause.message, stack: cause.stack };
}

function toReadable(line: string): string {
  const { level, time, msg, cause, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const stack = typeof cause === 'object' && cause !== null && 'stack' in cause ? `\n${String(cause.stack)}` : '';
  return [String(time).slice(11, 19), String(level).padEnd(5), msg, ...fields].join(' ') + stack;
}
