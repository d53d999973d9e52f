// Debugging: the same scripts in a context of this process. What they do is what they do in the sandbox; the editor finds
// the author's file; and nobody takes it for the sandbox.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Simulation, simulateLogin } from '#server/testing/testing.ts';

const script = (body: string) => ({ code: `exports.onExecutePostLogin = async (event, api) => { ${body} };` });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-debug-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What can be told apart from outside: without what costs time. */
async function outcome(simulation: Simulation) {
  const login = await simulateLogin(simulation);
  if (login.state === 'challenging') await login.answer();
  const results = login.executions.flatMap((execution) => execution.results);
  return {
    state: login.state,
    denied: login.denied,
    claims: login.tokens?.idToken,
    calls: login.calls,
    results: results.map(({ commands, console, error }) => ({ commands, console, error })),
  };
}

describe('debug runs what the sandbox runs', () => {
  test.each<[what: string, simulation: Simulation]>([
    [
      'claims and lines',
      { actions: [script(`console.log('here', { a: 1 }); api.idToken.setCustomClaim('https://x/c', Math.random());`)] },
    ],
    [
      'a challenge',
      {
        user: { factors: ['otp'] },
        actions: [
          script(`api.authentication.challengeWith({ type: 'otp' });`),
          script(
            `api.idToken.setCustomClaim('https://x/c', event.authentication.methods.map((method) => method.name));`,
          ),
        ],
      },
    ],
    [
      'a call out',
      {
        actions: [
          script(
            `const answer = await fetch('https://e.example.com/'); api.idToken.setCustomClaim('https://x/c', await answer.json());`,
          ),
        ],
        fetch: { '*': { body: [1] } },
      },
    ],
    [
      'several at once',
      {
        actions: [
          script(
            `const all = await Promise.all([1, 2, 3].map((n) => fetch('https://e.example.com/' + n).then((answer) => answer.text()))); api.idToken.setCustomClaim('https://x/c', all);`,
          ),
        ],
        fetch: { '*': ({ url }) => ({ body: url }) },
      },
    ],
    [
      'time',
      {
        actions: [
          script(
            `await new Promise((resolve) => setTimeout(resolve, 20)); api.idToken.setCustomClaim('https://x/c', 'waited');`,
          ),
        ],
      },
    ],
    [
      'what is computed outside',
      {
        actions: [
          script(
            `const { createHash } = require('crypto'); api.idToken.setCustomClaim('https://x/c', createHash('sha256').update('a').digest('hex'));`,
          ),
        ],
      },
    ],
    [
      'cryptography that is waited for',
      {
        actions: [
          script(
            `const made = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a')); api.idToken.setCustomClaim('https://x/c', new Uint8Array(made)[0]);`,
          ),
        ],
      },
    ],
    ['an error', { actions: [script(`\n  throw new RangeError('too far');`)] }],
    ['a denial', { actions: [script(`api.access.deny('no');`)] }],
    ['a promise that nothing settles', { actions: [script(`await new Promise(() => {});`)] }],
    ['a text without a handler', { actions: [{ code: 'exports.other = 1;' }] }],
    ['a top level that throws', { actions: [{ code: `throw new Error('at once');` }] }],
  ])('%s', async (_what, simulation) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const debugged = await outcome({ ...simulation, debug: true });
    write.mockRestore();
    expect(debugged).toEqual(await outcome(simulation));
  });
});

test('it says loudly, once, that it is not the sandbox', () => {
  const module = pathToFileURL(join(import.meta.dirname, '../../../server/testing/testing.ts')).href;
  const program = `import { simulateLogin } from '${module}';
    for (let i = 0; i < 2; i++) console.log((await simulateLogin({ debug: true })).state);`;
  const args = ['--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
  expect(stdout).toBe('completed\ncompleted\n');
  expect(stderr.match(/This is NOT the sandbox/g)).toHaveLength(1);
});

test.each(['stops.js', 'stops.ts'])("an editor finds the author's file: %s", async (name) => {
  const path = join(folder, name);
  const type = name.endsWith('.ts') ? ': any' : '';
  writeFileSync(
    path,
    `exports.onExecutePostLogin = async (event${type}, api${type}) => {\n  api.idToken.setCustomClaim('https://x/c', 1);\n};\n`,
  );
  const session = new Session();
  session.connect();
  const maps: string[] = [];
  session.on('Debugger.scriptParsed', ({ params }) => {
    if (params.url === name && params.sourceMapURL) maps.push(params.sourceMapURL);
  });
  session.post('Debugger.enable');
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const login = await simulateLogin({ actions: [path], debug: true });
  write.mockRestore();
  session.disconnect();
  expect(login.tokens?.idToken['https://x/c']).toBe(1);
  const [map = ''] = maps;
  const { sources } = JSON.parse(Buffer.from(map.split(',')[1] ?? '', 'base64').toString()) as { sources: string[] };
  expect(sources).toContain(pathToFileURL(path).href);
});
