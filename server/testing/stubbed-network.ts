// Server, harness: what answers scripts that call out. There is no network: a route of the test answers, or the test fails,
// whatever the script makes of the error that it gets.
import type { OutgoingCall, WireBytes } from '#actions/outgoing-call.ts';
import { readCall } from '#runtime/egress/call.ts';
import { EGRESS_LIMITS } from '#runtime/egress/create-egress.ts';
import { EGRESS_CODES, type Egress, type EgressCode, EgressFault, type Outcome } from '#runtime/egress/egress.ts';
import type { Ports } from '#runtime/ports.ts';
import { SimulationError } from './misuse.ts';
import type { StubbedAnswer, StubbedCall, StubbedRoute } from './simulation.ts';

type Route = { text: string; method: string; address: RegExp; answer: StubbedRoute };

export type StubbedNetwork = {
  egress: Ports['egress'];
  /** Oldest first. */
  calls: readonly StubbedCall[];
  /** Throws where something was called that no route takes, or where a route failed. */
  check(): void;
};

const METHOD = /^([A-Za-z]+)\s+(\S+)$/;

/** @param routes `[METHOD ]address`, where `*` stands for anything; the first that fits answers. */
export function createStubbedNetwork(routes: Readonly<Record<string, StubbedRoute>> = {}): StubbedNetwork {
  const known = Object.entries(routes).map(([text, answer]) => readRoute(text, answer));
  const calls: StubbedCall[] = [];
  const faults: string[] = [];

  const request: Egress['request'] = async (sent, { signal }) => {
    const call = shownCall(sent);
    calls.push(call);
    const route = known.find(
      ({ method, address }) => (method === '*' || method === call.method) && address.test(call.url),
    );
    if (!route) {
      faults.push(unexpected(call, known));
      return failed('ENOTFOUND', `${new URL(call.url).origin} is not stubbed`);
    }
    const refusal = refusalOf(sent);
    if (refusal) return refusal;
    try {
      const given = typeof route.answer === 'function' ? await route.answer(call) : route.answer;
      if (signal?.aborted) return failed('ABORT_ERR', 'the call was aborted');
      return answered(route, call, given);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      faults.push(`The stub "${route.text}" failed for ${call.method} ${call.url}: ${why}`);
      return failed('ECONNRESET', 'the stub failed');
    }
  };

  return {
    egress: {
      request,
      connect: async ({ host, port }) => failed('ECONNREFUSED', `there is no network: ${host}:${port}`),
    },
    calls,
    check() {
      if (faults.length > 0) throw new SimulationError(faults.join('\n'));
    },
  };
}

function readRoute(text: string, answer: StubbedRoute): Route {
  const [, method = '*', address = text.trim()] = METHOD.exec(text.trim()) ?? [];
  if (!/^(https?:\/\/|\*)/.test(address)) {
    throw new SimulationError(
      `fetch has a route ${JSON.stringify(text)}; expected an address such as 'https://api.example.com/*', with a method before it if wanted: 'POST https://api.example.com/risk'`,
    );
  }
  const pattern = address
    .split('*')
    .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
    .join('.*');
  return { text, method: method.toUpperCase(), address: new RegExp(`^${pattern}$`, 's'), answer };
}

/** What no server of ours would send, it would not send to a stub either: a body over the limit, a header with a line break. */
function refusalOf(sent: OutgoingCall): Outcome | undefined {
  try {
    readCall(sent, EGRESS_LIMITS);
    return undefined;
  } catch (error) {
    if (error instanceof EgressFault) return failed(error.code, error.message);
    throw error;
  }
}

function shownCall({ method, url, headers, body }: OutgoingCall): StubbedCall {
  return {
    method: method.toUpperCase(),
    // As a script writes it there may be no slash after the host.
    url: URL.canParse(url) ? new URL(url).href : url,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: body === undefined ? '' : textOf(body),
  };
}

const textOf = (bytes: WireBytes): string =>
  'text' in bytes ? bytes.text : Buffer.from(bytes.base64, 'base64').toString();

function unexpected({ method, url }: StubbedCall, known: readonly Route[]): string {
  const routes = known.length === 0 ? 'none' : known.map(({ text }) => text).join(', ');
  return `A script called ${method} ${url}, and no route of fetch takes it. Routes: ${routes}. Add fetch: { '${method} ${url}': { status: 200, body: {} } } to the simulation.`;
}

function answered({ text: route }: Route, call: StubbedCall, given: StubbedAnswer): Outcome {
  if (typeof given !== 'object' || given === null) {
    throw new SimulationError(`it gave ${String(given)}; expected { status, headers, body } or { error }`);
  }
  const { status = 200, headers = {}, body, error } = given;
  if (error !== undefined) {
    const code = EGRESS_CODES.find((each) => each === error);
    if (code === undefined) {
      throw new SimulationError(`error is ${JSON.stringify(error)}; expected one of ${EGRESS_CODES.join(', ')}`);
    }
    return failed(code, `the stub "${route}" does not answer`);
  }
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new SimulationError(`status is ${status}; expected a number from 200 to 599`);
  }
  const isText = typeof body === 'string';
  const text = body === undefined ? '' : isText ? body : JSON.stringify(body);
  const { responseBytes } = EGRESS_LIMITS;
  if (Buffer.byteLength(text) > responseBytes) {
    return failed(
      'ERR_EGRESS_TOO_LARGE',
      `the body of the answer of ${new URL(call.url).origin} exceeds ${responseBytes} bytes`,
    );
  }
  const names = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (body !== undefined && !isText && !names.has('content-type')) names.set('content-type', 'application/json');
  return {
    ok: true,
    answer: {
      status,
      statusText: '',
      url: call.url,
      redirected: false,
      headers: [...names],
      body: { text },
    },
  };
}

const failed = (code: EgressCode, message: string) => ({ ok: false, code, message }) as const;
