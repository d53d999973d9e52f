// Server, command line: every command by its name, and what happens to what was typed. It gives an exit code and never
// throws for what somebody typed.
import { readFile } from 'node:fs/promises';
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
  undo: async () => (await import('./undo.ts')).undo,
};

const FAILED = 1;
const WRONG_USE = 2;

/** @param argv what was typed after `sallyport`. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  // `help dev` is `dev --help`.
  const [name, ...args] = argv[0] === 'help' && argv.length > 1 ? [...argv.slice(1), '--help'] : argv;
  if (name === '--version' || name === '-v') {
    terminal.out(JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')).version);
    return 0;
  }
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
    '`sallyport <command> --help` tells more of one of them, `sallyport --version` which version this is.',
  ];
}

/** The command that was meant: what was typed is a part of it, or a slip or two of the finger away. */
function nearest(typed: string): string | undefined {
  const near = Object.keys(COMMANDS)
    .map((name) => ({ name, slips: typed.length > 2 && name.includes(typed) ? 0 : slips(typed.slice(0, 20), name) }))
    .toSorted((a, b) => a.slips - b.slips)[0];
  return near && near.slips <= Math.min(2, typed.length - 2) ? near.name : undefined;
}

/** How many letters have to be put in, left out or replaced until the one is the other. */
function slips(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= other.length; at++) {
      const replaced = (row[at - 1] ?? 0) + (other[at - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, (row[at] ?? 0) + 1, (next[at - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
