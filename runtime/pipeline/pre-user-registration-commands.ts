// What pre-user-registration scripts recorded, checked.
import { z } from 'zod';
import { OWN_USER_ID, type PreUserRegistrationCommand } from '#actions/pre-user-registration-command.ts';
import { printable } from './command-schemas.ts';
import { checkBy } from './trigger-commands.ts';

type Own = Extract<PreUserRegistrationCommand, { name: 'access.deny' | 'user.setUserId' }>;
type SharedName = Exclude<PreUserRegistrationCommand['name'], Own['name']>;

export const checkRegistrationCommands = checkBy<Own, SharedName>(
  {
    'access.deny': (args) => {
      const { data } = z.tuple([z.string(), z.string()]).safeParse(args);
      if (!data) return undefined;
      const [reason, userMessage] = data;
      return {
        name: 'access.deny',
        reason: printable(reason),
        userMessage: userMessage.trim() === '' ? '' : printable(userMessage),
      };
    },
    'user.setUserId': (args) => {
      const { data } = z.tuple([z.string().regex(OWN_USER_ID)]).safeParse(args);
      return data && { name: 'user.setUserId', userId: data[0] };
    },
  },
  ['cache.set', 'cache.delete', 'user.setAppMetadata', 'user.setUserMetadata', 'validation.error'],
);
