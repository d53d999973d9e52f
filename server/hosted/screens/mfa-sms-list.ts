// Server, hosted pages: which of a person's phones, however they are reached.
import type { Screen } from '../screen.ts';
import { speak } from '../speak.ts';
import { readTargetList, targetList } from '../target-list.ts';

export const mfaSmsListScreen: Screen = {
  prompt: 'mfa-sms',
  name: 'mfa-sms-list',
  body: (view) => {
    return targetList(view, 'phone', 'message', speak(view, 'mfa-sms', 'mfa-sms-list'));
  },
  read: (fields, view) => readTargetList(fields, view, 'phone'),
};
