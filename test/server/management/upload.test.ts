// Tests of the Management API: a form with a file in it is read as it comes, at the speed of whoever takes the file; what is
// odd is refused, and whoever takes is never left waiting.
import { describe, expect, test } from 'vitest';
import { refuse } from '#server/management/answer.ts';
import { readForm, type Upload } from '#server/management/upload.ts';

const BOUNDARY = 'x'.repeat(20);
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
const part = (name: string, text: string, more = '') =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`;
const END = `--${BOUNDARY}--\r\n`;

/** A form in chunks; `breaks`: it fails after them. */
function upload(chunks: string[], more: Partial<Upload> & { breaks?: boolean } = {}): Upload {
  const { breaks = false, ...given } = more;
  const bytes = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(Buffer.from(chunk));
      if (breaks) controller.error(new Error('gone'));
      else controller.close();
    },
  });
  return { type: TYPE, coding: '', length: 0, bytes, ...given };
}

async function read(given: Upload, limitBytes = 1000) {
  let taken = '';
  const form = await readForm(given, {
    file: 'users',
    limitBytes,
    async take(chunks) {
      for await (const chunk of chunks) {
        taken += Buffer.from(chunk).toString();
        if (taken.includes('enough')) return refuse(400, 'enough');
      }
      return undefined;
    },
  });
  return { ...form, taken };
}

describe('a form', () => {
  const whole =
    part('upsert', 'true') + part('users', '[1,2]', '; filename="a.json"') + part('connection_id', 'c') + END;
  test.each([
    ['in one chunk', [whole]],
    ['byte by byte', [...whole]],
    [
      'whose file comes without a file name',
      [part('users', '[1,2]') + part('upsert', 'true') + part('connection_id', 'c') + END],
    ],
  ])('is read %s', async (_how, chunks) => {
    expect(await read(upload(chunks))).toEqual({
      ok: true,
      texts: { upsert: 'true', users: '', connection_id: 'c' },
      taken: '[1,2]',
    });
  });

  test.each<[what: string, given: Upload, status: number]>([
    ['of another type', upload([whole], { type: 'application/json' }), 415],
    ['that is packed', upload([whole], { coding: 'gzip' }), 415],
    ['without a boundary', upload([whole], { type: 'multipart/form-data; x=y' }), 400],
    ['of another boundary', upload([whole], { type: 'multipart/form-data; boundary=other' }), 400],
    ['without a body', { ...upload([]), bytes: null }, 400],
    ['that says that it is too long', upload([whole], { length: 100_000 }), 413],
    ['whose file is too long', upload([part('users', 'y'.repeat(1001)) + END]), 413],
    ['whose text is too long', upload([part('upsert', 'y'.repeat(20_000)) + END], { length: 0 }), 413],
    ['with a name twice', upload([part('upsert', 'a') + part('upsert', 'b') + END]), 400],
    ['with two files', upload([part('users', 'a') + part('users', 'b') + END]), 400],
    ['with a name that is none', upload([part('__proto__', 'a') + END]), 400],
    ['with U+0000', upload([part('upsert', 'a\0') + END]), 400],
    ['with many parts', upload([Array.from({ length: 30 }, (_each, at) => part(`p${at}`, 'a')).join('') + END]), 400],
    ['that ends within a text', upload([part('upsert', 'a').slice(0, -1)]), 400],
    ['that ends within its file', upload([part('users', '[1').slice(0, -1)]), 400],
    ['that breaks off', upload([part('users', '[1').slice(0, -1)], { breaks: true }), 400],
    ['that whoever takes it has enough of', upload([part('users', 'enough'), 'y'.repeat(100)], { breaks: false }), 400],
  ])('%s is refused', async (_what, given, status) => {
    expect(await read(given)).toMatchObject({ ok: false, refusal: { status } });
  });

  test('does not swallow a fault of whoever takes it', async () => {
    const take = async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const _chunk of chunks) throw new Error('no database');
      return undefined;
    };
    const form = readForm(upload([whole]), { file: 'users', limitBytes: 1000, take });
    await expect(form).rejects.toThrow('no database');
  });
});
