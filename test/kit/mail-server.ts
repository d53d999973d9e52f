// Test kit: a mail server on this machine: it takes mails, or refuses or ends the connection where a test wants it to.
import type { AddressInfo, Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type MailServer = {
  port: number;
  /** Mails as they came, the oldest first. */
  mails: Email[];
  /** Their bytes, before anybody read them. */
  raw: string[];
  /** How often somebody connected. */
  visits(): number;
  close(): Promise<void>;
};

export type MailServerOptions = {
  /** Who may send; anybody without it. */
  login?: { user: string; pass: string };
  /** What a recipient is answered: a number of SMTP; undefined: taken. */
  refuses?: (recipient: string) => number | undefined;
  /** `before`: the connection ends when the mail is announced; `after`: once it is there, without an answer. */
  dies?: 'before' | 'after';
  tls?: { key: string; cert: string; implicit?: boolean };
};

export async function openMailServer({ login, refuses, dies, tls }: MailServerOptions = {}): Promise<MailServer> {
  const mails: Email[] = [];
  const raw: string[] = [];
  const sockets = new Set<Socket>();
  let visits = 0;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const options: SMTPServerOptions = {
    disabledCommands: [...(tls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    ...(tls ? { key: tls.key, cert: tls.cert, secure: tls.implicit ?? false } : {}),
    onAuth({ username, password }, _session, tell) {
      if (username === login?.user && password === login?.pass) tell(null, { user: username });
      else tell(Object.assign(new Error('5.7.8 wrong'), { responseCode: 535 }));
    },
    onRcptTo({ address }, _session, tell) {
      if (dies === 'before') return cut();
      const responseCode = refuses?.(address);
      tell(
        responseCode === undefined ? null : Object.assign(new Error('secret words of the server'), { responseCode }),
      );
    },
    onData(stream, _session, tell) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (dies === 'after') return cut();
        raw.push(Buffer.concat(chunks).toString('utf8'));
        PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          mails.push(mail);
          tell(null);
        }, tell);
      });
    },
  };
  const server = new SMTPServer(options);
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    visits += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    mails,
    raw,
    visits: () => visits,
    close: async () => {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
