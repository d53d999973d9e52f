// Tests, oracle: the token endpoint: who calls, with which grant, in which words.
// Longer than 300 lines because it is one list of questions.
import { SignJWT } from 'jose';
import { API, CALLBACK, SECOND, SECRET } from '../clients.ts';
import {
  ASSERTION_TYPE,
  asserted,
  BY_POST,
  basic,
  byClient,
  code,
  exchange,
  forCode,
  otherProofKeys,
  PKCE,
  type Probe,
  proof,
  tokens,
  VERIFIER,
} from '../probe.ts';
import type { Parameters, Side } from '../side.ts';

type Headers = Record<string, string>;
type Sent = Parameters | ((side: Side) => Promise<Parameters> | Parameters);
const settled = async (side: Side, sent: Sent) => (typeof sent === 'function' ? sent(side) : sent);

const sends = (id: string, sent: Sent, headers: Headers | ((side: Side) => Promise<Headers>) = {}): Probe => ({
  id: `token/${id}`,
  run: async (side) =>
    exchange(side, await settled(side, sent), typeof headers === 'function' ? await headers(side) : headers),
});

const MACHINE = { grant_type: 'client_credentials', audience: API };
const raw = (id: string, body: string, headers: Headers = {}): Probe => ({
  id: `token/${id}`,
  run: (side) => side.nobody().send('/oauth/token', { form: body, headers }),
});
const text = (id: string, body: string, type: string): Probe => ({
  id: `token/${id}`,
  run: (side) => side.nobody().send('/oauth/token', { method: 'POST', body, headers: { 'content-type': type } }),
});

const good = new URLSearchParams({ ...BY_POST, ...MACHINE });
const bodies: Probe[] = [
  raw('an empty body', ''),
  raw('no grant_type', 'client_id=post'),
  raw('grant_type twice', `${good}&grant_type=password`),
  raw('client_id twice', `${good}&client_id=post`),
  raw('an unknown parameter twice', `${good}&x=1&x=2`),
  raw('a lone percent sign', 'grant_type=%zz'),
  raw('a megabyte', `${good}&x=${'y'.repeat(1_000_000)}`),
  text('a text', 'x', 'text/plain'),
  text('no type', String(good), ''),
  text('XML', '<x/>', 'application/xml'),
  text('broken JSON', '{', 'application/json'),
  text('a JSON list', '[1]', 'application/json'),
  text('JSON of other things than texts', '{"grant_type":5,"client_id":{"a":1}}', 'application/json'),
  { id: 'token/GET', run: (side) => side.nobody().send('/oauth/token') },
  {
    id: 'token/a preflight',
    run: (side) =>
      side.nobody().send('/oauth/token', {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      }),
  },
  sends('an unknown grant_type', { ...BY_POST, grant_type: 'x' }),
  sends('an empty grant_type', { ...BY_POST, grant_type: '' }),
  sends('the implicit grant', { ...BY_POST, grant_type: 'implicit' }),
  sends('a grant that the client may not use', { client_id: 'two', client_secret: SECRET, ...MACHINE }),
];

const noSecret = { client_secret: undefined };
const clients: Probe[] = [
  sends('by post', { ...BY_POST, ...MACHINE }),
  sends('by basic', MACHINE, basic('basic', SECRET)),
  sends('by basic, of a client of post', MACHINE, basic('post', SECRET)),
  sends('by post, of a client of basic', { client_id: 'basic', client_secret: SECRET, ...MACHINE }),
  sends('an unknown client', { client_id: 'nobody', client_secret: SECRET, ...MACHINE }),
  sends('an unknown client by basic', MACHINE, basic('nobody', SECRET)),
  sends('a wrong secret', { ...BY_POST, client_secret: 'wrong', ...MACHINE }),
  sends('a wrong secret by basic', MACHINE, basic('basic', 'wrong')),
  sends('no secret', { client_id: 'post', ...MACHINE }),
  sends('an empty secret', { client_id: 'post', client_secret: '', ...MACHINE }),
  sends('an empty secret by basic', MACHINE, basic('basic', '')),
  sends('no client at all', MACHINE),
  sends('both ways at once', { ...BY_POST, ...MACHINE }, basic('post', SECRET)),
  sends('two ids', { client_id: 'spa', ...MACHINE }, basic('basic', SECRET)),
  sends('the id in the body too', { client_id: 'basic', ...MACHINE }, basic('basic', SECRET)),
  sends('basic that is nothing', MACHINE, { authorization: 'Basic %%%' }),
  sends('basic without a colon', MACHINE, { authorization: `Basic ${Buffer.from('basic').toString('base64')}` }),
  sends('basic with a bad escape', MACHINE, { authorization: `Basic ${Buffer.from('basic:%zz').toString('base64')}` }),
  sends('basic alone', MACHINE, { authorization: 'Basic' }),
  sends('another scheme', MACHINE, { authorization: 'Digest x' }),
  sends('a bearer token', MACHINE, { authorization: 'Bearer x' }),
  sends('a public client that asks for itself', { client_id: 'spa', ...MACHINE }),
  sends('a public client with a secret', async (side) => ({
    ...forCode(await code(side, { client_id: 'spa', ...PKCE }), { client_id: 'spa', code_verifier: VERIFIER }),
    client_secret: 'x',
  })),
];

