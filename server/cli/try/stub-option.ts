// Server, command line, `try`: `--stub 'GET https://api.example.com/x=answer.json'`: what a call out is answered with.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StubbedAnswer } from '../../testing/simulation.ts';
import { CommandError, UsageError } from '../command.ts';

/** After the last `=` stands a file, whose text is the body, or a status alone. Throws `UsageError` and `CommandError`. */
export async function readStub(option: string, cwd: string): Promise<[route: string, answer: StubbedAnswer]> {
  const at = option.lastIndexOf('=');
  const [route, given] = [option.slice(0, at).trim(), option.slice(at + 1).trim()];
  const isRoute = /^([A-Za-z]+\s+)?(https?:\/\/|\*)\S*$/.test(route);
  if (at === -1 || !isRoute || given === '') {
    throw new UsageError(
      `--stub is ${JSON.stringify(option)}; expected [METHOD ]address=file or =status, such as 'GET https://api.example.com/*=answer.json'`,
    );
  }
  if (/^[2-5]\d\d$/.test(given)) return [route, { status: Number(given) }];
  let text: string;
  try {
    text = await readFile(resolve(cwd, given), 'utf8');
  } catch (error) {
    throw new CommandError(`the answer of ${route} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  const headers = given.endsWith('.json') ? { 'content-type': 'application/json' } : {};
  return [route, { status: 200, headers, body: text }];
}
