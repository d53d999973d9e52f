// Server, hosted pages: every screen by its path, and which of them a login is at.
import type { FactorType } from '#actions/post-login.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import { presentChallenge, type Screen } from './screen.ts';
import { consentScreen } from './screens/consent.ts';
import { formScreen } from './screens/form.ts';
import { loginScreen } from './screens/login.ts';
import { mfaBeginEnrollOptionsScreen } from './screens/mfa-begin-enroll-options.ts';
import { mfaCountryCodesScreen } from './screens/mfa-country-codes.ts';
import { mfaEmailChallengeScreen } from './screens/mfa-email-challenge.ts';
import { mfaLoginOptionsScreen } from './screens/mfa-login-options.ts';
import { mfaOtpChallengeScreen } from './screens/mfa-otp-challenge.ts';
import { mfaOtpEnrollmentCodeScreen } from './screens/mfa-otp-enrollment-code.ts';
import { mfaOtpEnrollmentQrScreen } from './screens/mfa-otp-enrollment-qr.ts';
import { mfaSmsChallengeScreen } from './screens/mfa-sms-challenge.ts';
import { mfaSmsEnrollmentScreen } from './screens/mfa-sms-enrollment.ts';
import { resetPasswordScreen, resetSuccessScreen } from './screens/reset-password.ts';
import { signupScreen } from './screens/signup.ts';

const SCREENS: readonly Screen[] = [
  loginScreen,
  signupScreen,
  mfaLoginOptionsScreen,
  mfaOtpChallengeScreen,
  mfaSmsChallengeScreen,
  mfaEmailChallengeScreen,
  mfaBeginEnrollOptionsScreen,
  mfaOtpEnrollmentQrScreen,
  mfaOtpEnrollmentCodeScreen,
  mfaSmsEnrollmentScreen,
  mfaCountryCodesScreen,
  formScreen,
  consentScreen,
  resetPasswordScreen,
  resetSuccessScreen,
];

const CHALLENGE_SCREENS: Partial<Record<FactorType, Screen>> = {
  otp: mfaOtpChallengeScreen,
  phone: mfaSmsChallengeScreen,
  email: mfaEmailChallengeScreen,
};

export function screenAt(path: string): Screen | undefined {
  return SCREENS.find((screen) => screen.path === path);
}

/**
 * The screens a login can be seen at: the first is where redirects lead, the others are ways around in the same state.
 * None when it is over, or when the person is at another site.
 */
export function screensOf(login: RestedLogin): readonly Screen[] {
  const { state, request, purpose } = login;
  switch (state.name) {
    case 'identifying':
      return request.query.screen_hint === 'signup' ? [signupScreen, loginScreen] : [loginScreen, signupScreen];
    case 'choosing':
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
      return enrollment.sent ? [mfaSmsChallengeScreen] : [mfaSmsEnrollmentScreen, mfaCountryCodesScreen];
    }
    case 'consenting':
      return [consentScreen];
    case 'resetting':
      return [resetPasswordScreen];
    case 'redirected':
      return state.ask.kind === 'form' ? [formScreen] : [];
    case 'completed':
      return purpose === 'password-reset' ? [resetSuccessScreen] : [];
    case 'denied':
      return [];
  }
}
