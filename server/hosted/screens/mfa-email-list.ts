// Server, hosted pages: which of a person's mailboxes.
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';
import { readTargetList, targetList } from '../target-list.ts';

export const mfaEmailListScreen: Screen = {
  prompt: 'mfa-email',
  name: 'mfa-email-list',
  body: (view) => {
    return targetList(view, 'email', 'email', speak(view, 'mfa-email', 'mfa-email-list'));
  },
  read: (fields, view) => readTargetList(fields, view, 'email'),
};
