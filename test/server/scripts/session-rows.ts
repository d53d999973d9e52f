// Test: rows of the methods of `api.session` and `api.refreshToken`.
import { expect } from 'vitest';
import { execute, expectDenied, lastLog, type Row, type Rows, sessions, show, shown } from './row.ts';

const DAY = 86_400_000;
/** The start of the test house's clock is a day of this month. */
const SOON = Date.UTC(2026, 0, 17);
const LATER = Date.UTC(2026, 0, 18);

const expiryFaults = (method: string, limit: string): [string, string][] => [
  [`api.${method}();`, 'Either inactivity or absolute expiration time must be provided'],
  [`api.${method}('tomorrow');`, `${limit} must be number`],
];

const metadataFaults = (space: string, label: string): [string, string][] =>
  [
    [`5, 'a'`, 'Metadata key must be a string'],
    [`'a', 5`, 'Metadata value must be a string'],
    [`'a b', ''`, 'Metadata keys may only include letters, numbers, underscores, or hyphens'],
    [`'k', 'x'.repeat(256)`, 'All metadata values must be at most 255 characters long'],
    [`'k'.repeat(256), ''`, 'All metadata keys must be at most 255 characters long'],
  ].map(([args, fault]) => [
    `api.${space}.setMetadata(${args});`,
    `Failed to set ${label} metadata: Invalid metadata: ${fault}`,
  ]);

/** Checked and kept with the execution; the login goes on as if nothing was said. */
const idle = (statement: string, bad: Row['bad']): Row => ({
  does: `${statement} ${show(`'on'`)}`,
  async sees(rest) {
    expect(await shown(rest)).toBe('on');
  },
  bad,
});

export const sessionRows: Rows = {
  'session.setExpiresAt': {
    does: `api.session.setExpiresAt(${LATER}); api.session.setExpiresAt(${SOON});`,
    next: `api.session.setExpiresAt(${LATER});`,
    own: true,
    async sees(rest) {
      expect((await sessions(rest))[0]?.expires_at).toBe(new Date(SOON).toISOString());
      const { clock } = rest.stage.door.house;
      await rest.again([execute(`api.session.setExpiresAt(${clock.at + 1000 * DAY});`)]);
      expect(await lastLog(rest, 'w')).toMatchObject({ description: expect.stringContaining("the tenant's limit") });
    },
    bad: expiryFaults('session.setExpiresAt', 'absolute'),
  },
  'session.setIdleExpiresAt': {
    does: `api.session.setIdleExpiresAt(${SOON});`,
    own: true,
    async sees(rest) {
      expect((await sessions(rest))[0]?.idle_expires_at).toBe(new Date(SOON).toISOString());
    },
    bad: expiryFaults('session.setIdleExpiresAt', 'inactivity'),
  },
  'session.setMetadata': {
    does: `api.session.setMetadata('a', '1'); api.session.setMetadata('b', '2'); ${show('event.session.metadata')}`,
    own: true,
    async sees(rest) {
      expect(await shown(rest)).toEqual({ a: '1', b: '2' });
      expect((await sessions(rest))[0]?.session_metadata).toEqual({ a: '1', b: '2' });
    },
    bad: [
      ...metadataFaults('session', 'session'),
      [
        `for (let i = 0; i < 26; i++) api.session.setMetadata('k' + i, '');`,
        'Failed to set session metadata: Invalid metadata: Metadata must not contain more than 25 entries',
      ],
    ],
  },
  'session.deleteMetadata': {
    does: `api.session.setMetadata('a', '1'); api.session.setMetadata('b', '2');`,
    next: `api.session.deleteMetadata('a'); ${show('event.session.metadata')}`,
    own: true,
    async sees(rest) {
      expect(await shown(rest)).toEqual({ b: '2' });
      expect((await sessions(rest))[0]?.session_metadata).toEqual({ b: '2' });
    },
    bad: { harmless: `api.session.deleteMetadata(5); api.session.deleteMetadata();` },
  },
  'session.evictMetadata': {
    does: `api.session.setMetadata('a', '1');`,
    next: `api.session.evictMetadata(); ${show('event.session.metadata')}`,
    own: true,
    async sees(rest) {
      expect(await shown(rest)).toEqual({});
      expect((await sessions(rest))[0]?.session_metadata).toBeUndefined();
    },
    bad: { harmless: `api.session.evictMetadata(5);` },
  },
  'session.setCookieMode': {
    does: `api.session.setCookieMode('persistent'); api.session.setCookieMode('non-persistent');
      ${show('event.session.cookie')}`,
    own: true,
    async sees(rest) {
      expect(await shown(rest)).toEqual({ mode: 'non-persistent' });
      expect((await sessions(rest))[0]?.cookie).toEqual({ mode: 'non-persistent' });
    },
    bad: [
      [`api.session.setCookieMode();`, 'Cookie mode must be provided'],
      [
        `api.session.setCookieMode('sticky');`,
        "Invalid cookie mode: sticky. Valid values are 'persistent' and 'non-persistent'.",
      ],
    ],
  },
  'session.revoke': {
    does: `api.session.revoke('gone', { preserveRefreshTokens: true });`,
    next: show('1'),
    own: true,
    async sees(rest) {
      expectDenied(rest, 'gone');
      expect(await sessions(rest)).toEqual([]);
      const page = await rest.browser.open(rest.stage.door.authorizeUrl());
      expect(page.url.pathname).toBe('/u/login');
    },
    bad: [
      [`api.session.revoke('a', { preserveRefreshTokens: 1 });`, 'preserveRefreshTokens must be boolean'],
      [`api.session.revoke(1, { other: 1 });`, 'message must be string; options must NOT have additional properties'],
    ],
  },
  'refreshToken.setExpiresAt': idle(
    `api.refreshToken.setExpiresAt(${SOON});`,
    expiryFaults('refreshToken.setExpiresAt', 'absolute'),
  ),
  'refreshToken.setIdleExpiresAt': idle(
    `api.refreshToken.setIdleExpiresAt(${SOON});`,
    expiryFaults('refreshToken.setIdleExpiresAt', 'inactivity'),
  ),
  'refreshToken.setMetadata': idle(
    `api.refreshToken.setMetadata('a', '1');`,
    metadataFaults('refreshToken', 'refresh token'),
  ),
  'refreshToken.deleteMetadata': idle(`api.refreshToken.setMetadata('a', '1'); api.refreshToken.deleteMetadata('a');`, {
    harmless: `api.refreshToken.deleteMetadata(5);`,
  }),
  'refreshToken.evictMetadata': idle(`api.refreshToken.setMetadata('a', '1'); api.refreshToken.evictMetadata();`, {
    harmless: `api.refreshToken.evictMetadata(5);`,
  }),
  'refreshToken.revoke': {
    does: `api.refreshToken.revoke('over');`,
    next: show('1'),
    async sees(rest) {
      expectDenied(rest, 'over');
    },
    bad: [
      [`api.refreshToken.revoke(5);`, 'message must be string'],
      [`api.refreshToken.revoke('x'.repeat(1025));`, 'message must NOT have more than 1024 characters'],
    ],
  },
};
