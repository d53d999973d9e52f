// Test: rows of the methods that write tokens and accounts, answer questions, keep something, or end the login.
import { expect } from 'vitest';
import { account, execute, expectDenied, lastLog, type Row, type Rows, runs, show, shown } from './row.ts';
import { items, ROLES } from './stage.ts';

const API = 'https://api.example/';
const scopeFaults = (method: string): [string, string][] => [
  [`api.accessToken.${method}(5);`, 'The value for the scope must be a string.'],
  [`api.accessToken.${method}(' ');`, 'The value for the scope is required.'],
  [`api.accessToken.${method}('a b');`, 'The value for the scope must not have whitespace.'],
  [
    `api.accessToken.${method}('x'.repeat(281));`,
    'The value for the scope exceeds the allowed maximum of 280 characters.',
  ],
];

const claimFaults = (token: string): [string, string][] => [
  [`api.${token}.setCustomClaim('scope', 'x');`, 'The "scope" claim cannot be set.'],
  [`api.${token}.setCustomClaim('', 'x');`, 'The name of a claim must be a non-empty string.'],
  [`api.${token}.setCustomClaim('a', 'x'.repeat(102400));`, 'The custom claims of a token must not exceed 100 KB.'],
];

const pageFaults = (method: string): [string, string][] => [
  [`await api.${method}({ take: 0 });`, 'The "take" parameter must be a positive integer if provided.'],
  [`await api.${method}({ from: 1 });`, 'The "from" parameter must be a string if provided.'],
  [`await api.${method}('all');`, 'The parameters must be an object if provided.'],
];

const listFaults = (method: string, parameter: string, most: number): [string, string][] => [
  [`await api.${method}([]);`, `The "${parameter}" parameter must be a non-empty array of strings.`],
  [
    `await api.${method}(Array(${most + 1}).fill('a'));`,
    `The "${parameter}" parameter must not have more than ${most} entries.`,
  ],
];

const notImplemented = (name: string): Row => ({
  does: `try { api.transaction.${name}('a'); } catch ({ message }) { ${show('message')} }`,
  async sees(rest) {
    expect(await shown(rest)).toBe('Method not implemented.');
  },
  bad: [[`api.transaction.${name}('a');`, 'Method not implemented.']],
});

