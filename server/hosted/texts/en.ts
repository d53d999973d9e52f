// Server, hosted pages: what pages say in English.
import type { Texts } from './texts.ts';

const startAgain = 'Go back to the application you came from and start again.';

export const en: Texts = {
  login: {
    title: 'Welcome',
    lead: (application) => `Log in to continue to ${application}.`,
    identifier: 'Email address',
    password: 'Password',
    submit: 'Continue',
  },
  picker: {
    title: 'Choose a method',
    lead: 'Confirm that it is you. How would you like to do it?',
    back: 'Go back',
    factors: {
      sms: { label: 'SMS', hint: 'We send a code to your phone.' },
      otp: { label: 'Google Authenticator or similar', hint: 'Your app shows a code.' },
      email: { label: 'Email', hint: 'We send a code to your address.' },
    },
  },
  challenges: {
    otp: { title: 'Verify your identity', lead: 'Enter the code that your authenticator app shows right now.' },
    sms: {
      title: 'Verify your identity',
      lead: (to) => `We sent a text message with a code to ${to}. The code works once, within 5 minutes.`,
    },
    email: {
      title: 'Verify your identity',
      lead: (to) => `We sent an email with a code to ${to}. The code works once, within 5 minutes.`,
    },
    code: 'Enter the 6-digit code',
    submit: 'Continue',
    resend: 'Resend code',
    other: 'Try another method',
  },
  busy: { title: 'One moment', lead: 'We are still working on your last step. This page goes on by itself.' },
  errorPrefix: 'Error',
  notices: {
    'wrong-credentials': () => 'Wrong email address or password.',
    'no-email': () => 'Please enter your email address.',
    'no-password': () => 'Please enter your password.',
    'no-code': () => 'Please enter the code.',
    'invalid-otp-code-format': () => 'The code consists of 6 digits.',
    'invalid-code': () => 'This code is wrong or no longer valid. Check it, or ask for a new one.',
    'too-many-failures': ({ retryAfterSeconds }) => {
      const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
      return `Too many wrong codes. Wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, then try again.`;
    },
    'send-sms-failed': () => 'We could not send the text message. Ask for a new code, or try another method.',
    'send-email-failed': () => 'We could not send the email. Ask for a new code, or try another method.',
    'authenticator-error': () => 'That did not work. Please choose again.',
  },
  problems: {
    'unknown-login': {
      title: 'This page cannot be opened',
      advice: `The login was started in another browser, or the address is not complete. ${startAgain}`,
    },
    expired: { title: 'This login took too long', advice: `For your safety it has ended. ${startAgain}` },
    'already-used': { title: 'This login is finished', advice: `To log in once more: ${lower(startAgain)}` },
    'foreign-form': { title: 'This form came from another site', advice: `We did not accept it. ${startAgain}` },
    'bad-request': { title: 'We could not read that', advice: startAgain },
    'bad-application': {
      title: 'The application made a mistake',
      advice: 'It sent you here with a request that we cannot answer. Please tell the people who run the application.',
    },
    'not-found': { title: 'There is nothing here', advice: 'Check the address, or go back to where you came from.' },
    fault: { title: 'Something went wrong on our side', advice: 'Please try again in a moment.' },
  },
  reason: 'For developers:',
};

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
