// Server, hosted pages: every screen by its path, and which one a login is at.
import type { FactorType } from '#actions/post-login.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import { presentChallenge, type Screen } from './screen.ts';
import { loginScreen } from './screens/login.ts';
import { mfaEmailChallengeScreen } from './screens/mfa-email-challenge.ts';
import { mfaLoginOptionsScreen } from './screens/mfa-login-options.ts';
import { mfaOtpChallengeScreen } from './screens/mfa-otp-challenge.ts';
import { mfaSmsChallengeScreen } from './screens/mfa-sms-challenge.ts';

const SCREENS: readonly Screen[] = [
  loginScreen,
  mfaLoginOptionsScreen,
  mfaOtpChallengeScreen,
  mfaSmsChallengeScreen,
  mfaEmailChallengeScreen,
];

const CHALLENGE_SCREENS: Partial<Record<FactorType, Screen>> = {
  otp: mfaOtpChallengeScreen,
  phone: mfaSmsChallengeScreen,
  email: mfaEmailChallengeScreen,
};

export function screenAt(path: string): Screen | undefined {
  return SCREENS.find((screen) => screen.path === path);
}

/** The screen a login waits at; undefined when it is over. */
export function screenOf(login: RestedLogin): Screen | undefined {
  switch (login.state.name) {
    case 'identifying':
      return loginScreen;
    case 'choosing':
      return mfaLoginOptionsScreen;
    case 'challenging': {
      const factor = presentChallenge(login)?.factor;
      const screen = factor && CHALLENGE_SCREENS[factor];
      if (!screen) throw new Error(`There is no page for a challenge of the factor ${factor ?? '(none)'}.`);
      return screen;
    }
    case 'completed':
    case 'denied':
      return undefined;
  }
}

/** Where the browser finds a screen of a login. */
export function addressOf(screen: Screen, key: string): string {
  return `${screen.path}?state=${encodeURIComponent(key)}`;
}
