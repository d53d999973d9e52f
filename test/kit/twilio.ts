// Test kit: a server shaped like Twilio's REST API, on loopback. It keeps what it was asked, answers as the vendor does or
// as it is told to, and signs the reports that it sends.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { Ports } from '#runtime/ports.ts';

export const SID = 'AC00000000000000000000000000000001';
export const TOKEN = 'the auth token';

export type TwilioRequest = {
  kind: 'Messages' | 'Calls';
  sid: string;
  form: URLSearchParams;
  authorization: string;
};

/** How the next requests are answered: as the vendor does, with an error of its, or in some other way. */
export type TwilioManner =
  | { by: 'taking' }
  | { by: 'error'; status: number; code?: number }
  | { by: 'body'; status: number; body: string }
  | { by: 'hanging-up' }
  | { by: 'silence' };

export type TwilioDouble = {
  origin: string;
  /** For `openHouse({ ports: { twilio } })`. */
  port: NonNullable<Ports['twilio']>;
  requests: TwilioRequest[];
  manner: TwilioManner;
  /** What a message is said to have cost when it is asked for. */
  price: string | null;
  close(): Promise<void>;
};

export async function openTwilio(): Promise<TwilioDouble> {
  const server = createServer((request, response) => {
    answer(double, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const egress = createEgress({ allow: [`127.0.0.1:${port}`] });
  const double: TwilioDouble = {
    origin,
    port: { origin, egress },
    requests: [],
    manner: { by: 'taking' },
    price: null,
    close: async () => {
      await egress.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}

let made = 0;

async function answer(double: TwilioDouble, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [, sid = '', kind, reference] =
    /^\/2010-04-01\/Accounts\/([^/]+)\/(Messages|Calls)(?:\/(\w+))?\.json$/.exec(request.url ?? '') ?? [];
  const say = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const refuse = (status: number, code: number) =>
    say(status, { code, message: `Error ${code}`, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
  const { authorization = '' } = request.headers;
  if (kind !== 'Messages' && kind !== 'Calls') return refuse(404, 20404);
  if (reference !== undefined) return say(200, { sid: reference, price: double.price, price_unit: 'USD' });
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  double.requests.push({ kind, sid, form, authorization });
  const { manner } = double;
  switch (manner.by) {
    case 'silence':
      return undefined;
    case 'hanging-up':
      return void response.destroy();
    case 'error':
      return manner.code === undefined
        ? void response.writeHead(manner.status).end()
        : refuse(manner.status, manner.code);
    case 'body':
      return void response.writeHead(manner.status, { 'content-type': 'application/json' }).end(manner.body);
    case 'taking':
  }
  if (authorization !== `Basic ${Buffer.from(`${SID}:${TOKEN}`).toString('base64')}`) return refuse(401, 20003);
  made += 1;
  const id = `${kind === 'Calls' ? 'CA' : 'SM'}${String(made).padStart(32, '0')}`;
  return say(201, { sid: id, status: 'queued', price: null, price_unit: 'USD', error_code: null });
}

/** `X-Twilio-Signature` of a report. Source: the vendor's page on the security of webhooks. */
export function twilioSignature(url: string, form: Record<string, string>, token = TOKEN): string {
  const signed = Object.keys(form)
    .sort()
    .reduce((text, name) => `${text}${name}${form[name]}`, url);
  return createHmac('sha1', token).update(signed).digest('base64');
}
