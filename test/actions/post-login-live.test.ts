// What a post-login script reads back in the same run: its live event, the cache, and answers of the host.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postLoginSample } from '#actions/post-login-sample.ts';
import type { RunRequest, Sandbox } from '#runtime/sandbox/sandbox.ts';
import { handler, lines, openSandbox, outcome } from '#test/runtime/sandbox/kit.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.drain(1000));

/** What the expression is at the end of the body, through JSON. */
async function readBack(body: string, over: Partial<RunRequest> = {}): Promise<unknown> {
  const at = body.lastIndexOf(';') + 1;
  const result = await sandbox.run(
    handler(`${body.slice(0, at)} console.log(JSON.stringify(${body.slice(at)}) ?? "undefined")`, over),
  );
  return result.ok ? JSON.parse(lines(result)[0]?.replace(/^undefined$/, '"undefined"') ?? 'null') : outcome(result);
}

const withEvent = (over: object): Partial<RunRequest> => ({
  eventJson: JSON.stringify({ ...postLoginSample, ...over }),
});

describe('the event follows', () => {
  const session = { ...postLoginSample.session, metadata: { old: '1' } };

  test.each<[body: string, value: unknown, over?: Partial<RunRequest>]>([
    ['api.transaction.setMetadata("a", 1); event.transaction.metadata', { a: 1 }],
    ['api.transaction.setMetadata("a", 1); api.transaction.setMetadata("a", null); event.transaction.metadata', {}],
    ['delete event.transaction; api.transaction.setMetadata("a", "b"); event.transaction', { metadata: { a: 'b' } }],
    ['api.session.setMetadata("a", "b"); event.session.metadata', { old: '1', a: 'b' }, withEvent({ session })],
    ['api.session.setMetadata("old", null); event.session.metadata', {}, withEvent({ session })],
    ['api.session.deleteMetadata("old"); event.session.metadata', {}, withEvent({ session })],
    ['api.session.evictMetadata(); event.session.metadata', {}, withEvent({ session })],
    // What a script writes into its event itself is no metadata.
    [
      'event.session.metadata.mine = "x"; api.session.setMetadata("a", "b"); event.session.metadata',
      { old: '1', a: 'b' },
      withEvent({ session }),
    ],
    ['api.session.setCookieMode("non-persistent"); event.session.cookie', { mode: 'non-persistent' }],
    ['api.session.setCookieMode("non-persistent"); event.session', {}, withEvent({ session: {} })],
    ['api.refreshToken.setMetadata("a", "b"); event.refresh_token.metadata', { a: 'b' }],
    ['api.user.setAppMetadata("a", 1); event.user.app_metadata', {}],
  ])('%s', async (body, value, over) => expect(await readBack(body, over)).toEqual(value));

  test('and a refused change leaves it as it was', async () => {
    const body =
      'try { api.session.setMetadata("a b", "") } catch {}; api.session.setMetadata("a", ""); event.session.metadata';
    expect(await readBack(body)).toEqual({ a: '' });
  });
});

describe('the cache', () => {
  const cacheJson = JSON.stringify({
    here: { value: 'v', expires_at: NOW + 1000 },
    gone: { value: 'v', expires_at: NOW },
  });
  const day = 24 * 60 * 60_000;
  const success = (value: string, at: number) => ({ type: 'success', record: { value, expires_at: at } });
  const failure = (code: string) => ({ type: 'error', code });

  test.each<[body: string, value: unknown]>([
    ['api.cache.get("here")', { value: 'v', expires_at: NOW + 1000 }],
    ['api.cache.get("gone")', 'undefined'],
    ['api.cache.get("toString")', 'undefined'],
    ['api.cache.get(5)', 'undefined'],
    ['api.cache.set("a", "b")', success('b', NOW + 15 * 60_000)],
    ['api.cache.set("a", "b"); api.cache.get("a").value', 'b'],
    ['api.cache.set("a", "b", { ttl: 5 })', success('b', NOW + 5)],
    [`api.cache.set("a", "b", { ttl: 5, expires_at: ${NOW + 3} })`, success('b', NOW + 3)],
    ['api.cache.set("a", "b", { ttl: 1e15 })', success('b', NOW + day)],
    ['api.cache.set("a", "b", { ttl: "5" })', failure('InvalidExpiry')],
    ['api.cache.set("a", "b", { expires_at: NaN })', failure('InvalidExpiry')],
    [`api.cache.set("a", "b", { expires_at: ${NOW} })`, failure('ItemAlreadyExpired')],
    ['api.cache.set("a", "b", { ttl: -1 })', failure('ItemAlreadyExpired')],
    ['api.cache.set("é".repeat(33), "b")', failure('CacheKeySizeExceeded')],
    ['api.cache.set("a", "é".repeat(2049))', failure('CacheValueSizeExceeded')],
    ['api.cache.set("𝄞".repeat(17), "b")', failure('CacheKeySizeExceeded')],
    ['api.cache.set("𝄞".repeat(16), "b").type', 'success'],
    ['api.cache.set("\\ud800".repeat(22), "b")', failure('CacheKeySizeExceeded')],
    ['api.cache.set("a", {})', failure('FailedToSetCacheRecord')],
    ['api.cache.set()', failure('FailedToSetCacheRecord')],
    ['for (let i = 0; i < 19; i++) api.cache.set("k" + i, ""); api.cache.set("k20", "")', failure('CacheSizeExceeded')],
    [
      'for (let i = 0; i < 4; i++) api.cache.set("k" + i, "x".repeat(4096)); api.cache.set("k5", "x".repeat(500))',
      failure('CacheSizeExceeded'),
    ],
    [
      'for (let i = 0; i < 256; i++) api.cache.set("k", String(i)); api.cache.set("k", "")',
      failure('MaxSideEffectsExceeded'),
    ],
    ['api.cache.delete("here")', { type: 'success' }],
    ['api.cache.delete("here"); api.cache.get("here")', 'undefined'],
    ['api.cache.delete("gone")', failure('CacheKeyDoesNotExist')],
  ])('%s', async (body, value) => expect(await readBack(body, { cacheJson })).toEqual(value));

  test('records its changes', async () => {
    const result = await sandbox.run(
      handler('api.cache.set("a", "b", { ttl: 5 }); api.cache.delete("here")', { cacheJson }),
    );
    expect(result).toMatchObject({
      ok: true,
      commands: [
        { name: 'cache.set', args: ['a', 'b', NOW + 5] },
        { name: 'cache.delete', args: ['here'] },
      ],
    });
  });

  test('of one run is not that of the next', async () => {
    expect(await readBack('api.cache.set("a", "b"); 1')).toBe(1);
    expect(await readBack('api.cache.get("a")')).toBe('undefined');
  });
});

