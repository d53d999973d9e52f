// Test kit: who messages are handed to, on loopback, in the shape of Twilio's Messages. It drops nothing that comes twice: it
// counts. What happens when one arrives, before it answers and after, is up to the test.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Receiver = {
  origin: string;
  /** How often each message came, by the id that we gave it. */
  counts: Map<string, number>;
  /** What it answers: 201 takes the message. */
  status: number;
  /** Before it answers. */
  arrived: (id: string) => Promise<void> | void;
  /** When the answer has left. */
  answered: (id: string) => void;
  close(): Promise<void>;
};

export async function openReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    origin: '',
    counts: new Map(),
    status: 201,
    arrived: () => undefined,
    answered: () => undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const id = form.get('StatusCallback')?.split('/').at(-1) ?? '';
    receiver.counts.set(id, (receiver.counts.get(id) ?? 0) + 1);
    await receiver.arrived(id);
    response.writeHead(receiver.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ sid: `SM${id}`, status: 'queued' }), () => receiver.answered(id));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return receiver;
}
