// Recorded logins with other scripts in place of those that ran: each way in which a decision can differ, what follows of
// it, and what is never guessed. Real logins, real cells.
// Longer than 300 lines because a row for each way in which a decision can differ belongs into one list.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import type { House } from '#test/kit/house.ts';
import { comeBack, journey, script, signIn, signInAgain, state, totp } from '../visit.ts';
import { draftOf, openRecordingHouse, replay } from './record.ts';

let house: House;
beforeAll(async () => {
  house = await openRecordingHouse();
});
afterAll(() => house.close());

const OTP = `api.authentication.challengeWith({ type: 'otp' });`;
const ANY = `api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);`;
const DENY = `api.access.deny('No.');`;
const CLAIM = `api.idToken.setCustomClaim('https://x/a', 1);`;

describe('one Action, another decision', () => {
  test.each<[string, string, string, string[], unknown, unknown]>([
    ['the same', CLAIM, `const one = 1; api.idToken.setCustomClaim('https://x/a', one);`, [], undefined, undefined],
    ['denies', CLAIM, DENY, ['denied'], null, { by: 'api.access.deny', reason: 'No.' }],
    ['no longer denies', DENY, CLAIM, ['no_longer_denied'], { by: 'api.access.deny', reason: 'No.' }, null],
    [
      'denies in other words',
      DENY,
      `api.access.deny('Never.');`,
      ['denied_differently'],
      { by: 'api.access.deny', reason: 'No.' },
      { by: 'api.access.deny', reason: 'Never.' },
    ],
    ['throws', CLAIM, `throw new Error('broken');`, ['fails'], null, { kind: 'threw', message: 'broken' }],
    [
      'no longer throws',
      `throw new Error('broken');`,
      '',
      ['no_longer_fails'],
      { kind: 'threw', message: 'broken' },
      null,
    ],
    [
      'asks for another factor',
      OTP,
      `api.authentication.challengeWith({ type: 'email' });`,
      ['challenged_differently'],
      [{ challengeWith: { type: 'otp' } }],
      [{ challengeWith: { type: 'email' } }],
    ],
    [
      'asks for any in place of one',
      OTP,
      ANY,
      ['challenged_differently'],
      [{ challengeWith: { type: 'otp' } }],
      [{ challengeWithAny: [{ type: 'otp' }, { type: 'phone' }] }],
    ],
    ['asks no more', OTP, '', ['challenged_differently'], [{ challengeWith: { type: 'otp' } }], null],
    [
      'asks in another order',
      `${OTP} api.authentication.challengeWith({ type: 'email' });`,
      `api.authentication.challengeWith({ type: 'email' }); ${OTP}`,
      ['challenged_differently'],
      [{ challengeWith: { type: 'otp' } }, { challengeWith: { type: 'email' } }],
      [{ challengeWith: { type: 'email' } }, { challengeWith: { type: 'otp' } }],
    ],
    [
      'enrolls',
      '',
      `api.authentication.enrollWith({ type: 'otp' });`,
      ['enrolls_differently'],
      null,
      [{ enrollWith: { type: 'otp' } }],
    ],
    [
      'sends elsewhere',
      `api.redirect.sendUserTo('https://a.example/x');`,
      `api.redirect.sendUserTo('https://b.example/x');`,
      ['redirected_differently'],
      { by: 'api.redirect.sendUserTo', to: 'https://a.example/x' },
      { by: 'api.redirect.sendUserTo', to: 'https://b.example/x' },
    ],
    [
      'other claims: one changed, one added, one left out',
      `${CLAIM} api.accessToken.setCustomClaim('https://x/old', true); api.idToken.setCustomClaim('https://x/k', { a: 1, b: 2 });`,
      `api.idToken.setCustomClaim('https://x/a', 2); api.idToken.setCustomClaim('https://x/k', { b: 2, a: 1 }); api.idToken.setCustomClaim('https://x/new', 3);`,
      ['claims_changed'],
      { 'idToken https://x/a': 1, 'accessToken https://x/old': true },
      { 'idToken https://x/a': 2, 'idToken https://x/new': 3 },
    ],
    [
      'other scopes',
      `api.accessToken.addScope('a');`,
      `api.accessToken.removeScope('a');`,
      ['scopes_changed'],
      { a: 'added' },
      { a: 'removed' },
    ],
    [
      'other metadata',
      `api.user.setAppMetadata('seen', 1);`,
      `api.user.setUserMetadata('seen', 1);`,
      ['metadata_changed'],
      { 'app_metadata seen': 1 },
      { 'user_metadata seen': 1 },
    ],
    [
      'another life of the session',
      `api.session.setCookieMode('persistent');`,
      `api.session.setCookieMode('non-persistent');`,
      ['otherwise_changed'],
      { 'session.setCookieMode': 'persistent' },
      { 'session.setCookieMode': 'non-persistent' },
    ],
    ['the same time and the same dice', '$TIME', '$TIME /* anew */', [], undefined, undefined],
  ])('%s', async (_what, then, now, kinds, before, after) => {
    const time = `api.idToken.setCustomClaim('https://x/t', [Date.now(), Math.random()]);`;
    const text = (body: string) => script(body.replace('$TIME', time));
    const { user } = await signIn(house, ['otp', 'email'], text(then));
    const { changes, summary } = await replay(house, user.id, { 1: text(now) });
    expect(changes.map(({ change }) => change)).toEqual(kinds);
    if (kinds.length > 0) expect(changes[0]).toMatchObject({ userId: user.id, action: 'action-1', before, after });
    expect(summary).toMatchObject({
      logins: 1,
      loginsChanged: kinds.length,
      notRecorded: 0,
      runs: 1,
      same: kinds.length === 0 ? 1 : 0,
    });
    expect(await replay(house, user.id, { 1: text(now) })).toEqual({ changes, summary });
  });
});