const assertions: Probe[] = [
  sends('an assertion', async (side) => ({ ...MACHINE, ...(await asserted(side)) })),
  sends('an assertion with client_id', async (side) => ({ client_id: 'keyed', ...MACHINE, ...(await asserted(side)) })),
  sends('an assertion for the token endpoint', async (side) => ({
    ...MACHINE,
    ...(await asserted(side, { aud: `${side.site}/oauth/token` })),
  })),
  ...Object.entries<Record<string, unknown>>({
    'for somebody else': { aud: 'https://other.example/' },
    'for nobody': { aud: undefined },
    'of another issuer': { iss: 'post' },
    'of another subject': { sub: 'post' },
    'that has expired': { exp: 2 },
    'without end': { exp: undefined },
    'that lives for a year': { exp: 4_000_000_000 },
    'without jti': { jti: undefined },
    'from the future': { iat: 4_000_000_000 },
    'not valid yet': { nbf: 4_000_000_000 },
    'of nobody': { sub: undefined },
  }).map(([name, claims]) =>
    sends(`an assertion ${name}`, async (side) => ({ ...MACHINE, ...(await asserted(side, claims)) })),
  ),
  sends('an assertion of another type', async (side) => ({
    ...MACHINE,
    ...(await asserted(side, {}, { typ: 'at+jwt' })),
  })),
  sends('an assertion by an unknown kid', async (side) => ({
    ...MACHINE,
    ...(await asserted(side, {}, { kid: 'other' })),
  })),
  sends('an assertion twice', async (side) => {
    const sent = { ...MACHINE, ...(await asserted(side)) };
    await exchange(side, sent);
    return sent;
  }),
  sends('an assertion that was changed', async (side) => {
    const sent = await asserted(side);
    return { ...MACHINE, ...sent, client_assertion: `${sent.client_assertion?.slice(0, -8)}AAAAAAAA` };
  }),
  sends('an assertion that is nothing', {
    client_id: 'keyed',
    ...MACHINE,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: 'x',
  }),
  sends('an assertion without its type', async (side) => ({
    client_id: 'keyed',
    ...MACHINE,
    ...(await asserted(side)),
    client_assertion_type: undefined,
  })),
  sends('an assertion by a secret', async (side) => {
    const claims = { iss: 'post', sub: 'post', aud: side.issuer, exp: side.now() + 60, jti: 'by-secret' };
    const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET));
    return { client_id: 'post', ...MACHINE, client_assertion_type: ASSERTION_TYPE, client_assertion: signed };
  }),
  sends('an assertion of a client of a secret', async (side) => ({
    ...MACHINE,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: await byClient({
      iss: 'post',
      sub: 'post',
      aud: side.issuer,
      exp: side.now() + 60,
      jti: 'of-post',
    }),
  })),
  sends('an assertion and a secret', async (side) => ({
    ...MACHINE,
    ...(await asserted(side)),
    client_secret: SECRET,
  })),
  sends('an assertion without signature', {
    client_id: 'keyed',
    ...MACHINE,
    client_assertion_type: ASSERTION_TYPE,
    client_assertion: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"iss":"keyed","sub":"keyed"}').toString('base64url')}.`,
  }),
];

const machines: Probe[] = [
  sends('an unknown API', { ...BY_POST, ...MACHINE, audience: 'https://nowhere.example/' }),
  sends('no API', { ...BY_POST, grant_type: 'client_credentials' }),
  sends('a scope', { ...BY_POST, ...MACHINE, scope: 'read:things' }),
  sends('a scope twice', { ...BY_POST, ...MACHINE, scope: 'read:things read:things' }),
  sends('an unknown scope', { ...BY_POST, ...MACHINE, scope: 'unheard:of' }),
  sends('openid for a machine', { ...BY_POST, ...MACHINE, scope: 'openid' }),
  sends('a scope with a quote', { ...BY_POST, ...MACHINE, scope: 'read:"things"' }),
];

