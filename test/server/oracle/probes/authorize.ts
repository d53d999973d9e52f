// Tests, oracle: the authorization endpoint, asked well and badly.
import { API, CALLBACK, NATIVE, SECOND } from '../clients.ts';
import { asked, authorize, CHALLENGE, PKCE, type Probe, request, tokens } from '../probe.ts';

const parameters: Probe[] = [
  asked('a good request', {}),
  asked('a good request of who is signed in', {}, { by: 'ana' }),
  asked('a good request, signed in for it', {}, { signsIn: true }),
  asked('by POST', {}, { posted: true }),
  asked('by POST of who is signed in', {}, { posted: true, by: 'ana' }),
  asked('no client_id', { client_id: undefined }),
  asked('an empty client_id', { client_id: '' }),
  asked('an unknown client', { client_id: 'nobody' }),
  asked('client_id twice', {}, { raw: '&client_id=spa' }),
  asked('redirect_uri twice', {}, { raw: `&redirect_uri=${encodeURIComponent(CALLBACK)}` }),
  asked('state twice', {}, { raw: '&state=other' }),
  asked('scope twice', {}, { raw: '&scope=email' }),
  asked('nonce twice', {}, { raw: '&nonce=n' }),
  asked('response_type twice', {}, { raw: '&response_type=code' }),
  asked('prompt twice', {}, { raw: '&prompt=none' }),
  asked('code_challenge twice', PKCE, { raw: `&code_challenge=${CHALLENGE}` }),
  asked('an unknown parameter', { 'x-unknown': 'y' }),
  asked('an unknown parameter twice', {}, { raw: '&x-unknown=1&x-unknown=2' }),
  asked('a lone percent sign', {}, { raw: '&x=%zz' }),
  asked('no state', { state: undefined }, { by: 'ana' }),
  asked('no nonce', { nonce: undefined }, { by: 'ana' }),
  asked('no scope', { scope: undefined, nonce: undefined }, { by: 'ana' }),
  asked('a nonce without openid', { scope: 'profile' }, { by: 'ana' }),
  asked('a scope with a quote', { scope: 'openid "x"' }),
  asked('a scope with a backslash', { scope: 'openid \\x' }),
  asked('a scope twice', { scope: 'openid openid email' }, { by: 'ana' }),
  asked('scopes in another order', { scope: 'email openid profile' }, { by: 'ana' }),
  asked('an unknown scope', { scope: 'openid unheard' }, { by: 'ana' }),
  asked('a state with quotes and brackets', { state: '"><script>' }),
  asked('registration', { registration: '{}' }),
  asked('claims that are no JSON', { claims: '{' }),
  asked('claims for the userinfo', { claims: '{"userinfo":{"email":null}}' }, { by: 'ana' }),
  asked('ui_locales', { ui_locales: 'ja fr-CA en' }),
  asked('claims_locales', { claims_locales: 'ja' }),
  asked('login_hint', { login_hint: 'ana@example.com' }),
  asked('acr_values', { acr_values: 'urn:x' }, { by: 'ana' }),
  asked('display=page', { display: 'page' }),
  asked('display=popup', { display: 'popup' }),
  asked('an API', { audience: API, scope: 'openid read:things' }, { by: 'ana' }),
  asked('an unknown API', { audience: 'https://nowhere.example/' }, { by: 'ana' }),
];

