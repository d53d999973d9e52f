// What a run decided, in parts that can be compared one by one: made from what is kept of a run, so that what was written
// down then and what happens now are read by the same eyes.
import type { ExecutionResult, Json } from '#storage/records.ts';
import type { ReplayChange } from '../replayed-logins.ts';

/** What a part is about. The first three end a login or hold it; claims and what follows only shape its end. */
export type Matter =
  | 'failure'
  | 'ending'
  | 'challenge'
  | 'enrollment'
  | 'away'
  | 'claims'
  | 'scopes'
  | 'metadata'
  | 'carried'
  | 'other';

/** By the name of the part; parts of one matter are told together. */
export type Decision = ReadonlyMap<string, { matter: Matter; value: Json }>;

export const NOTHING: Decision = new Map();

/** What is compared is not there: arguments that were too large to keep. */
export const isCut = ({ commands }: ExecutionResult): boolean => commands.some(({ args }) => args === undefined);

export function decisionOf({ commands, error }: Pick<ExecutionResult, 'commands' | 'error'>): Decision {
  const parts = new Map<string, { matter: Matter; value: Json }>();
  const put = (matter: Matter, name: string, value: Json) => parts.set(name, { matter, value });
  if (error) {
    put('failure', 'failure', { kind: error.id, message: error.message });
    return parts;
  }
  const asks: { challenge: Json[]; enrollment: Json[] } = { challenge: [], enrollment: [] };
  for (const { name, args = [] } of commands) {
    const [first = null, second = null] = args;
    const [space = '', method = ''] = name.split('.');
    switch (name) {
      case 'access.deny':
      case 'refreshToken.revoke':
      case 'session.revoke':
      case 'validation.error':
        if (!parts.has('ending'))
          put('ending', 'ending', { by: `api.${name}`, reason: args.length > 1 ? args : first });
        break;
      case 'authentication.challengeWith':
      case 'authentication.challengeWithAny':
        asks.challenge.push(askOf(method, args));
        break;
      case 'authentication.enrollWith':
      case 'authentication.enrollWithAny':
        asks.enrollment.push(askOf(method, args));
        break;
      case 'redirect.sendUserTo':
      case 'prompt.render':
        put('away', 'away', { by: `api.${name}`, to: first, ...(second === null ? {} : { with: second }) });
        break;
      case 'idToken.setCustomClaim':
      case 'accessToken.setCustomClaim':
        put('claims', `${space} ${String(first)}`, second);
        break;
      case 'accessToken.addScope':
      case 'accessToken.removeScope':
        put('scopes', String(first), name === 'accessToken.addScope' ? 'added' : 'removed');
        break;
      case 'user.setAppMetadata':
      case 'user.setUserMetadata':
        put(
          'metadata',
          `${name === 'user.setAppMetadata' ? 'app_metadata' : 'user_metadata'} ${String(first)}`,
          second,
        );
        break;
      case 'transaction.setMetadata':
        put('carried', `transaction.metadata ${String(first)}`, second);
        break;
      case 'authentication.setPrimaryUser':
        put('carried', 'primary user', first);
        break;
      // What is kept for another run decides nothing in this one.
      case 'cache.set':
      case 'cache.delete':
        break;
      default: {
        // Events of later Actions show the session and the refresh token as they will be.
        const shown = space === 'session' || space === 'refreshToken';
        const key = args.length > 1 ? ` ${String(first)}` : '';
        put(shown ? 'carried' : 'other', `${name}${key}`, args.length > 1 ? second : first);
      }
    }
  }
  if (asks.challenge.length > 0) put('challenge', 'challenge', asks.challenge);
  if (asks.enrollment.length > 0) put('enrollment', 'enrollment', asks.enrollment);
  return parts.has('ending') ? ended(parts) : parts;
}

/** A denial beats what was asked for beside it, and there are no tokens; metadata is written all the same. */
function ended(parts: Decision): Decision {
  return new Map([...parts].filter(([, { matter }]) => matter === 'ending' || matter === 'metadata'));
}

function askOf(method: string, args: readonly Json[]): Json {
  const [first = null, second = null] = args;
  return { [method]: first, ...(second === null ? {} : { with: second }) };
}

export const stops = (decision: Decision): boolean =>
  [...decision.values()].some(({ matter }) => matter === 'failure' || matter === 'ending');

/** Matters by which what follows reads or meets something else. */
const FELT: ReadonlySet<Matter> = new Set<Matter>(['challenge', 'enrollment', 'away', 'carried']);
export const isFelt = (decision: Decision): boolean => [...decision.values()].some(({ matter }) => FELT.has(matter));

/** Whether what was recorded after `before` could have been recorded after `after`. */
export const feelsTheSame = (before: Decision, after: Decision): boolean =>
  differing(before, after).every((name) => !FELT.has((before.get(name) ?? after.get(name))?.matter ?? 'other'));

/** Names of parts that are not the same in both. */
export function differing(one: Decision, other: Decision): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (name) => canonical(one.get(name)?.value) !== canonical(other.get(name)?.value),
  );
}

/** Two objects with the same keys in another order are the same. */
export function canonical(value: Json | undefined): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const CHANGE_OF: Readonly<Record<Exclude<Matter, 'failure' | 'ending'>, ReplayChange>> = {
  challenge: 'challenged_differently',
  enrollment: 'enrolls_differently',
  away: 'redirected_differently',
  claims: 'claims_changed',
  scopes: 'scopes_changed',
  metadata: 'metadata_changed',
  carried: 'otherwise_changed',
  other: 'otherwise_changed',
};

export type Difference = { change: ReplayChange; before: Json; after: Json };

/** In words of the list, the gravest first. Whoever is denied is told of no claims. */
export function differences(before: Decision, after: Decision, names: readonly string[]): Difference[] {
  if (names.length === 0) return [];
  const value = (decision: Decision, name: string): Json => decision.get(name)?.value ?? null;
  for (const [name, now, once, other] of [
    ['failure', 'fails', 'no_longer_fails', 'fails_differently'],
    ['ending', 'denied', 'no_longer_denied', 'denied_differently'],
  ] as const) {
    if (!names.includes(name)) continue;
    const change = !before.has(name) ? now : after.has(name) ? other : once;
    return [{ change, before: value(before, name), after: value(after, name) }];
  }
  // A run that is over by either leaves nothing else to compare but what it wrote.
  const found = new Map<ReplayChange, string[]>();
  for (const name of names) {
    const matter = (after.get(name) ?? before.get(name))?.matter;
    if (matter === undefined || matter === 'failure' || matter === 'ending') continue;
    found.set(CHANGE_OF[matter], [...(found.get(CHANGE_OF[matter]) ?? []), name]);
  }
  return [...found].map(([change, parts]) => {
    const [only] = parts;
    const whole = only === 'challenge' || only === 'enrollment' || only === 'away';
    const side = (decision: Decision): Json => {
      if (whole) return value(decision, only);
      const present = parts.flatMap((name) => (decision.has(name) ? [[name, value(decision, name)] as const] : []));
      return present.length === 0 ? null : Object.fromEntries(present);
    };
    return { change, before: side(before), after: side(after) };
  });
}