describe('what follows another decision', () => {
  const kinds = async (userId: string, drafts: Record<number, string>) =>
    (await replay(house, userId, drafts)).changes.map(({ action, change }) => [action, change]);

  test('after a pause: what was proved then stands in the next event', async () => {
    const { user, shown } = await signIn(house, ['otp'], script(OTP), script(CLAIM), script(''));
    expect(state(await house.step(shown.key, { kind: 'responded', code: totp(house) })).name).toBe('completed');
    const seen = script(
      `if (event.authentication.methods.some(({ type }) => type === 'otp')) api.idToken.setCustomClaim('https://x/a', 1);`,
    );
    expect(await kinds(user.id, { 2: seen })).toEqual([]);
    expect(await kinds(user.id, { 1: script(`${OTP} ${CLAIM}`), 2: seen })).toEqual([['action-1', 'claims_changed']]);
    expect(await kinds(user.id, { 1: script(DENY), 2: script(DENY) })).toEqual([
      ['action-1', 'denied'],
      ['action-2', 'not_reached'],
      ['action-3', 'not_reached'],
    ]);
    expect(await kinds(user.id, { 1: script(ANY), 2: script(DENY) })).toEqual([
      ['action-1', 'challenged_differently'],
      ['action-2', 'unknown'],
      ['action-3', 'unknown'],
    ]);
    const carried = script(`${OTP} api.transaction.setMetadata('seen', 'yes');`);
    expect(await kinds(user.id, { 1: carried, 2: script(CLAIM) })).toEqual([
      ['action-1', 'otherwise_changed'],
      ['action-2', 'unknown'],
      ['action-3', 'unknown'],
    ]);
  });

  test('both handlers of somebody who was sent away and came back', async () => {
    const away = `api.redirect.sendUserTo('https://a.example/x');`;
    const back = `if (event.request.query.done === 'yes') api.idToken.setCustomClaim('https://x/a', 1);`;
    const { user, shown } = await signIn(house, [], journey(away, back));
    expect(state(await comeBack(house, shown, { done: 'yes', session_token: 'sk-abc-123-def' })).name).toBe(
      'completed',
    );
    expect(await kinds(user.id, { 1: journey(`const a = 1; ${away}`, back) })).toEqual([]);
    expect(await kinds(user.id, { 1: journey(away, DENY) })).toEqual([['action-1', 'denied']]);
    expect(await kinds(user.id, { 1: journey('', DENY) })).toEqual([
      ['action-1', 'redirected_differently'],
      ['action-1', 'unknown'],
    ]);
    expect(await kinds(user.id, { 1: script(away) })).toEqual([['action-1', 'fails']]);
  });
});

