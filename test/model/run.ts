// Tests, the reference model: one run of one Action. The event stands still while it runs, but for the transaction's
// metadata; calls are written down and nothing happens yet; whatever stops the script drops them all.
import type { Action, Condition, Factor, Factors, Preferred, Provider, Statement } from './chain.ts';
import * as texts from './texts.ts';
import type { Method } from './world.ts';

/** What the script is given. */
export type Event = {
  methods: Method[];
  enrolledFactors: Factor[];
  notes: Map<string, string>;
  app: ReadonlyMap<string, string>;
  user: ReadonlyMap<string, string>;
  confidence: string;
  roles: string[];
  stepUp: boolean;
  /** What earlier runs enabled last. */
  enabled?: Enabled;
};

export type Enabled = { provider: Provider; remembers: boolean };

/** `anew`: `multifactor.enable` without remembering was called before it: it wants a factor shown now. */
export type FactorAsk = {
  kind: 'challenge' | 'enroll';
  prefer: 'first' | 'any';
  factors: string[];
  anew: boolean;
  /** How a phone is to be reached. */
  preferred?: Preferred;
};
export type Away = { kind: 'redirect'; url: string } | { kind: 'form' };

/** What a script called, in call order. */
export type Calls = {
  asks: FactorAsk[];
  away?: Away;
  ending?: { reason: string; revokes: boolean };
  /** `access.deny` was among the calls. */
  denies: boolean;
  enable?: Enabled;
  app: [key: string, value: string | null][];
  user: [key: string, value: string | null][];
  recorded: string[];
};

export type Ran = { saw: string } & ({ threw: string } | { threw?: never; calls: Calls });

/** How a script is stopped, by itself or by us. */
class Stop extends Error {}

export function run(action: Action, handler: 'execute' | 'resume', event: Event): Ran {
  const name = handler === 'execute' ? 'onExecutePostLogin' : 'onContinuePostLogin';
  if (action.broken === 'top level') return { saw: '', threw: 'no settings' };
  const body = handler === 'execute' ? action.execute : action.resume;
  if (action.broken === 'not async' || !body) return { saw: '', threw: texts.badSignature(name) };

  const saw = `${handler}; ${look(event)}`;
  const calls: Calls = { asks: [], denies: false, app: [], user: [], recorded: [] };
  try {
    follow(body, calls, event);
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return { saw, threw: stop.message };
  }
  return { saw, calls };
}

/** What each script of a case tells the console first; `script-text.ts` says the same in JavaScript. */
function look({ methods, enrolledFactors, notes, app, user, confidence, roles }: Event): string {
  const names = [...new Set(methods.map(({ name }) => name))].sort();
  return [names, enrolledFactors, flat(notes), flat(app), flat(user), confidence, roles].join('; ');
}

const flat = (map: ReadonlyMap<string, string>) =>
  [...map]
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join();

function follow(body: Statement[], calls: Calls, event: Event): void {
  for (const statement of body) {
    const anew = (calls.enable ?? event.enabled)?.remembers === false;
    switch (statement.say) {
      case 'challengeWith':
      case 'enrollWith': {
        const { preferred } = statement;
        const factors = [statement.factor, ...(statement.additional ?? [])];
        calls.asks.push({
          kind: statement.say === 'challengeWith' ? 'challenge' : 'enroll',
          prefer: 'first',
          factors,
          anew,
          ...(statement.factor === 'phone' && preferred ? { preferred } : {}),
        });
        break;
      }
      case 'challengeWithAny':
      case 'enrollWithAny': {
        const factors = listed(statement.factors, event);
        calls.asks.push({
          kind: statement.say === 'challengeWithAny' ? 'challenge' : 'enroll',
          prefer: 'any',
          factors,
          anew,
        });
        break;
      }
      case 'enable':
        calls.enable = { provider: statement.provider, remembers: statement.allowRememberBrowser === true };
        break;
      case 'deny':
        calls.denies = true;
        calls.ending ??= { reason: statement.reason, revokes: false };
        break;
      case 'revokeSession':
        calls.ending ??= { reason: statement.reason, revokes: true };
        break;
      case 'validationError':
        calls.ending ??= { reason: statement.message, revokes: false };
        break;
      case 'throw':
        throw new Stop(statement.message);
      case 'sendUserTo':
        if (calls.away?.kind === 'form') throw new Stop(texts.REDIRECT_AND_RENDER);
        calls.away = { kind: 'redirect', url: statement.url };
        break;
      case 'render':
        if (calls.away) throw new Stop(calls.away.kind === 'form' ? texts.RENDER_TWICE : texts.REDIRECT_AND_RENDER);
        calls.away = { kind: 'form' };
        break;
      case 'setAppMetadata':
        calls.app.push([statement.key, statement.value]);
        break;
      case 'setUserMetadata':
        calls.user.push([statement.key, statement.value]);
        break;
      case 'note':
        if (statement.value === null) event.notes.delete(statement.key);
        else event.notes.set(statement.key, statement.value);
        break;
      case 'recordMethod':
        calls.recorded.push(statement.url);
        break;
      case 'if':
        follow(holds(statement.when, event) ? statement.body : statement.otherwise, calls, event);
        break;
    }
  }
}

const listed = (factors: Factors, { enrolledFactors }: Event): string[] =>
  factors === 'enrolledFactors' ? [...enrolledFactors] : factors;

function holds(when: Condition, event: Event): boolean {
  switch (when.is) {
    case 'proven':
      return event.methods.some(({ name, mfa }) => mfa && name === when.factor);
    case 'anyMfa':
      return event.methods.some(({ mfa }) => mfa);
    case 'enrolled':
      return event.enrolledFactors.includes(when.factor);
    case 'noted':
      return event.notes.get(when.key) === when.value;
    case 'stored':
      return event.app.get(when.key) === when.value;
    case 'role':
      return event.roles.includes(when.name);
    case 'lowConfidence':
      return event.confidence === 'low';
    case 'stepUp':
      return event.stepUp;
    case 'method':
      return event.methods.some(({ name }) => name === when.url);
  }
}
