// Test: the scenes of coming in: the first page, a new account, what an application may do, a form of the tenant's.
import { PASSWORD } from '#test/kit/house.ts';
import { arrived, attested, CAPABLE, type Scene } from './scene.ts';

import { type Gallery, PERSON, type Visitor } from './stage.ts';

const PASSED = /^\/callback$/;

export const SIGN_IN_SCENES: Scene[] = [
  {
    name: 'login',
    flow: 'sign-in',
    path: '/u/login',
    reach: async (gallery, visitor) => {
      await gallery.person();
      return arrived(await gallery.authorize(visitor), '/u/login');
    },
    refuses: 'no-email',
    plainly: { fill: () => ({ username: PERSON.email, password: PASSWORD }), to: PASSED },
  },
  {
    name: 'login-refused',
    flow: 'sign-in',
    path: '/u/login',
    reach: async (gallery, visitor) => arrived(await gallery.authorize(visitor), '/u/login'),
    act: async (page) => {
      await page.fill('[name=username]', PERSON.email);
      await page.fill('[name=password]', 'not this one');
      await page.locator('form [value=default]').click();
      await page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'signup',
    flow: 'sign-in',
    path: '/u/signup',
    reach: async (gallery, visitor) =>
      arrived(await gallery.authorize(visitor, { screen_hint: 'signup' }), '/u/signup'),
    refuses: 'no-email',
    plainly: {
      fill: ({ house }) => ({ email: `new-${house.ports.random.hex(8)}@example.com`, password: 'Sings-at-dawn-7' }),
      to: PASSED,
    },
  },
  {
    // Of the JSON flow, where nobody gets on without a code.
    name: 'signup-phone',
    flow: 'sign-in',
    path: '/u/signup',
    reach: async (gallery, visitor) => arrived(await gallery.flow(visitor, { screen_hint: 'signup' }), '/u/signup'),
    refuses: 'no-email',
    plainly: {
      fill: ({ house }) => ({
        email: `new-${house.ports.random.hex(8)}@example.com`,
        phone: `+1415555${house.ports.random.digits(4)}`,
        password: 'Sings-at-dawn-7',
      }),
      to: /^\/u\/mfa-sms-challenge$/,
    },
  },
  {
    name: 'passkey-enrollment',
    flow: 'sign-in',
    path: '/u/passkey-enrollment',
    reach: async (gallery, visitor) => arrived(await capable(gallery, visitor), '/u/passkey-enrollment'),
    needsScript: true,
    plainly: { press: 'abort-passkey-enrollment', to: PASSED },
  },
  {
    name: 'passkey-enrollment-success',
    flow: 'sign-in',
    path: '/u/mfa-webauthn-enrollment-success',
    reach: async (gallery, visitor) => {
      const offered = await capable(gallery, visitor);
      const page = await visitor.post(offered, { ...attested(offered), action: 'default' });
      return arrived(page, '/u/mfa-webauthn-enrollment-success');
    },
    plainly: { to: PASSED },
  },
  {
    name: 'consent',
    flow: 'sign-in',
    path: '/u/consent',
    reach: async (gallery, visitor) => {
      await gallery.person();
      const scope = 'openid profile email offline_access';
      return arrived(await gallery.signIn(visitor, [], { client_id: gallery.stranger.id, scope }), '/u/consent');
    },
    plainly: { press: 'accept', to: PASSED },
  },
  {
    name: 'form',
    flow: 'sign-in',
    path: '/u/form',
    reach: async (gallery, visitor) => {
      await gallery.person();
      return arrived(await gallery.signIn(visitor, [['prompt', 'render', 'ap_welcome']]), '/u/form');
    },
    plainly: { fill: () => ({ nick: 'Annie' }), tick: 'terms', to: PASSED },
  },
  {
    name: 'busy',
    flow: 'sign-in',
    path: '/u/login',
    reach: async (gallery, visitor) => {
      const page = await gallery.authorize(visitor);
      const { store, tenant } = gallery.house;
      const handle = await store.handles.find(tenant.id, 'state', page.url.searchParams.get('state') ?? '');
      const id = handle?.targetId ?? '';
      const found = await store.transactions.find(tenant.id, id);
      const revision = found?.transaction.revision ?? 0;
      const claim = {
        kind: 'transaction.claim',
        tenantId: tenant.id,
        id,
        revision,
        owner: 'another',
        leaseSeconds: 600,
      };
      await store.commit([{ ...claim, kind: 'transaction.claim' }]);
      return arrived(page, '/u/login');
    },
    isEnd: true,
    reloads: true,
  },
];

/** The person comes in with a browser that could have a passkey. */
async function capable(gallery: Gallery, visitor: Visitor) {
  await gallery.person();
  const page = await gallery.authorize(visitor);
  return visitor.post(page, { username: PERSON.email, password: PASSWORD, action: 'default', ...CAPABLE });
}
