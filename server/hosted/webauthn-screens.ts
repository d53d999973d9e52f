// Server, hosted pages: the screens of keys and passkeys, and which of them a login is at.
import type { FactorType } from '#actions/post-login.ts';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { Information } from '#runtime/transaction/transaction.ts';
import { presentChallenge, type Screen } from './screen.ts';
import { mfaDetectBrowserCapabilitiesScreen } from './screens/mfa-detect-browser-capabilities.ts';
import { mfaWebauthnChangeKeyNicknameScreen } from './screens/mfa-webauthn-change-key-nickname.ts';
import { mfaWebauthnEnrollmentSuccessScreen } from './screens/mfa-webauthn-enrollment-success.ts';
import { mfaWebauthnErrorScreen } from './screens/mfa-webauthn-error.ts';
import { mfaWebauthnNotAvailableErrorScreen } from './screens/mfa-webauthn-not-available-error.ts';
import { mfaWebauthnPlatformChallengeScreen } from './screens/mfa-webauthn-platform-challenge.ts';
import { mfaWebauthnPlatformEnrollmentScreen } from './screens/mfa-webauthn-platform-enrollment.ts';
import { mfaWebauthnRoamingChallengeScreen } from './screens/mfa-webauthn-roaming-challenge.ts';
import { mfaWebauthnRoamingEnrollmentScreen } from './screens/mfa-webauthn-roaming-enrollment.ts';
import { passkeyEnrollmentScreen } from './screens/passkey-enrollment.ts';

export const WEBAUTHN_SCREENS: readonly Screen[] = [
  mfaDetectBrowserCapabilitiesScreen,
  mfaWebauthnPlatformEnrollmentScreen,
  mfaWebauthnRoamingEnrollmentScreen,
  mfaWebauthnPlatformChallengeScreen,
  mfaWebauthnRoamingChallengeScreen,
  mfaWebauthnChangeKeyNicknameScreen,
  mfaWebauthnEnrollmentSuccessScreen,
  mfaWebauthnErrorScreen,
  mfaWebauthnNotAvailableErrorScreen,
  passkeyEnrollmentScreen,
];

/** Undefined where the login waits for something else than a key. */
export function webauthnScreensOf(login: RestedLogin): readonly Screen[] | undefined {
  const { state } = login;
  switch (state.name) {
    case 'challenging':
      return screensFor(presentChallenge(login)?.factor, {
        'webauthn-platform': mfaWebauthnPlatformChallengeScreen,
        'webauthn-roaming': mfaWebauthnRoamingChallengeScreen,
      });
    case 'enrolling':
      return screensFor(state.enrollment.factor, {
        'webauthn-platform': mfaWebauthnPlatformEnrollmentScreen,
        'webauthn-roaming': mfaWebauthnRoamingEnrollmentScreen,
      });
    case 'suggesting':
      return withErrors(
        state.suggestion.factor === 'passkey' ? passkeyEnrollmentScreen : mfaWebauthnPlatformEnrollmentScreen,
      );
    case 'informing':
      return informing(state.notes[0]);
    default:
      return undefined;
  }
}

/**
 * The page that finds out what the browser can do comes first, where that is not known, a key is one way of several, and
 * no page of ours was passed on which it could have been found out.
 */
export function detectsFirst({ state, origin, capabilities, selection }: RestedLogin): boolean {
  if (capabilities || origin.kind !== 'session' || selection !== 'server' || !('offers' in state)) return false;
  return state.offers.length > 1 && state.offers.some(({ factor }) => factor.startsWith('webauthn-'));
}

function screensFor(
  factor: FactorType | undefined,
  screens: Record<'webauthn-platform' | 'webauthn-roaming', Screen>,
): readonly Screen[] | undefined {
  return factor === 'webauthn-platform' || factor === 'webauthn-roaming' ? withErrors(screens[factor]) : undefined;
}

function withErrors(screen: Screen): readonly Screen[] {
  return [screen, mfaWebauthnErrorScreen, mfaWebauthnNotAvailableErrorScreen];
}

function informing(note: Information | undefined): readonly Screen[] | undefined {
  if (note?.kind === 'naming') return [mfaWebauthnChangeKeyNicknameScreen];
  if (note?.kind !== 'enrolled' || note.factor === 'push-notification') return undefined;
  return [mfaWebauthnEnrollmentSuccessScreen];
}
