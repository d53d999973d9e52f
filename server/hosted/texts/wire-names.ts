// Server, hosted pages: names of prompts and languages under which tenants may keep texts of their own: the wire's, and
// those that only our pages have.
import { LANGUAGES } from './catalogue.ts';
import { en } from './en.ts';

/** Every prompt of the wire; several belong to pages that we do not have, whose texts are kept only. */
export const PROMPT_NAMES = [
  ...new Set([
    ...['login', 'login-id', 'login-password', 'login-passwordless', 'login-email-verification'],
    ...['signup', 'signup-id', 'signup-password'],
    ...['phone-identifier-enrollment', 'phone-identifier-challenge', 'email-identifier-challenge'],
    ...['reset-password', 'custom-form', 'consent', 'customized-consent', 'logout'],
    ...['mfa', 'mfa-push', 'mfa-otp', 'mfa-voice', 'mfa-phone', 'mfa-webauthn', 'mfa-sms', 'mfa-email'],
    ...['mfa-recovery-code', 'status', 'device-flow', 'email-verification', 'email-otp-challenge', 'organizations'],
    ...['invitation', 'common', 'passkeys', 'captcha', 'brute-force-protection', 'async-approval-flow', 'confirmation'],
    ...Object.keys(en),
  ]),
];

/** Every screen of the wire, and those of ours. */
export const SCREEN_NAMES = [
  ...new Set([
    ...['login-id', 'login-password', 'login-passwordless-email-link', 'login-email-verification'],
    ...['signup-id', 'signup-password', 'phone-identifier-enrollment', 'phone-identifier-challenge'],
    ...['email-identifier-challenge', 'custom-form', 'consent-tenant-scopes', 'customized-consent'],
    ...['logout', 'logout-complete', 'logout-aborted', 'status', 'email-verification-result', 'email-otp-challenge'],
    ...['organization-selection', 'organization-picker', 'pre-login-organization-picker', 'accept-invitation'],
    ...['redeem-ticket', 'passkey-enrollment-local', 'interstitial-captcha', 'brute-force-protection-unblock'],
    ...['brute-force-protection-unblock-success', 'brute-force-protection-unblock-failure', 'confirmation'],
    ...['async-approval-error', 'async-approval-accepted', 'async-approval-denied', 'async-approval-wrong-user'],
    ...['email', 'otp', 'phone', 'sms', 'voice', 'webauthn-platform', 'webauthn-roaming', 'recovery-code'].map(
      (factor) => `reset-password-mfa-${factor}-challenge`,
    ),
    'reset-password-mfa-push-challenge-push',
    ...Object.values(en).flatMap((screens) => Object.keys(screens)),
  ]),
];

/** Tags of the wire, and those of ours that it lacks. */
export const LANGUAGE_TAGS = [
  ...new Set([
    ...'am ar ar-EG ar-SA az bg bn bs ca-ES cnr cs cy da de el en en-CA es es-419 es-AR es-MX et eu-ES fa fi fr'.split(
      ' ',
    ),
    ...'fr-CA fr-FR gl-ES gu he hi hr hu hy id is it ja ka kk kn ko lt lv mk ml mn mr ms my nb nl nn no pa pl pt'.split(
      ' ',
    ),
    ...'pt-BR pt-PT ro ru sk sl so sq sr sv sw ta te th tl tr uk ur vi zgh zh-CN zh-HK zh-MO zh-TW'.split(' '),
    ...LANGUAGES,
  ]),
];
