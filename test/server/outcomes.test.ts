// What every door shows for every way a chain of Actions can come to rest: one row a chain, one column a door. Whoever
// adds a door, a grant or a factor adds its column or its row here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newClient } from '#runtime/lifecycle/client.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import type { PlainBrowser } from '#test/kit/plain-browser.ts';
import { CALLBACK, type FrontDoor, openFrontDoor } from './oauth/front-door.ts';

const script = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;

/** A page by its path, another site, or what the application got. */
type End = { page: string } | { site: string } | { error: string; description: string } | 'code';
type Row = {
  chain: string;
  scripts: string[];
  policy?: 'all-applications';
  /** Whether the person has an app; everybody else has no factor. */
  has?: 'otp';
  fresh: End;
  silent: End;
};

const denied = (description: string): End => ({ error: 'access_denied', description });
const MFA = { error: 'interaction_required', description: 'Multifactor authentication required' };
const PERSON: End = { error: 'interaction_required', description: 'User interaction required' };
const NOTHING_USABLE =
  'An MFA challenge is used in a PostLogin action but the requested factors are not properly set up. To perform MFA, enable the requested factors and ensure the user is enrolled with them.';

const deny = script(`api.access.deny('not you');`);
const challenge = script(`api.authentication.challengeWith({ type: 'otp' });`);

const ROWS: Row[] = [
  { chain: 'no Action', scripts: [], fresh: 'code', silent: 'code' },
  { chain: 'an Action that asks nothing', scripts: [script('')], fresh: 'code', silent: 'code' },
  { chain: 'a denial', scripts: [deny], fresh: denied('not you'), silent: denied('not you') },
  { chain: 'a throw', scripts: [script(`throw new Error('boom')`)], fresh: denied('boom'), silent: denied('boom') },
  {
    chain: 'a validation error',
    scripts: [script(`api.validation.error('code', 'not valid');`)],
    fresh: denied('not valid'),
    silent: denied('not valid'),
  },
  {
    chain: 'a revoked session',
    scripts: [script(`api.session.revoke('gone');`)],
    fresh: denied('gone'),
    silent: denied('gone'),
  },
  { chain: 'a challenge', has: 'otp', scripts: [challenge], fresh: { page: '/u/mfa-otp-challenge' }, silent: MFA },
  {
    chain: 'a choice',
    has: 'otp',
    scripts: [script(`api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'email' }]);`)],
    fresh: { page: '/u/mfa-login-options' },
    silent: MFA,
  },
  {
    chain: 'a challenge that nobody can meet',
    scripts: [challenge],
    fresh: denied(NOTHING_USABLE),
    silent: denied(NOTHING_USABLE),
  },
  {
    chain: 'a challenge beside a denial',
    has: 'otp',
    scripts: [script(`api.authentication.challengeWith({ type: 'otp' }); api.access.deny('not you');`)],
    fresh: denied('not you'),
    silent: denied('not you'),
  },
  {
    chain: 'an enrollment',
    scripts: [script(`api.authentication.enrollWith({ type: 'otp' });`)],
    fresh: { page: '/u/mfa-otp-enrollment-qr' },
    silent: MFA,
  },
  {
    chain: 'a choice of what to enroll',
    scripts: [script(`api.authentication.enrollWithAny([{ type: 'phone' }, { type: 'otp' }]);`)],
    fresh: { page: '/u/mfa-begin-enroll-options' },
    silent: MFA,
  },
  {
    chain: 'a redirect',
    scripts: [script(`api.redirect.sendUserTo('https://site.example/terms');`)],
    fresh: { site: 'https://site.example/terms' },
    silent: PERSON,
  },
  {
    chain: 'a form',
    scripts: [script(`api.prompt.render('ap_form');`)],
    fresh: { page: '/u/form' },
    silent: PERSON,
  },
  {
    chain: 'a form that does not exist',
    scripts: [script(`api.prompt.render('ap_none');`)],
    fresh: denied('The form ap_none does not exist.'),
    silent: denied('The form ap_none does not exist.'),
  },
  {
    chain: 'a factor that is enabled',
    has: 'otp',
    scripts: [script(`api.multifactor.enable('any');`)],
    fresh: { page: '/u/mfa-otp-challenge' },
    silent: MFA,
  },
  {
    chain: 'the policy',
    has: 'otp',
    policy: 'all-applications',
    scripts: [],
    fresh: { page: '/u/mfa-otp-challenge' },
    silent: MFA,
  },
  {
    chain: 'the policy, for somebody without a factor',
    policy: 'all-applications',
    scripts: [],
    fresh: { page: '/u/mfa-begin-enroll-options' },
    silent: MFA,
  },
  {
    chain: 'the policy that a script lifts',
    has: 'otp',
    policy: 'all-applications',
    scripts: [script(`api.multifactor.enable('none');`)],
    fresh: 'code',
    silent: 'code',
  },
];

