// Server, log streams: lines that go into a file, for tests and for whoever collects files. Only below the folder that the
// operator names, only into plain files: whoever may write a tenant's configuration may not choose where on the machine.
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** No separators, and nothing that begins with a dot. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const fileSink = z.strictObject({ fileName: z.string().regex(FILE_NAME) });

export type Appended = { ok: true } | { ok: false; code: string; message: string };

/** Puts lines at the end of `<folder>/<tenant>/<fileName>`; they are on the disk when it resolves. */
export async function appendLines(
  place: { folder: string | undefined; tenantName: string; fileName: unknown },
  lines: readonly string[],
): Promise<Appended> {
  const { folder, tenantName, fileName } = place;
  if (folder === undefined) return refused('not-allowed', 'the operator has named no folder for files');
  if (typeof fileName !== 'string' || !FILE_NAME.test(fileName) || !FILE_NAME.test(tenantName)) {
    return refused('bad-name', 'its file cannot be named so');
  }
  const own = join(folder, tenantName);
  let file: FileHandle | undefined;
  try {
    await mkdir(own, { recursive: true, mode: 0o700 });
    if (!(await lstat(own)).isDirectory()) return refused('not-a-folder', 'its folder is not a folder');
    // A link would lead out of the folder; a pipe would never answer.
    const flags =
      constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    file = await open(join(own, fileName), flags, 0o600);
    if (!(await file.stat()).isFile()) return refused('not-a-file', 'its file is not a plain file');
    // Whoever died while it wrote left half a line, which comes again as a whole.
    const text = lines.map((line) => `${line}\n`).join('');
    await file.appendFile((await endsWithLine(file)) ? text : `\n${text}`);
    await file.datasync();
    return { ok: true };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    return refused(code, `its file cannot be written (${code})`);
  } finally {
    await file?.close();
  }
}

const refused = (code: string, message: string): Appended => ({ ok: false, code, message });

async function endsWithLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}
