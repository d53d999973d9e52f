// What the JSON flow makes of bodies that are no bodies, and of names that name nothing: a clear refusal, never a fault.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FlowDesk, openFlowDesk } from './flow-desk.ts';

const MALFORMED = {
  error: 'invalid_request',
  error_description: 'The request is malformed or contains invalid parameters',
};
const NESTED = `{"a":${'['.repeat(500)}${']'.repeat(500)}}`;

describe('what a call brings along', () => {
  let desk: FlowDesk;
  let id: string;
  beforeAll(async () => {
    desk = await openFlowDesk();
    ({ id } = await desk.begin());
  });
  afterAll(() => desk.close());

  test.each<[string, string, Record<string, string>, number]>([
    ['nothing', '', {}, 400],
    ['no JSON', '{"username":', {}, 400],
    ['a list', '[]', {}, 400],
    ['a text', '"x"', {}, 400],
    ['null', 'null', {}, 400],
    ['U+0000', '{"username":"a\\u0000"}', {}, 400],
    ['half a character', '{"username":"\\ud800"}', {}, 400],
    ['what would change an object', '{"__proto__":{"a":1}}', {}, 400],
    ['too much nesting', NESTED, {}, 400],
    ['a form', 'username=a', { 'content-type': 'application/x-www-form-urlencoded' }, 400],
    ['plain text', '{}', { 'content-type': 'text/plain' }, 400],
    ['no media type', '{}', { 'content-type': '' }, 400],
    ['too much', `{"username":"${'a'.repeat(70_000)}"}`, {}, 413],
    ['a coding', '{}', { 'content-encoding': 'gzip' }, 415],
  ])('%s is refused', async (_what, body, headers, status) => {
    const answered = await desk.call(id, 'password-authentication', body, headers);
    expect(answered.status).toBe(status);
    if (status === 400) expect(answered.body).toEqual(MALFORMED);
    expect(answered.headers.get('cache-control')).toBe('no-store, private');
  });

  test.each([
    'unheard-of',
    'Password-Authentication',
    '__proto__',
    'constructor',
    'toString',
    '%00',
    '%F0%9F%92%A9',
    'x'.repeat(2000),
  ])('the interaction %s is none', async (name) => {
    const { status, body } = await desk.call(id, name);
    expect(status).toBe(404);
    expect(body.error).toBe('invalid_request');
  });

  test.each(['', '{', 'x=y', '[]', '{"denied_scopes":[]}'])(
    '%j lets nobody through, and breaks nothing',
    async (body) => {
      for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
        expect(await desk.call(id, 'authorize', body, { 'content-type': type })).toMatchObject({
          status: 400,
          body: { error: 'invalid_request', error_description: 'user is required' },
        });
      }
    },
  );

  test.each([
    ['GET', 'authorize'],
    ['GET', 'deny'],
    ['GET', 'password-authentication'],
    ['DELETE', 'sms-authentication'],
    ['POST', 'authentication-status'],
    ['PUT', 'view-data'],
  ])('%s %s is no way to ask', async (method, name) => {
    const answered = await desk.send(`${desk.base}/${id}/${name}`, { method });
    expect(answered.status).toBe(405);
    expect(answered.headers.get('allow')).toMatch(/GET|POST/);
  });

  test('an address below that is none', async () => {
    expect((await desk.send(`${desk.base}/${id}/a/b`)).status).toBe(404);
    expect((await desk.send(`${desk.base}/${id}`)).status).toBe(404);
  });
});