describe.each(databasesInFull())('%s', (_name, open) => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await openFrontDoor({ databaseUrl: await open() });
    const { store, tenant } = door.house;
    const definition = { nodes: [], start: {}, ending: {} };
    const form = { tenantId: tenant.id, id: 'ap_form', name: 'Form', definition, createdAt: 0, updatedAt: 0 };
    await store.forms.insert(form);
    await door.house.user('with-app', ['otp', 'email']);
    await door.house.user('without', []);
    const grants = { secret: 'native secret', grantTypes: ['password'] };
    await newClient(door.house.ports, tenant.id, { id: 'native', name: 'Native', ...grants });
  });
  afterAll(() => door.close());

  const sessionOf = (browser: PlainBrowser) => browser.cookies.get('sallyport_session') ?? '';
  const setUp = async ({ scripts, policy }: Pick<Row, 'scripts' | 'policy'>) => {
    await door.house.bind(...scripts);
    await door.house.editTenant((tenant) => ({ ...tenant, policies: policy ? [policy] : [] }));
  };

  const browsers = new Map<string, PlainBrowser>();

  /** A browser in which somebody has signed in before any of the chain was there; another one once its session is gone. */
  async function signedIn(who: string): Promise<PlainBrowser> {
    const known = browsers.get(who);
    if (known && (await door.deps.runtime.recognise(door.house.tenant, sessionOf(known)))) return known;
    await setUp({ scripts: [] });
    const browser = door.browser();
    browsers.set(who, browser);
    const answer = await door.signIn(browser, who);
    if (!answer.has('code')) throw new Error(`${who} could not sign in`);
    return browser;
  }

  function endOf(status: number, url: URL): End {
    if (status !== 0) return { page: url.pathname };
    if (`${url.origin}${url.pathname}` !== CALLBACK) return { site: `${url.origin}${url.pathname}` };
    if (url.searchParams.has('code')) return 'code';
    const read = (name: string) => url.searchParams.get(name) ?? '';
    expect(read('state')).toBe('the state');
    return { error: read('error'), description: read('error_description') };
  }

  describe.each(ROWS)('$chain', (row) => {
    const who = row.has ? 'with-app' : 'without';

    test('at a fresh login', async () => {
      await setUp(row);
      const browser = door.browser();
      const page = await browser.open(door.authorizeUrl());
      const end = await browser.post(page, {
        username: `${who}@example.com`,
        password: 'correct horse battery',
        action: 'default',
      });
      expect(endOf(end.status, end.url)).toEqual(row.fresh);
    });

    test('at a single sign-on', async () => {
      const browser = await signedIn(who);
      await setUp(row);
      const end = await browser.open(door.authorizeUrl());
      expect(endOf(end.status, end.url)).toEqual(row.fresh);
    });

    test('with prompt=none', async () => {
      const browser = await signedIn(who);
      await setUp(row);
      const end = await browser.open(door.authorizeUrl({ prompt: 'none' }));
      expect(endOf(end.status, end.url)).toEqual(row.silent);
    });

    // Nobody can be sent anywhere there either, but a client can be asked for a second factor.
    test('at a password grant', async () => {
      await setUp(row);
      door.house.clock.advance(6000);
      const { status, body } = await door.token({
        grant_type: 'password',
        client_id: 'native',
        client_secret: 'native secret',
        username: `${who}@example.com`,
        password: 'correct horse battery',
        scope: 'openid',
      });
      if (row.silent === 'code') return expect(status).toBe(200);
      const { error, description } =
        row.silent === MFA ? { ...MFA, error: 'mfa_required' } : (row.silent as typeof MFA);
      expect({ status, error: body.error, description: body.error_description }).toEqual({
        status: 403,
        error,
        description,
      });
    });
  });
});
