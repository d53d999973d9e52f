// Types for authors: the project's own compiler reads scripts as an author's editor would, and the contracts beside them.
// The scripts stand in a folder of their own that finds the types under the name of the package.

import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ApiMethod, methodsOf, type TriggerContract } from '#actions/trigger.ts';
import { TRIGGERS as CONTRACTS } from '#actions/triggers.ts';
import { draw } from '#test/kit/counts.ts';
import { RIGHT, WRONG } from './author-lines.ts';

const ROOT = join(import.meta.dirname, '../..');
const TYPES = join(ROOT, 'actions/types');
/** What `package.json` says of the types to whoever installs the package. */
const EXPORTS = { './types/*': { types: './actions/types/*.d.ts' } };

/** Each trigger, how the names of its types begin, and the functions a script exports for it. */
const TRIGGERS = [
  ['post-login', 'PostLogin', 'onExecutePostLogin', 'onContinuePostLogin'],
  ['credentials-exchange', 'CredentialsExchange', 'onExecuteCredentialsExchange'],
  ['pre-user-registration', 'PreUserRegistration', 'onExecutePreUserRegistration'],
  ['post-user-registration', 'PostUserRegistration', 'onExecutePostUserRegistration'],
  ['post-change-password', 'PostChangePassword', 'onExecutePostChangePassword'],
  ['password-reset-post-challenge', 'PasswordResetPostChallenge', 'onExecutePostChallenge', 'onContinuePostChallenge'],
  ['custom-token-exchange', 'CustomTokenExchange', 'onExecuteCustomTokenExchange'],
  ['send-phone-message', 'SendPhoneMessage', 'onExecuteSendPhoneMessage'],
  ['custom-phone-provider', 'CustomPhoneProvider', 'onExecuteCustomPhoneProvider'],
  ['custom-email-provider', 'CustomEmailProvider', 'onExecuteCustomEmailProvider'],
] as const;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-types-')));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'node_modules/sallyport'), { recursive: true });
symlinkSync(join(ROOT, 'node_modules/@types'), join(folder, 'node_modules/@types'));
symlinkSync(join(ROOT, 'actions'), join(folder, 'node_modules/sallyport/actions'));
writeFileSync(
  join(folder, 'node_modules/sallyport/package.json'),
  JSON.stringify({ name: 'sallyport', type: 'module', exports: EXPORTS }),
);

let projects = 0;
/** What the compiler has to say about these files, a line each; nothing when they are right. */
async function complaints(files: Record<string, string>, options: Record<string, unknown> = {}): Promise<string[]> {
  const project = join(folder, String(projects++));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), text);
  }
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024'],
    types: [],
    module: 'nodenext',
    noEmit: true,
    strict: true,
    checkJs: true,
    allowImportingTsExtensions: true,
    ...options,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  const { promise, resolve } = Promise.withResolvers<string>();
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFile(process.execPath, [compiler, '-p', project, '--pretty', 'false'], { cwd: project }, (error, out, err) =>
    resolve(error ? out + err || String(error) : out),
  );
  return (await promise).split('\n').filter(Boolean);
}

