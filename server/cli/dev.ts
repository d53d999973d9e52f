// Server, command line: `sallyport dev`: a server of one's own with one's own project in it. A saved text counts at the next
// login, and each step of each login is printed as it happens.
import { once } from 'node:events';
import { describeProjectFault, findProject, readProject } from '../project/read-project.ts';
import { readArguments } from './arguments.ts';
import { type Command, CommandError, type Terminal, UsageError } from './command.ts';
import { paints } from './paints.ts';
import { printable } from './printable.ts';

const USAGE = `Usage: sallyport dev [options]

Serves the project of this folder: its people can sign in, its scripts run as they would at a tenant. A text that is
saved is built, deployed, and runs at the next login. Listens on this machine alone.

  --port <number>      where it listens; 0 takes any free port (3000)
  --database <address> sqlite:<file> to keep logins and people between starts (sqlite::memory:)
  --json               one JSON object a line instead of words

What scripts may reach of this machine and its network is named in SALLYPORT_EGRESS_ALLOW, as for the server.

Examples:
  sallyport dev
  sallyport dev --port 0 --json
  SALLYPORT_EGRESS_ALLOW=127.0.0.1:4000 sallyport dev

Exit codes: 0 ended by Ctrl-C, 1 it cannot start, 2 wrong use.`;

const OPTIONS = {
  port: { type: 'string', default: '3000' },
  database: { type: 'string', default: 'sqlite::memory:' },
  json: { type: 'boolean', default: false },
} as const;

export const dev: Command = {
  summary: 'serves this project; a saved script counts at the next login',
  usage: USAGE,
  run: async (args, terminal) => {
    const { port, database, json } = readOptions(args);
    const folder = findProject(terminal.cwd);
    if (folder === undefined) {
      throw new CommandError(
        'there is no sallyport.json here or in a folder above. `sallyport init my-login` writes a project.',
      );
    }
    const read = await readProject(folder);
    if (!read.ok)
      throw new CommandError(read.faults.map((fault) => printable(describeProjectFault(fault))).join('\n  '));
    terminal.progress('Starting …');
    // The house takes a moment to load: whoever calls this wrongly does not wait for it.
    const { openDev } = await import('./dev/open-dev.ts');
    const { newsAsJson, personAsJson, wordDeployments, wordNews, wordPeople } = await import('./dev/word-news.ts');
    const server = await openDev({
      project: read.project,
      port,
      databaseUrl: database,
      env: terminal.env,
      say: (news) => {
        if (json) terminal.out(JSON.stringify(newsAsJson(news)));
        else for (const line of wordNews(news, terminal.colours)) terminal.out(line);
      },
    });
    terminal.progress('');
    const { origin, people, deployments } = server;
    const pages = { sign_in: `${origin}/dev/try`, inbox: `${origin}/dev/inbox`, logins: `${origin}/dev/logins` };
    if (json) {
      terminal.out(
        JSON.stringify({ event: 'listening', origin, ...pages, people: people.map(personAsJson), deployments }),
      );
    } else {
      for (const line of wordDeployments(deployments, terminal.colours)) terminal.out(line);
      greet(terminal, { pages, people: wordPeople(people) });
    }
    if (!terminal.ended.aborted) await once(terminal.ended, 'abort');
    terminal.progress('Ending …');
    await server.close();
    terminal.progress('');
    return 0;
  },
};

type Greeting = {
  pages: { sign_in: string; inbox: string; logins: string };
  people: readonly string[];
};

function greet({ out, colours }: Terminal, { pages, people }: Greeting): void {
  const { bold } = paints(colours);
  out('');
  out(`Sign in:  ${bold(pages.sign_in)}`);
  out(`Inbox:    ${pages.inbox}`);
  out(`Logins:   ${pages.logins}`);
  out('');
  out(people.length === 0 ? 'Nobody can sign in: name people under fixtures.users in sallyport.json.' : 'People:');
  for (const line of people) out(line);
  out('');
  out('A script that you save counts at the next login. Ctrl-C ends this.');
  out('');
}

function readOptions(args: string[]): { port: number; database: string; json: boolean } {
  const { port: typed, database, json } = readArguments(args, OPTIONS).values;
  const port = Number(typed);
  if (!/^\d{1,5}$/.test(typed) || port > 65_535) {
    throw new UsageError(`--port is ${JSON.stringify(typed)}; expected a whole number from 0 to 65535`);
  }
  if (!/^sqlite:.+/.test(database) && !/^postgres(ql)?:\/\//.test(database)) {
    throw new UsageError('--database is no address of one; expected sqlite:<file> or postgres://…');
  }
  return { port, database, json };
}