const callbacks: Probe[] = [
  asked('no redirect_uri, one registered', { redirect_uri: undefined }, { by: 'ana' }),
  asked('no redirect_uri, two registered', { client_id: 'two', redirect_uri: undefined }),
  asked('the second callback', { client_id: 'two', redirect_uri: SECOND }, { by: 'ana' }),
  ...Object.entries({
    'of somebody else': 'https://evil.example/callback',
    'that begins alike': `${CALLBACK}/more`,
    'with a slash more': `${CALLBACK}/`,
    'with a query': `${CALLBACK}?a=b`,
    'with a fragment': `${CALLBACK}#x`,
    'with an empty fragment': `${CALLBACK}#`,
    'in capitals': 'https://APP.example/callback',
    'with a port': 'https://app.example:443/callback',
    'with a dot segment': 'https://app.example/x/../callback',
    'with an encoded letter': 'https://app.example/%63allback',
    'with a user': 'https://app.example@evil.example/callback',
    'by http': 'http://app.example/callback',
    'that is a script': 'javascript:alert(1)',
    'that is data': 'data:text/html,x',
    'that is relative': '/callback',
    'that is no address': 'callback',
    'with a line break': `${CALLBACK}\n`,
    'with a space in front': ` ${CALLBACK}`,
    'with a backslash': 'https://app.example\\callback',
  }).map(([name, redirect_uri]) => asked(`a callback ${name}`, { redirect_uri })),
  asked('a native callback at another port', {
    client_id: 'native',
    redirect_uri: 'http://127.0.0.1:8123/native',
    ...PKCE,
  }),
  asked('a native callback', { client_id: 'native', redirect_uri: NATIVE, ...PKCE }),
  asked('a native callback by another name', { client_id: 'native', redirect_uri: 'http://localhost/native', ...PKCE }),
  asked('a native callback elsewhere', { client_id: 'native', redirect_uri: 'http://127.0.0.1:8123/other', ...PKCE }),
];

const types: Probe[] = [
  asked('no response_type', { response_type: undefined }),
  asked('an unknown response_type', { response_type: 'cod' }),
  asked('response_type none', { response_type: 'none' }),
  asked('a response_type that the client may not have', { response_type: 'id_token' }),
  asked('a response_type in capitals', { response_type: 'CODE' }),
  asked('an implicit request without nonce', { client_id: 'front', response_type: 'id_token', nonce: undefined }),
  asked('a hybrid request without nonce', { client_id: 'front', response_type: 'code id_token', nonce: undefined }),
  asked('id_token without openid', { client_id: 'front', response_type: 'id_token', scope: 'email' }),
  ...[
    'id_token',
    'token',
    'id_token token',
    'token id_token',
    'code id_token',
    'code token',
    'code id_token token',
  ].flatMap((response_type) => [
    asked(`${response_type} by its own mode`, { client_id: 'front', response_type }, { by: 'ana' }),
    asked(`${response_type} by query`, { client_id: 'front', response_type, response_mode: 'query' }, { by: 'ana' }),
    asked(
      `${response_type} by form_post`,
      { client_id: 'front', response_type, response_mode: 'form_post' },
      { by: 'ana' },
    ),
  ]),
  asked(
    'id_token by web_message',
    { client_id: 'front', response_type: 'id_token', response_mode: 'web_message' },
    { by: 'ana' },
  ),
  asked('id_token for an API', { client_id: 'front', response_type: 'id_token token', audience: API }, { by: 'ana' }),
  ...['query', 'fragment', 'form_post', 'web_message', 'jwt', 'query.jwt', 'teleport', '', 'query fragment'].flatMap(
    (response_mode) => [
      asked(`code by ${response_mode || 'an empty mode'}`, { response_mode }, { by: 'ana' }),
      asked(`an error by ${response_mode || 'an empty mode'}`, { response_mode, prompt: 'none' }),
    ],
  ),
  asked('an error of an implicit request', { client_id: 'front', response_type: 'id_token', prompt: 'none' }),
  asked('an error of an implicit request by query', {
    client_id: 'front',
    response_type: 'id_token',
    response_mode: 'query',
    prompt: 'none',
  }),
];

const challenges: Probe[] = [
  asked('a challenge', PKCE, { by: 'ana' }),
  asked('no challenge of a public client', { client_id: 'spa' }),
  asked('a challenge of a public client', { client_id: 'spa', ...PKCE }, { by: 'ana' }),
  asked('a plain challenge', { code_challenge: CHALLENGE, code_challenge_method: 'plain' }),
  asked('a challenge without method', { code_challenge: CHALLENGE }),
  asked('a method without challenge', { code_challenge_method: 'S256' }),
  asked('a challenge too short', { ...PKCE, code_challenge: 'x' }),
  asked('a challenge too long', { ...PKCE, code_challenge: 'x'.repeat(129) }),
  asked('a challenge with a dot too many', { ...PKCE, code_challenge: `${CHALLENGE.slice(1)}*` }),
  asked('an unknown method', { ...PKCE, code_challenge_method: 'S512' }),
  asked('a method in small letters', { ...PKCE, code_challenge_method: 's256' }),
  asked('an empty challenge', { code_challenge: '', code_challenge_method: 'S256' }),
  asked('a thumbprint of a key', { dpop_jkt: CHALLENGE }, { by: 'ana' }),
];

