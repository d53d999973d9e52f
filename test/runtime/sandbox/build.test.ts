// The syntax check at deploy: what an author hears, and where.

import { afterAll, expect, test } from 'vitest';
import { checkScript, stopBuilds } from '#runtime/sandbox/build.ts';

afterAll(stopBuilds);

const MODULES = /^Scripts are CommonJS modules: use exports\.onExecutePostLogin/;

test.each([
  'exports.onExecutePostLogin = async (event, api) => { api.access.deny("x") };',
  '// nothing but a comment',
  '',
  'with (Math) { exports.x = max(1, 010) }',
  'if (0) return; // a module is the body of a function',
  'exports.x = () => import("y"); // refused when it runs',
  'exports.exported = 1; exports.important = "import x from y"',
])('%j is a script', async (source) => {
  expect(await checkScript({ fileName: 'a.js', source })).toEqual({ ok: true });
});

test.each([
  ['const a = ;', /^Unexpected/, 1, 11],
  ['// é\n  /* é */ const é = ;', /^Unexpected/, 2, 21],
  ['}); (function () {', /^Unexpected/, 1, 1],
  ['import x from "y"', MODULES, 1, 8],
  ['const a = 1;\nexport default a', MODULES, 2, 1],
  ['const t: string = "typed"', /^Expected/, 1, 8],
  ['const a = await 0', /await/, 1, 11],
])('%j is refused', async (source, message, line, column) => {
  const check = await checkScript({ fileName: 'a.js', source });
  if (check.ok) throw new Error('was taken');
  expect(check.errors[0]).toMatchObject({ message: expect.stringMatching(message), line, column });
  expect(check.errors[0]?.text).toBe(source.split('\n')[line - 1]);
});
