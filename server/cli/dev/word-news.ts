// Server, command line, development: what happens, in lines for people and as objects for programs. Everything that a script,
// a person or a package wrote is made printable here.
import { showResult } from '../../management/show-execution.ts';
import { commandText, restText, stepTitle, whyText } from '../../timeline/words.ts';
import { paints } from '../paints.ts';
import { printable } from '../printable.ts';
import type { Deployment } from './deploy-scripts.ts';
import type { MadePerson } from './make-person.ts';
import type { DevNews } from './open-dev.ts';
import type { ToldStep } from './tell-step.ts';

const INDENT = ' '.repeat(10);

/** Lines of one piece of news. */
export function wordNews(news: DevNews, colours: boolean): string[] {
  const { red } = paints(colours);
  switch (news.kind) {
    case 'deployments':
      if (news.deployments.length === 0) return ['The project can be read again; nothing of it has changed.'];
      return wordDeployments(news.deployments, colours, news.tookMs);
    case 'project-faults':
      return [
        ...news.faults.map((fault) => red(printable(fault))),
        'The project stays as it was until that is mended.',
      ];
    case 'refused':
      return [red(printable(news.reason)), 'What was there before stays.'];
    case 'people':
      return ['People of the project now:', ...wordPeople(news.people)];
    case 'step':
      return wordStep(news.told, colours);
    default:
      return news satisfies never;
  }
}

export function wordDeployments(deployments: readonly Deployment[], colours: boolean, tookMs?: number): string[] {
  const { red, green } = paints(colours);
  const took = tookMs === undefined ? '' : ` (${tookMs} ms)`;
  return deployments.flatMap((each) => {
    switch (each.kind) {
      case 'deployed':
        return [green(`${each.name} v${each.version} is deployed${took}${each.what === 'module' ? ', a module' : ''}`)];
      case 'failed':
        return [
          ...each.faults.map((fault) => red(printable(fault))),
          `${each.name} was not deployed${each.runs ? '; the version before goes on running' : ''}.`,
        ];
      case 'bound':
        return [`${each.trigger} runs ${each.names.length === 0 ? 'nothing' : each.names.join(', then ')}.`];
      case 'left-out':
        return [`${each.name} is left out of ${each.trigger}: no version of it was ever built.`];
      default:
        return each satisfies never;
    }
  });
}

export function wordPeople(people: readonly MadePerson[]): string[] {
  const wide = (of: (person: MadePerson) => string) => Math.max(0, ...people.map((person) => of(person).length));
  const [email, password] = [wide((person) => person.email), wide((person) => person.password)];
  return people.flatMap((person) => [
    printable(`  ${person.email.padEnd(email)}  ${person.password.padEnd(password)}  ${person.factors}`),
    ...person.notes.map((note) => printable(`  ${' '.repeat(email)}  ${note}`)),
  ]);
}

function wordStep(
  { step, results, person, messages, appCode, warnings, claims }: ToldStep,
  colours: boolean,
): string[] {
  const { dim, bold, red, yellow, cyan, green } = paints(colours);
  const time = new Date(step.at).toTimeString().slice(0, 8);
  const who = printable(person ?? 'somebody');
  const lines = [`${dim(time)}  ${bold(who)}  ${printable(stepTitle(step))} ${dim(`(${milliseconds(step.tookMs)})`)}`];
  const add = (text: string) => lines.push(`${INDENT}${text}`);
  for (const result of results) {
    const version = result.versionNumber === undefined ? '' : ` v${result.versionNumber}`;
    add(`${cyan(printable(result.actionName) + version)} ${dim(milliseconds(result.durationMs))}`);
    for (const { level, text, at } of result.console) {
      const place = at === undefined ? '' : dim(`  ${printable(at)}`);
      for (const line of text.split('\n')) add(`  ${dim(`${level}:`)} ${printable(line)}${place}`);
    }
    for (const command of result.commands) add(`  ${printable(commandText(command))}`);
    if (result.error) {
      const { name, message, at } = result.error;
      add(`  ${red(printable(`${at === undefined ? '' : `${at}: `}${name}: ${message}`))}`);
    }
  }
  for (const { why } of step.work) if (why !== undefined) add(printable(whyText(why)));
  for (const { channel, to, code } of messages) {
    add(printable(`${channel} to ${to}`) + (code === undefined ? '' : `: ${bold(printable(code))}`));
  }
  if (appCode !== undefined) add(`the app shows ${bold(appCode)}`);
  for (const { type, description } of warnings) add(yellow(printable(`${type}: ${description}`)));
  if (step.notice !== undefined) add(yellow(printable(`not taken: ${step.notice}`)));
  const rest = printable(restText(step));
  const paint = step.to.state === 'denied' ? red : step.to.state === 'completed' ? green : (text: string) => text;
  add(paint(`→ ${rest}`));
  for (const [token, own] of Object.entries(claims ?? {})) {
    for (const [name, value] of Object.entries(own)) {
      add(`  ${token === 'idToken' ? 'ID token' : 'access token'}: ${printable(`${name} = ${JSON.stringify(value)}`)}`);
    }
  }
  return lines;
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** One object a line: `event` says which. */
export function newsAsJson(news: DevNews): object {
  switch (news.kind) {
    case 'deployments':
      return { event: 'deployments', took_ms: news.tookMs, deployments: news.deployments };
    case 'project-faults':
      return { event: 'project-faults', faults: news.faults };
    case 'refused':
      return { event: 'refused', reason: news.reason };
    case 'people':
      return { event: 'people', people: news.people.map(personAsJson) };
    case 'step':
      return stepAsJson(news.told);
    default:
      return news satisfies never;
  }
}

export function personAsJson({ fixture, userId, email, password, factors, notes }: MadePerson): object {
  return { fixture, user_id: userId, email, password, factors, notes };
}

function stepAsJson({ step, results, person, messages, appCode, warnings, claims }: ToldStep): object {
  return {
    event: 'step',
    at: new Date(step.at).toISOString(),
    transaction_id: step.transactionId,
    ...(step.userId === undefined ? {} : { user_id: step.userId }),
    ...(person === undefined ? {} : { person }),
    input: step.input,
    ...(step.from === undefined ? {} : { from: step.from }),
    to: step.to,
    took_ms: step.tookMs,
    work: step.work,
    ...(step.notice === undefined ? {} : { notice: step.notice }),
    runs: results.map(showResult),
    messages,
    ...(appCode === undefined ? {} : { app_code: appCode }),
    warnings,
    ...(claims === undefined ? {} : { claims: { id_token: claims.idToken, access_token: claims.accessToken } }),
  };
}
