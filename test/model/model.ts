// Tests, the reference model: one login by the rules of pauses, read top to bottom as a script author would tell them. It
// imports nothing of the product and shares no thought with it: a generator that waits at each pause for what the person
// does, where the product moves a stored login from state to state.
import type { Action, Move, Preferred, Visit } from './chain.ts';
import { pauseFor } from './pauses.ts';
import { ANY_TEXT, type Box, type Line, type Rest, type Run, type Seen } from './rest.ts';
import { type Away, type Calls, type Enabled, type Event, type FactorAsk, run } from './run.ts';
import { forChallenge, forEnrollment, forPolicy, type Selected, wayOf } from './select.ts';
import * as texts from './texts.ts';
import { confidence, FACTORS, isAlive, isUsable, livingMemory, type Method, type World } from './world.ts';

const COMMANDS_PER_LOGIN = 4;
const REDIRECTS_PER_LOGIN = 10;

/** One login as far as it has come. */
export type Login = {
  world: World;
  visit: Visit;
  methods: Method[];
  /** Second factors shown or enrolled in this login, in order. */
  here: Set<string>;
  notes: Map<string, string>;
  /** Set by scripts and not yet written. */
  pending: { app: Map<string, string | null>; user: Map<string, string | null> };
  recorded: string[];
  commanded: number;
  redirects: number;
  enable?: Enabled;
  /** A second factor was called for. */
  called: boolean;
  /** A remembered browser met an ask. */
  stoodIn: boolean;
  /** The browser is to be remembered. */
  remember: boolean;
  lines: Line[];
  runs: Run[];
};

/** How it is over. */
type End = Extract<Rest, { at: 'completed' | 'denied' }>;
type Pause<Result> = Generator<Seen, Result, Move>;

const denied = (reason: string, code = 'access_denied'): End => ({ at: 'denied', code, reason });

export function openLogin(world: World, visit: Visit): Login {
  return {
    world,
    visit,
    methods: [],
    here: new Set(),
    notes: new Map(),
    pending: { app: new Map(), user: new Map() },
    recorded: [],
    commanded: 0,
    redirects: 0,
    called: false,
    stoodIn: false,
    remember: false,
    lines: [],
    runs: [],
  };
}

/** The whole login. Yields where it rests and returns how it ends. */
export function* attend(login: Login, actions: Action[]): Pause<End> {
  const { world, visit } = login;
  const session = visit.session ? world.sessions.get(visit.browser) : undefined;
  const token = tokenOf(login);
  if (token) login.methods = [...token.methods];
  else if (atClient(login)) {
    if (visit.stale) yield* pauseFor.wrongPassword();
    login.methods = [{ name: 'pwd', mfa: false }];
  } else if (session) login.methods = [...session.methods];
  else if (visit.silent) return denied(ANY_TEXT, 'login_required');
  else {
    yield* pauseFor.password();
    login.methods = [{ name: 'pwd', mfa: false }];
  }
  for (const [index, action] of actions.entries()) {
    const end = yield* attendAction(login, `action-${index + 1}`, action);
    if (end) return end;
  }
  const end = yield* settle(login);
  if (end) return end;
  if (token && (visit.stale || !isAlive(token, world.now))) return fail(login, ANY_TEXT, 'invalid_grant');
  complete(login);
  return { at: 'completed', proven: [...login.here] };
}

const atClient = ({ visit }: Login) => visit.by !== 'browser';

/** The refresh token that is exchanged. Who has none brings a password. */
const tokenOf = ({ visit, world }: Login) => (visit.by === 'refresh' ? world.token : undefined);

