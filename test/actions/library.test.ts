// The ready scripts: what each records for the people its header speaks of.

import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PostLoginEvent } from '#actions/post-login.ts';
import { postLoginSample } from '#actions/post-login-sample.ts';
import { createBuilds } from '#runtime/builds/create-builds.ts';
import type { RecordedCommand, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { request as ask, take } from '#test/runtime/builds/kit.ts';
import { openSandbox, request } from '#test/runtime/sandbox/kit.ts';

let sandbox: Sandbox;
const builds = createBuilds();
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(async () => void (await Promise.all([sandbox.drain(1000), builds.close()])));

const read = (name: string): string =>
  readFileSync(new URL(`../../actions/library/${name}.js`, import.meta.url), 'utf8');

async function commandsOf(name: string, over: Partial<PostLoginEvent>): Promise<RecordedCommand[]> {
  const { script } = await take(builds, ask(read(name), { fileName: `${name}.js` }));
  const result = await sandbox.run(request(script, { eventJson: JSON.stringify({ ...postLoginSample, ...over }) }));
  if (!result.ok) throw new Error(result.fault.message);
  return result.commands;
}

const FOLDER = new URL('../../actions/library/', import.meta.url);
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.js$/, ''));
const POST_LOGIN = NAMES.filter((name) => read(name).includes('exports.onExecutePostLogin'));

test.each(NAMES)('%s deploys and begins with words for its author', async (name) => {
  const source = read(name);
  expect(source).toMatch(/^(?:\/\/|\/\*)/);
  await take(builds, ask(source, { fileName: `${name}.js` }));
});

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [cookbook, tests] = [text('docs/cookbook.md'), text('test/docs/cookbook.test.ts')];

test.each(POST_LOGIN)('%s stands in the cookbook as it runs, with a login that it is played through', (name) => {
  const code = read(name).replace(/^(\/\/.*\n)+\n/, '');
  expect(cookbook).toContain(`\`\`\`js\n${code}\`\`\``);
  expect(tests).toContain(`./actions/library/${name}.js`);
});

const admin = { authorization: { roles: ['admin'] } };
const usedPhone = {
  authentication: { methods: [{ name: 'mfa', type: 'phone' as const, timestamp: '2026-01-01T00:00:00.000Z' }] },
};
const names = (commands: RecordedCommand[]): string[] => commands.map(({ name }) => name);

test.each([
  ['by-role', {}, ['authentication.challengeWith']],
  ['by-role', admin, ['authentication.challengeWith', 'authentication.challengeWith']],
  ['sequence-first', {}, ['authentication.challengeWithAny']],
  ['sequence-second', {}, []],
  ['sequence-second', admin, []],
  ['sequence-second', usedPhone, []],
  ['sequence-second', { ...admin, ...usedPhone }, ['authentication.challengeWith']],
  ['other-method', {}, ['authentication.challengeWith']],
  ['enrolled-as-other-methods', {}, ['authentication.challengeWith']],
] as [string, Partial<PostLoginEvent>, string[]][])('%s with %j records %j', async (name, over, expected) => {
  expect(names(await commandsOf(name, over))).toEqual(expected);
});
