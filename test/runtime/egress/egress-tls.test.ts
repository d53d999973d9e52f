// Calls over TLS: certificates that are right, wrong and late, and clients that show one of their own.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Lookup, Outcome } from '#runtime/egress/egress.ts';
import { call, pem, type Served, serve, serveTls } from './kit.ts';

const lookup: Lookup = async () => [{ address: '127.0.0.1', family: 4 }];
const egress = createEgress({ allow: ['127.0.0.1'], lookup });
const ca = pem('ca.pem');
const client = { cert: pem('client.pem'), key: pem('client.key') };
const servers: Served[] = [];
afterAll(async () => {
  await egress.close();
  for (const server of servers) await server.close();
});

async function present(name: string, asksForClient = false, cert = `${name}.pem`, chain = ''): Promise<Served> {
  const options = {
    cert: pem(cert) + chain,
    key: pem(`${name}.key`),
    ...(asksForClient ? { ca, requestCert: true, rejectUnauthorized: true } : {}),
  };
  const server = await serveTls(options, (request, response) => {
    const socket = request.socket as TLSSocket & { servername?: string | false };
    const location = new URL(request.url ?? '', 'https://x').searchParams.get('to');
    if (location) return response.writeHead(307, { location }).end();
    response.end(
      JSON.stringify({
        client: socket.getPeerCertificate().subject?.CN,
        name: socket.servername,
        port: socket.remotePort,
      }),
    );
  });
  servers.push(server);
  return server;
}

function textOf(outcome: Outcome) {
  if (!outcome.ok) throw new Error(`${outcome.code} ${outcome.message}`);
  return JSON.parse('text' in outcome.answer.body ? outcome.answer.body.text : '');
}

const ask = (url: string, tls?: OutgoingCall['tls']) =>
  egress.request(call(url, tls ? { tls } : {}), { timeoutMs: 5_000 });

describe('a certificate', async () => {
  const good = await present('server');
  const elsewhere = await present('elsewhere');
  const expired = await present('expired');
  const selfSigned = await present('server', false, 'self-signed.pem');
  const chained = await present('server', false, 'server.pem', ca);
  const plain = await serve((_request, response) => response.end());
  servers.push(plain);

  test.each<[name: string, server: Served, tls: OutgoingCall['tls'], code: string, says: string]>([
    ['of an unknown authority', good, undefined, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS'],
    ['with an authority that it brings itself', chained, undefined, 'SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS'],
    ['signed by itself', selfSigned, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
    ['of somebody else', elsewhere, { ca }, 'ERR_TLS_CERT_ALTNAME_INVALID', 'is not for the name'],
    ['that has expired', expired, { ca }, 'CERT_HAS_EXPIRED', 'has expired'],
    [
      'for another name than the one asked for',
      good,
      { ca, servername: 'elsewhere.test' },
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'is not for',
    ],
    [
      'where there is no TLS',
      { ...plain, origin: `https://127.0.0.1:${plain.port}` },
      undefined,
      'ERR_EGRESS_TLS',
      'handshake',
    ],
  ])('%s', async (_name, server, tls, code, says) => {
    expect(await ask(`${server.origin}/hunter2?hunter2`, tls)).toEqual({
      ok: false,
      code,
      message: expect.stringContaining(says),
    });
  });

  test('of an authority that the call names', async () => {
    expect(textOf(await ask(`https://api.example.test:${good.port}/`, { ca }))).toMatchObject({
      name: 'api.example.test',
    });
    expect(textOf(await ask(`https://127.0.0.1:${good.port}/`, { ca }))).toMatchObject({ name: false });
  });

  test('is judged by the server name that the call names', async () => {
    const tls = { ca, servername: 'elsewhere.test' };
    expect(textOf(await ask(elsewhere.origin, tls))).toMatchObject({ name: 'elsewhere.test' });
  });

  test('of an authority that the operator trusts, on a connection that is kept', async () => {
    const run = (env: Record<string, string>) =>
      promisify(execFile)(
        process.execPath,
        [fileURLToPath(new URL('./trust-child.ts', import.meta.url)), good.origin],
        {
          env: { PATH: process.env.PATH ?? '', ...env },
        },
      );
    const extra = join(import.meta.dirname, 'fixtures/ca.pem');
    expect((await run({ NODE_EXTRA_CA_CERTS: extra })).stdout).toBe('200 200 over 1 connection(s)');
    expect((await run({})).stdout).toBe(
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_VERIFY_LEAF_SIGNATURE over 0 connection(s)',
    );
  });
});

describe('a client certificate', async () => {
  const strict = await present('server', true);
  const lax = await present('server');
  const back = (to: string) => `${strict.origin}/?to=${encodeURIComponent(to)}`;

  test('is shown', async () => {
    expect(textOf(await ask(strict.origin, { ca, ...client }))).toMatchObject({ client: 'Sallyport test client' });
    const encrypted = { ...client, key: pem('client-encrypted.key'), passphrase: 'open-sesame' };
    expect(textOf(await ask(strict.origin, { ca, ...encrypted }))).toMatchObject({ client: 'Sallyport test client' });
  });

  test('is missed where there is none', async () => {
    expect(await ask(strict.origin, { ca })).toMatchObject({
      ok: false,
      code: expect.stringMatching(/^(ERR_EGRESS_TLS|ECONNRESET)$/),
    });
  });

  test('never serves a call that did not bring it', async () => {
    const first = textOf(await ask(strict.origin, { ca, ...client }));
    const second = textOf(await ask(strict.origin, { ca, ...client }));
    expect(first.port).not.toBe(second.port);
    expect(await ask(strict.origin, { ca })).toMatchObject({ ok: false });
  });

  test('goes along with a redirect inside its origin', async () => {
    expect(textOf(await ask(back('/here'), { ca, ...client }))).toMatchObject({ client: 'Sallyport test client' });
  });

  test('and stays behind, with its authority, when the redirect leaves', async () => {
    expect(await ask(back(`${lax.origin}/`), { ca, ...client })).toMatchObject({
      ok: false,
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });
});