/** An Action is run once, and once more for each time it had sent the person away. */
function* attendAction(login: Login, name: string, action: Action): Pause<End | undefined> {
  for (let handler: 'execute' | 'resume' = 'execute'; ; handler = 'resume') {
    const ran = run(action, handler, eventOf(login));
    login.runs.push({ action: name, saw: ran.saw });
    if (ran.threw !== undefined) return fail(login, ran.threw);
    const { calls } = ran;
    if (!login.world.tenant.customizeMfa && calls.asks.length > 0 && !calls.denies) {
      login.lines.push({ type: 'mfar', text: ANY_TEXT });
      return fail(login, ANY_TEXT);
    }
    if (calls.ending) {
      keep(login, calls);
      write(login);
      if (calls.ending.revokes) revoke(login);
      return denied(calls.ending.reason);
    }
    login.commanded += calls.asks.length;
    if (login.commanded > COMMANDS_PER_LOGIN) return fail(login, texts.OVER_FOUR);
    if (calls.away && ++login.redirects > REDIRECTS_PER_LOGIN) return fail(login, ANY_TEXT);
    keep(login, calls);
    for (const ask of calls.asks) {
      const end = yield* meet(login, ask);
      if (end) return end;
    }
    if (!calls.away) return undefined;
    const end = yield* leave(login, calls.away);
    if (end) return end;
  }
}

/** The session that the login came from ends, and with it the refresh tokens of its logins. */
function revoke({ world, visit }: Login): void {
  const session = visit.session ? world.sessions.get(visit.browser) : undefined;
  if (!session) return;
  world.sessions.delete(visit.browser);
  if (world.token?.session === session.id) delete world.token;
}

/** A script that fails takes with it what it called, and what others before it left unwritten. */
function fail({ pending }: Login, reason: string, code?: string): End {
  pending.app.clear();
  pending.user.clear();
  return denied(reason, code);
}

function eventOf({ world, visit, methods, notes, enable }: Login): Event {
  return {
    methods,
    enrolledFactors: FACTORS.filter((factor) => isUsable(factor, world)),
    notes,
    app: world.app,
    user: world.user,
    confidence: confidence(world, visit),
    roles: world.roles,
    stepUp: visit.stepUp,
    ...(enable ? { enabled: enable } : {}),
  };
}

function keep(login: Login, { app, user, enable, recorded }: Calls): void {
  for (const [key, value] of app) login.pending.app.set(key, value);
  for (const [key, value] of user) login.pending.user.set(key, value);
  login.recorded.push(...recorded);
  if (enable) login.enable = enable;
}

/** Pending metadata goes to the account. */
function write({ world, pending }: Login): void {
  for (const part of ['app', 'user'] as const) {
    for (const [key, value] of pending[part]) {
      if (value === null) world[part].delete(key);
      else world[part].set(key, value);
    }
    pending[part].clear();
  }
}

/** One ask of a script, met now that the handler has settled. */
function* meet(login: Login, ask: FactorAsk): Pause<End | undefined> {
  const { world, here, lines } = login;
  const selected =
    ask.kind === 'challenge'
      ? forChallenge(ask.factors, world, here)
      : forEnrollment(ask.factors, world, here, atClient(login));
  if ('fails' in selected) return unmet(login, selected.fails);
  const warning = ask.kind === 'challenge' ? texts.unusableToChallenge : texts.unusableToEnroll;
  for (const name of selected.unusable) lines.push({ type: 'w', text: warning(name) });
  if (ask.kind === 'challenge') login.called = true;
  if (selected.offers.length === 0) return undefined;
  const box: Box = ask.kind === 'challenge' && mayRemember(login) && !ask.anew ? 'offered' : 'never';
  return yield* show(login, selected, ask.prefer, box, ask.preferred);
}

/** Nothing that was asked for can be used: the login ends, and what scripts recorded is kept as beside a denial. */
function unmet(login: Login, text: string = ANY_TEXT): End {
  login.lines.push({ type: 'mfar', text });
  write(login);
  return denied(text);
}

/** Where a client or a risk wants a factor shown now, no browser is remembered and none may be. */
function mayRemember({ world, visit }: Login): boolean {
  const risky = world.tenant.policies.includes('confidence-score') && confidence(world, visit) === 'low';
  return !risky && !visit.stepUp && !visit.mfaAudience;
}

