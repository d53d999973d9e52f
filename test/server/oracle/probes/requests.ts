// Tests, oracle: requests that come signed (RFC 9101) or were pushed before (RFC 9126).
import { SignJWT } from 'jose';
import { API, CALLBACK, SECRET } from '../clients.ts';
import { asked, authorize, basic, byClient, CHALLENGE, once, PKCE, type Probe, proof, request } from '../probe.ts';
import { NONCE, STATE } from '../seen.ts';
import { type Parameters, type Side, spell } from '../side.ts';

type Claims = Record<string, unknown>;

/** What `keyed` signs, changed by `more`. */
const object = (side: Side, more: Claims = {}, header: Claims = {}) => {
  const now = side.now();
  const good = { iss: 'keyed', aud: side.issuer, client_id: 'keyed', iat: now, nbf: now, exp: now + 60, jti: once() };
  const parameters = { response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: STATE, nonce: NONCE };
  return byClient({ ...good, ...parameters, ...more }, header);
};

const signed = (id: string, more: Claims = {}, outside: Parameters = {}, header: Claims = {}): Probe =>
  asked(
    `request object ${id}`,
    async (side) => ({ client_id: 'keyed', request: await object(side, more, header), ...outside }),
    {
      by: 'ana',
    },
  );

const bare = { redirect_uri: undefined, state: undefined, nonce: undefined, scope: undefined };
const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"client_id":"keyed"}').toString('base64url')}.`;

const objects: Probe[] = [
  signed('that is good'),
  signed('that holds all there is', {}, { ...bare, scope: 'openid' }),
  signed('with another redirect_uri outside', {}, { redirect_uri: 'https://evil.example/' }),
  signed('with another redirect_uri inside', { redirect_uri: 'https://evil.example/' }),
  signed('with another client inside', { client_id: 'post' }),
  signed('with another response_type inside', { response_type: 'id_token' }),
  signed('of another issuer', { iss: 'post' }),
  signed('for somebody else', { aud: 'https://other.example/' }),
  signed('that has expired', { exp: 2 }),
  signed('that is not valid yet', { nbf: 99_999_999_999 }),
  signed('that holds a request', { request: 'x' }),
  signed('that holds a request_uri', { request_uri: 'urn:x' }),
  signed('with a prompt inside', { prompt: 'none' }),
  signed('with a bad prompt inside', { prompt: 'dance' }),
  signed('with a max_age that is a number', { max_age: 1000 }),
  signed('of another type', {}, {}, { typ: 'at+jwt' }),
  signed('of its own type', {}, {}, { typ: 'oauth-authz-req+jwt' }),
  asked('request object without signature', { client_id: 'keyed', request: unsigned }),
  asked('request object that is nothing', { client_id: 'keyed', request: 'x' }),
  asked('request object of a secret', async () => ({
    client_id: 'post',
    request: await new SignJWT({ client_id: 'post' }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(SECRET)),
  })),
  asked('request object that was changed', async (side) => ({
    client_id: 'keyed',
    request: `${(await object(side)).slice(0, -8)}AAAAAAAA`,
  })),
  asked('no request object where one is required', { client_id: 'signer' }),
];

const push = (side: Side, parameters: Parameters, headers: Record<string, string> = {}) =>
  side.nobody().send('/oauth/par', { form: spell(side, parameters), headers });

const pushed = (
  id: string,
  more: Parameters | ((side: Side) => Promise<Parameters>),
  headers?: Record<string, string>,
): Probe => ({
  id: `par/${id}`,
  run: async (side) => {
    const changed = typeof more === 'function' ? await more(side) : more;
    return push(side, request({ client_secret: SECRET, ...changed }), headers);
  },
});

/** A request that `post` has pushed, and then used as `more` says. */
const used = (id: string, more: Parameters, times = 1): Probe => ({
  id: `par/${id}`,
  run: async (side) => {
    const answer = await push(side, request({ client_secret: SECRET }));
    const { request_uri } = (await answer.json()) as { request_uri: string };
    const sent = { client_id: 'post', request_uri, ...more };
    for (let time = 1; time < times; time++) await authorize(side, sent, { by: 'ana' });
    return authorize(side, sent, { by: 'ana' });
  },
});

const pushes: Probe[] = [
  pushed('a good request', {}),
  pushed('of a public client', { client_id: 'spa', client_secret: undefined, ...PKCE }),
  pushed('of a public client without challenge', { client_id: 'spa', client_secret: undefined }),
  pushed('by basic', { client_id: undefined, client_secret: undefined }, basic('basic', SECRET)),
  pushed('a wrong secret', { client_secret: 'wrong' }),
  pushed('no secret', { client_secret: undefined }),
  pushed('an unknown client', { client_id: 'nobody' }),
  pushed('another callback', { redirect_uri: 'https://evil.example/' }),
  pushed('no response_type', { response_type: undefined }),
  pushed('a bad prompt', { prompt: 'dance' }),
  pushed('a plain challenge', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }),
  pushed('a request_uri inside', { request_uri: 'urn:x' }),
  pushed('an unknown API', { audience: 'https://nowhere.example/' }),
  pushed('an API', { audience: API, scope: 'openid read:things' }),
  pushed('a bad scope', { scope: 'openid "x"' }),
  pushed('a signed request', async (side) => ({
    client_id: 'keyed',
    client_secret: undefined,
    request: await object(side),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await byClient({
      iss: 'keyed',
      sub: 'keyed',
      aud: side.issuer,
      iat: side.now(),
      exp: side.now() + 60,
      jti: once(),
    }),
  })),
  { id: 'par/GET', run: (side) => side.nobody().send('/oauth/par') },
  {
    id: 'par/by a key of the client',
    run: async (side) =>
      push(side, request({ client_secret: SECRET }), await proof(side, { htu: `${side.site}/oauth/par` })),
  },
  {
    id: 'par/by a key other than dpop_jkt',
    run: async (side) =>
      push(
        side,
        request({ client_secret: SECRET, dpop_jkt: CHALLENGE }),
        await proof(side, { htu: `${side.site}/oauth/par` }),
      ),
  },
  used('used', {}),
  used('used twice', {}, 2),
  used('used by another client', { client_id: 'spa' }),
  used('used with other parameters beside it', { scope: 'openid email', state: 'other', prompt: 'login' }),
  used('used with a request object beside it', { request: 'x' }),
  used('used with a callback beside it', { redirect_uri: 'https://evil.example/' }),
  asked('a request_uri that is unknown', { request_uri: 'urn:ietf:params:oauth:request_uri:unknown' }),
  asked('a request_uri of the web', { request_uri: 'https://app.example/request.jwt' }),
  asked('no pushed request where one is required', { client_id: 'pusher' }),
  {
    id: 'par/used too late',
    before: { run: (side) => push(side, request({ client_secret: SECRET })), seconds: 600 },
    run: async (side, first) => {
      const { request_uri } = (first ? await first.json() : {}) as { request_uri: string };
      return authorize(side, { client_id: 'post', request_uri }, { by: 'ana' });
    },
  },
];

export const REQUESTS = [...objects, ...pushes];
