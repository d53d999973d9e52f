// Test: what the options of a connection say to a password, one row for each thing they can say.
import { describe, expect, test } from 'vitest';
import { createPasswords } from '#runtime/factors/password-hash.ts';
import { formerPasswords, judgePassword, type PasswordOwner } from '#runtime/lifecycle/judge-password.ts';
import type { JsonObject } from '#storage/records.ts';
import { aUser } from '#test/storage/samples.ts';

const passwords = createPasswords({ memory: 64, passes: 1, parallelism: 1 });
const on = { enable: true };
const ana: PasswordOwner = {
  email: 'ana.lima@example.com',
  username: 'analima',
  name: 'Ana Maria Lima',
  nickname: 'Ani',
  userMetadata: { first: 'Beatriz', last: 'Souza', name: 42 },
};

const FOUR = ['uppercase', 'lowercase', 'number', 'special'];
const newer = (part: string, options: JsonObject): JsonObject => ({ password_options: { [part]: options } });

describe('of its text', () => {
  const ROWS: [password: string, options: JsonObject, flaw: string | undefined][] = [
    ['seven77', {}, 'weak'],
    ['eight888', {}, undefined],
    ['x', { passwordPolicy: 'none' }, undefined],
    ['x'.repeat(1025), { passwordPolicy: 'none' }, 'weak'],
    ['Password1', { passwordPolicy: 'good' }, undefined],
    ['Password1', { passwordPolicy: 'good', password_dictionary: on }, 'common'],
    ['PASSWORD1', { password_dictionary: on }, 'common'],
    ['12345678', { password_dictionary: on }, 'common'],
    ['qwertyuiop', { password_dictionary: on }, 'common'],
    ['aaaaaaaa', { password_dictionary: on }, 'common'],
    ['Summer2024', { password_dictionary: on }, 'common'],
    ['correct horse battery', { password_dictionary: on }, undefined],
    ['12345678', { password_dictionary: { enable: false } }, undefined],
    ['12345678', { password_dictionary: null }, undefined],
    ['Sallyport-1', { password_dictionary: { ...on, dictionary: ['sallyport-1'] } }, 'common'],
    ['Sallyport-2', { password_dictionary: { ...on, dictionary: ['sallyport-1', 7] } }, undefined],
    ['ana.lima-and-more', { password_no_personal_info: on }, 'personal'],
    ['my-ANALIMA-secret', { password_no_personal_info: on }, 'personal'],
    ['secret-of-maria', { password_no_personal_info: on }, 'personal'],
    ['ani-and-some-more', { password_no_personal_info: on }, 'personal'],
    ['Beatriz-is-here', { password_no_personal_info: on }, 'personal'],
    ['souza-is-here', { password_no_personal_info: on }, 'personal'],
    ['example.com-is-here', { password_no_personal_info: on }, undefined],
    ['Beatriz-is-here', {}, undefined],
    // The newer name of the same, beside which the older one counts for nothing.
    ['fourteen chars', { password_options: {} }, 'weak'],
    ['fifteen letters', { password_options: {}, passwordPolicy: 'excellent' }, undefined],
    ['eight888', newer('complexity', { min_length: 8 }), undefined],
    ['eight888', newer('complexity', { min_length: 8, character_types: ['uppercase', 'number'] }), 'weak'],
    ['Eight8-8', newer('complexity', { min_length: 8, character_types: ['uppercase', 'number'] }), undefined],
    ['Eight8-8', newer('complexity', { min_length: 8, character_types: FOUR, character_type_rule: 'all' }), undefined],
    ['Eightt-s', newer('complexity', { min_length: 8, character_types: FOUR, character_type_rule: 'all' }), 'weak'],
    [
      'Eightt-s',
      newer('complexity', { min_length: 8, character_types: FOUR, character_type_rule: 'three_of_four' }),
      undefined,
    ],
    ['eeeight8', newer('complexity', { min_length: 8, identical_characters: 'block' }), 'weak'],
    ['Sallyport-Sallyport', newer('dictionary', { active: true, custom: ['sallyport-sallyport'] }), 'common'],
    ['Sallyport-Sallyport', newer('dictionary', { active: false, custom: ['sallyport-sallyport'] }), undefined],
    ['Beatriz-is-here-now', newer('profile_data', { active: true }), 'personal'],
    ['Beatriz-is-here-now', { ...newer('profile_data', { active: false }), password_no_personal_info: on }, undefined],
  ];
  test.each(ROWS)('%.20s under %j: %s', async (password, options, flaw) => {
    expect((await judgePassword(passwords, options, password, ana))?.kind).toBe(flaw);
  });
});

describe('of those before it', () => {
  const history = (size?: number): JsonObject => ({
    password_history: { ...on, ...(size === undefined ? {} : { size }) },
  });

  test('as many as the connection says, the present one among them', async () => {
    const [now = '', one = '', two = ''] = await Promise.all(
      ['present pw', 'the first one', 'the second one'].map(passwords.hash),
    );
    const owner = { passwordHash: now, formerPasswordHashes: [one, two] };
    const judge = async (password: string, options: JsonObject) =>
      (await judgePassword(passwords, options, password, owner))?.kind;
    expect(await judge('present pw', history())).toBe('used');
    expect(await judge('the second one', history())).toBe('used');
    expect(await judge('the second one', history(2))).toBeUndefined();
    expect(await judge('the first one', history(2))).toBe('used');
    expect(await judge('present pw', history(0))).toBeUndefined();
    expect(await judge('present pw', {})).toBeUndefined();
    expect(await judge('never had before', history(24))).toBeUndefined();
  });

  test.each<[options: JsonObject, kept: string[]]>([
    [{}, []],
    [history(1), []],
    [history(2), ['now']],
    [history(3), ['now', 'one']],
    [newer('history', { active: true, size: 3 }), ['now', 'one']],
    [newer('history', { active: false, size: 3 }), []],
    [history(), ['now', 'one', 'two', 'three']],
    [history(1000), ['now', 'one', 'two', 'three', 'four']],
  ])('%j keeps %j', (options, kept) => {
    const user = aUser('t', { passwordHash: 'now', formerPasswordHashes: ['one', 'two', 'three', 'four'] });
    expect(formerPasswords(options, user)).toEqual(kept);
  });
});
