// Server: why the process could not start, in one line for whoever started it where the reason is theirs to mend.
import { OpenError } from '#storage/open.ts';
import { ConfigError } from './config.ts';

/** Exit code 1 and one message. Cells that were started die with this process. */
export function endWith(message: string): never {
  process.stderr.write(`sallyport: ${message.trimEnd()}\n`);
  process.exit(1);
}

export function startFault(cause: unknown): string {
  if (cause instanceof ConfigError) return cause.message;
  if (cause instanceof OpenError) return `${variableOf(cause)}: ${oneLine(cause.message)}`;
  if (isSystemError(cause) && cause.syscall === 'listen') {
    if (cause.code === 'EADDRINUSE') return `PORT is ${cause.port}; expected a free port (it is in use)`;
    return `SALLYPORT_HOST or PORT cannot be listened on (${cause.code})`;
  }
  if (isSystemError(cause)) return oneLine(cause.message);
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

function variableOf({ code }: OpenError): string {
  return code === 'wrong-secret' ? 'SALLYPORT_SECRET' : 'DATABASE_URL';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

type SystemError = NodeJS.ErrnoException & { port?: number };

function isSystemError(cause: unknown): cause is SystemError {
  return cause instanceof Error && 'code' in cause && 'syscall' in cause;
}
