// Which text a tenant gets of a file of the project.
import { describe, expect, test } from 'vitest';
import { plainScript } from '#server/deploy/plain-script.ts';

const typed = `import type { Event } from 'sallyport/types/post-login';

/** Admins do more. */
export const onExecutePostLogin = async (event: Event, api: any): Promise<void> => {
  api.access.deny('no' as string);
};
`;

describe('what is sent', () => {
  test.each<[name: string, file: string, source: string, kind: 'sallyport' | 'auth0', sent: string]>([
    ['JavaScript, as it is', 'a.js', 'exports.x = 1;\t\n', 'auth0', 'exports.x = 1;\t\n'],
    ['TypeScript to a Sallyport, as it is', 'a.ts', typed, 'sallyport', typed],
    [
      'TypeScript to Auth0: the same lines without types',
      'a.ts',
      typed,
      'auth0',
      `\n\n/** Admins do more. */\nconst onExecutePostLogin = exports.onExecutePostLogin = async (event       , api     )                => {\n  api.access.deny('no'          );\n};\n`,
    ],
    [
      'a file of TypeScript without types',
      'a.ts',
      'export async function onExecutePostLogin(event, api) {}\n',
      'sallyport',
      'exports.onExecutePostLogin = onExecutePostLogin; async function onExecutePostLogin(event, api) {}\n',
    ],
    ['one that sets exports', 'a.ts', 'exports.x = (a: number) => a;\n', 'auth0', 'exports.x = (a        ) => a;\n'],
    [
      'a word in a text',
      'a.ts',
      'const a: string = `\nexport const x = 1;\n`;\nexport const b = a;',
      'auth0',
      'const a         = `\nexport const x = 1;\n`;\nconst b = exports.b = a;',
    ],
  ])('%s', (_name, file, source, kind, sent) => {
    expect(plainScript(file, source, kind)).toEqual({ ok: true, code: sent });
  });

  test.each([
    ['an enum', 'enum A { B }\nexport const x = A.B;', 'enum is not supported'],
    [
      'an import of code',
      `import x from 'x';\nexport const y: string = x;`,
      'Line 1: write require() instead of import.',
    ],
    ['a list of exports', 'const x: string = "";\nexport { x };', 'Line 2: write exports.name = … instead.'],
    ['a default', 'export default (x: string) => x;', 'Line 1: write exports.name'],
    ['what is no program', 'const = ;', 'Auth0 takes JavaScript'],
  ])('%s is refused in words', (_name, source, says) => {
    const plain = plainScript('a.ts', source, 'auth0');
    expect(plain.ok ? 'taken' : plain.message).toContain(says);
  });
});
