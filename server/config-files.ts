// Server: the files that the environment names, read once at the start. What cannot be read is undefined here;
// `config.ts` says which variable it was.
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** The text of a PEM file that holds a block of this kind (`PRIVATE KEY` stands for `RSA PRIVATE KEY` and its like too). */
export function readPem(path: string, block: 'CERTIFICATE' | 'PRIVATE KEY'): string | undefined {
  if (!availableFile(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return new RegExp(`-----BEGIN ([A-Z]+ )*${block}-----`).test(text) ? text : undefined;
}

/** Whether certificate and key belong together and TLS takes them. */
export function tlsPair(cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false; // The reason may quote key material; the caller names the variable instead.
  }
}

export function availableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false; // Missing, forbidden or no file: for the caller all the same.
  }
}
