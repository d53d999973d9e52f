// Server, harness: plays a list of answers, one after the other, and then goes on rightly until the login is over. What an
// answer cannot mean where the login rests is passed over, so that any list can be played and shortened.
import { SimulationError } from './misuse.ts';
import type { SimulatedLogin } from './simulation.ts';

/** What somebody does at one step. `nth`: of the offers, counted round. `time`: as `clock.advance` takes it. */
export type Answer =
  | { act: 'answer' }
  | { act: 'wrong' }
  | { act: 'choose'; nth: number }
  | { act: 'reconsider' }
  | { act: 'resend' }
  | { act: 'reject' }
  | { act: 'wait'; time: string };

/** One step that was taken: what was done, where the login rested before, with which factor, and where it rests now. */
export type PlayedStep = { act: Answer['act'] | 'finish'; from: string; factor?: string; to: string; notice?: string };

const PLAYED = new WeakMap<object, PlayedStep[]>();
/** Codes that were asked for or guessed too often are refused for a while; after this a new one can be had. */
const PATIENCE = '11 minutes';
/** More than any login needs that goes on rightly. */
const MOST_STEPS = 60;

/**
 * Plays `answers`, then goes on rightly until the login is completed, denied or has run out of time.
 * @returns the steps that were taken, in order. Invariants tell of them when they fail.
 */
export async function playLogin(login: SimulatedLogin, answers: readonly Answer[]): Promise<PlayedStep[]> {
  const steps: PlayedStep[] = [];
  PLAYED.set(login, steps);
  for (const { act, taken } of script(login, answers, steps)) {
    const { state: from, factor } = login;
    const taking = await attempt(taken);
    if (taking === 'impossible') continue;
    const to = taking === 'run out' ? 'expired' : login.state;
    const notice = taking === 'run out' ? undefined : login.notice;
    steps.push({ act, from, to, ...(factor ? { factor } : {}), ...(notice === undefined ? {} : { notice }) });
    if (to === 'expired') return steps;
  }
  if (!isOver(login)) throw new Error(`the login does not end; it is ${login.state}\nSteps:\n${toldSteps(login)}`);
  return steps;
}

type Act = { act: PlayedStep['act']; taken: () => unknown };

/** First what was given, then what is right. Read as it is played: each act depends on where the login rests then. */
function* script(login: SimulatedLogin, answers: readonly Answer[], steps: readonly PlayedStep[]): Generator<Act> {
  for (const answer of answers) {
    if (isOver(login)) return;
    const taken = meaningOf(login, answer);
    if (taken) yield { act: answer.act, taken };
  }
  for (let count = 0; count < MOST_STEPS && !isOver(login); count++) {
    const isStuck = login.notice !== undefined || steps.some(({ act }) => act === 'wait' || act === 'reject');
    if (login.state === 'challenging' && isStuck) {
      if (login.notice !== undefined) login.clock.advance(PATIENCE);
      yield { act: 'resend', taken: () => login.resend() };
    }
    yield { act: 'finish', taken: () => goOn(login) };
  }
}

async function attempt(taken: () => unknown): Promise<'done' | 'impossible' | 'run out'> {
  try {
    await taken();
    return 'done';
  } catch (error) {
    const why = error instanceof SimulationError ? error.why : undefined;
    // There is no other factor to go to, or nothing that could be sent again.
    if (why === 'no-step') return 'impossible';
    if (why === 'expired') return 'run out';
    throw error;
  }
}

function goOn(login: SimulatedLogin): Promise<unknown> {
  switch (login.state) {
    case 'challenging':
      return login.factor === 'push-notification' ? login.approvePush() : login.answer();
    case 'choosing':
      return login.choose(login.offers[0]?.factor ?? 'otp');
    case 'enrolling':
      return login.enroll();
    case 'redirected':
      return login.form ? login.submit({}) : login.continue();
    default:
      return login.finish();
  }
}

/** The steps that `playLogin` took with this login, as text; empty where it did not. */
export function toldSteps(login: object): string {
  const steps = PLAYED.get(login) ?? [];
  return steps
    .map(({ act, from, factor, to, notice }, at) => {
      const asked = factor === undefined ? from : `${from} ${factor}`;
      return `  ${at + 1}. ${act} (${asked}) → ${to}${notice === undefined ? '' : `, ${notice}`}`;
    })
    .join('\n');
}

const isOver = ({ state }: SimulatedLogin): boolean => state === 'completed' || state === 'denied';

/** Undefined: it means nothing where the login rests. */
function meaningOf(login: SimulatedLogin, answer: Answer): (() => unknown) | undefined {
  const { state, factor, offers } = login;
  if (answer.act === 'wait') return () => login.clock.advance(answer.time);
  if (answer.act === 'choose') {
    const offer = offers[answer.nth % Math.max(1, offers.length)];
    return state === 'choosing' && offer ? () => login.choose(offer.factor) : undefined;
  }
  if (state !== 'challenging') return undefined;
  const isPush = factor === 'push-notification';
  switch (answer.act) {
    case 'answer':
      return () => (isPush ? login.approvePush() : login.answer());
    case 'wrong':
      return isPush ? undefined : () => login.wrong();
    case 'reject':
      return isPush ? () => login.rejectPush() : undefined;
    case 'resend':
      return () => login.resend();
    case 'reconsider':
      return () => login.reconsider();
  }
}
