// Test: the scenes that belong to no login: a forgotten password, a device, signing out, and pages that say what went wrong.
import { PASSWORD } from '#test/kit/house.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { app, appCode, arrived, meet, phone, type Scene } from './scene.ts';
import { FAULT, type Gallery, PERSON, type Visitor } from './stage.ts';

type Page = Awaited<ReturnType<Visitor['open']>>;

export const PASSWORD_SCENES: Scene[] = [
  plain('reset-password-request', 'password', '/u/reset-password/request', { refuses: 'no-email' }),
  {
    name: 'reset-password-email',
    flow: 'password',
    path: '/u/reset-password/request',
    reach: async (gallery) => {
      await gallery.person();
      return '/u/reset-password/request';
    },
    act: async (page) => {
      await page.fill('[name=email]', PERSON.email);
      await page.locator('form [value=default]').click();
      await page.getByRole('status').waitFor();
    },
    isEnd: true,
  },
  {
    name: 'reset-password',
    flow: 'password',
    path: '/u/reset-password',
    reach: async (gallery, visitor) => arrived(await openResetLink(gallery, visitor), '/u/reset-password'),
    refuses: 'no-password',
    plainly: {
      fill: () => ({ password: NEW_PASSWORD, 're-enter-password': NEW_PASSWORD }),
      to: /^\/u\/reset-password-success$/,
    },
  },
  {
    name: 'reset-password-mfa-otp-challenge',
    flow: 'password',
    path: '/u/reset-password-mfa-otp-challenge',
    reach: async (gallery, visitor) => {
      const page = await openResetLink(gallery, visitor, true);
      await bindTo(gallery.house, 'password-reset-post-challenge', []);
      return arrived(page, '/u/reset-password-mfa-otp-challenge');
    },
    refuses: 'no-code',
  },
  {
    name: 'reset-password-success',
    flow: 'password',
    path: '/u/reset-password-success',
    reach: async (gallery, visitor) => {
      const page = await openResetLink(gallery, visitor);
      const fields = { password: NEW_PASSWORD, 're-enter-password': NEW_PASSWORD, action: 'default' };
      return arrived(await visitor.post(page, fields), '/u/reset-password-success');
    },
    isEnd: true,
  },
  plain('reset-password-error', 'password', '/u/reset-password/verify?ticket=of-nothing', { isEnd: true }),
  {
    name: 'brute-force-protection-unblock',
    flow: 'password',
    path: '/u/unblock',
    reach: async (gallery, visitor) => arrived(await openUnblockLink(gallery, visitor), '/u/unblock'),
    plainly: { to: /^\/u\/unblock$/ },
  },
  {
    name: 'brute-force-protection-unblock-success',
    flow: 'password',
    path: '/u/unblock',
    reach: async (gallery, visitor) => arrived(await openUnblockLink(gallery, visitor), '/u/unblock'),
    act: pressDefault,
    isEnd: true,
  },
  {
    name: 'email-verification',
    flow: 'password',
    path: '/u/email-verification',
    reach: async (gallery, visitor) => arrived(await openVerification(gallery, visitor), '/u/email-verification'),
    plainly: { to: /^\/u\/email-verification$/ },
  },
  {
    name: 'email-verification-result',
    flow: 'password',
    path: '/u/email-verification',
    reach: async (gallery, visitor) => arrived(await openVerification(gallery, visitor), '/u/email-verification'),
    act: pressDefault,
    isEnd: true,
  },
];

const DEVICE_FORM = { press: 'accept', to: /^\/u\/device-code-activation-allowed$/ };

export const DEVICE_SCENES: Scene[] = [
  plain('device-code-activation', 'device', '/activate', { refuses: 'no-code' }),
  {
    name: 'device-code-check',
    flow: 'device',
    path: '/activate',
    reach: async (gallery, visitor) => arrived(await visitor.open(await askForDevice(gallery, visitor)), '/activate'),
    plainly: { press: 'accept', to: /^\/u\/login$/ },
  },
  {
    name: 'device-code-confirmation',
    flow: 'device',
    path: '/u/device-code-confirmation',
    reach: async (gallery, visitor) => {
      await gallery.person();
      const address = await askForDevice(gallery, visitor);
      const code = new URL(address).searchParams.get('user_code') ?? '';
      const login = await visitor.open('/activate', { user_code: code, action: 'accept' });
      const done = await visitor.post(login, { username: PERSON.email, password: PASSWORD, action: 'default' });
      return arrived(done, '/u/device-code-confirmation');
    },
    plainly: DEVICE_FORM,
  },
  plain('device-code-activation-allowed', 'device', '/u/device-code-activation-allowed', { isEnd: true }),
  plain('device-code-activation-denied', 'device', '/u/device-code-activation-denied', { isEnd: true }),
  {
    name: 'logout',
    flow: 'device',
    path: '/u/logout',
    reach: async (gallery, visitor) => arrived(await askToLeave(gallery, visitor), '/u/logout'),
    plainly: { press: 'accept', to: /^\/u\/logout$/ },
  },
  {
    name: 'logout-aborted',
    flow: 'device',
    path: '/u/logout',
    reach: async (gallery, visitor) => arrived(await askToLeave(gallery, visitor), '/u/logout'),
    act: (page) => page.locator('form [value=decline]').click(),
    isEnd: true,
  },
  plain('logout-complete', 'device', '/oidc/logout', { isEnd: true }),
];

