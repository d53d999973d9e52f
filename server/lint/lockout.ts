// Server, lint: which users might not get through. The factors that scripts may ask for, held against those that people are
// enrolled in and that the tenant has on. No condition is judged, so each finding says "may".
import { setImmediate } from 'node:timers/promises';
import { factorOf, properName } from '#runtime/factors/catalogue.ts';
import type { AuthenticatorType, GuardianFactorName, JsonObject } from '#storage/records.ts';
import { type FactorCommand, factorCommands } from './factor-commands.ts';
import type { CommandPlace, LockedOut, LockoutFinding, LockoutReport } from './lockout-report.ts';
import type { Possible } from './possible-values.ts';
import { wordFinding } from './word-lockout.ts';

/** In the order in which they run. */
export type LintedAction = { name: string; code: string };

/** Who has neither an authenticator of `types` nor, with `mailbox`, a verified address; of those with one of `having`. */
export type Count = (query: {
  types: readonly AuthenticatorType[];
  mailbox: boolean;
  having?: readonly AuthenticatorType[];
}) => Promise<{ users: number; lacking: number; examples: readonly LockedOut[] }>;

export type LockoutTenant = {
  factors: Readonly<Partial<Record<GuardianFactorName, boolean>>>;
  customizeMfa: boolean;
};

/** In the order of the picker. A recovery code stands in for one of the others, and is nothing by itself. */
const SECOND_FACTORS = ['webauthn-platform', 'webauthn-roaming', 'push-notification', 'otp', 'phone', 'email'] as const;
/** What somebody is enrolled in who has the factor. */
export const AUTHENTICATORS: Readonly<Record<string, AuthenticatorType>> = {
  otp: 'totp',
  phone: 'phone',
  email: 'email',
  'push-notification': 'push',
  'webauthn-roaming': 'webauthn-roaming',
  'webauthn-platform': 'webauthn-platform',
  'recovery-code': 'recovery-code',
};

const MOST_COMMANDS = 300;
const MOST_ASKS = 40;

type Placed = FactorCommand & { action: string };
type Ask = { kind: 'challenge' | 'enroll'; asked: Possible; places: CommandPlace[]; mayEnrollBy: CommandPlace[] };

/** @param actions those of post-login, in the order in which they run. */
export async function findLockouts(
  actions: readonly LintedAction[],
  tenant: LockoutTenant,
  count: Count,
): Promise<LockoutReport> {
  const unread: LockoutReport['unread'] = [];
  const commands: Placed[] = [];
  for (const { name: action, code } of actions) {
    // Texts of strangers may be long: others have their turn in between.
    await setImmediate();
    const found = await factorCommands(code);
    if (found.ok) commands.push(...found.commands.map((command) => ({ ...command, action })));
    else unread.push({ action, line: found.line, message: `The text cannot be read: ${found.message}.` });
  }
  // Each kind of ask is counted over all users: what nobody writes by hand is not.
  for (const { action, line } of commands.splice(MOST_COMMANDS).slice(0, 1)) {
    unread.push({ action, line, message: `Only the first ${MOST_COMMANDS} commands are looked at.` });
  }
  const { users } = await count({ types: [], mailbox: false });
  const findings: LockoutFinding[] = [];
  const choosing = commands.filter(({ command }) => command !== 'multifactor.enable');
  if (!tenant.customizeMfa && choosing.length > 0) {
    const commands = choosing.map(placeOf);
    findings.push(worded({ ...NO_FACTORS, kind: 'switch', commands, users, lacking: users, examples: [] }));
  }
  const asks = asksOf(commands, tenant);
  for (const { places } of asks.splice(MOST_ASKS).slice(0, 1)) {
    const [{ action, line } = { action: '', line: 1 }] = places;
    unread.push({ action, line, message: `Only the first ${MOST_ASKS} different sets of factors are counted.` });
  }
  for (const ask of asks) {
    const { names, enrolled } = ask.asked;
    if (names.size === 0 && !enrolled) {
      const message = 'Which factors it names is known only when it runs.';
      unread.push(...ask.places.map(({ action, line }) => ({ action, line, message })));
    } else findings.push(worded({ ...(await judge(ask, tenant, count)), users }));
  }
  return { users, findings, unread };
}

const NO_FACTORS = { factors: [], off: [], unknown: [], enrolled: false, unread: false, may_enroll_by: [] };

function worded(finding: Omit<LockoutFinding, 'message'>): LockoutFinding {
  const { examples, ...rest } = finding;
  return { ...rest, message: wordFinding(finding), examples };
}

