// Users as they are searched for through the Management API: what a query finds, in what order, and what it is refused for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { items, type Json, type Office, openOffice, user } from './office.ts';

describe.each(databasesInFull())('users on %s', (_name, open) => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice(await open());
  });
  afterAll(() => office.close());

  test.each([
    ['email:"find@example.com"', 1],
    ['email:find@example.com', 1],
    ['email:"FIND@example.com" AND username:"finder"', 1],
    ['username:"finder"', 1],
    ['user_id:"auth0|found"', 1],
    ['user_id:"auth0|found" AND email:"other@example.com"', 0],
    ['email:"nobody@example.com"', 0],
  ])('found by %s', async (q, count) => {
    await office.send('POST', '/api/v2/users', user('find', { username: 'finder', user_id: 'found' }));
    const { status, body } = await office.send('GET', `/api/v2/users?include_totals=true&q=${encodeURIComponent(q)}`);
    expect([status, body.total, body.length, body.start, body.limit]).toEqual([200, count, count, 0, 50]);
  });

  describe('a search', () => {
    const found = async (parameters: Record<string, string>) => {
      const query = new URLSearchParams({ include_totals: 'true', search_engine: 'v3', ...parameters });
      const { status, body } = await office.send('GET', `/api/v2/users?${query}`);
      const users = items((body.users ?? []) as Json).map(({ nickname }) => String(nickname));
      return { status, body, who: users.join(' ') };
    };

    beforeAll(async () => {
      const people: [string, Record<string, unknown>][] = [
        ['s-jane', { name: 'Jane Smith', given_name: 'Jane', blocked: true, app_metadata: { plan: 'gold', level: 5 } }],
        ['s-john', { name: 'John Smithers', email_verified: true, user_metadata: { addresses: [{ city: 'Paris' }] } }],
        ['s-jo', { name: 'Jo_100%', email: 's-jo@sub.example.org', app_metadata: { plan: 'free', tags: ['x', 'y'] } }],
      ];
      for (const [name, more] of people)
        await office.send('POST', '/api/v2/users', user(name, { nickname: name, ...more }));
    });

    test.each([
      ['name:"jane smith"', 's-jane'],
      ['name:jane', ''],
      ['name:J*', 's-jane s-john s-jo'],
      ['name:*smith*', 's-jane s-john'],
      ['name:*ers', 's-john'],
      ['name:jo_1*', 's-jo'],
      ['name:"jo_100%"', 's-jo'],
      ['"Jane Smith"', 's-jane'],
      ['nickname:s-* AND blocked:true', 's-jane'],
      ['nickname:s-* AND NOT blocked:true', 's-john s-jo'],
      ['nickname:s-* -given_name:jane', 's-john s-jo'],
      ['nickname:(s-jane OR "s-jo")', 's-jane s-jo'],
      ['nickname:s-* AND email_verified:true', 's-john'],
      ['nickname:s-* AND _exists_:given_name', 's-jane'],
      ['nickname:s-* AND NOT _exists_:app_metadata.plan', 's-john'],
      ['nickname:s-* AND _exists_:logins_count', ''],
      ['nickname:s-* AND logins_count:[* TO 0]', 's-jane s-john s-jo'],
      ['nickname:s-* AND logins_count:>0', ''],
      ['nickname:s-* AND created_at:[2000-01 TO *]', 's-jane s-john s-jo'],
      ['nickname:s-* AND created_at:{* TO 2000-01-01T00:00:00.000Z}', ''],
      ['email.domain:"sub.example.org"', 's-jo'],
      ['email.domain:sub.*', 's-jo'],
      ['email.domain:*.org AND nickname:s-*', 's-jo'],
      ['app_metadata.plan:"gold" OR app_metadata.plan:free', 's-jane s-jo'],
      ['app_metadata.level:5', 's-jane'],
      ['app_metadata.tags:y', 's-jo'],
      ['user_metadata.addresses.city:"Paris"', 's-john'],
      ['user_metadata.addresses.city:"paris"', ''],
      ['nickname:s-* AND identities.connection:"Username-Password-Authentication"', 's-jane s-john s-jo'],
      ['nickname:s-* AND identities.provider:google', ''],
      ['nickname:s-* AND organization_id:org_none', ''],
      ['nickname:"s-jane" OR email:"s-jo@sub.example.org"', 's-jane s-jo'],
    ])('finds by %s', async (q, who) => {
      const answered = await found({ q });
      expect([answered.status, answered.who]).toEqual([200, who]);
      const count = who === '' ? 0 : who.split(' ').length;
      expect(answered.body).toMatchObject({ start: 0, limit: 50, length: count, total: count });
    });

    test.each([
      ['nickname:1', 's-jane s-jo s-john'],
      ['nickname:-1', 's-john s-jo s-jane'],
      ['given_name:1', 's-jane s-john s-jo'],
    ])('comes in the order of %s', async (sort, who) => {
      expect(await found({ q: 'nickname:s-*', sort })).toMatchObject({ status: 200, who });
    });

    test('comes in pages, and with the fields that are asked for', async () => {
      const { body } = await found({ q: 'nickname:s-*', page: '1', per_page: '1', fields: 'nickname' });
      expect(body).toEqual({ start: 1, limit: 1, length: 1, total: 3, users: [{ nickname: 's-john' }] });
      const query = new URLSearchParams({ q: 'nickname:s-*', connection: 'nowhere' });
      expect((await office.send('GET', `/api/v2/users?${query}`)).body).toEqual([]);
    });

    test.each<[Record<string, string>, string]>([
      [{ q: 'color:red' }, 'The query is not supported: color is not searched for.'],
      [{ q: 'password_hash:x' }, 'The query is not supported: password_hash is not searched for.'],
      [{ q: 'name:*sm' }, 'The query is not supported: after a wildcard in front come 3 characters at least.'],
      [{ q: 'name:[a TO b]' }, 'The query is not supported: name has no ranges; numbers and times have.'],
      [{ q: 'blocked:yes' }, 'The query is not supported: blocked is true or false.'],
      [{ q: 'logins_count:many' }, 'The query is not supported: logins_count is a whole number.'],
      [
        { q: 'created_at:[2026-13-01 TO *]' },
        'The query is not supported: created_at is a time such as 2026-01-31 or 2026-01-31T10:00:00Z.',
      ],
      [
        { q: 'created_at:2026-02-30' },
        'The query is not supported: created_at is a time such as 2026-01-31 or 2026-01-31T10:00:00Z.',
      ],
      [{ q: 'user_metadata.a:b*' }, 'The query is not supported: user_metadata.a has no wildcards and no ranges.'],
      [
        { q: 'user_metadata:x' },
        'The query is not supported: user_metadata is searched for by its properties, such as user_metadata.plan.',
      ],
      [{ q: 'email:"a" AND' }, 'The query is not supported: it ends where a condition is expected.'],
      [
        { sort: 'user_metadata.a:1' },
        'The query is not supported: sort is a field of the profile with its direction, such as created_at:-1.',
      ],
      [
        { sort: 'email' },
        'The query is not supported: sort is a field of the profile with its direction, such as created_at:-1.',
      ],
      [{ search_engine: 'v2' }, `Query validation error: 'No enum match for: "v2"' on property search_engine.`],
    ])('that is not understood is refused: %j', async (parameters, message) => {
      const { status, body } = await found(parameters);
      expect(body).toEqual({ statusCode: 400, error: 'Bad Request', message, errorCode: 'invalid_query_string' });
      expect(status).toBe(400);
    });

    test('goes through the first thousand and no further', async () => {
      const past = await office.send('GET', '/api/v2/users?page=20&per_page=50');
      expect([past.status, past.body.errorCode]).toEqual([400, 'invalid_paging']);
      expect((await office.send('GET', '/api/v2/users?page=19&per_page=50')).status).toBe(200);
    });
  });
});
