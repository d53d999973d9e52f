// Redirects of real servers: every hop is judged anew, and none takes a secret along.
import { describe, expect, test } from 'vitest';
import { answerOf, bodyOf, call, failureOf, loopback, serve, stage, ways } from './kit.ts';

const { open, started } = stage();

describe('a redirect', async () => {
  const egress = open({ lookup: loopback });
  const heard: string[] = [];
  const other = await started(
    serve((request, response) => {
      heard.push(JSON.stringify([request.url, request.headers]));
      response.end('other');
    }),
  );
  const server = await started(
    serve(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      const [, kind, count] = url.pathname.split('/');
      const body = await bodyOf(request);
      const go = (status: number, location: string) =>
        response.writeHead(status, { location }).end('x'.repeat(100_000));
      if (kind === 'loop') return go(302, '/loop');
      if (kind === 'count') return Number(count) > 0 ? go(302, `/count/${Number(count) - 1}`) : response.end('there');
      if (kind === 'to' && count !== 'end') return go(Number(count), url.searchParams.get('at') ?? '');
      if (url.pathname === '/to/end') return response.end();
      if (kind === 'bare') return response.writeHead(302).end('no location');
      return response.end(`${request.method} ${body}`);
    }),
  );

  test.each<[path: string, parts: object, body: string]>([
    ['/count/5', {}, 'there'],
    ['/bare', {}, 'no location'],
    ['/to/303?at=/end', { method: 'POST', body: { text: 'b' } }, 'GET '],
    ['/to/307?at=/end', { method: 'POST', body: { text: 'b' } }, 'POST b'],
    ['/to/308?at=/end', { method: 'PUT', body: { base64: 'Yg==' } }, 'PUT b'],
    ['/to/301?at=end', {}, ''],
  ])('%s is followed', async (path, parts, body) => {
    const answer = answerOf(await egress.request(call(server.origin + path, parts), ways));
    expect(answer.body).toEqual({ text: body });
    expect(answer.redirected).toBe(path !== '/bare');
  });

  test.each<[path: string, redirect: 'follow' | 'error', code: string]>([
    ['/count/6', 'follow', 'ERR_EGRESS_TOO_MANY_REDIRECTS'],
    ['/loop', 'follow', 'ERR_EGRESS_TOO_MANY_REDIRECTS'],
    ['/loop', 'error', 'ERR_EGRESS_REDIRECT'],
    ['/to/302?at=http://169.254.169.254/latest/meta-data/hunter2', 'follow', 'ERR_EGRESS_REFUSED'],
    ['/to/302?at=http://[::1]/', 'follow', 'ERR_EGRESS_REFUSED'],
    ['/to/302?at=http://10.0.0.1/', 'follow', 'ERR_EGRESS_REFUSED'],
    ['/to/302?at=//127.0.0.2/', 'follow', 'ERR_EGRESS_REFUSED'],
    ['/to/302?at=file:///etc/passwd', 'follow', 'ERR_EGRESS_REFUSED'],
    ['/to/302?at=http://user:hunter2@127.0.0.1/', 'follow', 'ERR_EGRESS_REFUSED'],
    ['/to/302?at=http://[', 'follow', 'ERR_EGRESS_REDIRECT'],
  ])('%s with redirect=%s ends with %s', async (path, redirect, code) => {
    expect(failureOf(await egress.request(call(server.origin + path, { redirect }), ways)).code).toBe(code);
  });

  test('is shown when the call wants to see it', async () => {
    const answer = answerOf(await egress.request(call(`${server.origin}/loop`, { redirect: 'manual' }), ways));
    expect([answer.status, answer.redirected]).toEqual([302, false]);
    expect(answer.headers).toContainEqual(['location', '/loop']);
  });

  test('takes no credentials to another origin', async () => {
    const at = encodeURIComponent(`http://other.example:${other.port}/landed#f`);
    const headers: [string, string][] = [
      ['authorization', 'Bearer hunter2'],
      ['cookie', 'a=hunter2'],
      ['x-request-id', '7'],
    ];
    const answer = answerOf(await egress.request(call(`${server.origin}/to/302?at=${at}`, { headers }), ways));
    expect(answer).toMatchObject({ redirected: true, url: `http://other.example:${other.port}/landed` });
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain('"x-request-id":"7"');
    expect(heard[0]).not.toContain('hunter2');
  });
});
