// Test: the scenes in which somebody shows a factor they have.
import {
  app,
  appCode,
  arrived,
  challengeWith,
  challengeWithAny,
  meet,
  met,
  phone,
  platformKey,
  pushPhone,
  type Scene,
  secondPhone,
  securityKey,
} from './scene.ts';

const OTHER = { additionalFactors: [{ type: 'otp' }] };
const PASSED = /^\/callback$/;
const PICKER = /^\/u\/mfa-login-options$/;
const RECOVERY_CODE = 'MZCRK3YX5V3AKNNYY6JEBQCL';

export const FACTOR_SCENES: Scene[] = [
  met(
    'mfa-login-options',
    'factor',
    challengeWithAny(
      'push-notification',
      'otp',
      'phone',
      'email',
      'webauthn-roaming',
      'webauthn-platform',
      'recovery-code',
    ),
    {
      has: [pushPhone(), app, phone, secondPhone, securityKey(), platformKey(), { type: 'recovery-code', secret: 'x' }],
      verified: true,
      plainly: { press: 'otp', to: /^\/u\/mfa-otp-challenge$/ },
    },
  ),
  met('mfa-otp-challenge', 'factor', challengeWith('otp', {}, { additionalFactors: [{ type: 'phone' }] }), {
    has: [app, phone],
    refuses: 'no-code',
    plainly: { fill: ({ house }) => ({ code: appCode(house.clock.at) }), to: PASSED },
  }),
  {
    name: 'mfa-otp-challenge-refused',
    flow: 'factor',
    path: '/u/mfa-otp-challenge',
    reach: async (gallery, visitor) =>
      arrived(await meet(gallery, visitor, challengeWith('otp'), { has: [app] }), '/u/mfa-otp-challenge'),
    act: async (page) => {
      await page.fill('[name=code]', '000000');
      await page.locator('form [value=default]').click();
      await page.getByRole('alert').waitFor();
    },
  },
  met('mfa-sms-challenge', 'factor', challengeWith('phone', { preferredMethod: 'sms' }, OTHER), {
    has: [phone, app],
    types: ['sms', 'voice'],
    refuses: 'no-code',
    plainly: { press: 'switch-to-voice', to: /^\/u\/mfa-voice-challenge$/ },
  }),
  met('mfa-phone-challenge', 'factor', challengeWith('phone', { preferredMethod: 'both' }, OTHER), {
    has: [phone, app],
    types: ['sms', 'voice'],
    plainly: { press: 'default', to: /^\/u\/mfa-sms-challenge$/ },
  }),
  met('mfa-voice-challenge', 'factor', challengeWith('phone', { preferredMethod: 'voice' }, OTHER), {
    has: [phone, app],
    types: ['sms', 'voice'],
    refuses: 'no-code',
    plainly: { press: 'switch-to-sms', to: /^\/u\/mfa-sms-challenge$/ },
  }),
  listOf('mfa-sms-list', 'phone', 'pick-sms', { has: [phone, secondPhone, app] }),
  met('mfa-email-challenge', 'factor', challengeWith('email', {}, OTHER), {
    has: [app],
    verified: true,
    refuses: 'no-code',
    plainly: { press: 'resend-code', to: /^\/u\/mfa-email-challenge$/ },
  }),
  listOf('mfa-email-list', 'email', 'pick-email', {
    has: [{ type: 'email', email: 'ana@lantern.example' }],
    verified: true,
  }),
  met('mfa-recovery-code-challenge', 'factor', challengeWith('recovery-code', {}, OTHER), {
    has: [{ type: 'recovery-code', secret: 'x' }, app],
    refuses: 'no-code',
    plainly: { press: 'pick-authenticator', to: PICKER },
  }),
  {
    name: 'mfa-recovery-code-challenge-new-code',
    flow: 'factor',
    path: '/u/mfa-recovery-code-challenge-new-code',
    reach: async (gallery, visitor) => {
      const id = `dev_${gallery.house.ports.random.letters(16)}`;
      const secret = gallery.house.ports.mac.mac('recovery-code', `${id} ${RECOVERY_CODE}`);
      const has = [{ type: 'recovery-code', id, secret }] as const;
      const page = await meet(gallery, visitor, challengeWith('recovery-code'), { has: [...has] });
      const next = await visitor.post(page, { code: RECOVERY_CODE, action: 'default' });
      return arrived(next, '/u/mfa-recovery-code-challenge-new-code');
    },
    plainly: { to: PASSED },
  },
  met('mfa-push-challenge-push', 'factor', challengeWith('push-notification', {}, OTHER), {
    has: [pushPhone(), app],
    plainly: { press: 'pick-authenticator', to: PICKER },
  }),
  {
    name: 'mfa-push-challenge-code',
    flow: 'factor',
    path: '/u/mfa-push-challenge-code',
    reach: async (gallery, visitor) => {
      const calls = challengeWith('push-notification', { otpFallback: true }, OTHER);
      const page = await meet(gallery, visitor, calls, { has: [pushPhone(), app] });
      return arrived(await visitor.post(page, { action: 'enter-otp-code' }), '/u/mfa-push-challenge-code');
    },
    refuses: 'no-code',
    plainly: { fill: ({ house }) => ({ code: appCode(house.clock.at) }), to: PASSED },
  },
  listOf('mfa-push-list', 'push-notification', 'pick-push', { has: [pushPhone(), pushPhone('Galaxy S26')] }),
  met('mfa-webauthn-roaming-challenge', 'factor', challengeWith('webauthn-roaming', {}, OTHER), {
    has: [securityKey(), app],
    needsScript: true,
    plainly: { press: 'pick-authenticator', to: PICKER },
  }),
  met('mfa-webauthn-platform-challenge', 'factor', challengeWith('webauthn-platform', {}, OTHER), {
    has: [platformKey(), app],
    needsScript: true,
    plainly: { press: 'pick-authenticator', to: PICKER },
  }),
  ceremonyProblem('mfa-webauthn-error', 'NotAllowedError'),
  ceremonyProblem('mfa-webauthn-not-available-error', 'NotSupportedError'),
  {
    name: 'mfa-detect-browser-capabilities',
    flow: 'factor',
    path: '/u/mfa-detect-browser-capabilities',
    reach: async (gallery, visitor) => {
      const has = [securityKey(), app];
      await meet(gallery, visitor, [], { has });
      const calls = challengeWithAny('webauthn-roaming', 'otp');
      const page = await gallery.authorize(visitor, { scene: JSON.stringify(calls) });
      return arrived(page, '/u/mfa-detect-browser-capabilities');
    },
    // Whoever has no scripts has no keys.
    plainly: { to: /^\/u\/mfa-otp-challenge$/ },
    passes: true,
  },
];

/** The list of what could answer beside what was asked first. */
function listOf(name: string, type: string, action: string, meeting: Parameters<typeof meet>[3]): Scene {
  return {
    name,
    flow: 'factor',
    path: `/u/${name}`,
    reach: async (gallery, visitor) => {
      const page = await meet(gallery, visitor, challengeWith(type), meeting);
      return arrived(await visitor.post(page, { action }), `/u/${name}`);
    },
    plainly: { press: 'back-action', to: /-challenge/ },
  };
}

function ceremonyProblem(name: string, error: string): Scene {
  return {
    name,
    flow: 'factor',
    path: `/u/${name}`,
    reach: async (gallery, visitor) => {
      const calls = challengeWith('webauthn-roaming', {}, OTHER);
      const page = await meet(gallery, visitor, calls, { has: [securityKey(), app] });
      const told = await visitor.post(page, { action: `showError::${JSON.stringify({ name: error })}` });
      return arrived(told, `/u/${name}`);
    },
    plainly: { press: 'pick-authenticator', to: PICKER },
  };
}
