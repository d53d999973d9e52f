// The protocol beside a certified one, oidc-provider: each in a process of its own on loopback, with the same client, RS256
// and the same eight connections. The yardstick promises what we promise: rows in SQLite on disk that outlive a power cut,
// and two scripts at each login. What it does without both is told beside.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import { PASSWORD } from '#test/kit/house.ts';
import { createPlainBrowser } from '#test/kit/plain-browser.ts';
import { type BenchLine, type Block, inTurns, percentile } from './bench-line.ts';
import { CALLBACK, CHALLENGE, CLIENT, type Listening, VERIFIER } from './protocol/told.ts';

const BLOCKS = 7;
const PER_BLOCK = 240;
const AT_ONCE = 8;

/** `cookies`: as many browsers that are signed in as there are connections. */
type Side = Listening & { pool: Pool; cookies: string[]; child: ChildProcess };
type Rates = { machine: number; authorize: number; exchange: number };

export async function benchProtocol(): Promise<BenchLine[]> {
  const ours = await open('./protocol/sallyport-program.ts');
  const theirs = await open('./protocol/reference-program.ts', 'alike');
  const bare = await open('./protocol/reference-program.ts', 'bare');
  try {
    for (const side of [ours, theirs, bare]) await measure(side);
    const blocks: { ours: Rates; theirs: Rates; bare: Rates }[] = [];
    for (let block = 0; block < BLOCKS; block++) {
      blocks.push({ ours: await measure(ours), theirs: await measure(theirs), bare: await measure(bare) });
    }
    const line = (name: string, of: keyof Rates, note: string): BenchLine => {
      const freely = percentile(
        blocks.map((block) => block.bare[of]),
        0.5,
      );
      return {
        name: `${name} per second, against oidc-provider`,
        ...inTurns(blocks.map((block): Block => ({ value: block.ours[of], yardstick: block.theirs[of] }))),
        goal: 1,
        atLeast: true,
        note: `${note}; with rows in memory and no scripts it gives ${freely.toFixed(0)}`,
      };
    };
    return [
      line('client_credentials', 'machine', 'JWT access tokens, RS256'),
      line('code exchanges', 'exchange', 'access token and ID token, RS256, PKCE'),
      line('authorize with a session through two scripts', 'authorize', 'the same sandbox on both sides'),
    ];
  } finally {
    for (const { pool, child } of [ours, theirs, bare]) {
      await pool.close();
      child.disconnect();
    }
  }
}

async function open(program: string, ...args: string[]): Promise<Side> {
  const child = fork(new URL(program, import.meta.url), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [listening] = (await once(child, 'message')) as [Listening];
  const pool = new Pool(`http://127.0.0.1:${listening.port}`, { connections: AT_ONCE });
  const side: Side = { ...listening, pool, child, cookies: [] };
  for (let browser = 0; browser < AT_ONCE; browser++) side.cookies.push(await signIn(side));
  return side;
}

async function signIn(side: Side): Promise<string> {
  const site = `http://${side.host}`;
  const browser = createPlainBrowser(site, async (url, { method = 'GET', headers, body }) => {
    const { pathname, search } = new URL(url);
    const sent = await side.pool.request({
      path: pathname + search,
      method: method as 'GET' | 'POST',
      headers: { ...(headers as Record<string, string>), host: side.host },
      ...(body ? { body: String(body) } : {}),
    });
    const pairs = Object.entries(sent.headers).flatMap(([name, value]) =>
      [value ?? []].flat().map((each): [string, string] => [name, each]),
    );
    const text = await sent.body.text();
    return new Response(text === '' ? null : text, { status: sent.statusCode, headers: pairs });
  });
  const page = await browser.open(authorizePath(side));
  if (page.status !== 0) {
    await browser.post(page, { username: 'ana@example.com', password: PASSWORD, action: 'default' });
  }
  return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

function authorizePath({ paths, resource }: Side): string {
  const query = new URLSearchParams({
    client_id: CLIENT.client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email read:things',
    state: 'state',
    nonce: 'nonce',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...resource,
  });
  return `${paths.authorize}?${query}`;
}

async function measure(side: Side): Promise<Rates> {
  const codes: string[] = [];
  const machine = await rate(async () => {
    const { access_token } = await ask(side, { grant_type: 'client_credentials', ...side.resource });
    if (!access_token?.includes('.')) throw new Error('no JWT');
  });
  const path = authorizePath(side);
  const authorize = await rate(async (connection) => {
    const headers = { host: side.host, cookie: side.cookies[connection] ?? '' };
    const { headers: told, body } = await side.pool.request({ path, method: 'GET', headers });
    await body.dump();
    const location = new URL(String(told.location), CALLBACK);
    const code = location.searchParams.get('code');
    if (code === null) throw new Error(`no code: ${location}`);
    codes.push(code);
  });
  const exchange = await rate(async () => {
    const code = codes.pop() ?? '';
    const grant = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER };
    const { id_token } = await ask(side, grant);
    if (!id_token) throw new Error('no ID token');
  });
  return { machine, authorize, exchange };
}

async function ask(side: Side, parameters: Record<string, string>): Promise<Record<string, string>> {
  const { body, statusCode } = await side.pool.request({
    path: side.paths.token,
    method: 'POST',
    headers: { host: side.host, 'content-type': 'application/x-www-form-urlencoded' },
    body: String(new URLSearchParams({ ...CLIENT, ...parameters })),
  });
  const answer = (await body.json()) as Record<string, string>;
  if (statusCode !== 200) throw new Error(`${statusCode}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Calls per second, eight at a time. */
async function rate(call: (connection: number) => Promise<void>): Promise<number> {
  let left = PER_BLOCK;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_each, connection) => {
      while (left-- > 0) await call(connection);
    }),
  );
  return (PER_BLOCK * 1000) / (performance.now() - startedAt);
}
