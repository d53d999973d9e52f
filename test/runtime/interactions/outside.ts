// Tests of outside services: one on loopback that does what a test tells it, and the ports to reach it by.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createEgress } from '#runtime/egress/create-egress.ts';
import type { ExecutionConfiguration, HttpRequestConfiguration } from '#runtime/interactions/interaction.ts';
import type { OutsidePorts } from '#runtime/interactions/outside.ts';
import { createRandom } from '#runtime/random.ts';
import type { Json } from '#storage/records.ts';
import { serve } from '#test/runtime/egress/kit.ts';

export type Seen = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
/** What a service does with a request: a status with a body, or something by itself. */
export type Answer = { status?: number; headers?: Record<string, string>; body?: Json | string } | 'by itself';
export type Service = {
  origin: string;
  seen: Seen[];
  /** By path, without the query; 200 with `{}` unless told. */
  answers: Map<string, (seen: Seen, response: ServerResponse) => Answer>;
  close(): Promise<void>;
};

export async function openService(): Promise<Service> {
  const seen: Seen[] = [];
  const answers: Service['answers'] = new Map();
  const { origin, close } = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
    seen.push(one);
    const answer = answers.get(url.split('?')[0] ?? '')?.(one, response) ?? {};
    if (answer === 'by itself') return;
    const { status = 200, headers: given = {}, body = {} } = answer;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...given }).end(text);
  });
  return { origin, seen, answers, close };
}

export type Told = { fields: Record<string, unknown>; message: string };

/** Ports with a clock that stands still until a test moves it. */
export function openPorts(allow: readonly string[] = ['127.0.0.1']) {
  const egress = createEgress({ allow });
  const clock = { now: Date.UTC(2026, 0, 15, 12) };
  const told: Told[] = [];
  const tell = (fields: Record<string, unknown>, message: string) => void told.push({ fields, message });
  const ports: OutsidePorts = {
    egress,
    now: () => clock.now,
    random: createRandom(),
    log: { info: tell, warn: tell, error: tell },
  };
  return { ports, clock, told, close: () => egress.close() };
}

export function execution(
  url: string,
  more: Partial<HttpRequestConfiguration> = {},
  around: Partial<ExecutionConfiguration> = {},
): ExecutionConfiguration {
  const http_request: HttpRequestConfiguration = {
    url,
    method: 'POST',
    body_mapping_rules: [{ from: '$.request_body', to: '*' }],
    ...more,
  };
  return { function: 'http_request', http_request, ...around };
}
