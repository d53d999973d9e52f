// Server, command line: every command by its name, and what happens to what was typed. It gives an exit code and never
// throws for what somebody typed.
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';

/** Each is loaded when it is called: what one of them needs costs the others no time. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check.ts')).check,
  convert: async () => (await import('./convert.ts')).convert,
  deploy: async () => (await import('./deploy.ts')).deploy,
  dev: async () => (await import('./dev.ts')).dev,
  import: async () => (await import('./import.ts')).importAuth0,
  init: async () => (await import('./init.ts')).init,
  logs: async () => (await import('./logs.ts')).logs,
  'mock-messages': async () => (await import('./mock-messages.ts')).mockMessages,
  replay: async () => (await import('./replay.ts')).replay,
  test: async () => (await import('./test.ts')).test,
  try: async () => (await import('./try.ts')).tryScript,
};

const FAILED = 1;
const WRONG_USE = 2;

/** @param argv what was typed after `sallyport`. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    for (const line of await overview()) terminal.out(line);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) {
    const meant = nearest(name);
    terminal.err(`sallyport: there is no command ${JSON.stringify(name)}${meant ? `; did you mean ${meant}?` : ''}`);
    terminal.err('`sallyport --help` lists the commands.');
    return WRONG_USE;
  }
  const command = await load();
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

async function overview(): Promise<string[]> {
  const names = Object.keys(COMMANDS);
  const width = Math.max(...names.map((name) => name.length));
  const commands = await Promise.all(
    Object.entries(COMMANDS).map(async ([name, load]) => ({ name, summary: (await load()).summary })),
  );
  return [
    'Usage: sallyport <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
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
