// The command line: what is typed, what is said, and with which exit code it ends.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { CHILD_ENV } from '#test/kit/child-env.ts';
import { keptTerminal } from '#test/kit/terminal.ts';

const own = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));

/** Types a line; `ended` ends what would go on. */
async function type(line: string, ended: AbortSignal = AbortSignal.abort()) {
  const terminal = keptTerminal();
  const words = line.split(' ').filter((word) => word !== '');
  const code = await runCommand(words, { ...terminal, ended });
  const { out, err } = terminal.said;
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('sallyport', () => {
  test.each(['', '--help', '-h', 'help'])('%j lists the commands', async (line) => {
    const said = await type(line);
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).toContain('mock-messages');
  });

  test.each([
    ['no such command', 'serve', 'there is no command "serve"'],
    ['nearly one', 'mock', 'did you mean mock-messages?'],
    ['a letter too many', 'devv', 'did you mean dev?'],
    ['letters the wrong way round', 'tset', 'did you mean test?'],
    ['a name that every object has', 'constructor', 'there is no command "constructor"'],
    ['an option that is none', 'mock-messages --prot 1', '--prot'],
    ['an argument too many', 'mock-messages 4000', '4000'],
    ['a port that is none', 'mock-messages --port http', '--port is "http"; expected a whole number from 0 to 65535'],
    ['a port beyond all', 'mock-messages --port 70000', 'from 0 to 65535'],
    ['an option without its value', 'mock-messages --port', '--port'],
    ['a code that is none', 'mock-messages --code abc', '--code is "abc"; expected 4 to 10 digits'],
  ])('%s: 2, and where to read', async (_name, line, says) => {
    const said = await type(line);
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toContain(says);
    expect(said.err).toContain('--help');
  });

  test.each(['--version', '-v'])('%s is the version of the package', async (line) => {
    expect(await type(line)).toEqual({ code: 0, out: own.version, err: '' });
  });

  test.each(['mock-messages --help', 'help mock-messages'])('%s', async (line) => {
    const said = await type(line);
    expect(said).toMatchObject({ code: 0, err: '' });
    for (const option of ['--port', '--host', '--strict', '--code', '--json']) expect(said.out).toContain(option);
  });

  test('mock-messages says where it is, shows what arrives, and ends', async () => {
    const ended = new AbortController();
    const lines: string[] = [];
    const typed = ['mock-messages', '--port', '0', '--code', '123456'];
    const out = (line: string) => {
      lines.push(line);
      origin.resolve(/http:\S+(?=\.)/.exec(line)?.[0] ?? '');
    };
    const origin = Promise.withResolvers<string>();
    const running = runCommand(typed, { ...keptTerminal(), out, ended: ended.signal });
    const site = await origin.promise;
    const to = '+44\u001b[2J7700';
    const body = JSON.stringify({ phone_number: to, template: 'registration' });
    expect((await fetch(`${site}/sms-authentication-challenge`, { method: 'POST', body })).status).toBe(200);
    ended.abort();
    expect(await running).toBe(0);
    const port = new URL(site).port;
    expect(lines).toEqual([
      `Stand-in for messages on ${site}. Start the server with`,
      `  SALLYPORT_EGRESS_ALLOW=127.0.0.1:${port},host.docker.internal:${port}`,
      'sms to +44?[2J7700 (registration): 123456',
    ]);
  });

  test('mock-messages --json', async () => {
    const { code, out } = await type('mock-messages --port 0 --json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      event: 'listening',
      origin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      egress_allow: expect.stringMatching(/^127\.0\.0\.1:\d+,host\.docker\.internal:\d+$/),
    });
  });

  test('as a process it ends when it is told to', async () => {
    const server = spawn(process.execPath, ['server/cli/main.ts', 'mock-messages', '--port', '0'], { env: CHILD_ENV });
    const [said] = (await once(server.stdout, 'data')) as [Buffer];
    expect(String(said)).toContain('Stand-in for messages on http://127.0.0.1:');
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  test('mock-messages at a port that is taken: 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const said = await type(`mock-messages --port ${port}`);
    taken.close();
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toContain(`cannot listen on 127.0.0.1:${port}`);
  });
});