/** The person shows a factor or comes to have one, unless the browser is remembered. */
function* show(
  login: Login,
  { offers, to }: Selected,
  prefer: 'first' | 'any',
  box: Box,
  preferred?: Preferred,
): Pause<End | undefined> {
  const { world, visit } = login;
  const ownFactor = isUsable('otp', world) || isUsable('phone', world);
  const hasMemory = !atClient(login) && livingMemory(world, visit.browser) !== undefined;
  if (to === 'challenge' && box !== 'never' && ownFactor && hasMemory) {
    login.stoodIn = true;
    return undefined;
  }
  if (visit.silent) {
    write(login);
    return denied(ANY_TEXT, 'interaction_required');
  }
  const { factor, ticked } = yield* pauseFor[to](
    offers,
    prefer,
    box,
    atClient(login),
    wayOf(world, preferred, atClient(login)),
  );
  login.here.add(factor);
  login.methods = [...login.methods, { name: factor, mfa: true }];
  if (to === 'enroll') world.has[factor === 'email' ? 'mailbox' : factor] = 'confirmed';
  if (ticked) login.remember = true;
  return undefined;
}

/**
 * The person is sent away. Another site may look at the account, so it is written first; a form is ours. A client has no
 * page to send anybody to.
 */
function* leave(login: Login, away: Away): Pause<End | undefined> {
  if (login.visit.silent || atClient(login)) {
    write(login);
    return denied(ANY_TEXT, 'interaction_required');
  }
  if (away.kind === 'redirect') write(login);
  yield* pauseFor.away(away);
  return undefined;
}

/**
 * After the last Action: what was enabled, what the client asked for, or the tenant's policies, unless scripts have had a
 * factor shown. What opens a person's authenticators takes one of them, whatever scripts say.
 */
function* settle(login: Login): Pause<End | undefined> {
  const { world, visit, enable, here, stoodIn } = login;
  if (here.size > 0) return undefined;
  const opens = visit.mfaAudience && (isUsable('otp', world) || isUsable('phone', world));
  if (!opens && (enable?.provider === 'none' || stoodIn)) return undefined;
  const { policies, otp, sms, email } = world.tenant;
  const stepUp = visit.stepUp && (otp || sms || email);
  const always = opens || enable !== undefined || stepUp || policies.includes('all-applications');
  const adaptive = !always && policies.includes('confidence-score') && confidence(world, visit) === 'low';
  if (!always && !adaptive) return undefined;
  const selected = forPolicy(opens ? 'any' : (enable?.provider ?? 'any'), adaptive, world, atClient(login));
  if ('fails' in selected) return unmet(login, selected.fails);
  login.called = true;
  return yield* show(login, selected, selected.to === 'challenge' ? 'first' : 'any', boxOf(login, selected));
}

function boxOf(login: Login, { to }: Selected): Box {
  const { enable } = login;
  if (to === 'enroll' || !mayRemember(login)) return 'never';
  if (!enable) return 'offered';
  if (!enable.remembers) return 'never';
  return enable.provider === 'google-authenticator' || enable.provider === 'duo' ? 'always' : 'offered';
}

function complete(login: Login): void {
  const { world, visit, methods, recorded } = login;
  const { now } = world;
  write(login);
  const token = tokenOf(login);
  if (token) {
    token.generation++;
    token.usedAt = now;
    return;
  }
  world.token = { methods: [...methods], createdAt: now, usedAt: now, generation: 1 };
  if (atClient(login)) return;
  const added = recorded.map((name): Method => ({ name, mfa: false }));
  const former = visit.session ? world.sessions.get(visit.browser) : undefined;
  const id = former?.id ?? ++world.begun;
  world.token.session = id;
  world.sessions.set(visit.browser, { id, methods: [...methods, ...added] });
  world.history.push({ browser: visit.browser, userAgent: visit.userAgent, at: world.now });
  const memory = livingMemory(world, visit.browser);
  if (login.remember) world.remembered.set(visit.browser, { renewedAt: now, seenAt: now });
  else if (memory) {
    world.remembered.set(visit.browser, { renewedAt: login.called ? now : memory.renewedAt, seenAt: now });
  }
}
