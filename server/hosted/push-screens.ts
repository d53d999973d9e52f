// Server, hosted pages: the screens of sign-ins that a phone approves, and which of them a login is at.

import { hasOtpFallback } from '#runtime/factors/verify-code.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import { presentChallenge, type Screen } from './screen.ts';
import { mfaPushChallengeCodeScreen } from './screens/mfa-push-challenge-code.ts';
import { mfaPushChallengePushScreen } from './screens/mfa-push-challenge-push.ts';
import { mfaPushEnrollmentCodeScreen } from './screens/mfa-push-enrollment-code.ts';
import { mfaPushEnrollmentQrScreen } from './screens/mfa-push-enrollment-qr.ts';
import { mfaPushListScreen } from './screens/mfa-push-list.ts';
import { mfaPushSuccessScreen } from './screens/mfa-push-success.ts';
import { mfaPushWelcomeScreen } from './screens/mfa-push-welcome.ts';

export const PUSH_SCREENS: readonly Screen[] = [
  mfaPushWelcomeScreen,
  mfaPushEnrollmentQrScreen,
  mfaPushEnrollmentCodeScreen,
  mfaPushSuccessScreen,
  mfaPushChallengePushScreen,
  mfaPushChallengeCodeScreen,
  mfaPushListScreen,
];

/** Undefined where the login waits for something else than a phone. */
export function pushScreensOf(login: RestedLogin): readonly Screen[] | undefined {
  const { state } = login;
  switch (state.name) {
    case 'choosing':
      return state.within?.factor === 'push-notification' ? [mfaPushListScreen] : undefined;
    case 'challenging':
      if (presentChallenge(login)?.factor !== 'push-notification') return undefined;
      return hasOtpFallback(login)
        ? [mfaPushChallengePushScreen, mfaPushChallengeCodeScreen]
        : [mfaPushChallengePushScreen];
    case 'enrolling':
      return state.enrollment.factor === 'push-notification'
        ? [mfaPushWelcomeScreen, mfaPushEnrollmentQrScreen, mfaPushEnrollmentCodeScreen]
        : undefined;
    case 'informing': {
      const [note] = state.notes;
      return note?.kind === 'enrolled' && note.factor === 'push-notification' ? [mfaPushSuccessScreen] : undefined;
    }
    default:
      return undefined;
  }
}
