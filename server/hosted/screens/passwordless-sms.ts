// Server, hosted pages: the phone number that a code to log in is sent to. Whether anybody has it shows nowhere.
import { html } from 'hono/html';
import { otherWays } from '../other-ways.ts';
import { phoneForm, readPhoneForm } from '../phone-form.ts';
import { refused, type Screen } from '../screen.ts';
import { speak } from '../speak.ts';

export const passwordlessSmsScreen: Screen = {
  prompt: 'login-passwordless',
  name: 'login-passwordless-sms',
  isOpen: ({ passwordless }) => passwordless?.sms !== undefined,
  body: (view) => {
    const say = speak(view, 'login-passwordless', 'login-passwordless-sms');
    // Nobody is known whose other methods there could be.
    const sayNumber: Parameters<typeof phoneForm>[1] = (key) => (key === 'pickAuthenticatorText' ? '' : say(key));
    return html`${phoneForm(view, sayNumber, say('buttonText'))}
${otherWays(view, { email: say('emailCodeText'), password: say('passwordText') })}`;
  },
  read: (fields, view) => {
    const connection = view.surroundings.passwordless?.sms;
    if (connection === undefined) return refused('authenticator-error');
    const reading = readPhoneForm(fields, view);
    if (!reading.ok || !('input' in reading)) return reading;
    const { input } = reading;
    return input.kind === 'addressed' ? { ok: true, input: { ...input, connection } } : refused('authenticator-error');
  },
};
