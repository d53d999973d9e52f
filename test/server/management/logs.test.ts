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

  test.each(['type:*', 'description:x', 'type:(s OR f)', 'NOT type:s', 'type:s OR type:f'])(
    'not understood: %s',
    async (q) => {
      const { status, body } = await office.send('GET', `/api/v2/logs?q=${encodeURIComponent(q)}`);
      expect([status, body.errorCode]).toEqual([400, 'invalid_query_string']);
    },
  );
});
