// Test: the scenes in which somebody gets a factor.
import { appCode, arrived, attested, enrollWithAny, meet, met, pushPhone, type Scene } from './scene.ts';
import type { Call, Gallery, Visitor } from './stage.ts';

const PASSED = /^\/callback$/;
const NUMBER = '+1 415 555 0101';

export const ENROLLMENT_SCENES: Scene[] = [
  met(
    'mfa-begin-enroll-options',
    'enrollment',
    enrollWithAny('push-notification', 'otp', 'phone', 'webauthn-roaming', 'webauthn-platform', 'recovery-code'),
    { plainly: { press: 'otp', to: /^\/u\/mfa-otp-enrollment-qr$/ } },
  ),
  met('mfa-otp-enrollment-qr', 'enrollment', enrollWithAny('otp'), {
    refuses: 'no-code',
    plainly: { press: 'toggle-view', to: /^\/u\/mfa-otp-enrollment-code$/ },
  }),
  after(
    'mfa-otp-enrollment-code',
    enrollWithAny('otp'),
    (page, visitor) => visitor.post(page, { action: 'toggle-view' }),
    {
      refuses: 'no-code',
      plainly: { press: 'toggle-view', to: /^\/u\/mfa-otp-enrollment-qr$/ },
    },
  ),
  met('mfa-phone-enrollment', 'enrollment', enrollWithAny('phone'), {
    types: ['sms', 'voice'],
    refuses: 'no-phone',
    plainly: { fill: () => ({ phone: NUMBER }), to: /^\/u\/mfa-sms-challenge$/ },
  }),
  met('mfa-sms-enrollment', 'enrollment', enrollWithAny('phone'), {
    refuses: 'no-phone',
    plainly: { fill: () => ({ phone: NUMBER }), to: /^\/u\/mfa-sms-challenge$/ },
  }),
  met('mfa-voice-enrollment', 'enrollment', enrollWithAny('phone'), {
    types: ['voice'],
    refuses: 'no-phone',
    plainly: { fill: () => ({ phone: NUMBER }), to: /^\/u\/mfa-voice-challenge$/ },
  }),
  after(
    'mfa-country-codes',
    enrollWithAny('phone'),
    (page, visitor) => visitor.post(page, { action: 'pick-country-code' }),
    {
      plainly: { press: 'selection-action::JP81', to: /^\/u\/mfa-sms-enrollment$/ },
    },
  ),
  after(
    'mfa-sms-enrollment-challenge',
    enrollWithAny('phone'),
    (page, visitor) => visitor.post(page, { action: 'default', phone: NUMBER }),
    { path: '/u/mfa-sms-challenge', plainly: { press: 'back-action', to: /^\/u\/mfa-sms-enrollment$/ } },
  ),
  met('mfa-push-welcome', 'enrollment', enrollWithAny('push-notification'), {
    plainly: { to: /^\/u\/mfa-push-enrollment-qr$/ },
  }),
  after('mfa-push-enrollment-qr', enrollWithAny('push-notification'), (page, visitor) =>
    visitor.post(page, { action: 'enroll' }),
  ),
  after('mfa-push-enrollment-code', enrollWithAny('push-notification'), async (page, visitor) => {
    const picture = await visitor.post(page, { action: 'enroll' });
    return visitor.post(picture, { action: 'toggle-view' });
  }),
  after('mfa-push-success', enrollWithAny('push-notification'), async (page, visitor, { house }) => {
    const picture = await visitor.post(page, { action: 'enroll' });
    const { html, ...address } = await visitor.post(picture, { action: 'toggle-view' });
    const key = /\/push\/enroll#([\w-]+)/.exec(html)?.[1] ?? '';
    const { device } = pushPhone();
    const { push } = house.runtime;
    const enrolled = await push.enroll(house.tenant, key, { name: 'Pixel 10', publicKey: device?.publicKey ?? {} });
    const phone = enrolled.ok && (await push.find(house.tenant, enrolled.deviceId));
    if (phone) await push.pending(house.tenant, phone);
    return visitor.post({ ...address, html }, { action: 'continue' });
  }),
  met('mfa-webauthn-roaming-enrollment', 'enrollment', enrollWithAny('webauthn-roaming'), { needsScript: true }),
  met('mfa-webauthn-platform-enrollment', 'enrollment', enrollWithAny('webauthn-platform'), { needsScript: true }),
  after('mfa-webauthn-change-key-nickname', enrollWithAny('webauthn-roaming'), (page, visitor) =>
    visitor.post(page, { ...attested(page), action: 'default' }),
  ),
  after('mfa-webauthn-enrollment-success', enrollWithAny('webauthn-roaming'), async (page, visitor) => {
    const naming = await visitor.post(page, { ...attested(page), action: 'default' });
    return visitor.post(naming, { nickname: 'Blue security key', action: 'default' });
  }),
  after('mfa-recovery-code-enrollment', enrollWithAny('otp'), confirmApp, {
    plainly: { tick: 'saved', to: PASSED },
  }),
  {
    name: 'mfa-enroll-result',
    flow: 'enrollment',
    path: '/u/mfa-enroll-result',
    reach: async (gallery, visitor) => {
      const code = await confirmApp(await openLink(gallery, visitor), visitor, gallery);
      const done = code.url.pathname.includes('recovery') ? await visitor.post(code, { saved: 'on' }) : code;
      return arrived(done, '/u/mfa-enroll-result');
    },
    isEnd: true,
  },
];

type Page = Awaited<ReturnType<Visitor['open']>>;
type Walk = (page: Page, visitor: Visitor, gallery: Gallery) => Promise<Page>;

/** One that is met a step or two after the first page of an enrollment. */
function after(name: string, calls: Call[], walk: Walk, { path = `/u/${name}`, ...more }: Partial<Scene> = {}): Scene {
  return {
    name,
    flow: 'enrollment',
    path,
    reach: async (gallery, visitor) => arrived(await walk(await meet(gallery, visitor, calls), visitor, gallery), path),
    ...more,
  };
}

/** The code of the app whose key the page shows. */
function confirmApp(page: Page, visitor: Visitor, { house }: Gallery): Promise<Page> {
  const key = /<code class="key"[^>]*>(.*?)<\/code>/.exec(page.html)?.[1]?.replaceAll(/<[^>]*>/g, '') ?? '';
  return visitor.post(page, { code: appCode(house.clock.at, key), action: 'default' });
}

/** A link by which an administrator lets somebody have an app. */
async function openLink(gallery: Gallery, visitor: Visitor): Promise<Page> {
  const user = await gallery.person();
  const { runtime, tenant } = gallery.house;
  const ticket = await runtime.makeEnrollmentTicket(tenant, { user, factor: 'otp', further: false });
  return visitor.open(ticket?.link ?? '');
}
