// Server, hosted pages: the phone number to enroll, and whether a message or a call is to prove it.
import { phoneForm, readPhoneForm } from '../phone-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaPhoneEnrollmentScreen: Screen = {
  prompt: 'mfa-phone',
  name: 'mfa-phone-enrollment',
  body: (view) => {
    const say = speak(view, 'mfa-phone', 'mfa-phone-enrollment');
    return phoneForm(view, say, say('continueButtonText'), say);
  },
  read: (fields, view) => readPhoneForm(fields, view, { hasTypes: true }),
};
