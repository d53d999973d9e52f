// The token endpoint, row by row: refusals with the statuses and texts that clients match on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesInFull } from '#test/kit/databases.ts';
import { type FrontDoor, openFrontDoor } from './front-door.ts';

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  let system: string;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    system = `${door.site}/api/v2/`;
    const { store } = door.deps;
    const grant = { tenantId: door.house.tenant.id, clientId: 'web', settings: {}, createdAt: 1, updatedAt: 1 };
    await store.clientGrants.insert({
      ...grant,
      id: 'cgr_1',
      audience: 'https://api.example/',
      scope: ['read:things', 'gone'],
    });
    await store.clientGrants.insert({ ...grant, id: 'cgr_2', audience: system, scope: ['read:users', 'read:logs'] });
  });
  afterAll(() => door.close());

  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
  });
  const web = { client_id: 'web', client_secret: 'web secret + more' };
  const credentials = { grant_type: 'client_credentials', audience: 'https://api.example/' };

  const lastLog = async () => {
    const { tenant } = door.house;
    const { records } = await door.deps.store.logs.list(tenant.id, { order: 'newest', page: { offset: 0, limit: 1 } });
    return records[0];
  };

  describe('refused before any grant', () => {
    test.each<[string, Record<string, string> | string, Record<string, string>, number, string, string]>([
      ['no grant type', { client_id: 'spa' }, {}, 400, 'invalid_request', 'Missing required parameter: grant_type'],
      [
        'an unknown grant type',
        { grant_type: 'magic' },
        {},
        403,
        'unsupported_grant_type',
        'Unsupported grant type: magic',
      ],
      ['no client', credentials, {}, 400, 'invalid_request', 'Missing required parameter: client_id'],
      ['an unknown client', { ...credentials, client_id: 'nobody' }, {}, 401, 'access_denied', 'Unauthorized'],
      ['no secret', { ...credentials, client_id: 'web' }, {}, 401, 'access_denied', 'Unauthorized'],
      [
        'an empty secret',
        { ...credentials, client_id: 'web', client_secret: '' },
        {},
        401,
        'access_denied',
        'Unauthorized',
      ],
      ['a wrong secret', { ...credentials, ...web, client_secret: 'x' }, {}, 401, 'access_denied', 'Unauthorized'],
      ['a wrong secret in the header', credentials, basic('web', 'x'), 401, 'access_denied', 'Unauthorized'],
      [
        'a secret of a public client',
        { ...credentials, client_id: 'spa', client_secret: 'x' },
        {},
        401,
        'access_denied',
        'Unauthorized',
      ],
      [
        'two authentications',
        { ...credentials, ...web },
        basic('web', web.client_secret),
        400,
        'invalid_request',
        'The client authenticates in two ways at once',
      ],
      [
        'header and body disagree',
        { ...credentials, client_id: 'spa' },
        basic('web', web.client_secret),
        400,
        'invalid_request',
        'client_id differs from the Authorization header',
      ],
      [
        'a header that is no base64',
        credentials,
        { authorization: 'Basic %%%' },
        400,
        'invalid_request',
        'The Authorization header cannot be read',
      ],
      [
        'a header without colon',
        credentials,
        { authorization: 'Basic d2Vi' },
        400,
        'invalid_request',
        'The Authorization header cannot be read',
      ],
      [
        'an assertion of no type',
        { ...credentials, client_id: 'web', client_assertion: 'x' },
        {},
        400,
        'invalid_request',
        'Missing required parameter: client_assertion_type',
      ],
      [
        'a grant that the client has not',
        { ...credentials, client_id: 'spa' },
        {},
        403,
        'unauthorized_client',
        "Grant type 'client_credentials' not allowed for the client.",
      ],
      [
        'a parameter twice',
        'grant_type=client_credentials&grant_type=x',
        {},
        400,
        'invalid_request',
        'Parameter grant_type was sent more than once',
      ],
      [
        'a body of another type',
        'x',
        { 'content-type': 'text/plain' },
        400,
        'invalid_request',
        'Send application/x-www-form-urlencoded or application/json',
      ],
      [
        'no JSON',
        '{',
        { 'content-type': 'application/json' },
        400,
        'invalid_request',
        'The request body cannot be read',
      ],
      [
        'a JSON list',
        '[]',
        { 'content-type': 'application/json' },
        400,
        'invalid_request',
        'The request body cannot be read',
      ],
      [
        'a JSON object as value',
        '{"grant_type":{}}',
        { 'content-type': 'application/json' },
        400,
        'invalid_request',
        'Parameter grant_type must be a string',
      ],
      [
        'a scope list',
        '{"scope":["a"]}',
        { 'content-type': 'application/json' },
        400,
        'invalid_scope',
        'Scope must be a string',
      ],
      ['bad encoding', 'grant_type=%zz', {}, 400, 'invalid_request', 'The request body cannot be read'],
      ['too much', `grant_type=${'x'.repeat(70_000)}`, {}, 413, 'invalid_request', 'The request is too large'],
    ])('%s', async (_name, body, headers, status, error, description) => {
      const answer = await door.token(body, headers);
      expect(answer).toMatchObject({ status, body: { error, error_description: description } });
      expect(Object.keys(answer.body)).toHaveLength(2);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('pragma')).toBe('no-cache');
    });

    test('another method', async () => {
      const response = await door.get('/oauth/token');
      expect(response.status).toBe(405);
      expect(await response.json()).toMatchObject({ error: 'method_not_allowed' });
    });

    test('a page may ask whether it may call', async () => {
      const response = await door.app.request(`${door.site}/oauth/token`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://app.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'auth0-client',
        },
      });
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
      expect(response.headers.get('access-control-allow-headers')).toMatch(/Auth0-Client/);
    });
  });

  describe('client credentials', () => {
    test.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
      ['secret in the body', { ...credentials, ...web }, {}, { scope: 'read:things' }],
      ['secret in the header', credentials, basic('web', web.client_secret), { scope: 'read:things' }],
      [
        'an id in the body too',
        { ...credentials, client_id: 'web' },
        basic('web', web.client_secret),
        { scope: 'read:things' },
      ],
      ['a scope', { ...credentials, ...web, scope: 'read:things' }, {}, {}],
    ])('%s', async (_name, body, headers, more) => {
      const answer = await door.token(body, headers);
      expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600, ...more } });
      expect('scope' in answer.body).toBe('scope' in more);
      expect(await lastLog()).toMatchObject({ type: 'seccft', clientId: 'web', audience: 'https://api.example/' });
    });

    test('JSON', async () => {
      const answer = await door.token(JSON.stringify({ ...credentials, ...web }), {
        'content-type': 'application/json; charset=utf-8',
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('application/json');
    });

    test('the Management API', async () => {
      const answer = await door.token({ grant_type: 'client_credentials', ...web, audience: system });
      expect(answer).toMatchObject({ status: 200, body: { expires_in: 86_400, scope: 'read:users read:logs' } });
    });

    test.each<[string, Record<string, string>, number, string, RegExp]>([
      [
        'no audience',
        { grant_type: 'client_credentials', ...web },
        400,
        'invalid_request',
        /^Missing required parameter: audience$/,
      ],
      [
        'an unknown API',
        { ...credentials, ...web, audience: 'https://x' },
        403,
        'access_denied',
        /^Service not enabled within domain: https:\/\/x$/,
      ],
      [
        'another host',
        { ...credentials, ...web, audience: 'http://evil.example/api/v2/' },
        403,
        'access_denied',
        /^Service not enabled/,
      ],
      [
        'a scope that was not granted',
        { ...credentials, ...web, scope: 'write:things' },
        403,
        'access_denied',
        /^Client has not been granted scopes: write:things$/,
      ],
      ['a scope that is gone from the API', { ...credentials, ...web, scope: 'gone' }, 403, 'access_denied', /gone$/],
    ])('%s', async (_name, body, status, error, description) => {
      const answer = await door.token(body);
      expect(answer).toMatchObject({ status, body: { error } });
      expect(answer.body.error_description).toMatch(description);
      expect(await lastLog()).toMatchObject({ type: 'feccft', description: answer.body.error_description });
    });

    test('no client grant', async () => {
      const { tenant } = door.house;
      await door.deps.store.clients.insert({ ...door.web, id: 'bare' });
      const answer = await door.token({ ...credentials, ...web, client_id: 'bare' });
      expect(answer).toMatchObject({ status: 403, body: { error: 'access_denied' } });
      expect(answer.body.error_description).toMatch(
        /^Client is not authorized to access "https:\/\/api\.example\/"\. You need to create/,
      );
      await door.deps.store.clients.remove(tenant.id, 'bare');
    });
  });
});
