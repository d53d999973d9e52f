// Plain connections, for protocols in which the server speaks first: the same guard as for calls, but for their ports.
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { createEgress } from '#runtime/egress/create-egress.ts';

const server = createServer((socket) => socket.on('error', () => undefined).write('220 hello\r\n'));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const ways = { timeoutMs: 5_000 };
const lookup = async (name: string) => [{ address: name === 'inside.example' ? '10.1.2.3' : '127.0.0.1', family: 4 }];
const open = (allow: string[]) => createEgress({ allow, lookup });
afterAll(() => server.close());

describe('a plain connection', () => {
  test.each([
    ['127.0.0.1'],
    ['0x7f.1'],
    ['2130706433'],
    ['mail.example'],
    ['inside.example'],
    ['[::1]'],
    ['[::ffff:127.0.0.1]'],
    ['169.254.169.254'],
  ])('to %s is refused when nothing is allowed', async (host) => {
    const egress = open([]);
    const opened = await egress.connect({ host, port }, ways);
    expect(opened).toMatchObject({ ok: false, code: 'ERR_EGRESS_REFUSED' });
    await egress.close();
  });

  test.each([[''], ['a b'], ['a/b'], ['user@host'], ['a?b'], ['a#b'], ['a:1:2'], ['[::1']])(
    'to %j is none',
    async (host) => {
      const egress = open(['127.0.0.1']);
      expect(await egress.connect({ host, port }, ways)).toMatchObject({ ok: false, code: 'ERR_EGRESS_INVALID' });
      await egress.close();
    },
  );

  test.each([['127.0.0.1'], ['mail.example'], ['0x7f.1']])(
    'to %s is made where its address is allowed',
    async (host) => {
      const egress = open([`127.0.0.1:${port}`]);
      const opened = await egress.connect({ host, port }, ways);
      if (!opened.ok) throw new Error(opened.message);
      const [greeting] = await once(opened.socket, 'data');
      expect(String(greeting)).toBe('220 hello\r\n');
      // Whoever closes the guard closes what it has opened.
      const closed = once(opened.socket, 'close');
      await egress.close();
      await closed;
      expect(await egress.connect({ host, port }, ways)).toMatchObject({ ok: false, code: 'ABORT_ERR' });
    },
  );

  test('may go to ports of mail, where a call may not', async () => {
    const egress = createEgress({
      allow: [],
      lookup: async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
    });
    for (const mailPort of [25, 465, 587]) {
      const opened = await egress.connect({ host: 'mail.example', port: mailPort }, ways);
      expect(opened).toMatchObject({ ok: false, code: 'ENOTFOUND' });
    }
    await egress.close();
  });
});
