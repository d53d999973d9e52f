// Server, command line: a file for somebody's folder. What is there stays.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Never overwrites. */
export async function writeOnce(path: string, text: string): Promise<'written' | 'same' | 'there already'> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: 'wx' });
    return 'written';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(path, 'utf8')) === text ? 'same' : 'there already';
  }
}