describe('what cannot be known is not guessed', () => {
  test('a value that the recording leaves out is nobody’s new decision', async () => {
    const away = `api.redirect.sendUserTo('https://a.example/x');`;
    const tell = (more: string) =>
      `api.idToken.setCustomClaim('https://x/t', event.request.query.session_token + '${more}');`;
    const { user, shown } = await signIn(house, [], journey(away, tell('')));
    await comeBack(house, shown, { session_token: 'sk-abc-123-def' });
    const kinds = async (body: string) => (await replay(house, user.id, { 1: journey(away, body) })).changes;
    expect(await kinds(tell(''))).toEqual([]);
    const unclear = { change: 'unknown', reason: expect.stringContaining('idToken https://x/t') };
    expect(await kinds(tell('-new'))).toMatchObject([unclear]);
    expect(await kinds(`${CLAIM} ${tell('-new')}`)).toMatchObject([
      { change: 'claims_changed', before: null, after: { 'idToken https://x/a': 1 } },
      unclear,
    ]);
  });

  test('loops are stopped, and a script that always does is not run for ever', async () => {
    await house.bind(script(''));
    const loop = script('for (;;);');
    const { user, email } = await signIn(house, [], script(''));
    for (let times = 0; times < 4; times++) await signInAgain(house, email);
    const { changes, summary } = await replay(house, user.id, { 1: loop });
    expect(changes.map(({ change }) => change)).toEqual(['fails', 'fails', 'fails', 'unknown', 'unknown']);
    expect(changes[0]).toMatchObject({ after: { kind: 'timeout' } });
    expect(summary).toMatchObject({ logins: 5, runs: 3 });
    const { records } = await house.store.logs.list(house.tenant.id, {
      order: 'oldest',
      page: { offset: 0, limit: 100 },
    });
    expect(records.filter(({ details }) => details?.quarantine !== undefined)).toEqual([]);
  });

  test('the switch of the tenant holds for drafts too', async () => {
    const { user } = await signIn(house, ['otp'], script(CLAIM));
    const tenant = { ...house.tenant, customizeMfa: false };
    const { changes } = await replay(house, user.id, { 1: script(OTP) }, { tenant });
    expect(changes).toMatchObject([{ change: 'fails', after: { kind: 'switch' } }]);
  });

  test('a draft that hands over what no script may is a failed one', async () => {
    const { user } = await signIn(house, ['otp'], script(''));
    const bent = script(
      `let v = 1; for (let i = 0; i < 3000; i++) v = [v]; api.idToken.setCustomClaim('https://x/y', v)`,
    );
    expect((await replay(house, user.id, { 1: bent })).changes).toMatchObject([{ change: 'fails' }]);
  });
});

describe('another order', () => {
  const orderOf = async (...parts: (number | string)[]) => {
    const bindings = await house.store.bindings.list(house.tenant.id, 'post-login');
    return parts.map((part) =>
      typeof part === 'string'
        ? draftOf('new-one', part)
        : { ...draftOf(`action-${part}`, ''), actionId: bindings[part - 1]?.actionId ?? '' },
    );
  };
  const kinds = async (userId: string, ...parts: (number | string)[]) =>
    (await replay(house, userId, {}, { order: await orderOf(...parts) })).changes.map(({ action, change }) => [
      action,
      change,
    ]);

  test('an Action that goes, one that comes, two that change places', async () => {
    const { user } = await signIn(house, ['otp'], script(CLAIM), script(`api.user.setAppMetadata('a', 1);`));
    expect(await kinds(user.id, 1, 2)).toEqual([]);
    expect(await kinds(user.id, 2, 1)).toEqual([]);
    expect(await kinds(user.id, 2)).toEqual([['action-1', 'claims_changed']]);
    expect(await kinds(user.id, 1, 2, script(DENY))).toEqual([['new-one', 'denied']]);
    expect(await kinds(user.id, script(DENY), 1, 2)).toEqual([
      ['new-one', 'denied'],
      ['action-1', 'not_reached'],
      ['action-2', 'not_reached'],
    ]);
    expect(await kinds(user.id, 1, script(''), 2)).toEqual([]);
  });

  test('around a pause only what ran at the same moment', async () => {
    const { user, shown } = await signIn(house, ['otp'], script(OTP), script(CLAIM));
    await house.step(shown.key, { kind: 'responded', code: totp(house) });
    const proved = script(
      `if (event.authentication.methods.some(({ type }) => type === 'otp')) api.access.deny('Proved.');`,
    );
    expect(await kinds(user.id, 1, proved, 2)).toEqual([
      ['new-one', 'denied'],
      ['action-2', 'not_reached'],
    ]);
    expect(await kinds(user.id, proved, 1, 2)).toEqual([]);
    expect(await kinds(user.id, 2, 1)).toEqual([
      ['action-1', 'unknown'],
      ['action-2', 'unknown'],
    ]);
    // Without the Action that asked, the other one's event would have been another.
    expect(await kinds(user.id, 2)).toEqual([
      ['action-1', 'challenged_differently'],
      ['action-2', 'unknown'],
    ]);
  });
});

