// Server, hosted pages: every screen by its path, and which of them a login is at.
import type { FactorType } from '#actions/post-login.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import { gateScreensOf } from './gate.ts';
import { PHONE_SCREENS, phoneScreensOf } from './phone-screens.ts';
import { PUSH_SCREENS, pushScreensOf } from './push-screens.ts';
import { pathIn, pathOf, presentChallenge, presentNote, type Screen } from './screen.ts';
import { consentScreen } from './screens/consent.ts';
import { formScreen } from './screens/form.ts';
import { loginScreen } from './screens/login.ts';
import { mfaBeginEnrollOptionsScreen } from './screens/mfa-begin-enroll-options.ts';
import { mfaCountryCodesScreen } from './screens/mfa-country-codes.ts';
import { mfaDetectBrowserCapabilitiesScreen } from './screens/mfa-detect-browser-capabilities.ts';
import { mfaEmailChallengeScreen } from './screens/mfa-email-challenge.ts';
import { mfaEmailListScreen } from './screens/mfa-email-list.ts';
import { mfaEnrollResultScreen } from './screens/mfa-enroll-result.ts';
import { mfaLoginOptionsScreen } from './screens/mfa-login-options.ts';
import { mfaOtpChallengeScreen } from './screens/mfa-otp-challenge.ts';
import { mfaOtpEnrollmentCodeScreen } from './screens/mfa-otp-enrollment-code.ts';
import { mfaOtpEnrollmentQrScreen } from './screens/mfa-otp-enrollment-qr.ts';
import { mfaRecoveryCodeChallengeScreen } from './screens/mfa-recovery-code-challenge.ts';
import { mfaRecoveryCodeNewCodeScreen } from './screens/mfa-recovery-code-challenge-new-code.ts';
import { mfaRecoveryCodeEnrollmentScreen } from './screens/mfa-recovery-code-enrollment.ts';
import { passwordlessEmailScreen } from './screens/passwordless-email.ts';
import { passwordlessEmailChallengeScreen } from './screens/passwordless-email-challenge.ts';
import { passwordlessSmsScreen } from './screens/passwordless-sms.ts';
import { passwordlessSmsChallengeScreen } from './screens/passwordless-sms-challenge.ts';
import { resetPasswordScreen, resetSuccessScreen } from './screens/reset-password.ts';
import { signupScreen } from './screens/signup.ts';
import { detectsFirst, WEBAUTHN_SCREENS, webauthnScreensOf } from './webauthn-screens.ts';

export const SCREENS: readonly Screen[] = [
  loginScreen,
  signupScreen,
  passwordlessSmsScreen,
  passwordlessEmailScreen,
  passwordlessSmsChallengeScreen,
  passwordlessEmailChallengeScreen,
  mfaLoginOptionsScreen,
  mfaOtpChallengeScreen,
  mfaEmailChallengeScreen,
  mfaEmailListScreen,
  mfaRecoveryCodeChallengeScreen,
  mfaRecoveryCodeNewCodeScreen,
  mfaBeginEnrollOptionsScreen,
  mfaOtpEnrollmentQrScreen,
  mfaOtpEnrollmentCodeScreen,
  mfaRecoveryCodeEnrollmentScreen,
  mfaEnrollResultScreen,
  ...PHONE_SCREENS,
  ...PUSH_SCREENS,
  ...WEBAUTHN_SCREENS,
  formScreen,
  consentScreen,
  resetPasswordScreen,
  resetSuccessScreen,
];

const CHALLENGE_SCREENS: Partial<Record<FactorType, Screen>> = {
  otp: mfaOtpChallengeScreen,
  email: mfaEmailChallengeScreen,
  'recovery-code': mfaRecoveryCodeChallengeScreen,
};

/** Whatever login has it there. */
export function screenAt(path: string): Screen | undefined {
  return SCREENS.find((screen) => pathOf(screen) === path || pathIn({ purpose: 'password-reset' }, screen) === path);
}

/**
 * The screens a login can be seen at: the first is where redirects lead, the others are ways around in the same state.
 * None when it is over, or when the person is at another site.
 */
export function screensOf(login: RestedLogin, tenant: TenantRecord): readonly Screen[] {
  const screens = screensAt(login, tenant);
  return detectsFirst(login) ? [mfaDetectBrowserCapabilitiesScreen, ...screens] : screens;
}

function screensAt(login: RestedLogin, tenant: TenantRecord): readonly Screen[] {
  const { state, request, purpose } = login;
  const ofFactor = phoneScreensOf(login, tenant) ?? pushScreensOf(login) ?? webauthnScreensOf(login);
  if (ofFactor) return ofFactor;
  switch (state.name) {
    case 'identifying':
      return [
        ...(request.query.screen_hint === 'signup' ? [signupScreen, loginScreen] : [loginScreen, signupScreen]),
        passwordlessSmsScreen,
        passwordlessEmailScreen,
        mfaCountryCodesScreen,
      ];
    case 'gated':
      return gateScreensOf(login, state);
    case 'expecting':
      return [state.strategy === 'sms' ? passwordlessSmsChallengeScreen : passwordlessEmailChallengeScreen];
    case 'choosing':
      if (state.within?.factor === 'email') return [mfaEmailListScreen];
      return [state.to === 'enroll' ? mfaBeginEnrollOptionsScreen : mfaLoginOptionsScreen];
    case 'challenging': {
      const factor = presentChallenge(login)?.factor;
      const screen = factor && CHALLENGE_SCREENS[factor];
      if (!screen) throw new Error(`There is no page for a challenge of the factor ${factor ?? '(none)'}.`);
      return [screen];
    }
    case 'enrolling': {
      const { enrollment } = state;
      if (enrollment.factor === 'otp') return [mfaOtpEnrollmentQrScreen, mfaOtpEnrollmentCodeScreen];
      if (enrollment.factor === 'recovery-code') return [mfaRecoveryCodeEnrollmentScreen];
      throw new Error(`There is no page for an enrollment of the factor ${enrollment.factor}.`);
    }
    case 'informing': {
      const note = presentNote(login);
      if (note?.kind !== 'recovery-code') throw new Error(`There is no page for a note of the kind ${note?.kind}.`);
      return [note.because === 'enrolled' ? mfaRecoveryCodeEnrollmentScreen : mfaRecoveryCodeNewCodeScreen];
    }
    case 'suggesting':
      throw new Error(`There is no page for a suggestion of the factor ${state.suggestion.factor}.`);
    case 'consenting':
      return [consentScreen];
    case 'resetting':
      return [resetPasswordScreen];
    case 'redirected':
      return state.ask.kind === 'form' ? [formScreen] : [];
    case 'completed':
      if (purpose === 'password-reset') return [resetSuccessScreen];
      return purpose === 'enrollment' ? [mfaEnrollResultScreen] : [];
    case 'denied':
      return [];
  }
}
