// Server, command line: `sallyport check` asks a tenant the six questions of somebody whose flow of factors does not work.
import { CHECK_ITEMS, type CheckResult, QUESTIONS, runChecklist } from '../check/checklist.ts';
import { gatherFacts } from '../check/gather.ts';
import { readArguments } from './arguments.ts';
import { type Command, type Terminal, UsageError } from './command.ts';
import { printable } from './printable.ts';
import { openRemote, REMOTE_OPTIONS, REMOTE_USAGE } from './remote.ts';

const USAGE = `Usage: sallyport check [--user <id or e-mail address>] [options]

Looks for what keeps post-login scripts from asking for factors:
  1. Actions may choose factors: customize_mfa_in_postlogin_action is on
  2. the factors that bound Actions name are on
  3. users are enrolled in them: everybody, or the one of --user
  4. Actions are deployed, and their drafts are what is deployed
  5. Actions that choose factors are bound to post-login
  6. Actions are of the current version of the trigger
Each finding names its remedy. Nothing is changed.

  --user <who>  looks at one person, by id or e-mail address
  --json        one JSON object instead of words

${REMOTE_USAGE}

It reads settings, factors, Actions and users: read:tenant_settings, read:guardian_factors, read:actions, read:users and
read:authentication_methods. What the token may not read is unknown, and the rest is looked at.

Examples:
  sallyport check --url https://login.example.com
  sallyport check --domain tenant.eu.auth0.com --user ana@example.com

Exit codes: 0 nothing is wrong; 1 something is, or it could not be looked at; 2 wrong use.`;

const OPTIONS = {
  ...REMOTE_OPTIONS,
  user: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const check: Command = {
  summary: 'find out why scripts ask for no factor',
  usage: USAGE,
  async run(args, terminal) {
    const { values } = readArguments(args, OPTIONS);
    const { user, json } = values;
    if (user !== undefined && !/^[^\s|]+\|\S+$|^[^\s@]+@[^\s@]+$/.test(user)) {
      throw new UsageError('--user takes an id such as auth0|65f… or an e-mail address.');
    }
    const remote = await openRemote(values, terminal);
    terminal.progress(`asking ${remote.origin} …`);
    const results = runChecklist(await gatherFacts(remote, user));
    terminal.progress('');
    const wrong = results.some(({ state }) => state === 'wrong');
    if (json) {
      const about = { target: remote.origin, kind: remote.kind, ...(user === undefined ? {} : { user }) };
      terminal.out(JSON.stringify({ ...about, ok: !wrong, items: results }));
    } else {
      for (const result of results) show(result, terminal);
      terminal.out(summary(results));
    }
    return wrong ? 1 : 0;
  },
};

const MARKS = { ok: '✓', wrong: '✗', unknown: '?' };
const COLOURS = { ok: 32, wrong: 31, unknown: 33 };

function show({ item, state, note, findings }: CheckResult, { out, colours }: Terminal): void {
  const mark = colours ? `\u001b[${COLOURS[state]}m${MARKS[state]}\u001b[0m` : MARKS[state];
  out(`${mark} ${CHECK_ITEMS.indexOf(item) + 1}. ${QUESTIONS[item]}: ${printable(note)}`);
  for (const { message, remedy } of findings) {
    out(`     ${printable(message)}`);
    out(`     → ${printable(remedy)}`);
  }
}

function summary(results: readonly CheckResult[]): string {
  const count = results.reduce((sum, { findings }) => sum + findings.length, 0);
  const unknown = results.filter(({ state }) => state === 'unknown').length;
  const found = count === 0 ? 'Nothing is wrong' : `${count} ${count === 1 ? 'thing is' : 'things are'} wrong`;
  return unknown === 0 ? `${found}.` : `${found}; ${unknown} of ${results.length} could not be found out.`;
}
