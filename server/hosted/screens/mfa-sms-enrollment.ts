// Server, hosted pages: the phone number to enroll, where text messages alone are sent.
import { phoneForm, readPhoneForm } from '../phone-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaSmsEnrollmentScreen: Screen = {
  prompt: 'mfa-sms',
  name: 'mfa-sms-enrollment',
  body: (view) => {
    const say = speak(view, 'mfa-sms', 'mfa-sms-enrollment');
    return phoneForm(view, say, say('buttonText'));
  },
  read: (fields, view) => readPhoneForm(fields, view),
};
