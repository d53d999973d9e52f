// The cache that Actions of one trigger share: its bounds, its time, and whose it is (actions-api, section 4.3).
import { describe, expect, test } from 'vitest';
import { createScriptCache } from '#runtime/pipeline/script-cache.ts';

const opened = () => {
  const clock = { at: 1000 };
  return { clock, cache: createScriptCache(() => clock.at) };
};
const set = (key: string, value = 'v', expiresAt = 9999) => ({ name: 'cache.set', key, value, expiresAt }) as const;
const remove = (key: string) => ({ name: 'cache.delete', key }) as const;
const read = ({ cache }: ReturnType<typeof opened>, tenant = 't', trigger = 'post-login') =>
  JSON.parse(cache.read(tenant, trigger) ?? '{}') as Record<string, { value: string; expires_at: number }>;

describe('the script cache', () => {
  test('is nothing at first', () => expect(opened().cache.read('t', 'post-login')).toBeUndefined());

  test('keeps what was set last, and forgets what was deleted', () => {
    const here = opened();
    here.cache.write('t', 'post-login', [set('a', '1'), set('b', '2'), set('a', '3', 2000), remove('b'), remove('c')]);
    expect(read(here)).toEqual({ a: { value: '3', expires_at: 2000 } });
  });

  test('forgets in time, to the millisecond', () => {
    const here = opened();
    here.cache.write('t', 'post-login', [set('a', 'v', 1500)]);
    here.clock.at = 1499;
    expect(read(here)).toHaveProperty('a');
    here.clock.at = 1500;
    expect(here.cache.read('t', 'post-login')).toBeUndefined();
  });

  test("is one tenant's and one trigger's", () => {
    const here = opened();
    here.cache.write('t', 'post-login', [set('a')]);
    expect(read(here, 'other')).toEqual({});
    expect(read(here, 't', 'credentials-exchange')).toEqual({});
    expect(read(here, 't post-login', '')).toEqual({});
  });

  test('keeps twenty entries; the oldest go', () => {
    const here = opened();
    for (let run = 0; run < 3; run++) {
      here.cache.write(
        't',
        'post-login',
        Array.from({ length: 10 }, (_, index) => set(`k${run * 10 + index}`)),
      );
    }
    expect(Object.keys(read(here))).toEqual(Array.from({ length: 20 }, (_, index) => `k${index + 10}`));
  });

  test('an entry that is set again is new', () => {
    const here = opened();
    here.cache.write(
      't',
      'post-login',
      Array.from({ length: 20 }, (_, index) => set(`k${index}`)),
    );
    here.cache.write('t', 'post-login', [set('k0', 'again'), set('one more')]);
    expect(read(here)).toMatchObject({ k0: { value: 'again' } });
    expect(read(here)).not.toHaveProperty('k1');
  });

  test('a key such as __proto__ is a key', () => {
    const here = opened();
    here.cache.write('t', 'post-login', [set('__proto__', 'x')]);
    expect(here.cache.read('t', 'post-login')).toBe('{"__proto__":{"value":"x","expires_at":9999}}');
  });

  test('ten thousand caches: the one used longest ago is forgotten', () => {
    const here = opened();
    here.cache.write('first', 'post-login', [set('a')]);
    here.cache.write('second', 'post-login', [set('a')]);
    for (let tenant = 0; tenant < 9_998; tenant++) here.cache.write(`t${tenant}`, 'post-login', [set('a')]);
    expect(read(here, 'first')).toHaveProperty('a');
    here.cache.write('last', 'post-login', [set('a')]);
    expect(read(here, 'second')).toEqual({});
    expect(read(here, 'first')).toHaveProperty('a');
  });
});