const prompts: Probe[] = [
  asked('prompt=none of nobody', { prompt: 'none' }),
  asked('prompt=none of who is signed in', { prompt: 'none' }, { by: 'ana' }),
  asked('prompt=login of who is signed in', { prompt: 'login' }, { by: 'ana' }),
  asked('prompt=consent of who is signed in', { prompt: 'consent' }, { by: 'ana' }),
  asked('prompt=select_account of who is signed in', { prompt: 'select_account' }, { by: 'ana' }),
  asked('prompt=login consent', { prompt: 'login consent' }, { by: 'ana' }),
  asked('prompt=none login', { prompt: 'none login' }, { by: 'ana' }),
  asked('an unknown prompt', { prompt: 'dance' }),
  asked('prompt in capitals', { prompt: 'NONE' }),
  asked('an empty prompt', { prompt: '' }),
  asked('max_age that is no number', { max_age: 'abc' }),
  asked('max_age below nothing', { max_age: '-1' }),
  asked('max_age with a fraction', { max_age: '1.5' }),
  asked('max_age of nothing', { max_age: '0' }, { by: 'ana' }),
  asked('max_age of nothing, silently', { max_age: '0', prompt: 'none' }, { by: 'ana' }),
  asked('max_age beyond all bounds', { max_age: '99999999999999999999' }),
  asked('max_age that is long', { max_age: '1000000' }, { by: 'ana' }),
  asked('max_age in hexadecimal', { max_age: '0x10' }),
  {
    id: 'authorize/max_age that has gone by',
    before: { run: (side) => side.nobody().send('/.well-known/jwks.json'), seconds: 20 },
    run: (side) => authorize(side, request({ max_age: '10' }), { by: 'ana' }),
  },
  {
    id: 'authorize/max_age that has gone by, silently',
    before: { run: (side) => side.nobody().send('/.well-known/jwks.json'), seconds: 20 },
    run: (side) => authorize(side, request({ max_age: '10', prompt: 'none' }), { by: 'ana' }),
  },
];

const hint = (more: Record<string, unknown>, prompt?: string) => async (side: Parameters<Probe['run']>[0]) => {
  const now = side.now();
  const good = { iss: side.issuer, aud: 'post', sub: side.subject, iat: now, exp: now + 60 };
  return { id_token_hint: await side.sign({ ...good, ...more }), ...(prompt === undefined ? {} : { prompt }) };
};

const hints: Probe[] = [
  asked('a hint of ours', async (side) => ({ id_token_hint: (await tokens(side)).id_token, prompt: 'none' }), {
    by: 'ana',
  }),
  asked('a hint of ours, of nobody', async (side) => ({
    id_token_hint: (await tokens(side)).id_token,
    prompt: 'none',
  })),
  asked('a hint of ours, signed in for it', async (side) => ({ id_token_hint: (await tokens(side)).id_token }), {
    signsIn: true,
  }),
  asked('a hint that was changed', async (side) => ({
    id_token_hint: `${(await tokens(side)).id_token.slice(0, -8)}AAAAAAAA`,
  })),
  asked('a hint that is nothing', { id_token_hint: 'x.y.z' }),
  asked('a hint without dots', { id_token_hint: 'somebody' }),
  asked('a hint without signature', async (side) => ({
    id_token_hint: `${(await tokens(side)).id_token.replace(/[^.]*$/, '')}`,
  })),
  asked('a hint that has expired', hint({ iat: 1, exp: 2 }, 'none'), { by: 'ana' }),
  asked('a hint of somebody else', hint({ sub: 'auth0|somebody' }), { by: 'ana' }),
  asked('a hint of somebody else, silently', hint({ sub: 'auth0|somebody' }, 'none'), { by: 'ana' }),
  asked('a hint for another client', hint({ aud: 'spa' }), { by: 'ana' }),
  asked('a hint of another issuer', hint({ iss: 'https://other.example/' }), { by: 'ana' }),
];

export const AUTHORIZE = [...parameters, ...callbacks, ...types, ...challenges, ...prompts, ...hints];
