// Test: mail by SMTP, against a real server on this machine: who gets what, and what is said when nobody does.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Letter } from '#runtime/delivery/mail-letter.ts';
import { SMTP_LIMITS, type SmtpServer, sendBySmtp } from '#runtime/delivery/smtp.ts';
import { createEgress } from '#runtime/egress/create-egress.ts';
import { type MailServer, type MailServerOptions, openMailServer } from '#test/kit/mail-server.ts';
import { makeCertificate } from '#test/kit/tls.ts';

const egress = createEgress({ allow: ['127.0.0.1'], lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
const guarded = createEgress({ allow: [], lookup: async () => [{ address: '10.0.0.7', family: 4 }] });
const open: MailServer[] = [];
let folder: string;
let tls: { key: string; cert: string };
let ca: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-mail-'));
  const { caFile, certFile, keyFile } = await makeCertificate(folder, ['mail.example']);
  tls = { key: await readFile(keyFile, 'utf8'), cert: await readFile(certFile, 'utf8') };
  ca = await readFile(caFile, 'utf8');
});
afterAll(async () => {
  await Promise.all([...open.map((server) => server.close()), egress.close(), guarded.close()]);
  await rm(folder, { recursive: true });
});

async function serve(options: MailServerOptions = {}): Promise<MailServer> {
  const server = await openMailServer(options);
  open.push(server);
  return server;
}

const LETTER: Letter = {
  id: 'one@shop.example',
  from: { name: 'Shöp, Inc.', address: 'login@shop.example' },
  to: 'ada@example.com',
  subject: 'コード 123456',
  text: '123456 です。\n.\nend',
  html: '<p>123456</p>',
  headers: { 'X-Kind': 'code' },
  at: Date.UTC(2026, 0, 15, 12),
};

const send = ({ port }: { port: number }, more: Partial<SmtpServer> = {}, limits = SMTP_LIMITS) =>
  sendBySmtp({ egress: { ...egress } }, { host: '127.0.0.1', port, ...more }, LETTER, limits);

describe('a mail arrives', () => {
  test('with everything in it, and nothing of ours beside it', async () => {
    const server = await serve();
    expect(await send(server)).toEqual({ end: 'sent', reference: '<one@shop.example>' });
    expect(server.mails).toHaveLength(1);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      from: LETTER.from,
      to: [{ address: 'ada@example.com' }],
      subject: LETTER.subject,
      messageId: '<one@shop.example>',
      date: '2026-01-15T12:00:00.000Z',
    });
    expect(mail?.text?.trim()).toBe(LETTER.text);
    expect(mail?.html?.trim()).toBe(LETTER.html);
    expect(mail?.headers).toContainEqual(expect.objectContaining({ key: 'x-kind', value: 'code' }));
  });

  test.each([
    [
      'with a password, on this machine without encryption',
      { login: { user: 'u', pass: 'p' } },
      { user: 'u', password: 'p' },
    ],
    ['encrypted on the way, where that is asked for', 'starttls', { tls: 'required' }],
    ['encrypted from its first byte', 'implicit', { tls: 'implicit' }],
  ] as const)('%s', async (_name, kind, more) => {
    const server = await serve(typeof kind === 'string' ? { tls: { ...tls, implicit: kind === 'implicit' } } : kind);
    const trusts = typeof kind === 'string' ? { ca, host: 'mail.example' } : {};
    expect(await send(server, { ...more, ...trusts })).toMatchObject({ end: 'sent' });
    expect(server.mails).toHaveLength(1);
  });
});

describe('a mail that does not arrive says why, in the numbers of the server and never in its words', () => {
  test.each<[string, MailServerOptions, Partial<SmtpServer>, object]>([
    [
      'a wrong password',
      { login: { user: 'u', pass: 'p' } },
      { user: 'u', password: 'wrong' },
      {
        end: 'failed',
        fault: {
          code: 'unauthorized',
          detail: 'The mail server does not take the user and password.',
          answered: '535 5.7.8',
        },
      },
    ],
    [
      'a refused recipient',
      { refuses: () => 550 },
      {},
      {
        end: 'failed',
        fault: { code: 'refused', detail: 'The mail server answered 550 to the recipient.', answered: '550' },
      },
    ],
    [
      'a server that wants to be asked again, as greylisting does',
      { refuses: () => 451 },
      {},
      {
        end: 'retry',
        fault: { code: 'refused', detail: 'The mail server answered 451 to the recipient.', answered: '451' },
      },
    ],
    [
      'a server that goes before it was given the mail',
      { dies: 'before' },
      {},
      { end: 'failed', fault: { code: 'unreachable' } },
    ],
    [
      'a server that goes once it has the mail: nobody knows',
      { dies: 'after' },
      {},
      { end: 'unseen', fault: { code: 'unreachable' } },
    ],
    [
      'a server that cannot encrypt, where that is required',
      {},
      { tls: 'required' },
      { end: 'failed', fault: { code: 'configuration' } },
    ],
  ])('%s', async (_name, options, more, taken) => {
    const server = await serve(options);
    const got = await send(server, more);
    expect(got).toMatchObject(taken);
    expect(JSON.stringify(got)).not.toMatch(/secret words/);
    expect(server.mails).toEqual([]);
  });

  test('a certificate that nobody trusts: nothing is said to the server', async () => {
    const server = await serve({ tls, login: { user: 'u', pass: 'p' } });
    const got = await send(server, { host: 'mail.example', user: 'u', password: 'p' });
    expect(got).toMatchObject({ end: 'failed', fault: { code: 'configuration' } });
    expect(server.mails).toEqual([]);
  });

  test('a server that says nothing', async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    expect(await send({ port }, {}, { ...SMTP_LIMITS, answer: 300 })).toMatchObject({
      end: 'failed',
      fault: { code: 'timeout' },
    });
    await new Promise<void>((resolve) => silent.close(() => resolve()));
    expect(await send({ port })).toMatchObject({ end: 'failed', fault: { code: 'unreachable' } });
  });

  test.each([['127.0.0.1'], ['localhost'], ['mail.example'], ['0x7f000001'], ['[::1]'], ['169.254.169.254']])(
    'a server that a tenant may not reach: %s',
    async (host) => {
      const got = await sendBySmtp({ egress: { ...guarded } }, { host, port: 25 }, LETTER);
      expect(got).toMatchObject({ end: 'failed', fault: { code: 'unreachable' } });
      expect(JSON.stringify(got)).toMatch(/SALLYPORT_EGRESS_ALLOW/);
    },
  );
});
