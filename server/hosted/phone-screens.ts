// Server, hosted pages: which screen of a phone a login is at. How it is reached decides, and for a number that is not given
// yet what the tenant has on.
import type { RestedLogin } from '#runtime/runtime.ts';
import type { MessageType } from '#runtime/transaction/transaction.ts';
import type { TenantRecord } from '#storage/records.ts';
import { type PhoneFormScreen, phoneFormScreen } from './phone-form.ts';
import { presentChallenge, type Screen } from './screen.ts';
import { mfaCountryCodesScreen } from './screens/mfa-country-codes.ts';
import { mfaPhoneChallengeScreen } from './screens/mfa-phone-challenge.ts';
import { mfaPhoneEnrollmentScreen } from './screens/mfa-phone-enrollment.ts';
import { mfaSmsChallengeScreen } from './screens/mfa-sms-challenge.ts';
import { mfaSmsEnrollmentScreen } from './screens/mfa-sms-enrollment.ts';
import { mfaSmsListScreen } from './screens/mfa-sms-list.ts';
import { mfaVoiceChallengeScreen } from './screens/mfa-voice-challenge.ts';
import { mfaVoiceEnrollmentScreen } from './screens/mfa-voice-enrollment.ts';

const CODES: Record<MessageType, Screen> = { sms: mfaSmsChallengeScreen, voice: mfaVoiceChallengeScreen };
const NUMBERS: Record<PhoneFormScreen, Screen> = {
  'mfa-phone-enrollment': mfaPhoneEnrollmentScreen,
  'mfa-sms-enrollment': mfaSmsEnrollmentScreen,
  'mfa-voice-enrollment': mfaVoiceEnrollmentScreen,
};

export const PHONE_SCREENS: readonly Screen[] = [
  ...Object.values(CODES),
  ...Object.values(NUMBERS),
  mfaCountryCodesScreen,
  mfaPhoneChallengeScreen,
  mfaSmsListScreen,
];

/** Undefined for a login that is not at a phone. */
export function phoneScreensOf(login: RestedLogin, tenant: TenantRecord): readonly Screen[] | undefined {
  const { state } = login;
  switch (state.name) {
    case 'choosing':
      if (state.within?.factor !== 'phone') return undefined;
      return [state.within.by === 'channel' ? mfaPhoneChallengeScreen : mfaSmsListScreen];
    case 'challenging': {
      const challenge = presentChallenge(login);
      return challenge?.factor === 'phone' ? [CODES[challenge.via ?? 'sms']] : undefined;
    }
    case 'enrolling': {
      const { enrollment } = state;
      if (enrollment.factor !== 'phone') return undefined;
      return enrollment.sent
        ? [CODES[enrollment.sent.via ?? 'sms']]
        : [NUMBERS[phoneFormScreen(tenant)], mfaCountryCodesScreen];
    }
    default:
      return undefined;
  }
}