/** Asks for the same factors in the same situation are one. */
function asksOf(commands: readonly Placed[], tenant: LockoutTenant): Ask[] {
  const asks = new Map<string, Ask>();
  for (const [index, each] of commands.entries()) {
    const before = commands.filter((other, at) => at < index || other.action === each.action);
    const mayEnrollBy = before.filter((other) => other !== each && canEnroll(other)).map(placeOf);
    for (const asked of each.asks) {
      for (const ask of readAsk(each, asked, tenant)) {
        // Whoever was challenged may enroll whatever they like.
        if (ask.kind === 'enroll' && before.some(({ command }) => command.startsWith('challenge'))) continue;
        const names = [...ask.asked.names].sort().join();
        const key = [ask.kind, names, ask.asked.enrolled, ask.asked.unread, mayEnrollBy.length > 0].join();
        const known = asks.get(key);
        if (known) known.places.push(placeOf(each));
        else asks.set(key, { ...ask, places: [placeOf(each)], mayEnrollBy });
      }
    }
  }
  return [...asks.values()];
}

const canEnroll = ({ command }: FactorCommand) => command.startsWith('enroll') || command === 'multifactor.enable';
const placeOf = ({ action, line, command }: Placed): CommandPlace => ({ action, line, command });

function readAsk({ command }: Placed, asked: Possible, tenant: LockoutTenant): Pick<Ask, 'kind' | 'asked'>[] {
  if (command.startsWith('challenge')) return [{ kind: 'challenge', asked }];
  if (command.startsWith('enroll')) return [{ kind: 'enroll', asked }];
  const found: Pick<Ask, 'kind' | 'asked'>[] = [];
  for (const provider of asked.names) {
    const none = { enrolled: false, unread: false };
    if (provider === 'google-authenticator')
      found.push({ kind: 'enroll', asked: { ...none, names: new Set(['otp']) } });
    // There is no Duo.
    if (provider === 'duo') found.push({ kind: 'challenge', asked: { ...none, names: new Set(['duo']) } });
    // Whoever has none enrolls one, unless there is none to enroll.
    const any = { names: new Set<string>(), enrolled: true, unread: false };
    if (/^(any|guardian)$/.test(provider) && !SECOND_FACTORS.some((type) => canEnrollOnPages(type, tenant))) {
      found.push({ kind: 'challenge', asked: any });
    }
  }
  return found;
}

function isOn(type: string, { factors }: LockoutTenant): boolean {
  const factor = SECOND_FACTORS.find((each) => each === type) ?? (type === 'recovery-code' ? type : undefined);
  const known = factor && factorOf(factor);
  return known !== undefined && factors[known.switch] === true;
}

function canEnrollOnPages(type: (typeof SECOND_FACTORS)[number], tenant: LockoutTenant): boolean {
  const enroll = factorOf(type)?.enroll;
  return enroll !== undefined && !enroll.byClientOnly && isOn(type, tenant);
}

async function judge(ask: Ask, tenant: LockoutTenant, count: Count): Promise<Omit<LockoutFinding, 'message'>> {
  const named = [...new Set([...ask.asked.names].map(properName))];
  const active = SECOND_FACTORS.filter((type) => isOn(type, tenant));
  const factors = named.filter((type) => isOn(type, tenant));
  const usable = ask.asked.enrolled ? [...new Set([...factors, ...active])] : factors;
  const types = usable.flatMap((type) => AUTHENTICATORS[type] ?? []);
  const mailbox = usable.includes('email');
  // Before a challenge only those who have no factor at all may enroll one: the others are asked for theirs first.
  const isEnroll =
    ask.kind === 'enroll' && SECOND_FACTORS.some((type) => factors.includes(type) && canEnrollOnPages(type, tenant));
  const having = active.flatMap((type) => AUTHENTICATORS[type] ?? []);
  const { lacking, examples } = await count({ types, mailbox, ...(isEnroll ? { having } : {}) });
  return {
    kind: ask.kind,
    factors,
    off: named.filter((type) => Object.hasOwn(AUTHENTICATORS, type) && !factors.includes(type)),
    unknown: named.filter((type) => !Object.hasOwn(AUTHENTICATORS, type)),
    enrolled: ask.asked.enrolled,
    unread: ask.asked.unread,
    commands: ask.places,
    may_enroll_by: ask.mayEnrollBy,
    users: 0,
    lacking,
    examples,
  };
}

/** The report as the wire has it. */
export const showLockouts = (report: LockoutReport): JsonObject => structuredClone(report) as unknown as JsonObject;