export const tellingRows: Rows = {
  'access.deny': {
    does: `api.user.setUserMetadata('denied', 'kept'); api.access.deny('not today', 'second');`,
    next: `api.user.setUserMetadata('denied', 'never');`,
    async sees(rest) {
      expectDenied(rest, 'not today');
      expect(await runs(rest)).toHaveLength(1);
      expect((await account(rest)).user_metadata?.denied).toBe('kept');
      const [execution] = await rest.stage.executions(rest.user.id);
      const details = { actions: { executions: [execution?.id] } };
      expect(await lastLog(rest, 'f')).toMatchObject({ description: 'not today', details });
    },
    bad: [[`api.access.deny(404);`, 'The reason given to api.access.deny must be a string.']],
  },
  'validation.error': {
    does: `api.validation.error('too-young', 'Come back later.');`,
    next: show('1'),
    async sees(rest) {
      expectDenied(rest, 'Come back later.');
      const details = { error: { code: 'too-young', message: 'Come back later.' } };
      expect(await lastLog(rest, 'f')).toMatchObject({ description: 'Come back later.', details });
    },
    bad: [
      [`api.validation.error('a');`, "must have required property 'errorMessage'"],
      [
        `api.validation.error('x'.repeat(101), 5);`,
        'errorCode must NOT have more than 100 characters; errorMessage must be string',
      ],
    ],
  },
  'accessToken.setCustomClaim': {
    does: `api.accessToken.setCustomClaim('plan', ['gold']).accessToken.setCustomClaim('sub', 'somebody');`,
    asks: { audience: API },
    async sees({ stage, end, user }) {
      expect((await stage.tokens(end)).access).toMatchObject({ plan: ['gold'], sub: user.id });
    },
    bad: claimFaults('accessToken'),
  },
  'accessToken.addScope': {
    does: `api.accessToken.addScope(' read:all ');`,
    asks: { audience: API, scope: 'openid read:things' },
    async sees({ stage, end }) {
      expect((await stage.tokens(end)).access.scope).toBe('openid read:things read:all');
    },
    bad: scopeFaults('addScope'),
  },
  'accessToken.removeScope': {
    does: `api.accessToken.removeScope('read:things');`,
    asks: { audience: API, scope: 'openid read:things write:things' },
    async sees({ stage, end }) {
      expect((await stage.tokens(end)).access.scope).toBe('openid write:things');
    },
    bad: scopeFaults('removeScope'),
  },
  'idToken.setCustomClaim': {
    does: `api.idToken.setCustomClaim('https://x/shown', { deep: [1] }).idToken.setCustomClaim('iss', 'me');`,
    async sees(rest) {
      expect(await shown(rest)).toEqual({ deep: [1] });
      expect((await rest.stage.tokens((await rest.again()).end)).id.iss).toBe(rest.stage.door.issuer);
    },
    bad: claimFaults('idToken'),
  },
  'user.setAppMetadata': {
    does: `api.user.setAppMetadata('plan', { name: 'gold' }); ${show(`event.user.app_metadata.plan ?? 'none'`)}`,
    own: true,
    async sees(rest) {
      expect(await shown(rest)).toBe('none');
      expect((await account(rest)).app_metadata).toEqual({ plan: { name: 'gold' } });
      await rest.again([execute(`api.user.setAppMetadata('plan', null);`)]);
      expect((await account(rest)).app_metadata ?? {}).toEqual({});
    },
    bad: [
      [`api.user.setAppMetadata('', 1);`, 'The key of app_metadata must be a non-empty string.'],
      [`api.user.setAppMetadata('a', 'x'.repeat(32768));`, 'One login must not write more than 32 KB of app_metadata.'],
    ],
  },
  'user.setUserMetadata': {
    does: `api.user.setUserMetadata('theme', 'dark').user.setUserMetadata('theme', 'light');`,
    next: `api.user.setUserMetadata('size', 2);`,
    own: true,
    async sees(rest) {
      expect((await account(rest)).user_metadata).toEqual({ theme: 'light', size: 2 });
    },
    bad: [
      [`api.user.setUserMetadata(5, 1);`, 'The key of user_metadata must be a non-empty string.'],
      [
        `api.user.setUserMetadata('a', 'é'.repeat(16384));`,
        'One login must not write more than 32 KB of user_metadata.',
      ],
    ],
  },
  'cache.set': {
    does: show(`[api.cache.get('set')?.value, api.cache.set('set', 'v', { ttl: 3600000 }).type]`),
    async sees(rest) {
      expect(await shown(rest)).toEqual([null, 'success']);
      expect(await shown(await rest.again())).toEqual(['v', 'success']);
      // What a cache holds is often a token: its value is not kept.
      const { commands } = (await runs(rest))[0] ?? {};
      expect(items(commands)[0]).toEqual({ name: 'cache.set', args: ['set'] });
    },
    bad: { harmless: `api.cache.set(5); api.cache.set('k'.repeat(65), 'v'); api.cache.set('k', 'v'.repeat(4097));` },
  },
  'cache.get': {
    does: `api.cache.set('get', 'v', { ttl: 60000 });`,
    next: show(
      `[api.cache.get('get').value, api.cache.get('get').expires_at > Date.now(), api.cache.get('none') ?? 0]`,
    ),
    async sees(rest) {
      expect(await shown(rest)).toEqual(['v', true, 0]);
    },
    bad: { harmless: `api.cache.get(5); api.cache.get();` },
  },
  'cache.delete': {
    does: `api.cache.set('delete', 'v');`,
    next: show(`[api.cache.delete('delete'), api.cache.get('delete') ?? 0, api.cache.delete('delete')]`),
    async sees(rest) {
      const absent = { type: 'error', code: 'CacheKeyDoesNotExist' };
      expect(await shown(rest)).toEqual([{ type: 'success' }, 0, absent]);
    },
    bad: { harmless: `api.cache.delete(5); api.cache.delete();` },
  },
  'groups.getUserGroups': {
    does: show(`await api.groups.getUserGroups({ take: 1 })`),
    async sees(rest) {
      const group = {
        id: expect.stringMatching(/^grp_/),
        name: 'readers',
        tenant_name: rest.stage.door.house.tenant.name,
        created_at: expect.any(String),
        updated_at: expect.any(String),
        membership_created_at: expect.any(String),
        assignment: expect.anything(),
      };
      expect(await shown(rest)).toEqual({ groups: [group], next: expect.any(String) });
    },
    bad: pageFaults('groups.getUserGroups'),
  },
  'groups.hasGroupMembership': {
    does: show(`await api.groups.hasGroupMembership(['readers', 'strangers'])`),
    async sees(rest) {
      expect(await shown(rest)).toMatchObject({
        memberships: { readers: { is_member: true, matches: [{ name: 'readers' }] }, strangers: { is_member: false } },
      });
    },
    bad: listFaults('groups.hasGroupMembership', 'groups', 100),
  },
  'roles.getUserEffectiveRoles': {
    does: show(`(await api.roles.getUserEffectiveRoles()).roles.map(({ id, name }) => [id, name])`),
    async sees(rest) {
      expect(await shown(rest)).toEqual(Object.entries(ROLES).map(([name, id]) => [id, name]));
    },
    bad: [
      ...pageFaults('roles.getUserEffectiveRoles'),
      [`await api.roles.getUserEffectiveRoles({ take: 101 });`, 'The "take" parameter must not be greater than 100.'],
    ],
  },
  'roles.getUserEffectiveRolesByIds': {
    does: show(`(await api.roles.getUserEffectiveRolesByIds(['${ROLES.owner}', 'rol_none'])).roles.map((r) => r.name)`),
    async sees(rest) {
      expect(await shown(rest)).toEqual(['owner']);
    },
    bad: listFaults('roles.getUserEffectiveRolesByIds', 'ids', 100),
  },
  'roles.getUserEffectiveRolesByNames': {
    does: show(`(await api.roles.getUserEffectiveRolesByNames(['editor', 'nobody'])).roles.map((r) => r.id)`),
    async sees(rest) {
      expect(await shown(rest)).toEqual([ROLES.editor]);
    },
    bad: listFaults('roles.getUserEffectiveRolesByNames', 'names', 50),
  },
  'rules.wasExecuted': {
    does: show(`api.rules.wasExecuted('rul_1')`),
    async sees(rest) {
      expect(await shown(rest)).toBe(false);
    },
    bad: { harmless: `api.rules.wasExecuted();` },
  },
  'transaction.setMetadata': {
    does: `api.transaction.setMetadata('tries', 3); api.transaction.setMetadata('gone', 'x');
      api.transaction.setMetadata('gone', null); if (event.transaction.metadata.tries !== 3) throw new Error('late');`,
    next: show('event.transaction.metadata'),
    async sees(rest) {
      expect(await shown(rest)).toEqual({ tries: 3 });
      expect(await shown(await rest.again([execute(show('event.transaction.metadata'))]))).toEqual({});
    },
    bad: [
      [
        `api.transaction.setMetadata('', 1);`,
        'The key of transaction metadata must be a string of 1 to 64 characters.',
      ],
      [
        `api.transaction.setMetadata('a', {});`,
        'The value of transaction metadata must be a string, a number, a boolean or null.',
      ],
      [
        `api.transaction.setMetadata('a', 2 ** 53);`,
        'A number in transaction metadata must be finite, and a safe integer if it is an integer.',
      ],
      [`api.transaction.setMetadata('a', 'x'.repeat(8193));`, 'A value of transaction metadata must not exceed 8 KB.'],
      [
        `for (const k of 'abc') api.transaction.setMetadata(k, 'x'.repeat(6000));`,
        'The transaction metadata must not exceed 16 KB in total.',
      ],
    ],
  },
  'transaction.addTargetScope': notImplemented('addTargetScope'),
  'transaction.removeTargetScope': notImplemented('removeTargetScope'),
  'transaction.setTargetScopes': notImplemented('setTargetScopes'),
  'transaction.clearTargetScopes': notImplemented('clearTargetScopes'),
};