describe('questions to the host', () => {
  type Answer = NonNullable<RunRequest['answer']>;
  const recorder = () => {
    const asked: string[] = [];
    const answer: Answer = async (operation, payload) => {
      asked.push(`${operation} ${payload}`);
      return { ok: true, payload: JSON.stringify({ groups: [operation] }) };
    };
    return { asked, answer };
  };

  test.each([
    ['api.groups.getUserGroups()', 'groups.getUserGroups [{}]'],
    ['api.groups.getUserGroups({ take: 5, from: "x", other: 1 })', 'groups.getUserGroups [{"from":"x","take":5}]'],
    ['api.groups.hasGroupMembership(["a"])', 'groups.hasGroupMembership [["a"]]'],
    ['api.roles.getUserEffectiveRoles({ take: 100 })', 'roles.getUserEffectiveRoles [{"take":100}]'],
    ['api.roles.getUserEffectiveRolesByIds(["a"])', 'roles.getUserEffectiveRolesByIds [["a"]]'],
    ['api.roles.getUserEffectiveRolesByNames(["a"])', 'roles.getUserEffectiveRolesByNames [["a"]]'],
  ])('%s', async (call, question) => {
    const { asked, answer } = recorder();
    expect(await readBack(`(await ${call}).groups`, { answer })).toEqual([question.split(' ')[0]]);
    expect(asked).toEqual([question]);
  });

  test('are calls out: they count, and a login that catches a refusal goes on', async () => {
    const answer: Answer = async () => ({ ok: false, payload: JSON.stringify({ message: 'not now', code: 'busy' }) });
    expect(
      await readBack(
        'api.groups.getUserGroups().catch((e) => { r = e.code + " " + e.message }); var r; await new Promise((f) => setTimeout(f, 20)); r',
        { answer },
      ),
    ).toBe('busy not now');
    const limits = { ...handler('').limits, calls: 1 };
    const over = { answer: recorder().answer, limits };
    const twice = 'await api.groups.getUserGroups(); await api.groups.getUserGroups()';
    expect(outcome(await sandbox.run(handler(twice, over)))).toBe(
      'limit: A script must not make more than 1 calls out.',
    );
  });

  test('that nobody answers are refused, and a fault of ours is not told', async () => {
    const call = 'await api.groups.getUserGroups()';
    expect(outcome(await sandbox.run(handler(call)))).toBe('threw: unknown operation groups.getUserGroups');
    const answer: Answer = async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.5');
    };
    expect(outcome(await sandbox.run(handler(call, { answer })))).toBe('threw: api.groups.getUserGroups failed');
  });

  test('are asked once, even when the run has to be repeated', async () => {
    const { asked, answer } = recorder();
    // Long enough for its slice to be cut off among others: it begins again in quarantine.
    const slow = 'const g = await api.groups.getUserGroups(); for (let i = 0; i < 4e6; i++); g.groups';
    const at = slow.lastIndexOf(';') + 1;
    const result = await sandbox.run(
      handler(`${slow.slice(0, at)} console.log(${slow.slice(at)})`, { answer, tenantId: 'slow' }),
    );
    expect(outcome(result)).toBe('ok');
    expect(asked).toEqual(['groups.getUserGroups [{}]']);
  });
});

describe('a script that has bent its sandbox', () => {
  test.each<[name: string, bend: string]>([
    ['descriptors', 'Object.prototype.get = () => 1; Object.prototype.value = 2'],
    ['JSON', 'JSON.stringify = () => "{}"; JSON.parse = () => ({})'],
    ['strings', 'String.prototype.trim = () => "bent"; String.prototype.charCodeAt = () => 65'],
    [
      'arrays',
      'Array.prototype.flatMap = Array.prototype.some = () => []; Array.prototype[Symbol.iterator] = function* () {}',
    ],
    ['setters', 'Object.defineProperty(Object.prototype, "setMetadata", { set() { throw new Error("caught") } })'],
  ])('with %s still leaves commands that parse', async (_name, bend) => {
    const body = `${bend}; api.transaction.setMetadata("a", 1); api.session.setCookieMode("persistent")`;
    const result = await sandbox.run(handler(body, { tenantId: 'bent' }));
    if (result.ok) {
      expect(result.commands.map(({ name }) => name)).toEqual(['transaction.setMetadata', 'session.setCookieMode']);
    } else expect(result.fault.kind).toBe('threw');
  });
});
