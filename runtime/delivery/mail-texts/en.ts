// Delivery, words of our mails: English.
import type { MailTexts } from './mail-text.ts';

export const en: MailTexts = {
  copy: 'If the button does not work, open this address:',
  code: {
    subject: 'Your verification code for {tenant}',
    intro: 'Your verification code for {tenant}:',
    note: 'It is valid for {duration}. If you did not ask for it, you can ignore this message.',
  },
  'sign-in': {
    subject: 'Log in to {tenant}',
    intro: 'Open this link to log in to {tenant}.',
    button: 'Log in',
    note: 'It works once, within {duration}. If you did not ask for it, you can ignore this message.',
  },
  verify: {
    subject: 'Verify your email address for {tenant}',
    intro: 'Please verify this email address for {tenant}.',
    button: 'Verify address',
    note: 'The link works once, within {duration}. If you have no account there, there is nothing to do.',
  },
  reset: {
    subject: 'Choose a new password for {tenant}',
    intro: 'Somebody asked to choose a new password for your account at {tenant}.',
    button: 'Choose a new password',
    note: 'The link works once, within {duration}. If you did not ask for it, there is nothing to do: your password stays as it is.',
  },
  unblock: {
    subject: 'Logins to your account at {tenant} were stopped',
    intro:
      'Somebody failed to log in to your account at {tenant} several times in a row, so logins from where they are were stopped. If it was you, this link lets you in again.',
    button: 'Lift the block',
    note: 'The link works once, within {duration}. If it was not you, there is nothing to do.',
  },
  enrollment: {
    subject: 'Set up a second way to log in to {tenant}',
    intro: 'Please set up a second way to log in to {tenant}.',
    button: 'Set it up',
    note: 'The link works once, within {duration}.',
  },
  invitation: {
    subject: '{inviter} invites you to {organization}',
    intro: '{inviter} invites you to join {organization} at {tenant}.',
    button: 'Accept the invitation',
    note: 'The link works once, within {duration}.',
  },
  welcome: { subject: 'Welcome to {tenant}', intro: 'Your account at {tenant} is ready.' },
  stolen: {
    subject: 'Your password for {tenant} is not safe',
    intro:
      'The password of your account at {tenant} has leaked from another site, and others may know it. Please choose a new one, here and wherever else you use it.',
    button: 'Go to {tenant}',
  },
  try: { subject: 'Test mail from {tenant}', intro: 'Mails from {tenant} reach you.' },
};
