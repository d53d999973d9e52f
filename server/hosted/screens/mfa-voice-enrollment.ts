// Server, hosted pages: the phone number to enroll, where calls alone are made.
import { phoneForm, readPhoneForm } from '../phone-form.ts';
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const mfaVoiceEnrollmentScreen: Screen = {
  prompt: 'mfa-voice',
  name: 'mfa-voice-enrollment',
  body: (view) => {
    const say = speak(view, 'mfa-voice', 'mfa-voice-enrollment');
    return phoneForm(view, say, say('buttonText'));
  },
  read: (fields, view) => readPhoneForm(fields, view),
};
