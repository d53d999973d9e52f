// Where a call may go, tried on a real server: the notations, the allow list, and names that change their mind. The
// resolver is a port of egress, so a name leads where its row says.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Lookup } from '#runtime/egress/egress.ts';
import { freePort } from '#test/kit/free-port.ts';
import { answerOf, call, failureOf, loopback, serve, stage, ways } from './kit.ts';

const { open, started } = stage();

describe('where a call may go', async () => {
  let hits = 0;
  const server = await started(
    serve((_request, response) => {
      hits++;
      response.end('inside');
    }),
  );
  const { port } = server;

  test.each([
    ['http://127.0.0.1'],
    ['http://2130706433'],
    ['http://0x7f.1'],
    ['http://localhost'],
    ['http://LOCALHOST.'],
    ['http://[::1]'],
    ['http://[::ffff:127.0.0.1]'],
    ['http://0.0.0.0'],
    ['http://host.docker.internal'],
    ['http://rebind.example'],
  ])('%s is refused when nothing is allowed, and hears nothing', async (site) => {
    const egress = open({ allow: [], lookup: loopback });
    const before = hits;
    const failure = failureOf(await egress.request(call(`${site}:${port}/hunter2?hunter2`), ways));
    expect(failure.code).toBe('ERR_EGRESS_REFUSED');
    expect(failure.message).toContain('the operator can allow it with SALLYPORT_EGRESS_ALLOW');
    expect(hits).toBe(before);
  });

  test.each<[allow: string, site: string, ok: boolean]>([
    ['127.0.0.1', 'http://127.0.0.1', true],
    ['127.0.0.1', 'http://0x7f.1', true],
    ['127.0.0.1', 'http://crm.internal', true],
    ['127.0.0.1', 'http://host.docker.internal', true],
    ['127.0.0.0/8', 'http://host.docker.internal', true],
    ['host.docker.internal', 'http://host.docker.internal', true],
    ['host.docker.internal', 'http://HOST.docker.internal.', true],
    ['host.docker.internal', 'http://127.0.0.1', false],
    ['crm.internal', 'http://crm.internal', true],
    ['crm.internal', 'http://other.internal', false],
    ['::1', 'http://crm.internal', false],
    [`crm.internal:${port}`, 'http://crm.internal', true],
    [`127.0.0.1:${port}`, 'http://crm.internal', true],
    ['127.0.0.1:1', 'http://crm.internal', false],
    ['localhost', 'http://localhost', true],
  ])('with %s allowed, %s is reached: %s', async (allow, site, ok) => {
    const egress = open({ allow: [allow], lookup: loopback });
    const outcome = await egress.request(call(`${site}:${port}/`), ways);
    if (ok) expect(answerOf(outcome).body).toEqual({ text: 'inside' });
    else expect(failureOf(outcome).code).toBe('ERR_EGRESS_REFUSED');
  });

  test('of several addresses only the open one is used', async () => {
    const egress = open({
      lookup: async () => [
        { address: '::1', family: 6 },
        { address: '10.255.255.1', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    });
    expect(answerOf(await egress.request(call(`http://many.example:${port}/`), ways)).status).toBe(200);
  });

  test('proxy variables of the environment are not read', async () => {
    const proxy = `http://127.0.0.1:${await freePort()}`;
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY'];
    for (const name of names) process.env[name] = proxy;
    try {
      expect(answerOf(await open().request(call(server.origin), ways)).status).toBe(200);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  test('an entry that is none does not build a guard', () => {
    expect(() => createEgress({ allow: ['10.0.0.0/33'] })).toThrow(TypeError);
  });
});

describe('a name that changes its mind (DNS rebinding)', async () => {
  const seen: number[] = [];
  const server = await started(
    serve((request, response) => {
      seen.push(request.socket.remotePort ?? 0);
      if (request.url === '/last') response.setHeader('connection', 'close');
      response.end('ok');
    }),
  );

  test('is asked once for a connection, which goes where the answer said', async () => {
    // 127.0.0.1 is open and stands for the public address that the attacker shows first; 127.0.0.2 is what they are after.
    let asked = 0;
    const lookup: Lookup = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
    const egress = open({ lookup });
    const site = `http://rebind.example:${server.port}`;

    expect(answerOf(await egress.request(call(site), ways)).status).toBe(200);
    expect(asked).toBe(1);
    // The connection is kept, and used again without a question, once a turn of the loop has shown that it stays open.
    await sleep(10);
    expect(answerOf(await egress.request(call(`${site}/last`), ways)).status).toBe(200);
    expect(asked).toBe(1);
    expect(seen[0]).toBe(seen[1]);
    await sleep(10);
    // The next connection asks, and the other answer is judged on its own.
    const failure = failureOf(await egress.request(call(site), ways));
    expect([asked, failure.code]).toEqual([2, 'ERR_EGRESS_REFUSED']);
    expect(failure.message).toContain('rebind.example resolves to 127.0.0.2, a loopback address');
    expect(seen).toHaveLength(2);
  });

  test('gains nothing by an answer with both', async () => {
    const lookup: Lookup = async () => [
      { address: '169.254.169.254', family: 4 },
      { address: '127.0.0.2', family: 4 },
    ];
    expect(failureOf(await open({ lookup }).request(call('http://both.example/'), ways)).code).toBe(
      'ERR_EGRESS_REFUSED',
    );
  });

  test('is refused when it has no address', async () => {
    const none = failureOf(await open({ lookup: async () => [] }).request(call('http://none.example/'), ways));
    expect(none).toMatchObject({ code: 'ERR_EGRESS_REFUSED', message: 'none.example resolves to no address at all' });
  });
});
