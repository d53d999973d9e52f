// Tests, oracle: what is asked once there are tokens: userinfo, revocation, logout; and the documents that everybody reads.
import { API, LOGGED_OUT, SECRET } from '../clients.ts';
import { BY_POST, basic, code, exchange, forCode, type Probe, proof, tokens } from '../probe.ts';
import { type Parameters, type Side, spell } from '../side.ts';
import type { Ask } from '../visitor.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const everything = { scope: 'openid profile email phone' };

const asks = (id: string, ask: (side: Side) => Promise<Ask> | Ask, query = ''): Probe => ({
  id: `userinfo/${id}`,
  run: async (side) => side.nobody().send(`/userinfo${query}`, await ask(side)),
});

const userinfo: Probe[] = [
  asks('by GET', async (side) => ({ headers: bearer((await tokens(side)).access_token) })),
  asks('by POST', async (side) => ({ method: 'POST', headers: bearer((await tokens(side)).access_token) })),
  asks('by a form', async (side) => ({
    form: new URLSearchParams({ access_token: (await tokens(side)).access_token }),
  })),
  asks('of everything', async (side) => ({ headers: bearer((await tokens(side, everything)).access_token) })),
  asks('of the e-mail', async (side) => ({
    headers: bearer((await tokens(side, { scope: 'openid email' })).access_token),
  })),
  asks('without openid', async (side) => ({
    headers: bearer((await tokens(side, { scope: 'profile', nonce: undefined })).access_token),
  })),
  asks('without a token', () => ({})),
  asks('with a token that is nothing', () => ({ headers: bearer('nothing') })),
  asks('with an empty token', () => ({ headers: { authorization: 'Bearer' } })),
  asks('with another scheme', () => ({ headers: { authorization: 'Basic eA==' } })),
  asks('with an id_token', async (side) => ({ headers: bearer((await tokens(side)).id_token) })),
  asks('with a token of a machine', async (side) => {
    const answer = await exchange(side, { ...BY_POST, grant_type: 'client_credentials', audience: API });
    return { headers: bearer(((await answer.json()) as { access_token: string }).access_token) };
  }),
  asks('with a token for an API', async (side) => ({
    headers: bearer((await tokens(side, { audience: API, scope: 'openid read:things' })).access_token),
  })),
  asks('with a token in the query', () => ({}), '?access_token=x'),
  asks('with a token in two places', async (side) => {
    const token = (await tokens(side)).access_token;
    return { headers: bearer(token), form: new URLSearchParams({ access_token: token }) };
  }),
  asks('by the scheme of keys with a token of none', async (side) => ({
    headers: { authorization: `DPoP ${(await tokens(side)).access_token}` },
  })),
  asks('with a token of a key as bearer', async (side) => ({ headers: bearer(await boundToken(side)) })),
  asks('with a token of a key and no proof', async (side) => ({
    headers: { authorization: `DPoP ${await boundToken(side)}` },
  })),
  asks('with a token of a key and a proof of another token', async (side) => ({
    headers: {
      authorization: `DPoP ${await boundToken(side)}`,
      ...(await proof(side, { htm: 'GET', htu: `${side.site}/userinfo`, ath: 'x' })),
    },
  })),
  {
    id: 'userinfo/with a token that has expired',
    before: { run: async (side) => new Response((await tokens(side)).access_token), seconds: 90_000 },
    run: async (side, first) => side.nobody().send('/userinfo', { headers: bearer((await first?.text()) ?? '') }),
  },
];

async function boundToken(side: Side): Promise<string> {
  const answer = await exchange(side, forCode(await code(side)), await proof(side));
  return ((await answer.json()) as { access_token: string }).access_token;
}

const revokes = (id: string, sent: (side: Side) => Promise<Parameters> | Parameters, headers = {}): Probe => ({
  id: `revoke/${id}`,
  run: async (side) => side.nobody().send('/oauth/revoke', { form: spell(side, await sent(side)), headers }),
});
const offline = async (side: Side) => (await tokens(side, { scope: 'openid offline_access' })).refresh_token;

