// What lies between a tenant and a project: rows of what is there, what is wanted, and what changes.
import { describe, expect, test } from 'vitest';
import { type Change, compare } from '#server/deploy/changes.ts';
import type { Present, PresentAction, PresentModule } from '#server/deploy/tenant-state.ts';
import { isMet } from '#server/deploy/version-asked.ts';
import type { Wanted, WantedAction } from '#server/deploy/wanted.ts';

const action: WantedAction = {
  name: 'a',
  trigger: 'post-login',
  file: 'actions/a.js',
  code: 'new',
  runtime: 'node22',
  dependencies: [],
  secrets: [],
  modules: [],
};
const there: PresentAction = {
  id: '1',
  name: 'a',
  trigger: 'post-login',
  code: 'new',
  runtime: 'node22',
  dependencies: [],
  secrets: [],
  modules: [],
  running: { code: 'new' },
  isRunning: true,
  hasFailed: false,
  isInstalled: false,
};
const shared: PresentModule = { id: 'm', name: 'shared', code: 'text', dependencies: [], number: 2, isPublished: true };
const wantedShared = { name: 'shared', file: 'modules/shared.js', code: 'text', dependencies: [] };
const nothing: Present = { actions: [], modules: [], bindings: {}, factors: {}, settings: {}, triggerVersions: {} };
const none: Wanted = { actions: [], modules: [], bindings: {}, factors: {}, settings: {} };

const between = (
  wanted: Partial<Wanted>,
  present: Partial<Present>,
  more: { remove?: boolean; secretsAgain?: boolean } = {},
) => compare({ ...none, ...wanted }, { ...nothing, ...present }, { remove: false, secretsAgain: false, ...more });
const short = (change: Change): string =>
  `${change.what} ${change.name}${'change' in change ? ` ${change.change}` : ''}`;

describe('an Action', () => {
  test.each<[name: string, wanted: Partial<WantedAction>, present: Partial<PresentAction>, changes: string[]]>([
    ['the same', {}, {}, []],
    ['another text', { code: 'newer' }, {}, ['action a update']],
    ['another runtime', { runtime: 'node18-actions' }, {}, ['action a update']],
    ['a runtime by its other name', { runtime: 'node18' }, { runtime: 'node18-actions' }, []],
    ['a draft that does not run', {}, { isRunning: false }, ['action a deploy']],
    ['a draft that could not be built', {}, { isRunning: false, hasFailed: true }, ['action a update']],
    ['a package more', { dependencies: [{ name: 'x', version: '1.0.0' }] }, {}, ['action a update']],
    [
      'a range that is met',
      { dependencies: [{ name: 'x', version: '^1.0.0' }] },
      { dependencies: [{ name: 'x', version: '1.4.0' }] },
      [],
    ],
    ['a secret more', { secrets: ['K'] }, {}, ['action a update']],
    ['a secret less', {}, { secrets: ['K'] }, ['action a update']],
    ['the same secrets in another order', { secrets: ['K', 'L'] }, { secrets: ['L', 'K'] }, []],
  ])('%s', (_name, wanted, present, changes) => {
    const found = between({ actions: [{ ...action, ...wanted }] }, { actions: [{ ...there, ...present }] });
    expect(found.map(short)).toEqual(changes);
  });

  test('a draft of somebody else is told of', () => {
    const present = { ...there, code: 'theirs', running: { code: 'old' }, isRunning: false };
    expect(between({ actions: [action] }, { actions: [present] })).toMatchObject([
      { codeBefore: 'old', replacesDraft: true },
    ]);
  });

  test.each<[name: string, present: PresentAction[], says: string]>([
    ['two of one name', [there, { ...there, id: '2' }], 'more than one Action "a"'],
    ['one of another trigger', [{ ...there, trigger: 'post-user-registration' }], 'keeps its trigger for life'],
    ['one of an integration', [{ ...there, isInstalled: true }], 'belongs to an integration'],
  ])('%s cannot become what is wanted', (_name, actions, says) => {
    expect(() => between({ actions: [action] }, { actions })).toThrow(says);
  });

  test('values of secrets are sent again when that is asked for', () => {
    const both = [{ actions: [{ ...action, secrets: ['K'] }] }, { actions: [{ ...there, secrets: ['K'] }] }] as const;
    expect(between(...both)).toEqual([]);
    expect(between(...both, { secretsAgain: true })).toMatchObject([
      { secrets: { added: [], removed: [], again: ['K'] } },
    ]);
  });
});