const codes: Probe[] = [
  sends('a code', async (side) => forCode(await code(side))),
  sends('a code for all that a person is', async (side) =>
    forCode(await code(side, { scope: 'openid profile email phone' })),
  ),
  sends('a code without openid', async (side) => forCode(await code(side, { scope: 'profile', nonce: undefined }))),
  sends('a code with max_age', async (side) => forCode(await code(side, { max_age: '100000' }))),
  sends('a code without nonce', async (side) => forCode(await code(side, { nonce: undefined }))),
  sends('a code for an API', async (side) => forCode(await code(side, { audience: API, scope: 'openid read:things' }))),
  sends('a code with a challenge', async (side) => forCode(await code(side, PKCE), { code_verifier: VERIFIER })),
  sends('a code of a public client', async (side) =>
    forCode(await code(side, { client_id: 'spa', ...PKCE }), {
      client_id: 'spa',
      ...noSecret,
      code_verifier: VERIFIER,
    }),
  ),
  sends('an unknown code', forCode('unknown')),
  sends('no code', forCode('x', { code: undefined })),
  sends('a code twice', async (side) => {
    const sent = forCode(await code(side));
    await exchange(side, sent);
    return sent;
  }),
  sends('a code of another client', async (side) => ({ ...forCode(await code(side)), client_id: 'two' })),
  sends('a code of another client, then of its own', async (side) => {
    const given = await code(side);
    await exchange(side, { ...forCode(given), client_id: 'two' });
    return forCode(given);
  }),
  sends('another redirect_uri', async (side) => forCode(await code(side), { redirect_uri: SECOND })),
  sends('no redirect_uri', async (side) => forCode(await code(side), { redirect_uri: undefined })),
  sends('a redirect_uri with a slash more', async (side) =>
    forCode(await code(side), { redirect_uri: `${CALLBACK}/` }),
  ),
  sends('a redirect_uri that was not sent', async (side) => forCode(await code(side, { redirect_uri: undefined }))),
  sends('a wrong verifier', async (side) => forCode(await code(side, PKCE), { code_verifier: 'x'.repeat(43) })),
  sends('a verifier too short', async (side) => forCode(await code(side, PKCE), { code_verifier: 'x' })),
  sends('a verifier with a bad letter', async (side) =>
    forCode(await code(side, PKCE), { code_verifier: `${VERIFIER.slice(1)}*` }),
  ),
  sends('no verifier', async (side) => forCode(await code(side, PKCE))),
  sends('an empty verifier', async (side) => forCode(await code(side, PKCE), { code_verifier: '' })),
  sends('a verifier without a challenge', async (side) => forCode(await code(side), { code_verifier: VERIFIER })),
  sends('the challenge as verifier', async (side) =>
    forCode(await code(side, PKCE), { code_verifier: PKCE.code_challenge }),
  ),
  sends('a good code after a wrong verifier', async (side) => {
    const given = await code(side, PKCE);
    await exchange(side, forCode(given, { code_verifier: 'x'.repeat(43) }));
    return forCode(given, { code_verifier: VERIFIER });
  }),
  {
    id: 'token/a code too late',
    before: { run: async (side) => new Response(await code(side)), seconds: 601 },
    run: async (side, first) => exchange(side, forCode((await first?.text()) ?? '')),
  },
];

const OFFLINE = { scope: 'openid offline_access profile' };
const forRefresh = (refresh_token: string, more: Parameters = {}): Parameters => ({
  ...BY_POST,
  grant_type: 'refresh_token',
  refresh_token,
  ...more,
});
const refreshes = (id: string, more: Parameters = {}): Probe =>
  sends(id, async (side) => forRefresh((await tokens(side, OFFLINE)).refresh_token, more));

