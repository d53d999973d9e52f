// Server, command line: a tenant at a distance, Sallyport's or Auth0's, by the Management API that both have. It waits where
// it is asked to wait, says what to do where it is refused, and never says a secret or a token.
import { CommandError, type Terminal } from './command.ts';
import { type Exchange, type ExchangeRequest, exchange } from './exchange.ts';
import { pause } from './pause.ts';
import { printable } from './printable.ts';
import { type Credentials, type RemoteOptions, readTarget } from './remote-target.ts';

export { REMOTE_OPTIONS, REMOTE_USAGE, type RemoteOptions } from './remote-target.ts';

export type RemoteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export type Remote = {
  /** `https://login.example.com` */
  origin: string;
  /** What answers there. Paths of ours exist at a Sallyport alone. */
  kind: 'sallyport' | 'auth0';
  /**
   * One call. `path` begins after `/api/v2`. Gives the answer, parsed; undefined where it is empty.
   * @throws {RemoteRefusal} where it was refused.
   */
  call<T = unknown>(method: RemoteMethod, path: string, body?: unknown): Promise<T>;
  /** Every page of a list: a bare array, or one that stands under `key`. At most `most` rows. */
  list<T = unknown>(path: string, key: string, most?: number): Promise<T[]>;
  /** An answer that goes on, as it comes; `silentMs` without a byte end it. */
  stream(path: string, accept: string, silentMs: number): Promise<AsyncIterable<Buffer>>;
  /** Refuses to begin what could not be finished. Nothing where the token does not say what it may do. */
  need(scopes: readonly string[]): void;
  /** Those of `scopes` that the token lacks. */
  lacking(scopes: readonly string[]): string[];
};

/** The tenant said no. `status` is HTTP's; `said` is its message, safe to print. */
export class RemoteRefusal extends CommandError {
  readonly status: number;
  readonly said: string;
  readonly errorCode: string | undefined;
  constructor(message: string, { status, said, errorCode }: { status: number; said: string; errorCode?: string }) {
    super(message);
    this.status = status;
    this.said = said;
    this.errorCode = errorCode;
  }
}

const CALL_MS = 120_000;
const PAGE = 100;
const MOST_ROWS = 100_000;
/** How often a call is made again that was refused for a while only. */
const TRIES = 5;
const LONGEST_WAIT_MS = 60_000;