const revocation: Probe[] = [
  revokes('a refresh token', async (side) => ({ ...BY_POST, token: await offline(side) })),
  revokes('an unknown token', () => ({ ...BY_POST, token: 'unknown' })),
  revokes('no token', () => BY_POST),
  revokes('by an unknown client', () => ({ client_id: 'nobody', token: 'x' })),
  revokes('with a wrong secret', () => ({ ...BY_POST, client_secret: 'wrong', token: 'x' })),
  revokes('by basic', () => ({ token: 'x' }), basic('basic', SECRET)),
  revokes('without a client', () => ({ token: 'x' })),
  revokes('with a hint of its kind', async (side) => ({
    ...BY_POST,
    token: await offline(side),
    token_type_hint: 'refresh_token',
  })),
  revokes('with a wrong hint of its kind', async (side) => ({
    ...BY_POST,
    token: await offline(side),
    token_type_hint: 'access_token',
  })),
  revokes('with an unknown hint of its kind', async (side) => ({
    ...BY_POST,
    token: await offline(side),
    token_type_hint: 'x',
  })),
  revokes('a token of another client', async (side) => ({
    client_id: 'two',
    client_secret: SECRET,
    token: await offline(side),
  })),
  { id: 'revoke/GET', run: (side) => side.nobody().send('/oauth/revoke') },
  {
    id: 'revoke/the token is good no more',
    run: async (side) => {
      const token = await offline(side);
      await side.nobody().send('/oauth/revoke', { form: spell(side, { ...BY_POST, token }) });
      return exchange(side, { ...BY_POST, grant_type: 'refresh_token', refresh_token: token });
    },
  },
  {
    id: 'revoke/a token of another client stays good',
    run: async (side) => {
      const token = await offline(side);
      const others = { client_id: 'two', client_secret: SECRET, token };
      await side.nobody().send('/oauth/revoke', { form: spell(side, others) });
      return exchange(side, { ...BY_POST, grant_type: 'refresh_token', refresh_token: token });
    },
  },
];

const PAGE = { headers: { accept: 'text/html' } };
const leaves = (
  id: string,
  sent: (side: Side) => Promise<Parameters> | Parameters,
  by: 'ana' | 'nobody' = 'nobody',
): Probe => ({
  id: `logout/${id}`,
  run: async (side) => side[by]().send(`/oidc/logout?${spell(side, await sent(side))}`, PAGE),
});
const hinted = async (side: Side, more: Parameters = {}): Promise<Parameters> => ({
  id_token_hint: (await tokens(side)).id_token,
  post_logout_redirect_uri: LOGGED_OUT,
  state: 'the state & more',
  ...more,
});

const logout: Probe[] = [
  leaves('of nobody', () => ({})),
  leaves('of ana without a word', () => ({}), 'ana'),
  leaves('with a client', () => ({ client_id: 'post', post_logout_redirect_uri: LOGGED_OUT }), 'ana'),
  leaves('to somebody else', (side) => hinted(side, { post_logout_redirect_uri: 'https://evil.example/' }), 'ana'),
  leaves(
    'to an address with a query',
    (side) => hinted(side, { post_logout_redirect_uri: `${LOGGED_OUT}?x=y` }),
    'ana',
  ),
  leaves('to an address without a client', () => ({ post_logout_redirect_uri: LOGGED_OUT })),
  leaves('of an unknown client', () => ({ client_id: 'nobody', post_logout_redirect_uri: LOGGED_OUT })),
  leaves('with a hint that is nothing', () => ({ id_token_hint: 'x.y.z' })),
  leaves('with a hint of another client', (side) => hinted(side, { client_id: 'two' }), 'ana'),
  leaves('with a hint that was changed', async (side) => {
    const { id_token_hint: hint, ...rest } = await hinted(side);
    return { ...rest, id_token_hint: `${hint?.slice(0, -8)}AAAAAAAA` };
  }),
  leaves('that is a script', (side) => hinted(side, { post_logout_redirect_uri: 'javascript:alert(1)' })),
  {
    id: 'logout/a parameter twice',
    run: (side) => side.nobody().send('/oidc/logout?client_id=post&client_id=two', PAGE),
  },
];

const documents: Probe[] = [
  ...['/.well-known/openid-configuration', '/.well-known/jwks.json'].flatMap((path): Probe[] => [
    { id: `documents/${path}`, run: (side) => side.nobody().send(path) },
    { id: `documents/HEAD ${path}`, run: (side) => side.nobody().send(path, { method: 'HEAD' }) },
    { id: `documents/POST ${path}`, run: (side) => side.nobody().send(path, { method: 'POST', form: '' }) },
    {
      id: `documents/${path} of another origin`,
      run: (side) => side.nobody().send(path, { headers: { origin: 'https://app.example' } }),
    },
  ]),
];

export const AFTERWARDS = [...userinfo, ...revocation, ...logout, ...documents];
