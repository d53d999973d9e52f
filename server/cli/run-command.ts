// Server, command line: every command by its name, and what happens to what was typed. It gives an exit code and never
// throws for what somebody typed.
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { mockMessages } from './mock-messages.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  'mock-messages': mockMessages,
};

const FAILED = 1;
const WRONG_USE = 2;

/** @param argv what was typed after `sallyport`. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    for (const line of overview()) terminal.out(line);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const meant = nearest(name);
    terminal.err(`sallyport: there is no command ${JSON.stringify(name)}${meant ? `; did you mean ${meant}?` : ''}`);
    terminal.err('`sallyport --help` lists the commands.');
    return WRONG_USE;
  }
  if (args.includes('--help') || args.includes('-h')) {
    for (const line of [command.summary, '', command.usage]) terminal.out(line);
    return 0;
  }
  try {
    return await command.run(args, terminal);
  } catch (error) {
    terminal.progress('');
    if (error instanceof CommandError) {
      terminal.err(`sallyport ${name}: ${error.message}`);
      return FAILED;
    }
    if (!(error instanceof UsageError)) throw error;
    terminal.err(`sallyport ${name}: ${error.message}`);
    terminal.err(`\`sallyport ${name} --help\` says how it is called.`);
    return WRONG_USE;
  }
}

function overview(): string[] {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map((name) => name.length));
  return [
    'Usage: sallyport <command> [options]',
    '',
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    '`sallyport <command> --help` tells more of one of them.',
  ];
}

/** The command that shares the longest beginning with what was typed, or holds it. */
function nearest(typed: string): string | undefined {
  const shared = (name: string) => [...name].findIndex((letter, at) => typed[at] !== letter);
  const near = Object.keys(COMMANDS)
    .map((name) => ({ name, score: name.includes(typed) ? name.length : Math.max(0, shared(name)) }))
    .toSorted((a, b) => b.score - a.score)[0];
  return near && near.score >= 2 ? near.name : undefined;
}
