// Tenant logs as the Management API shows them: lines of logins, and lines of this API itself.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databases } from '#test/kit/databases.ts';
import { items, type Office, openOffice, user } from './office.ts';

describe.each(databases())('%s', (_name, open) => {
  let office: Office;
  let userId: string;
  beforeAll(async () => {
    office = await openOffice(await open());
    const { body } = await office.send('POST', '/api/v2/users', user('logged'));
    userId = String(body.user_id);
    const { browser, authorizeUrl } = office.door;
    for (const password of ['wrong', 'correct horse battery']) {
      const person = browser();
      const page = await person.open(authorizeUrl());
      await person.post(page, { username: 'logged@example.com', password, action: 'default' });
    }
  });
  afterAll(() => office.close());

  const types = async (query: string) => {
    const { body } = await office.send('GET', `/api/v2/logs?${query}`);
    return items(body).map(({ type }) => String(type));
  };

  test('newest first; filtered by type and user; never a password', async () => {
    const q = (text: string) => `q=${encodeURIComponent(text)}`;
    const mine = q(`user_id:"${userId}"`);
    const newest = await types(mine);
    expect(newest).toContain('s');
    expect(await types(`${mine}&sort=date:1`)).toEqual(newest.toReversed());
    expect(await types(q(`type:s AND user_id:"${userId}"`))).toEqual(['s']);
    expect(await types(q('type:fp'))).toEqual(['fp']);
    expect(await types(q('type:"fp" AND user_id:"auth0|other"'))).toEqual([]);
    const own = await office.send('GET', `/api/v2/users/${encodeURIComponent(userId)}/logs`);
    expect(items(own.body).map(({ type }) => type)).toEqual(newest);
    const all = await office.send('GET', '/api/v2/logs');
    expect(JSON.stringify(all.body)).not.toMatch(/correct horse|wrong"/);
  });

  test('a line has the keys of the wire, and can be read by its id', async () => {
    const { body } = await office.send('GET', '/api/v2/logs?q=type:sapi&include_totals=true&per_page=1');
    expect(body).toMatchObject({ start: 0, limit: 1, length: 1, total: 1 });
    const [line] = items(body.logs!);
    expect(line).toMatchObject({
      type: 'sapi',
      description: 'POST /api/v2/users',
      date: expect.stringMatching(/^\d{4}-/),
      log_id: expect.stringMatching(/^\d{56}$/),
      _id: line?.log_id,
      user_id: '',
      user_name: '',
      isMobile: false,
      details: { request: { method: 'POST', path: '/api/v2/users' } },
    });
    expect((await office.send('GET', `/api/v2/logs/${line?.log_id}`)).body).toEqual(line);
    expect((await office.sendAsNeighbour('GET', `/api/v2/logs/${line?.log_id}`)).status).toBe(404);
  });

  test('checkpoints go from the oldest to the end, and then repeat themselves', async () => {
    const seen: string[] = [];
    let path = '/api/v2/logs?take=1';
    for (let steps = 0; steps < 50; steps += 1) {
      const { body, headers } = await office.send('GET', path);
      const next = /<(.*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? '';
      seen.push(...items(body).map(({ log_id: id }) => String(id)));
      if (items(body).length === 0) {
        expect(next.endsWith(path)).toBe(true);
        break;
      }
      path = next.slice(office.tenant.baseUrl.length);
    }
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  describe('a search', () => {
    /** The address that the password was wrong for, and the day of the tests' clock. */
    const FOUND: [q: string, types: string[]][] = [
      ['type:(s OR fp) AND user_name:logged@example.com', ['s', 'fp']],
      ['type:(s OR fp) AND NOT type:s AND user_name:"logged@example.com"', ['fp']],
      ['(type:s OR type:fp) AND -type:fp AND user_name:log*', ['s']],
      ['type:fp AND user_name:Logged@example.com', []],
      ['type:fp AND user_name:log*.com', ['fp']],
      ['type:fp AND user_name:*ample.com', ['fp']],
      ['type:f* AND user_name:logged*', ['fp']],
      ['type:fp AND logged@example.com', ['fp']],
      ['type:fp AND ip:0.0.0.0', []],
      ['type:fp AND _exists_:ip', ['fp']],
      ['type:fp AND _exists_:organization_id', []],
      ['type:fp AND date:[2020-01-01 TO *]', ['fp']],
      ['type:fp AND date:{* TO 2020-01-01]', []],
      ['type:fp AND date:[2026-01-15 TO 2026-01-15]', ['fp']],
      ['type:fp AND date:[2026-01-15 TO 2026-01-15}', []],
      ['type:fp AND date:2026-01-15', ['fp']],
      ['type:fp AND date:2026-01*', ['fp']],
      ['type:fp AND date:{2026 TO *]', []],
      ['type:fp AND date:{9999 TO *]', []],
      ['type:fp AND log_id:[900 TO 901]', ['fp']],
      [String.raw`type:fp AND user_name:logged\@example.com`, ['fp']],
      ['type:fp AND user_name:"%"', []],
      ['type:fp AND user_name:%*', []],
      ['type:s AND connection:"Username-Password-Authentication"', ['s']],
    ];
    test.each(FOUND)('%s', async (q, expected) => {
      expect(await types(`q=${encodeURIComponent(q)}`)).toEqual(expected);
    });

    test('goes on where a page ended, and no further than a thousand', async () => {
      const q = `q=${encodeURIComponent('type:(sapi OR s OR fp) AND NOT type:fp')}`;
      const all = await types(`${q}&per_page=100`);
      expect(all.length).toBeGreaterThan(1);
      expect([...(await types(`${q}&per_page=1`)), ...(await types(`${q}&per_page=1&page=1`))]).toEqual(
        all.slice(0, 2),
      );
      const { status, body } = await office.send('GET', '/api/v2/logs?per_page=100&page=10');
      expect([status, body.errorCode]).toEqual([400, 'invalid_paging']);
      expect((await office.send('GET', '/api/v2/logs?per_page=100&page=9')).status).toBe(200);
    });

    test.each([
      'secret:x',
      'details.error:x',
      'constructor:x',
      'ip:[a TO b]',
      'date:yesterday',
      'date:2026-02-31',
      'date:[x TO *]',
      'user_name:*a*',
      'user_name:a*b*c',
      'log_id:[a TO *]',
      'type:',
      '"',
      `${'('.repeat(990)}a`,
      'type:s AND',
      'a'.repeat(2001),
    ])('not understood: %s', async (q) => {
      const { status, body } = await office.send('GET', `/api/v2/logs?q=${encodeURIComponent(q)}`);
      expect([status, body.errorCode]).toEqual([400, 'invalid_query_string']);
    });

    test('fields are chosen', async () => {
      const q = encodeURIComponent('type:fp');
      const { body } = await office.send('GET', `/api/v2/logs?q=${q}&fields=type,user_name`);
      expect(body).toEqual([{ type: 'fp', user_name: 'logged@example.com' }]);
      const { body: rest } = await office.send('GET', `/api/v2/logs?q=${q}&fields=details&include_fields=false`);
      expect(items(rest)[0]).not.toHaveProperty('details');
    });
  });
});
