// Server, harness: what holds of every login, whatever a person did. Judged by what scripts commanded and by what the
// tenant's log says was shown; the state of the login is what is held against them.
import type { FactorType } from '#actions/post-login.ts';
import type { ExecutionRecord, ExecutionResult, LogRecord } from '#storage/records.ts';
import { toldSteps } from './play-login.ts';
import type { SimulatedTokens } from './simulation.ts';

/** A login that is over, or what is known of one. Each `SimulatedLogin` is one. */
export type FinishedLogin = {
  readonly state: string;
  readonly tokens: SimulatedTokens | undefined;
  readonly denied: { code: string; reason: string } | undefined;
  readonly logs: readonly Pick<LogRecord, 'type' | 'details'>[];
  readonly executions: readonly Pick<ExecutionRecord, 'triggerId' | 'results'>[];
};

/** One factor, or several of which any is enough. */
export type Demand = FactorType | readonly FactorType[];

type Ran = Pick<ExecutionResult, 'actionName' | 'commands' | 'error'>;
type Asked = { by: string; factors: string[] };

const SHOWN = { gd_auth_succeed: 'challenge', gd_recovery_succeed: 'challenge', gd_enrollment_complete: 'enrollment' };
const ENDS = ['access.deny', 'validation.error'];

/**
 * Tokens are given only to somebody who showed the factors.
 * @param demanded what this login needs, e.g. `['otp', ['phone', 'email']]`: the app, and phone or mail. Absent: what its
 *   scripts commanded by `challengeWith`, `challengeWithAny` and `multifactor.enable`. What they only wanted to be set up is
 *   no demand, because whoever has it goes on. A remembered browser stands in for factors: name what is demanded then.
 * @throws an Error that names the script, the factors and the steps.
 */
export function noTokenWithoutFactors(login: FinishedLogin, demanded?: readonly Demand[]): void {
  if (login.tokens === undefined && login.state !== 'completed') return;
  const shown = proofsOf(login).map(({ factor }) => factor);
  const asked: Asked[] =
    demanded?.map((demand) => ({ by: 'The test demands', factors: [demand].flat() })) ?? demandsOf(login);
  for (const { by, factors } of asked) {
    const isMet = factors.length === 0 ? shown.length > 0 : factors.some((factor) => shown.includes(factor));
    if (isMet) continue;
    const wanted = factors.length === 0 ? 'a second factor' : factors.join(' or ');
    fail('there are tokens without the factors', `${by} ${wanted}. Shown: ${shown.join(', ') || 'nothing'}.`, login);
  }
}

/**
 * What a script denied stays denied: no tokens, and no further script. A script that fails denies as well.
 * @throws an Error that names the script and the steps.
 */
export function denyIsFinal(login: FinishedLogin): void {
  const ran = runsOf(login);
  const at = ran.findIndex(({ commands, error }) => error || commands.some(({ name }) => ENDS.includes(name)));
  const denying = ran[at];
  if (!denying) return;
  const how = denying.error ? `failed (${denying.error.message})` : 'denied the login';
  const later = ran[at + 1];
  if (later) fail('a denied login went on', `${denying.actionName} ${how}, and then ${later.actionName} ran.`, login);
  if (login.state !== 'denied' || login.tokens !== undefined)
    fail('a denied login went on', `${denying.actionName} ${how}, and the login is ${login.state}.`, login);
}

/**
 * A factor that was shown in this login is not asked for again.
 * @throws an Error that names the factor and the steps.
 */
export function noFactorCountsTwice(login: FinishedLogin): void {
  const seen = new Set<string>();
  for (const { factor, by } of proofsOf(login)) {
    if (by !== 'challenge') continue;
    if (seen.has(factor)) fail('a factor counted twice', `${factor} was asked for and shown twice.`, login);
    seen.add(factor);
  }
}

/**
 * Nobody is kept from their work by more proofs than `most`. Challenges and enrollments count, once each, also the one that
 * is being asked now; wrong answers and resends do not.
 * @throws an Error that counts them and names the steps.
 */
export function atMostChallenges(login: FinishedLogin, most: number): void {
  const shown = proofsOf(login).map(({ factor }) => factor);
  const isAsked = login.state === 'challenging' || login.state === 'enrolling' || login.state === 'choosing';
  const asked = isAsked ? [...shown, `${login.state} now`] : shown;
  if (asked.length > most)
    fail('too many challenges', `${asked.length} of at most ${most}: ${asked.join(', ')}.`, login);
}

const runsOf = ({ executions }: FinishedLogin): Ran[] =>
  executions.filter(({ triggerId }) => triggerId === 'post-login').flatMap(({ results }) => results);

function proofsOf({ logs }: FinishedLogin): { factor: string; by: string }[] {
  return logs.flatMap(({ type, details }) => {
    if (!Object.hasOwn(SHOWN, type)) return [];
    const { authenticator } = (details ?? {}) as { authenticator?: { type?: unknown } };
    return [{ factor: String(authenticator?.type ?? 'unknown'), by: SHOWN[type as keyof typeof SHOWN] }];
  });
}

function demandsOf(login: FinishedLogin): Asked[] {
  const runs = runsOf(login);
  const challenges = runs.flatMap(({ actionName, commands }) =>
    commands.flatMap(({ name, args }) => {
      const factors = args && factorsOf(name, args);
      return factors && factors.length > 0 ? [{ by: `${actionName} asked for`, factors }] : [];
    }),
  );
  // Of several calls the last one stands.
  const enabling = runs
    .flatMap(({ actionName, commands }) => commands.map(({ name, args }) => ({ actionName, name, args })))
    .findLast(({ name }) => name === 'multifactor.enable');
  if (!enabling || enabling.args?.[0] === 'none') return challenges;
  return [...challenges, { by: `${enabling.actionName} asked for`, factors: [] }];
}

function factorsOf(name: string, [first, options]: readonly unknown[]): string[] | undefined {
  if (name === 'authentication.challengeWithAny') return typesOf(first);
  if (name !== 'authentication.challengeWith') return undefined;
  const { additionalFactors } = (options ?? {}) as { additionalFactors?: unknown };
  return [...typesOf(first), ...typesOf(additionalFactors)];
}

const typesOf = (factors: unknown): string[] =>
  [factors].flat().flatMap((factor) => {
    const { type } = (factor ?? {}) as { type?: unknown };
    return typeof type === 'string' ? [type] : [];
  });

function fail(what: string, why: string, login: FinishedLogin): never {
  const steps = toldSteps(login);
  throw new Error(`${what}: ${why}${steps === '' ? '' : `\nSteps:\n${steps}`}`);
}