test('an Action behind a pause that nobody answered is not new, unless it was bound since', async () => {
  const { user } = await signIn(house, ['otp'], script(OTP));
  const [{ actionId } = { actionId: '' }] = await house.store.bindings.list(house.tenant.id, 'post-login');
  const first = { ...draftOf('action-1', ''), actionId };
  const late = { ...draftOf('late', ''), actionId: 'late' };
  const changes = async (boundSince: number) =>
    (await replay(house, user.id, {}, { order: [first, { ...late, boundSince }] })).changes;
  expect(await changes(0)).toEqual([]);
  expect(await changes(house.clock.at + 1)).toMatchObject([{ action: 'late', change: 'unknown' }]);
});

describe.each(databasesInFull())('which logins, on %s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openRecordingHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  test('by time, by person, by Action; page by page, none twice', async () => {
    const { user, email } = await signIn(house, ['otp'], script(OTP), script(CLAIM));
    const first = house.clock.at;
    for (let times = 0; times < 3; times++) await signInAgain(house, email);
    const draft = { 1: script(DENY) };
    const of = async (more: object) => (await replay(house, user.id, draft, more)).summary;
    expect(await of({})).toMatchObject({ logins: 4, loginsChanged: 4, changes: { denied: 4 } });
    expect(await of({ since: first + 1 })).toMatchObject({ logins: 3 });
    expect(await of({ until: first + 1 })).toMatchObject({ logins: 1 });
    expect(await of({ actionId: 'none' })).toMatchObject({ logins: 0 });
    const met: string[] = [];
    let from: number | undefined;
    for (let pages = 0; pages < 4; pages++) {
      const { changes, summary } = await replay(house, user.id, draft, {
        logins: 1,
        ...(from === undefined ? {} : { from }),
      });
      met.push(...changes.map(({ transactionId }) => transactionId));
      from = summary.next;
    }
    expect([new Set(met).size, met.length, from]).toEqual([4, 4, undefined]);
    const ended = AbortSignal.abort();
    const stopped = await of({ ended });
    expect(stopped).toMatchObject({ logins: 0, next: expect.any(Number) });
    expect(await of({ from: stopped.next })).toMatchObject({ logins: 4 });
  });

  test('a recording whose time is over is not looked at, before the sweep comes too', async () => {
    const { user } = await signIn(house, [], script(CLAIM));
    const of = async () => (await replay(house, user.id, { 1: script(DENY) })).summary.logins;
    expect(await of()).toBe(1);
    house.clock.advance(11 * 24 * 60 * 60_000);
    expect(await of()).toBe(0);
  });

  test('a login of a time without consent is counted and not guessed at', async () => {
    await house.editTenant(({ recordLogins: _, ...tenant }) => tenant);
    const { user } = await signIn(house, [], script(CLAIM));
    await house.editTenant((tenant) => ({ ...tenant, recordLogins: true }));
    const { changes, summary } = await replay(house, user.id, { 1: script(DENY) });
    expect([changes, summary]).toMatchObject([[], { logins: 1, notRecorded: 1, runs: 0 }]);
  });
});