export const PROBLEM_SCENES: Scene[] = [
  plain('unknown-login', 'problem', '/u/login?state=of-nothing', { isEnd: true }),
  plain('not-found', 'problem', '/u/nothing', { isEnd: true }),
  plain('link-used', 'problem', '/u/unblock?ticket=of-nothing', { isEnd: true }),
  plain('verification-link-used', 'problem', '/u/email-verification?ticket=of-nothing', { isEnd: true }),
  plain('bad-application', 'problem', '/authorize?client_id=of-nobody&response_type=code', { isEnd: true }),
  plain('fault', 'problem', `/u/login?state=${FAULT}`, { isEnd: true }),
  plain('mfa-enroll-result-expired-ticket', 'problem', `/mfa/enrollment?ticket=${'x'.repeat(32)}`, { isEnd: true }),
  {
    name: 'expired',
    flow: 'problem',
    path: '/u/login',
    reach: async (gallery, visitor) => {
      const page = await gallery.authorize(visitor);
      gallery.house.clock.advance(2 * 60 * 60_000);
      return arrived(page, '/u/login');
    },
    isEnd: true,
  },
  {
    name: 'already-used',
    flow: 'problem',
    path: '/u/mfa-otp-challenge',
    reach: async (gallery, visitor) => {
      const page = await meet(gallery, visitor, [['authentication', 'challengeWith', { type: 'otp' }]], { has: [app] });
      await visitor.post(page, { code: appCode(gallery.house.clock.at), action: 'default' });
      return arrived(page, '/u/mfa-otp-challenge');
    },
    isEnd: true,
  },
];

const NEW_PASSWORD = 'Sings-at-dawn-7';
const PROVE = `exports.onExecutePostChallenge = async (_event, api) =>
  api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone' }] });`;

/** A page that lies at an address of its own. */
function plain(name: string, flow: Scene['flow'], address: string, more: Partial<Scene> = {}): Scene {
  return { name, flow, path: address.replace(/\?.*/, ''), reach: async () => address, ...more };
}

async function pressDefault(page: Parameters<NonNullable<Scene['act']>>[0]): Promise<void> {
  await page.locator('form [value=default]').click();
  await page.waitForLoadState();
}

/** `proves`: a script asks for the app before a new password may be chosen. */
async function openResetLink(gallery: Gallery, visitor: Visitor, proves = false): Promise<Page> {
  await gallery.person({ emailVerified: true, has: proves ? [app, phone] : [] });
  if (proves) await bindTo(gallery.house, 'password-reset-post-challenge', [PROVE]);
  await visitor.open('/u/reset-password/request', { email: PERSON.email, action: 'default' });
  // The page is there before it is known whether anybody is to be mailed.
  await gallery.house.runtime.settled(1000);
  return visitor.open(await linkIn(gallery));
}

async function openUnblockLink({ person, house: { store, tenant, ports } }: Gallery, visitor: Visitor): Promise<Page> {
  const { id: userId } = await person();
  const [key, id, at] = [ports.random.key(), ports.random.uuid(), ports.now()];
  const life = { createdAt: at, expiresAt: at + 60_000 };
  const content = { identifier: PERSON.email, network: visitor.address };
  const of = { tenantId: tenant.id, kind: 'unblock' } as const;
  await store.commit([
    { kind: 'ticket.insert', ticket: { ...of, id, revision: 1, userId, content, ...life } },
    { kind: 'handle.insert', handle: { ...of, key, targetId: id, ask: 0, expiresAt: life.expiresAt } },
  ]);
  return visitor.open(`/u/unblock?ticket=${key}`);
}

async function openVerification(gallery: Gallery, visitor: Visitor): Promise<Page> {
  const user = await gallery.person();
  const { runtime, tenant } = gallery.house;
  await runtime.sendVerification(tenant, { id: user.id, email: PERSON.email }, { locale: visitor.language });
  return visitor.open(await linkIn(gallery));
}

async function linkIn(gallery: Gallery): Promise<string> {
  const { text } = await gallery.messageTo(PERSON.email);
  const link = /https?:\/\/\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`there is no link in "${text}"`);
  return link;
}

async function askForDevice(gallery: Gallery, visitor: Visitor): Promise<string> {
  const { html } = await visitor.open('/oauth/device/code', { client_id: gallery.device.id, scope: 'openid' });
  return String((JSON.parse(html) as Record<string, unknown>).verification_uri_complete);
}

async function askToLeave(gallery: Gallery, visitor: Visitor): Promise<Page> {
  await gallery.person();
  await gallery.signIn(visitor);
  return visitor.open('/oidc/logout');
}
