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
    forgot: 'Forgot password?',
    noAccount: 'No account yet?',
    signUp: 'Sign up',
  },
  signUp: {
    title: 'Create your account',
    lead: (application) => `Sign up to continue to ${application}.`,
    email: 'Email address',
    username: 'Username',
    password: 'Password',
    submit: 'Continue',
    hasAccount: 'Already have an account?',
    logIn: 'Log in',
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
  enrollPicker: {
    title: 'Keep Your Account Safe',
    lead: 'Add one more way to show that it is you. Which one would you like?',
    hints: {
      sms: 'Codes come to your phone as text messages.',
      otp: 'An app on your phone shows codes, also without a network.',
      email: 'Codes come to your address.',
    },
  },
  enrollment: {
    title: 'Secure your account',
    scan: 'Scan this picture with an authenticator app, then enter the code that the app shows.',
    type: 'Enter this key in an authenticator app, then enter the code that the app shows.',
    picture: 'QR code with the key that is written on this page',
    key: 'Key',
    open: 'Open in an app on this device',
    showKey: 'I cannot scan',
    showPicture: 'Scan a picture instead',
    code: 'Enter the 6-digit code',
    phoneLead: 'Enter your phone number. We will send you a code by text message.',
    phone: 'Phone number',
    country: 'Country code',
    changeCountry: 'Change country code',
    changePhone: 'Change phone number',
    sendCode: 'Send code',
    countries: 'Select a country code',
    countriesLead: 'Which country is your phone number from?',
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
    remember: 'Remember this device for 30 days',
  },
  consent: {
    title: 'Authorize the application',
    lead: (application) => `${application} would like to use your account. It asks to:`,
    scopes: {
      openid: 'know who you are',
      profile: 'see your profile: your name and your picture',
      email: 'see your email address',
      phone: 'see your phone number',
      offline_access: 'keep this access while you are not using it',
    },
    accept: 'Accept',
    decline: 'Decline',
  },
  form: { submit: 'Continue', optional: 'optional', yes: 'Yes', no: 'No', choose: 'Choose' },
  passwordRules: {
    lead: 'Your password needs:',
    lengthAtLeast: (least) => `at least ${least} ${least === 1 ? 'character' : 'characters'}`,
    shouldContain: (kinds) => kinds.join(', '),
    containsAtLeast: (least, kinds) => `${least} of these: ${kinds.join(', ')}`,
    identicalChars: (most) => `no character more than ${most} times in a row`,
    kinds: {
      lowerCase: 'lower case letters',
      upperCase: 'upper case letters',
      numbers: 'digits',
      specialCharacters: 'special characters',
    },
  },
  emailVerification: {
    title: 'Verify your email address',
    lead: (email) => `Is ${email} your address? Then press the button.`,
    submit: 'Verify',
    done: 'Your email address is verified',
    next: 'You can close this page, or go back to the application you came from.',
  },
  reset: {
    title: 'Change your password',
    lead: (brand) => `Choose a new password for ${brand}. You will be logged out everywhere.`,
    password: 'New password',
    again: 'Re-enter new password',
    submit: 'Reset password',
    done: 'Password changed',
    next: 'Your new password works from now on. Go back to the application you came from and log in.',
  },
  resetRequest: {
    title: 'Forgot your password?',
    lead: 'Enter your email address, and we will send you a link to choose a new one.',
    email: 'Email address',
    submit: 'Continue',
    back: 'Back to login',
  },
  resetSent: {
    title: 'Check your email',
    lead: 'If there is an account with this address, we have sent it a link to choose a new password. It may take a few minutes, and may lie among the unwanted mail.',
  },
  resetProblems: {
    gone: {
      title: 'This link does not work any more',
      lead: 'It was used already, or it is too old, or a newer password was set since.',
    },
    often: { title: 'This link was opened too often', lead: 'Please wait a few minutes, then open it again.' },
    denied: { title: 'Your password was not changed', lead: 'This reset was refused.' },
    again: 'Send me a new link',
  },
  unblock: {
    title: 'Unblock your account',
    lead: 'Logins with your account were stopped after several of them had failed. Was it you? Then let yourself in again.',
    submit: 'Unblock',
    done: 'Your account is unblocked',
    next: 'Go back to the application you came from and log in.',
  },
  logout: {
    title: 'Do you want to log out?',
    lead: (brand) => `You are logged in at ${brand}.`,
    leadFrom: (application, brand) => `${application} asks to log you out of ${brand}.`,
    accept: 'Log out',
    decline: 'Stay logged in',
    done: { title: 'You are logged out', lead: 'You can close this page.' },
    kept: { title: 'You are still logged in', lead: 'Nothing has changed. You can close this page.' },
  },
  device: {
    code: 'Code on the device',
    entry: {
      title: 'Connect a device',
      lead: 'Enter the code that your device shows.',
      code: 'Code',
      submit: 'Continue',
    },
    check: {
      title: 'Is this your device?',
      lead: 'Continue only if you see this very code on a device of yours. If somebody sent you here, decline.',
      accept: 'Yes, I see this code',
      decline: 'Decline',
    },
    confirmation: {
      title: 'Connect this device?',
      lead: (application) => `${application}, on the device that shows this code, will be able to use your account.`,
      as: (account) => `You are logged in as ${account}.`,
      accept: 'Connect',
      decline: 'Decline',
    },
    allowed: {
      title: 'Your device is connected',
      lead: 'It goes on by itself in a few seconds. You can close this page.',
    },
    denied: {
      title: 'The device was not connected',
      lead: 'It did not get access to your account. You can close this page.',
    },
  },
  busy: { title: 'One moment', lead: 'We are still working on your last step. This page goes on by itself.' },
  leaving: { title: 'One moment', lead: 'You are going to another site to continue.', link: 'Continue' },
  relay: { title: 'Continue your login', lead: 'You are back. One more step finishes this part.', submit: 'Continue' },
  errorPrefix: 'Error',
  notices: {
    'wrong-credentials': () => 'Wrong email address or password.',
    'user-blocked': () =>
      'This account has been blocked after multiple consecutive login attempts. Look for an email that says how to unblock it, or reset your password.',
    'ip-blocked': () =>
      'We have seen too many failed logins from your network, so we stopped taking more for a while. Please try again later.',
    'same-user-login': () => 'Too many login attempts for this user. Please wait, and try again later.',
    'password-breached': () =>
      'This password has been part of a leak of another site, so that others may know it. Please choose another one.',
    'no-email': () => 'Please enter your email address.',
    'no-password': () => 'Please enter your password.',
    'no-code': () => 'Please enter the code.',
    'invalid-otp-code-format': () => 'The code consists of 6 digits.',
    'invalid-code': () => 'This code is wrong or no longer valid. Check it, or ask for a new one.',
    'too-many-failures': ({ retryAfterSeconds }) => {
      const minutes = Math.max(1, Math.ceil(retryAfterSeconds / 60));
      return `Too many tries. Wait ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}, then try again.`;
    },
    'too-many-sms': () =>
      'We have sent all the messages we can for this sign-in. Please use the last code, or start again later.',
    'too-many-email': () =>
      'We have sent all the e-mails we can for this sign-in. Please use the last code, or start again later.',
    'no-phone': () => 'Please enter your phone number.',
    'invalid-phone': () => 'This does not look like a phone number. Check the number and the country code.',
    'user-already-enrolled': () => 'This method is already set up.',
    'user-exists': () => 'We could not create an account with these details. If you already have one, log in instead.',
    'invalid-email': () => 'This is not an email address.',
    'password-too-weak': () =>
      'This password is too easy to guess. Choose a longer one with different kinds of characters.',
    'password-too-common': () => 'This password is one of the first that anybody tries. Please choose another one.',
    'password-contains-user-information': () =>
      'This password contains your name, or something else that is known of you. Please choose another one.',
    'password-previously-used': () => 'You have used this password before. Please choose another one.',
    'password-mismatch': () => 'The two passwords are not the same. Please type the new password twice.',
    'sign-up-refused': ({ text }) => text,
    'invalid-field': ({ field }) => `Please check: ${field}`,
    'send-sms-failed': () => 'We could not send the text message. Ask for a new code, or try another method.',
    'send-email-failed': () => 'We could not send the email. Ask for a new code, or try another method.',
    'authenticator-error': () => 'That did not work. Please try again.',
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
    'too-many-requests': {
      title: 'Too many requests',
      advice: 'Your network has sent us more than we take in a minute. Please try again in a few minutes.',
    },
    'link-used': {
      title: 'This link does not work any more',
      advice: 'It was used already, or it is too old. If logging in still fails, reset your password.',
    },
    'verification-link-used': {
      title: 'This link does not work any more',
      advice: 'It was used already, or it is too old. If your address is not verified yet, ask for another mail.',
    },
    fault: { title: 'Something went wrong on our side', advice: 'Please try again in a moment.' },
  },
  reason: 'For developers:',
};

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
