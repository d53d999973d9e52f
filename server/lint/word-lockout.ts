// Server, lint: a finding in words: who, what is missing, and what may come of it.
import { printable } from '../cli/printable.ts';
import type { CommandPlace, LockoutFinding, LockoutReport } from './lockout-report.ts';

const number = (count: number): string => count.toLocaleString('en');
const list = (names: readonly string[]): string => names.join(', ');

/** `phone-first:3`, without which nobody finds the command. */
const wordPlace = ({ action, line }: CommandPlace): string => `${action}:${line}`;

export function wordFinding(finding: Omit<LockoutFinding, 'message'>): string {
  const { kind, factors, off, unknown, enrolled, unread } = finding;
  if (kind === 'switch') {
    return 'customize_mfa_in_postlogin_action is off: every login in which a script chooses a factor is denied.';
  }
  const notes = [
    ...(off.length > 0 && (factors.length > 0 || enrolled)
      ? [`${list(off)} ${off.length === 1 ? 'is' : 'are'} switched off`]
      : []),
    ...(unknown.length > 0 && factors.length + off.length > 0 ? [`${list(unknown)}: there is no such factor`] : []),
    ...(unread ? ['more factors are named that only a run tells'] : []),
  ];
  return [main(finding), ...notes].join('; ').concat('.');
}

function main({
  kind,
  factors,
  off,
  unknown,
  enrolled,
  users,
  lacking,
  may_enroll_by,
}: Omit<LockoutFinding, 'message'>) {
  const who = `${number(lacking)} of ${number(users)}`;
  if (factors.length === 0 && !enrolled) {
    if (off.length === 0) return `there is no factor ${list(unknown)}: whoever is asked for it is denied`;
    return off.length === 1
      ? `${off[0]} is switched off: whoever is asked for it is denied`
      : `${list(off)} are all switched off: whoever is asked for them is denied`;
  }
  const wanted = enrolled
    ? 'no factor that is switched on'
    : factors.length === 1
      ? `no ${factors[0]}`
      : `none of ${list(factors)}`;
  if (lacking === 0) {
    return `all ${number(users)} could go on`;
  }
  if (kind === 'enroll') {
    return `${who} have another factor and ${wanted}: without a challenge before they may not enroll, and may be denied`;
  }
  if (may_enroll_by.length === 0) return `${who} have ${wanted}: they may be denied`;
  const places = list([...new Set(may_enroll_by.map(wordPlace))]);
  return `${who} have ${wanted}: they may be asked to enroll (${places}); where they are not, they may be denied`;
}

/** Lines for a terminal: what may deny somebody, who for example, and what could not be read. None where nothing is to be said. */
export function lockoutLines({ findings, unread }: LockoutReport): string[] {
  const lines = findings
    .filter(({ lacking }) => lacking > 0)
    .flatMap(({ message, commands, examples }) => [
      `${message} (${[...new Set(commands.map((each) => `${wordPlace(each)} ${each.command}`))].join(', ')})`,
      ...(examples.length > 0
        ? [`  for example ${list(examples.slice(0, 3).map(({ user_id, email }) => email ?? user_id))}`]
        : []),
    ]);
  return [...lines, ...unread.map(({ action, line, message }) => `${action}:${line}: ${message}`)].map(printable);
}
