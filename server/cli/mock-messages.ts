// Server, command line: `sallyport mock-messages`, a stand-in for the outside service of a configuration. It shows each
// message as the phone or the mailbox would, so it shows codes: it is for development, and listens on loopback.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createAdaptorServer } from '@hono/node-server';
import { type Command, type Terminal, UsageError } from './command.ts';
import { createMockMessages, type MockMessagesOptions } from './mock-messages-app.ts';

const USAGE = `Usage: sallyport mock-messages [options]

  --port <number>  where it listens; 0 takes any free port (4000)
  --host <address> (127.0.0.1)
  --strict         require a token of its own /token, and transaction_id when a code is verified
  --code <digits>  the same code in every message (random)
  --json           one JSON object a line instead of words

POST /token, /sms-authentication-challenge, /sms-authentication, /email-authentication-challenge and
/email-authentication. The number 0000000000 fails, 9999999999 answers after ten seconds, the client
"invalid" gets no token.`;

const USAGE_OPTIONS = {
  port: { type: 'string', default: '4000' },
  host: { type: 'string', default: '127.0.0.1' },
  strict: { type: 'boolean', default: false },
  code: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const mockMessages: Command = {
  summary: 'a stand-in for an outside service that sends codes and checks them',
  usage: USAGE,
  run: async (args, terminal) => {
    const { host, port, json, ...options } = readOptions(args);
    const said = json ? sayAsJson(terminal) : sayInWords(terminal);
    let service: MockMessagesServer;
    try {
      service = await openMockMessages({ ...options, ...said, host, port, now: Date.now });
    } catch (error) {
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      terminal.err(`sallyport mock-messages: cannot listen on ${host}:${port}: ${error.message}`);
      return 1;
    }
    said.listening(service);
    if (!terminal.ended.aborted) await once(terminal.ended, 'abort');
    await service.close();
    return 0;
  },
};

export type MockMessagesServer = {
  /** `http://127.0.0.1:4000` */
  origin: string;
  /** What `SALLYPORT_EGRESS_ALLOW` has to hold for the server to reach it. */
  egressAllow: string;
  close(): Promise<void>;
};

/** Starts it. Rejects with the error of the socket where it cannot listen. */
export async function openMockMessages({
  host,
  port,
  ...options
}: Omit<MockMessagesOptions, 'wait'> & { host: string; port: number }): Promise<MockMessagesServer> {
  const closing = new AbortController();
  const wait = (ms: number, gone: AbortSignal) =>
    sleep(ms, undefined, { signal: AbortSignal.any([gone, closing.signal]) }).catch(() => {
      // Whoever asked has gone, or we are ending: nobody waits any more.
    });
  const app = createMockMessages({ ...options, wait });
  const server = createAdaptorServer({ fetch: app.fetch, createServer }) as Server;
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: taken, family } = server.address() as AddressInfo;
  const reached = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  const authority = `${family === 'IPv6' ? `[${reached}]` : reached}:${taken}`;
  return {
    origin: `http://${authority}`,
    egressAllow: `${authority},host.docker.internal:${taken}`,
    close: async () => {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function readOptions(args: string[]) {
  const { port: typed, code, ...values } = parsed(args);
  const port = Number(typed);
  if (!/^\d+$/.test(typed) || port > 65_535) {
    throw new UsageError(`--port is ${JSON.stringify(typed)}; expected a whole number from 0 to 65535`);
  }
  if (code !== undefined && !/^\d{4,10}$/.test(code)) {
    throw new UsageError(`--code is ${JSON.stringify(code)}; expected 4 to 10 digits`);
  }
  return { ...values, port, ...(code === undefined ? {} : { code }) };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: USAGE_OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Saying = Pick<MockMessagesOptions, 'arrived' | 'checked'> & { listening(service: MockMessagesServer): void };

function sayInWords({ out }: Terminal): Saying {
  return {
    listening: ({ origin, egressAllow }) => {
      out(`Stand-in for messages on ${origin}. Start the server with`);
      out(`  SALLYPORT_EGRESS_ALLOW=${egressAllow}`);
    },
    arrived: ({ channel, to, template, code }) =>
      out(`${channel} to ${printable(to)} (${printable(template)}): ${code}`),
    checked: (channel, outcome) => out(`${channel} code checked: ${outcome}`),
  };
}

function sayAsJson({ out }: Terminal): Saying {
  const say = (event: string, more: object) => out(JSON.stringify({ event, ...more }));
  return {
    listening: ({ origin, egressAllow }) => say('listening', { origin, egress_allow: egressAllow }),
    arrived: ({ transactionId, at, ...message }) =>
      say('message', { ...message, transaction_id: transactionId, at: new Date(at).toISOString() }),
    checked: (channel, outcome) => say('checked', { channel, outcome }),
  };
}

/** Whoever asks for a message writes to this terminal: signs that would steer it are taken out. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}
