// Which factors the text of a script may ask for, however it is written.
import { expect, test } from 'vitest';
import { factorCommands } from '#server/lint/factor-commands.ts';

const inHandler = (code: string) => `exports.onExecutePostLogin = async (event, api) => {\n${code}\n};`;

/** `otp,phone` names; `*` whatever the person has; `?` only a run tells. Alternatives with ` | `. */
async function asksOf(code: string): Promise<string[]> {
  const found = await factorCommands(code);
  if (!found.ok) return [`line ${found.line}: ${found.message}`];
  return found.commands.map(({ command, line, asks }) => {
    const worded = asks.map(({ names, enrolled, unread }) => [
      ...names,
      ...(enrolled ? ['*'] : []),
      ...(unread ? ['?'] : []),
    ]);
    return `${line} ${command} ${worded.map((ask) => ask.join()).join(' | ')}`;
  });
}

const ALIASED = `const FACTORS = ['otp', 'phone'];
const TABLE = { admin: { type: 'push-notification' }, user: { type: 'otp' } };
function pick(list) { return list.map((type) => ({ type })); }
`;

test.each<[name: string, code: string, asks: string[]]>([
  ['one factor', "api.authentication.challengeWith({ type: 'otp' });", ['2 challengeWith otp']],
  ['the alias', "api.authentication.challengeWith({ type: 'push' });", ['2 challengeWith push']],
  [
    'further factors',
    "api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });",
    ['2 challengeWith otp,email'],
  ],
  [
    'either of two, which is not the same as one of two',
    "api.authentication.challengeWith({ type: admin ? 'otp' : 'phone' });",
    ['2 challengeWith otp | phone'],
  ],
  [
    'one of two',
    "api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);",
    ['2 challengeWithAny otp,phone'],
  ],
  [
    'a list that is filled',
    "const list = [];\nif (a) list.push({ type: 'otp' });\nlist.push({ type: `phone` });\napi.authentication.challengeWithAny(list);",
    ['5 challengeWithAny otp,phone'],
  ],
  [
    'what the person has',
    'const mine = event.user.enrolledFactors.map((f) => ({ type: f.type }));\napi.authentication.challengeWithAny(mine);',
    ['3 challengeWithAny *'],
  ],
  [
    'some of what the person has, by destructuring',
    "const { enrolledFactors } = event.user;\napi.authentication.challengeWithAny(enrolledFactors.filter((f) => f.type !== 'email').map(({ type }) => ({ type })));",
    ['3 challengeWithAny *'],
  ],
  [
    'a spread and a condition',
    "api.authentication.challengeWithAny([...(x && [{ type: 'otp' }]), y ? { type: 'phone' } : { type: 'email' }]);",
    ['2 challengeWithAny otp,phone,email'],
  ],
  [
    'options by a name',
    "const options = { additionalFactors: event.user.enrolledFactors };\napi.authentication.challengeWith({ type: 'otp' }, options);",
    ['3 challengeWith otp,*'],
  ],
  [
    'metadata',
    'api.authentication.challengeWith({ type: event.organization.metadata.factor });',
    ['2 challengeWith ?'],
  ],
  [
    'metadata, with something to fall back on',
    "api.authentication.challengeWith({ type: event.organization?.metadata.factor ?? 'otp' });",
    ['2 challengeWith otp | ?'],
  ],
  [
    'a method by another name',
    "const { challengeWith: ask } = api.authentication;\nask({ type: 'otp' });",
    ['3 challengeWith otp'],
  ],
  [
    'a method that is bound',
    "const ask = api.authentication.enrollWithAny.bind(api.authentication);\nask([{ type: 'otp' }]);",
    ['3 enrollWithAny otp'],
  ],
  ['a name in quotes', "api['authentication']['challengeWith']({ 'type': 'otp' });", ['2 challengeWith otp']],
  [
    'a loop',
    "for (const type of ['otp', 'phone']) api.authentication.enrollWith({ type });",
    ['2 enrollWith otp | phone'],
  ],
  ['a provider', "api.multifactor.enable('any', { allowRememberBrowser: false });", ['2 multifactor.enable any']],
  ['no command', "api.access.deny('no'); other.enable('any'); challengeWith({ type: 'otp' });", []],
  [
    'a name that leads to itself',
    'let x = y; let y = x;\napi.authentication.challengeWithAny(x);',
    ['3 challengeWithAny '],
  ],
])('%s', async (_name, code, asks) => {
  expect(await asksOf(inHandler(code))).toEqual(asks);
});

test.each<[code: string, asks: string[]]>([
  ['api.authentication.challengeWithAny(pick(FACTORS));', ['5 challengeWithAny ?']],
  ['api.authentication.challengeWithAny(FACTORS.map((type) => ({ type })));', ['5 challengeWithAny otp,phone']],
  ['api.authentication.challengeWith(TABLE.admin);', ['5 challengeWith push-notification']],
  ['api.authentication.challengeWith(TABLE[role]);', ['5 challengeWith push-notification | otp']],
  [
    "api.authentication.challengeWithAny('otp, phone'.split(',').map((type) => ({ type })));",
    ['5 challengeWithAny otp,phone'],
  ],
])('constants of the module: %s', async (code, asks) => {
  expect(await asksOf(ALIASED + inHandler(code))).toEqual(asks);
});

test('TypeScript is read, and its lines are the author’s', async () => {
  const code =
    "type Factor = { type: string };\n\nconst wanted: Factor[] = [{ type: 'otp' } as const];\nexports.onExecutePostLogin = async (event: any, api: any) => {\n  api.authentication.challengeWithAny(wanted);\n};";
  expect(await asksOf(code)).toEqual(['5 challengeWithAny otp']);
});

test.each<[name: string, code: string, says: RegExp]>([
  ['no script', 'exports. = 1', /^line 1: Unexpected token$/],
  ['brackets without end', '['.repeat(100_000), /^line 1: Not enough stack/],
])('a text that cannot be read is a value: %s', async (_name, code, says) => {
  expect(await asksOf(code)).toEqual([expect.stringMatching(says)]);
});

test('hostile depth and width come to an end', async () => {
  const wide = `const f = () => [${"g(), 'otp',".repeat(5_000)}]; const g = () => [f(), f()];`;
  const deep = `x = a${'.b'.repeat(20_000)};`;
  expect(await asksOf(inHandler(`${wide}${deep}\napi.authentication.challengeWithAny(f());`))).toEqual([
    '3 challengeWithAny otp,?',
  ]);
});
