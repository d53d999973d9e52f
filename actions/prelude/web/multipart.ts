// Guest code: `multipart/form-data`, RFC 7578 and HTML standard §4.10.21.8: written for requests, read from answers.

import { Blob, bytesOfBlob, File } from './blob.ts';
import { FormData, type FormValue } from './form-data.ts';
import { binaryOf, bytesOfBinary, decodeUtf8 } from './utf8.ts';

/** From the dice of the run, so that a repeated run sends the same bytes. */
export function makeBoundary(): string {
  return `----formdata-sallyport-${`${Math.random()}`.slice(2).padStart(16, '0')}`;
}

const escapeName = (name: string): string => name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22');

/** Text alone stays text: nobody needs its bytes. */
export function writeMultipart(
  form: Iterable<readonly [string, FormValue]>,
  boundary: string,
): string | Uint8Array<ArrayBuffer> {
  const pieces: (string | Uint8Array<ArrayBuffer>)[] = [];
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
    if (typeof value === 'string') pieces.push(`${head}\r\n\r\n${value.replace(/\r\n|\r|\n/g, '\r\n')}\r\n`);
    else {
      if (!(value instanceof Blob))
        throw new TypeError('A FormData with files of another package cannot be a body: use the global File');
      const type = value.type === '' ? 'application/octet-stream' : value.type;
      pieces.push(
        `${head}; filename="${escapeName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`,
        bytesOfBlob(value),
        '\r\n',
      );
    }
  }
  pieces.push(`--${boundary}--\r\n`);
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return bytesOfBlob(new Blob(pieces));
}

const utf8Of = (binary: string): string => decodeUtf8(bytesOfBinary(binary), false) ?? '';

function parameter(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}="((?:[^"\\\\]|\\\\.)*)"`, 'i').exec(header);
  return (
    found?.[1] && utf8Of(found[1].replaceAll('%22', '"').replaceAll('%0D%0A', '\r\n').replaceAll('%0d%0a', '\r\n'))
  );
}

/** @returns undefined when the bytes are no such body. */
export function readMultipart(bytes: Uint8Array, boundary: string): FormData | undefined {
  // One character a byte: the methods of strings are the fast search there is.
  const text = binaryOf(bytes);
  const form = new FormData();
  const delimiter = `--${boundary}`;
  let at = text.startsWith(delimiter) ? delimiter.length : -1;
  while (at >= 0 && !text.startsWith('--', at)) {
    if (!text.startsWith('\r\n', at)) return undefined;
    const headEnd = text.indexOf('\r\n\r\n', at);
    const end = text.indexOf(`\r\n${delimiter}`, headEnd + 2);
    if (headEnd < 0 || end < 0) return undefined;
    const headers = text.slice(at + 2, headEnd).split('\r\n');
    const content = text.slice(headEnd + 4, Math.max(end, headEnd + 4));
    const headerOf = (name: string): string =>
      headers
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim() ?? '';
    const disposition = headerOf('content-disposition');
    const name = parameter(disposition, 'name');
    if (!/^form-data\b/i.test(disposition) || name === undefined) return undefined;
    const fileName = parameter(disposition, 'filename');
    if (fileName === undefined) form.append(name, utf8Of(content));
    else
      form.append(
        name,
        new File([bytesOfBinary(content)], fileName, { type: headerOf('content-type') || 'text/plain' }),
      );
    at = end + 2 + delimiter.length;
  }
  return at < 0 ? undefined : form;
}
