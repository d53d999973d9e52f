// Delivery: mail by SMTP. The server's address is judged like every other that a tenant names: the connection is opened
// by the egress guard, and the library speaks over it. What is said of a failure is the server's numbers, never its text.
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Ports } from '../ports.ts';
import type { Taken } from './delivery.ts';
import type { Letter } from './mail-letter.ts';

export type SmtpServer = {
  host: string;
  port: number;
  user?: string;
  password?: string;
  /**
   * `required`: nothing is sent before the connection is encrypted. `optional`: encrypted where the server can.
   * `implicit`: encrypted from its first byte, as port 465 always is. Without it: required where there is a password and
   * the server is not on this very machine.
   */
  tls?: 'required' | 'optional' | 'implicit';
  /** Authority of a test's server. */
  ca?: string;
};

/** Milliseconds: to connect, for the greeting and each answer, and for the whole. */
export const SMTP_LIMITS = { connect: 10_000, answer: 20_000, whole: 60_000 };
const IMPLICIT_TLS_PORT = 465;
/** The largest answer of a server. */
const ANSWER_BYTES = 65_536;

export async function sendBySmtp(
  { egress }: Pick<Ports, 'egress'>,
  server: SmtpServer,
  letter: Letter,
  limits = SMTP_LIMITS,
): Promise<Taken> {
  const { host, port, user, password = '' } = server;
  const opened = await egress.connect({ host, port }, { timeoutMs: limits.connect });
  if (!opened.ok) {
    const code = opened.code === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
    return { end: 'failed', fault: { code, detail: `The mail server was not reached: ${opened.message}.` } };
  }
  const { socket } = opened;
  const isHere = /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
  const connection = new SMTPConnection({
    connection: socket,
    host,
    port,
    secure: server.tls === 'implicit' || port === IMPLICIT_TLS_PORT,
    requireTLS: (server.tls ?? (user === undefined || isHere ? 'optional' : 'required')) === 'required',
    tls: { minVersion: 'TLSv1.2', ...(server.ca === undefined ? {} : { ca: server.ca }) },
    name: letter.from.address.slice(letter.from.address.lastIndexOf('@') + 1),
    connectionTimeout: limits.whole,
    greetingTimeout: limits.answer,
    socketTimeout: limits.answer,
    socketCloseTimeout: 1_000,
    maxResponseSize: ANSWER_BYTES,
  });
  const progress: Progress = { isHandedOver: false, isLate: false };
  const timer = setTimeout(() => {
    progress.isLate = true;
    connection.close();
  }, limits.whole);
  try {
    const work = converse(connection, { user, password }, letter, progress);
    const failed = Promise.withResolvers<never>();
    connection.once('error', failed.reject);
    connection.once('end', () =>
      failed.reject(Object.assign(new Error('the connection ended'), { code: 'ECONNECTION' })),
    );
    work.catch(() => undefined);
    failed.promise.catch(() => undefined);
    const reference = await Promise.race([work, failed.promise]);
    return { end: 'sent', reference };
  } catch (error) {
    return takenOf(error, progress, `${host}:${port}`);
  } finally {
    clearTimeout(timer);
    connection.on('error', () => undefined);
    connection.close();
  }
}

/** `isHandedOver`: the server has asked for the mail and may have it. */
type Progress = { isHandedOver: boolean; isLate: boolean };

/** Says what SMTP asks to be said. @returns the name that the mail has. */
async function converse(
  connection: SMTPConnection,
  { user, password }: { user: string | undefined; password: string },
  letter: Letter,
  progress: Progress,
): Promise<string> {
  await done((tell) => connection.connect(tell));
  if (user !== undefined) await done((tell) => connection.login({ user, credentials: { user, pass: password } }, tell));
  const { from, to, id } = letter;
  const bytes = await compose(letter);
  const body = new Readable({
    // Asked for only once the server has taken sender and recipient and said that the mail may come.
    read() {
      progress.isHandedOver = true;
      this.push(bytes);
      this.push(null);
    },
  });
  await done((tell) => connection.send({ from: from.address, to: [to], size: bytes.length }, body, tell));
  return `<${id}>`;
}

function compose({ id, from, to, subject, text, html, headers, at }: Letter): Promise<Buffer> {
  const mail = new MailComposer({
    messageId: `<${id}>`,
    date: new Date(at),
    from: { name: from.name ?? '', address: from.address },
    to: { name: '', address: to },
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    headers,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return mail.compile().build();
}

function done(start: (tell: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}

type SmtpError = { code?: string; originalCode?: string; responseCode?: number; response?: string; command?: string };

function takenOf(error: unknown, { isHandedOver, isLate }: Progress, place: string): Taken {
  const { code = '', originalCode = '', responseCode: number, response = '', command = '' } = error as SmtpError;
  if (code === 'ETLS' || /^(CERT_|DEPTH_|SELF_|UNABLE_|ERR_TLS_|ERR_SSL_|EPROTO)/.test(originalCode)) {
    const why = originalCode === '' ? '' : ` (${originalCode})`;
    return failed('configuration', `The connection to ${place} could not be encrypted${why}.`);
  }
  if (number !== undefined) {
    // The enhanced status code (RFC 3463) says more than the three digits.
    const [, enhanced] = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
    const answered = enhanced === undefined ? String(number) : `${number} ${enhanced}`;
    if (code === 'EAUTH')
      return failed('unauthorized', `The mail server does not take the user and password.`, answered);
    const step = STEPS.find(([name]) => command.startsWith(name))?.[1] ?? 'the mail';
    const detail = `The mail server answered ${answered} to ${step}.`;
    // RFC 5321 §4.2.1: 4yz asks to be tried again, and greylisting is nothing else.
    const fault = { code: 'refused', detail, answered } as const;
    return { end: number >= 400 && number < 500 ? 'retry' : 'failed', fault };
  }
  if (code === 'EAUTH')
    return failed('configuration', 'The mail server offers no way of logging in that is known here.');
  if (isHandedOver) {
    return { end: 'unseen', fault: { code: 'unreachable', detail: `${place} was given the mail and did not answer.` } };
  }
  if (code === 'ETIMEDOUT' || isLate) return failed('timeout', `${place} did not answer in time.`);
  if (code === 'EENVELOPE' || code === 'EMESSAGE')
    return failed('refused', `The mail server ${place} cannot take this mail.`);
  return failed('unreachable', `${place} ended the connection before the mail was given to it.`);
}

const STEPS = [
  ['CONN', 'the connection'],
  ['EHLO', 'the greeting'],
  ['STARTTLS', 'STARTTLS'],
  ['MAIL FROM', 'the sender'],
  ['RCPT TO', 'the recipient'],
] as const;

function failed(
  code: 'configuration' | 'refused' | 'timeout' | 'unauthorized' | 'unreachable',
  detail: string,
  answered?: string,
): Taken {
  return { end: 'failed', fault: { code, detail, ...(answered === undefined ? {} : { answered }) } };
}
