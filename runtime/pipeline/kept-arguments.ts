// What is kept of a command's arguments with the execution: as the script wrote them, without what is likely to be a key
// or a token. A redaction of the Action's own secrets comes after this.
import type { RecordedCommand } from '../sandbox/sandbox.ts';

/** An address without what stands behind its path: there a script puts the token it has signed. */
function bare(address: unknown): unknown {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  return url ? `${url.origin}${url.pathname}` : '';
}

export function keptArguments({ name, args }: RecordedCommand): unknown[] {
  switch (name) {
    // The usual content of a cache is somebody's access token.
    case 'cache.set':
      return args.slice(0, 1);
    case 'redirect.sendUserTo':
    case 'transaction.setResultUrl':
      return [bare(args[0])];
    case 'samlResponse.setKey':
      return [];
    default:
      return args;
  }
}