describe('a module', () => {
  const user = { ...action, modules: ['shared'] };
  const usedAt = (number: number) => ({ ...there, modules: [{ id: 'm', number }] });
  test.each<[name: string, wanted: Partial<Wanted>, present: Partial<Present>, changes: string[]]>([
    ['the same', { modules: [wantedShared] }, { modules: [shared] }, []],
    ['new', { modules: [wantedShared] }, {}, ['module shared create']],
    [
      'not published',
      { modules: [wantedShared] },
      { modules: [{ ...shared, isPublished: false }] },
      ['module shared publish'],
    ],
    [
      'changed, and its Actions with it',
      { modules: [{ ...wantedShared, code: 'newer' }], actions: [user] },
      { modules: [shared], actions: [usedAt(2)] },
      ['module shared update', 'action a update'],
    ],
    [
      'used at an older version',
      { modules: [wantedShared], actions: [user] },
      { modules: [shared], actions: [usedAt(1)] },
      ['action a update'],
    ],
    ['used as it is', { modules: [wantedShared], actions: [user] }, { modules: [shared], actions: [usedAt(2)] }, []],
    [
      'no longer used',
      { modules: [wantedShared], actions: [action] },
      { modules: [shared], actions: [usedAt(2)] },
      ['action a update'],
    ],
  ])('%s', (_name, wanted, present, changes) => {
    expect(between(wanted, present).map(short)).toEqual(changes);
  });
});

describe('what is around them', () => {
  const bound = (name: string) => ({ actionId: name, name, displayName: name });
  test.each<[name: string, wanted: Partial<Wanted>, present: Partial<Present>, changes: string[]]>([
    [
      'bindings in another order',
      { bindings: { t: ['b', 'a'] } },
      { bindings: { t: [bound('a'), bound('b')] } },
      ['bindings t'],
    ],
    ['the same bindings', { bindings: { t: ['a'] } }, { bindings: { t: [bound('a')] } }, []],
    ['bindings that go', { bindings: { t: [] } }, { bindings: { t: [bound('a')] } }, ['bindings t']],
    ['a switch', { factors: { otp: true, sms: false } }, { factors: { otp: false, sms: false } }, ['factor otp']],
    ['a setting', { settings: { a: true } }, { settings: { a: false } }, ['setting a']],
    ['one that was never set', { settings: { a: true } }, {}, ['setting a']],
    ['nothing where nothing was set', { settings: { a: false, b: null } }, {}, []],
    ['a part of one', { settings: { flags: { x: true } } }, { settings: { flags: { x: true, y: false } } }, []],
    ['a list', { settings: { l: ['a'] } }, { settings: { l: ['a', 'b'] } }, ['setting l']],
    [
      'minutes that are hours',
      { settings: { session_lifetime_in_minutes: 90 } },
      { settings: { session_lifetime: 1.5 } },
      [],
    ],
  ])('%s', (_name, wanted, present, changes) => {
    expect(between(wanted, present).map(short)).toEqual(changes);
  });

  test('what the project does not have goes when that is asked for, but nothing of an integration', () => {
    const present = { actions: [there, { ...there, id: '2', name: 'b', isInstalled: true }], modules: [shared] };
    expect(between({}, present)).toEqual([]);
    expect(between({}, present, { remove: true }).map(short)).toEqual(['removal a', 'removal shared']);
  });
});

test.each([
  ['1.2.3', '1.2.3', true],
  ['1.2.3', '1.2.4', false],
  ['^1.2.0', '1.9.0', true],
  ['^1.2.0', '1.1.9', false],
  ['^1.2.0', '2.0.0', false],
  ['^0.2.1', '0.2.9', true],
  ['^0.2.1', '0.3.0', false],
  ['~1.2.0', '1.2.7', true],
  ['~1.2.0', '1.3.0', false],
  ['1.x', '1.9.9', true],
  ['1.x', '2.0.0', false],
  ['1', '1.5.0', true],
  ['latest', '3.2.1', true],
  ['>=1', '3.2.1', true],
])('%s is met by %s: %s', (asked, version, met) => {
  expect(isMet(asked, version)).toBe(met);
});