const refresh: Probe[] = [
  refreshes('a refresh token'),
  refreshes('a refresh token with fewer scopes', { scope: 'openid' }),
  refreshes('a refresh token with more scopes', { scope: 'openid email' }),
  refreshes('a refresh token with a scope that is none', { scope: 'openid "x"' }),
  refreshes('a refresh token of another client', { client_id: 'prover' }),
  refreshes('a refresh token with a wrong secret', { client_secret: 'wrong' }),
  refreshes('a refresh token with a foreign API', { audience: 'https://nowhere.example/' }),
  sends('an unknown refresh token', forRefresh('unknown')),
  sends('no refresh token', forRefresh('x', { refresh_token: undefined })),
  sends('a refresh token of a client that has none', {
    client_id: 'two',
    client_secret: SECRET,
    grant_type: 'refresh_token',
    refresh_token: 'x',
  }),
  sends('a refresh token twice', async (side) => {
    const sent = forRefresh((await tokens(side, OFFLINE)).refresh_token);
    await exchange(side, sent);
    return sent;
  }),
  sends('the next refresh token', async (side) => {
    const answer = await exchange(side, forRefresh((await tokens(side, OFFLINE)).refresh_token));
    return forRefresh(((await answer.json()) as { refresh_token: string }).refresh_token);
  }),
  sends('the next refresh token after the former was seen twice', async (side) => {
    const sent = forRefresh((await tokens(side, OFFLINE)).refresh_token);
    const answer = await exchange(side, sent);
    await exchange(side, sent);
    return forRefresh(((await answer.json()) as { refresh_token: string }).refresh_token);
  }),
  sends('the refresh token of a code that came twice', async (side) => {
    const sent = forCode(await code(side, OFFLINE));
    const answer = await exchange(side, sent);
    await exchange(side, sent);
    return forRefresh(((await answer.json()) as { refresh_token: string }).refresh_token);
  }),
  sends('the access token as a refresh token', async (side) => forRefresh((await tokens(side, OFFLINE)).access_token)),
];

type Difference = typeof proof extends (side: Side, ...rest: infer Rest) => unknown ? Rest : never;
const proven = (id: string, ...difference: Difference): Probe =>
  sends(`a proof ${id}`, { ...BY_POST, ...MACHINE }, (side) => proof(side, ...difference));

const proofs: Probe[] = [
  proven('that is good'),
  proven('of another method', { htm: 'GET' }),
  proven('of a method in small letters', { htm: 'post' }),
  proven('for another address', { htu: 'https://other.example/oauth/token' }),
  proven('for another path', { htu: 'http://127.0.0.1/oauth/par' }),
  proven('for no address', { htu: undefined }),
  proven('without time', { iat: undefined }),
  proven('that is old', { iat: 1_000_000_000 }),
  proven('from the future', { iat: 4_000_000_000 }),
  proven('without jti', { jti: undefined }),
  proven('of another type', {}, { header: { typ: 'JWT' } }),
  proven('without type', {}, { header: { typ: undefined } }),
  proven('without key', {}, { header: { jwk: undefined } }),
  proven('by another key than it shows', {}, { header: { jwk: { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' } } }),
  proven('with its private key', {}, { header: { jwk: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } } }),
  proven('with a query in its address', { htu: undefined, x: 'y' }),
  sends('a proof that is nothing', { ...BY_POST, ...MACHINE }, { dpop: 'x' }),
  sends('two proofs', { ...BY_POST, ...MACHINE }, async (side) => {
    const [first, second] = [await proof(side), await proof(side)];
    return { dpop: `${first.dpop}, ${second.dpop}` };
  }),
  sends('a proof without signature', { ...BY_POST, ...MACHINE }, async (side) => ({
    dpop: `${(await proof(side)).dpop?.replace(/[^.]*$/, '')}`,
  })),
  {
    id: 'token/a proof twice',
    run: async (side) => {
      const headers = await proof(side);
      await exchange(side, { ...BY_POST, ...MACHINE }, headers);
      return exchange(side, { ...BY_POST, ...MACHINE }, headers);
    },
  },
  sends('no proof where one is required', { client_id: 'prover', client_secret: SECRET, ...MACHINE }),
  sends('a proof where one is required', { client_id: 'prover', client_secret: SECRET, ...MACHINE }, (side) =>
    proof(side),
  ),
  ...Object.entries({ 'the key': undefined, 'another key': otherProofKeys }).map(
    ([name, by]) =>
      ({
        id: `token/a code that is bound to a key, by ${name}`,
        run: async (side) => {
          const own = await proof(side, { htu: `${side.site}/oauth/par` });
          const pushed = await side.nobody().send('/oauth/par', {
            form: new URLSearchParams({
              ...BY_POST,
              response_type: 'code',
              redirect_uri: CALLBACK,
              scope: 'openid',
              nonce: 'the-nonce',
            }),
            headers: own,
          });
          const { request_uri } = (await pushed.json()) as { request_uri: string };
          const given = await code(side, {
            request_uri,
            response_type: undefined,
            redirect_uri: undefined,
            scope: undefined,
            state: undefined,
            nonce: undefined,
          });
          return exchange(side, forCode(given), await proof(side, {}, by ? { by } : {}));
        },
      }) satisfies Probe,
  ),
  sends('a code that is bound to a key, by none', async (side) =>
    forCode(await code(side, { dpop_jkt: PKCE.code_challenge })),
  ),
];

export const TOKEN = [...bodies, ...clients, ...assertions, ...machines, ...codes, ...refresh, ...proofs];
