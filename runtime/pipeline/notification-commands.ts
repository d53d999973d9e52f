// What scripts that carry messages recorded, checked: what becomes of the message is what they said last.
import { z } from 'zod';
import { type NotificationCommand, REASON_CHARACTERS } from '#actions/notification.ts';
import { checkBy } from './trigger-commands.ts';

type Own = Extract<NotificationCommand, { name: `notification.${string}` }>;
type SharedName = Exclude<NotificationCommand['name'], Own['name']>;

/** One line that a log can show; it may be empty, and what is longer than scripts are promised is cut. */
function reasonOf(args: unknown): string | undefined {
  const { data } = z.tuple([z.string()]).safeParse(args);
  return data?.[0].replaceAll(/\p{Cc}+/gu, ' ').slice(0, REASON_CHARACTERS);
}

const parse =
  <Name extends Own['name']>(name: Name) =>
  (args: unknown): { name: Name; reason: string } | undefined => {
    const reason = reasonOf(args);
    return reason === undefined ? undefined : { name, reason };
  };

export const checkNotificationCommands = checkBy<Own, SharedName>(
  { 'notification.drop': parse('notification.drop'), 'notification.retry': parse('notification.retry') },
  ['cache.set', 'cache.delete'],
);

/** What the script said last of its message; undefined where it said nothing, which stands for sent. */
export function lastWord(commands: readonly NotificationCommand[]): Own | undefined {
  return commands.findLast((command): command is Own => command.name.startsWith('notification.'));
}