/** Finds out what answers there, and gets a token. Throws `UsageError` and `CommandError`. */
export async function openRemote(options: RemoteOptions, terminal: Terminal): Promise<Remote> {
  const { origin, credentials, audience: givenAudience } = await readTarget(options, terminal);
  const send = sender(origin, terminal);
  const document = await discover(origin, send);
  const kind = typeof document.sallyport_management_api === 'string' ? 'sallyport' : 'auth0';
  const audience =
    givenAudience ?? (kind === 'sallyport' ? String(document.sallyport_management_api) : `${origin}/api/v2/`);
  const getToken = () => tokenOf(credentials, { origin, audience, send });
  let token = await getToken();
  /** A token of ours that has run out meanwhile is got anew, once for each call. */
  const authorized = async (request: Omit<ExchangeRequest, 'signal'>, path: string, endsAfterMs?: number) => {
    const withToken = () => ({ ...request, headers: { ...request.headers, authorization: `Bearer ${token.token}` } });
    const answer = await send(`/api/v2${path}`, withToken(), endsAfterMs);
    if (answer.status !== 401 || !('clientId' in credentials)) return answer;
    token = await getToken();
    return send(`/api/v2${path}`, withToken(), endsAfterMs);
  };
  const refuse = async (method: string, path: string, answer: Exchange) =>
    wordRefusal(`${method} ${path.replace(/\?.*$/s, '')}`, origin, {
      status: answer.status,
      body: await answer.text(),
    });
  const lacking = (scopes: readonly string[]) => scopes.filter((scope) => token.scopes?.has(scope) === false);

  const call = async <T>(method: RemoteMethod, path: string, body?: unknown): Promise<T> => {
    const answer = await authorized(
      {
        method,
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      path,
    );
    if (answer.status < 200 || answer.status > 299) throw await refuse(method, path, answer);
    return parse(origin, await answer.text()) as T;
  };

  return {
    origin,
    kind,
    call,
    lacking,
    list: async <T>(path: string, key: string, most = MOST_ROWS) => {
      const rows: T[] = [];
      for (let page = 0; rows.length < most; page += 1) {
        const answer = await call<unknown>(
          'GET',
          `${path}${path.includes('?') ? '&' : '?'}per_page=${PAGE}&page=${page}`,
        );
        const found = Array.isArray(answer) ? answer : (answer as Record<string, unknown> | undefined)?.[key];
        if (!Array.isArray(found)) throw new CommandError(`${origin} answered GET ${path} with no list of ${key}.`);
        rows.push(...(found as T[]));
        if (found.length < PAGE) break;
      }
      return rows.slice(0, most);
    },
    stream: async (path, accept, silentMs) => {
      const answer = await authorized({ method: 'GET', headers: { accept }, silentMs }, path, Number.POSITIVE_INFINITY);
      if (answer.status !== 200) throw await refuse('GET', path, answer);
      return answer.chunks;
    },
    need: (scopes) => {
      const missing = lacking(scopes);
      if (missing.length === 0) return;
      throw new CommandError(`the token lacks ${missing.join(', ')}. Grant it to the client at ${audience}.`);
    },
  };
}

type Send = (path: string, request: Omit<ExchangeRequest, 'signal'>, endsAfterMs?: number) => Promise<Exchange>;

/** Waits where the tenant asks for it; reads are tried again where a server was away for a moment. */
function sender(origin: string, terminal: Terminal): Send {
  return async (path, request, endsAfterMs = CALL_MS) => {
    for (let tried = 1; ; tried += 1) {
      const url = new URL(path, origin);
      const signal = Number.isFinite(endsAfterMs)
        ? AbortSignal.any([terminal.ended, AbortSignal.timeout(endsAfterMs)])
        : terminal.ended;
      let wait: number;
      try {
        const answer = await exchange(url, { ...request, signal });
        const again = againAfter(request.method, answer, tried);
        if (again === undefined || tried >= TRIES) return answer;
        await answer.text();
        wait = again;
        if (answer.status === 429) terminal.progress(`${origin} asks to wait ${Math.ceil(wait / 1000)} s …`);
      } catch (error) {
        if (terminal.ended.aborted) throw new CommandError('ended before it was done.');
        if (signal.aborted)
          throw new CommandError(`${origin} did not answer ${request.method} ${url.pathname} in time.`);
        throw error;
      }
      await pause(wait, terminal.ended);
      terminal.progress('');
    }
  };
}

/** Milliseconds; undefined where the answer is the answer. */
function againAfter(method: string, { status, header }: Exchange, tried: number): number | undefined {
  if (status === 429) {
    const after = Number(header('retry-after'));
    const reset = Number(header('x-ratelimit-reset')) * 1000 - Date.now();
    const wait = after > 0 ? after * 1000 : reset > 0 ? reset : tried * 1000;
    return Math.min(LONGEST_WAIT_MS, wait);
  }
  return method === 'GET' && [502, 503, 504].includes(status) && tried < 3 ? tried * 500 : undefined;
}

async function discover(origin: string, send: Send): Promise<Record<string, unknown>> {
  const answer = await send('/.well-known/openid-configuration', { method: 'GET' });
  const text = await answer.text();
  if (answer.status >= 300 && answer.status < 400) {
    const elsewhere = URL.parse(answer.header('location') ?? '', origin)?.origin;
    throw new CommandError(`${origin} sends elsewhere${elsewhere ? `: give --url ${printable(elsewhere)}` : ''}.`);
  }
  const document = answer.status === 200 ? parseObject(text) : undefined;
  if (document?.issuer === undefined) {
    throw new CommandError(`${origin} is no tenant: it has no /.well-known/openid-configuration (${answer.status}).`);
  }
  return document;
}

/** `scopes`: undefined where it cannot be told. */
type Token = { token: string; scopes?: ReadonlySet<string> };

async function tokenOf(
  credentials: Credentials,
  { origin, audience, send }: { origin: string; audience: string; send: Send },
): Promise<Token> {
  if ('token' in credentials) return { token: credentials.token, ...scopesIn(credentials.token) };
  const { clientId, clientSecret } = credentials;
  const answer = await send('/oauth/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience,
    }),
  });
  const body = parseObject(await answer.text()) ?? {};
  if (answer.status === 200 && typeof body.access_token === 'string') {
    const token = body.access_token;
    return typeof body.scope === 'string' ? { token, scopes: scopeSet(body.scope) } : { token, ...scopesIn(token) };
  }
  // What the answer says may quote what was sent.
  const said = printable(String(body.error_description ?? body.error ?? ''))
    .replaceAll(clientSecret, '***')
    .slice(0, 300);
  const hint =
    answer.status === 401 || body.error === 'invalid_client'
      ? 'Check the client id and its secret; it has to be a machine-to-machine client.'
      : `Does the client have a grant for ${audience}?`;
  throw new RemoteRefusal(`${origin} gives no token (${answer.status}${said === '' ? '' : `: ${said}`}). ${hint}`, {
    status: answer.status,
    said,
  });
}

const scopeSet = (scope: string): ReadonlySet<string> => new Set(scope.split(' ').filter((one) => one !== ''));

/** What a token says of itself, unverified: it only spares us a call that would be refused. */
function scopesIn(token: string): { scopes?: ReadonlySet<string> } {
  const payload = parseObject(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return typeof payload?.scope === 'string' ? { scopes: scopeSet(payload.scope) } : {};
}

function wordRefusal(what: string, origin: string, { status, body }: { status: number; body: string }): RemoteRefusal {
  const parsed = parseObject(body);
  const said = printable(String(parsed?.message ?? parsed?.error_description ?? '')).slice(0, 1000);
  const errorCode = typeof parsed?.errorCode === 'string' ? parsed.errorCode : undefined;
  const told = { status, said, ...(errorCode === undefined ? {} : { errorCode }) };
  if (status === 401)
    return new RemoteRefusal(`${origin} does not take the token: ${said || 'run out or of another tenant'}.`, told);
  const scopes = status === 403 ? /expected(?: any of)?: (.*?)\.?$/.exec(said)?.[1] : undefined;
  if (scopes !== undefined) {
    return new RemoteRefusal(`the token lacks a scope for ${what}: ${scopes}. Grant it to the client.`, told);
  }
  return new RemoteRefusal(`${what} was refused at ${origin} (${status}${said === '' ? '' : `: ${said}`}).`, told);
}

function parse(origin: string, text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandError(`${origin} answered with something that is no JSON. Is another server in front of it?`);
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