/** A script of the library as an author would annotate it: its function has the type of its trigger. */
function annotate(source: string): string {
  const found = /^exports\.(\w+) =/m.exec(source);
  const trigger = TRIGGERS.find(([, , ...handlers]) => handlers.some((name) => name === found?.[1]));
  if (!trigger) throw new Error(`${found?.[1]} is the function of no trigger.`);
  const action = `import('sallyport/types/${trigger[0]}').${trigger[1]}Action`;
  return source
    .replaceAll(/^exports\.\w+ =/gm, `/** @type {${action}} */\n$&`)
    .replaceAll(/^(const [A-Z][A-Z0-9_]* = )([[{].*?);$/gms, '$1/** @type {const} */ ($2);');
}

describe('the library', () => {
  // Its helper functions do without types, and what stands in capitals at the top is meant to the letter.
  const options = { types: ['node'], skipLibCheck: true, noImplicitAny: false };
  const library = join(ROOT, 'actions/library');
  const scripts = readdirSync(library).filter((name) => name.endsWith('.js'));

  test('is right', async () => {
    const files = scripts.map((name) => [name, annotate(readFileSync(join(library, name), 'utf8'))]);
    expect(await complaints(Object.fromEntries(files), options)).toEqual([]);
  });

  test('would be found wrong', async () => {
    const wrong = "const ACCEPTED = [{ type: 'otq' }];\nexports.onExecutePostLogin = async (event, api) => {\n";
    const body = '  api.authentication.challengeWithAny(ACCEPTED);\n  api.access.deny(event.user.user_id.oops);\n};\n';
    const found = await complaints({ 'wrong.js': annotate(wrong + body) }, options);
    expect(found.filter((line) => line.startsWith('wrong.js('))).toEqual([
      expect.stringContaining('otq'),
      expect.stringContaining('oops'),
    ]);
  });
});

const named = (id: string, name: string, body: string, api = `${name}API`): string => `
/** @import { Event, ${api} } from 'sallyport/types/${id}' */
/**
 * @param {Event} event
 * @param {${api}} api
 */
exports.handler = async (event, api) => {
${body}
};
`;

const inTypeScript = `
import type { ChallengeFactor, Event, PostLoginAction, PostLoginAPI } from 'sallyport/types/post-login';
const accepted: ChallengeFactor[] = [{ type: 'otp' }, { type: 'push' }];
export const onExecutePostLogin: PostLoginAction = async (event, api) => api.authentication.challengeWithAny(accepted);
export async function onContinuePostLogin(event: Event, api: PostLoginAPI): Promise<void> {
  // @ts-expect-error
  api.access.deny(event.user.created_at.year);
}
`;

test('scripts of post-login are told right from wrong, in JavaScript and in TypeScript', async () => {
  const files: Record<string, string> = { 'typed.mts': inTypeScript };
  for (const [at, line] of RIGHT.entries()) files[`right-${at}.js`] = named('post-login', 'PostLogin', line);
  for (const [at, line] of WRONG.entries()) {
    files[`wrong-${at}.js`] = named('post-login', 'PostLogin', `// @ts-expect-error\n${line}`);
  }
  expect(await complaints(files)).toEqual([]);
});

test('every trigger has the names that authors know', async () => {
  const rows = TRIGGERS.map(([id, name]) => [
    `${id}.js`,
    `${named(id, name, 'const kept = api.cache.get(event.tenant.id + event.secrets.KEY);\n// @ts-expect-error\nkept.value;')}
/** @type {import('sallyport/types/${id}').${name}Action} */
exports.again = exports.handler;
`,
  ]);
  expect(await complaints(Object.fromEntries(rows))).toEqual([]);
});

describe('without an import, where browsers and Node have an Event too', () => {
  const script = (name: string): string =>
    named('', name, '// @ts-expect-error\napi.oops;\n// @ts-expect-error\nevent.tenant.oops;').replace(
      /.*@import.*/,
      '',
    );

  const byReference = (id: string, name: string): Record<string, string> => ({
    'action.js': `/// <reference types="sallyport/types/global/${id}" />\n${script(name)}`,
  });

  test.each(draw(TRIGGERS, 3).map(([id, name]) => [id, name] as const))('%s by a reference', async (id, name) => {
    expect(await complaints(byReference(id, name), { lib: ['es2024', 'dom'] })).toEqual([]);
  });

  test('post-login where neither is known', async () => {
    expect(await complaints(byReference('post-login', 'PostLogin'))).toEqual([]);
  });

  test('post-login by the list of types in a configuration', async () => {
    const list = `/** @type {ChallengeFactor[]} */\nexports.list = [{ type: 'otp' }];\n`;
    const options = { types: ['node', 'sallyport/types/global/post-login'], skipLibCheck: true };
    expect(await complaints({ 'action.js': script('PostLogin') + list }, options)).toEqual([]);
  });
});

describe('the contracts', () => {
  const contracts = Object.entries<TriggerContract>(CONTRACTS);

  test.each(contracts)('%s has functions that are known', (id, { handlers }) => {
    expect(TRIGGERS.filter(([trigger]) => trigger === id).map(([, , ...names]) => names)).toEqual([handlers]);
  });

  test.each(contracts)('%s has the methods that its types have', async (id, contract) => {
    const api = `${TRIGGERS.find(([trigger]) => trigger === id)?.[1]}API`;
    const methods = methodsOf(contract);
    const text = `
import type { ${api} as Api } from 'sallyport/types/${id}';
type Typed = { [Space in keyof Api]: \`\${Space}.\${keyof Api[Space] & string}\` }[keyof Api];
type Offered = ${methods.map(({ path }) => `'${path}'`).join(' | ')};
export const onlyInTypes = (name: Exclude<Typed, Offered>): never => name;
export const onlyInContract = (name: Exclude<Offered, Typed>): never => name;
${methods.map(returns).join('')}`;
    expect(await complaints({ 'contract.ts': text })).toEqual([]);
  });

  test('a post-login script is given what its types promise, and nothing they do not know', async () => {
    const text = `
import type { PostLoginEvent } from '${join(ROOT, 'actions/post-login.ts')}';
import type { Event } from 'sallyport/types/post-login';
/** Literals are looked at as texts, so that a shape can be compared where only the runtime's values are narrower. */
type Loose<T> = T extends string ? string
  : T extends readonly (infer One)[] ? Loose<One>[]
  : T extends object ? { [Key in keyof T]: Loose<T[Key]> } : T;
/** These are given always, although their type leaves them open. */
type Given = PostLoginEvent & {
  authentication: { riskAssessment: { assessments: Required<PostLoginEvent['authentication']['riskAssessment']['assessments']> } };
  session: Required<Pick<NonNullable<PostLoginEvent['session']>, 'cookie' | 'metadata'>>;
};
type Unknown<Key extends keyof Given> = Key extends keyof Event
  ? Exclude<keyof NonNullable<Given[Key]>, keyof NonNullable<Event[Key]>> : Key;
export const promised = (event: Given): Loose<Omit<Event, 'secrets'>> => event;
export const known = (name: { [Key in keyof Given]-?: Unknown<Key> }[keyof Given]): never => name;
`;
    const found = await complaints({ 'given.ts': text });
    expect(found.filter((line) => line.startsWith('given.ts('))).toEqual([]);
  });

  test.each([
    ['post-change-password', 'PostChangePasswordEvent', 'post-change-password'],
    ['password-reset-post-challenge', 'PasswordResetEvent', 'password-reset-post-challenge-event'],
    ['custom-token-exchange', 'CustomTokenExchangeEvent', 'custom-token-exchange-event'],
    ['send-phone-message', 'SendPhoneMessageEvent', 'send-phone-message'],
    ['custom-phone-provider', 'CustomPhoneProviderEvent', 'custom-phone-provider'],
    ['custom-email-provider', 'CustomEmailProviderEvent', 'custom-email-provider'],
  ])('so is a script of %s', async (id, name, file) => {
    const text = `
import type { ${name} as Given } from '${join(ROOT, 'actions')}/${file}.ts';
import type { Event } from 'sallyport/types/${id}';
type Loose<T> = T extends string ? string
  : T extends readonly (infer One)[] ? Loose<One>[]
  : T extends object ? { [Key in keyof T]: Loose<T[Key]> } : T;
type Unknown<Key extends keyof Given> = Key extends keyof Event
  ? Exclude<keyof NonNullable<Given[Key]>, keyof NonNullable<Event[Key]>> : Key;
export const promised = (event: Given): Loose<Omit<Event, 'secrets'>> => event;
export const known = (name: { [Key in keyof Given]-?: Unknown<Key> }[keyof Given]): never => name;
`;
    const found = await complaints({ 'given.ts': text });
    expect(found.filter((line) => line.startsWith('given.ts('))).toEqual([]);
  });

  /** A line that does not compile unless the method returns what its contract says. */
  function returns({ path, method }: { path: string; method: ApiMethod }, at: number): string {
    const [space, name] = path.split('.');
    const expected = { api: 'Api', nothing: 'void', value: 'unknown', promise: 'Promise<unknown>' }[method.returns];
    const type = `Api['${space}']['${name}']`;
    return `export const returned${at} = (got: ReturnType<${type}>): ${expected} => got;\n`;
  }
});

describe('the declarations', () => {
  const files = readdirSync(TYPES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));

  test.each(files)('%s has words for everything in it', (name) => {
    const lines = readFileSync(join(TYPES, name), 'utf8').split('\n');
    const isDeclared = /^(?: {2}(?:readonly )?(?:\w+\??[:(]|\[\w+: )|(?: {2})?(?:export )?(?:interface|type) \w)/;
    expect(lines.filter((line, at) => isDeclared.test(line) && !lines[at - 1]?.endsWith('*/'))).toEqual([]);
  });

  test('there is one for each trigger, with and without import', () => {
    for (const [id] of TRIGGERS)
      expect(files).toEqual(expect.arrayContaining([`${id}.d.ts`, join('global', `${id}.d.ts`)]));
  });

  test('are what the package gives away', () => {
    const manifest: { exports?: unknown } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(manifest.exports).toMatchObject(EXPORTS);
  });
});

test('the examples of the documents are right', async () => {
  const text = readFileSync(join(ROOT, 'docs/writing-actions/02-events-and-commands.md'), 'utf8');
  const examples = [...text.matchAll(/```(ts|javascript)\n(.*?)```/gs)]
    .map(([, language, code]) => [language, code])
    .filter(([, code]) => code?.includes('sallyport/types'));
  expect(examples.length).toBeGreaterThan(1);
  const files = examples.map(([language, code], at) => [
    `example-${at}.${language === 'ts' ? 'mts' : 'js'}`,
    code ?? '',
  ]);
  expect(await complaints(Object.fromEntries(files))).toEqual([]);
});
