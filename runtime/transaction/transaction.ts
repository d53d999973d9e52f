// The one type that walks through the house: one attempt of one person to get through, whichever door it came by.
// Doors show it, factors prove for it, scripts advise it, storage keeps it. It holds no password, code, secret or token.
//
// States are of three kinds. Resting: waits for a person. Busy: waits for us; never stored, never seen by a door.
// Final: over. A state that a later door needs (enrolling, redirected, consenting, informing) joins its kind here; the
// compiler then asks `transition.ts` and every door for an answer.
import type { FactorType } from '#actions/post-login.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import type { DenialCode } from '../codes.ts';

/** By which API family the login came. `silent` is `prompt=none`: nobody is there to ask. */
export type DoorName = 'hosted' | 'silent';

/** Who decides what is shown next. `server`: we do, and send at once. `nobody`: nothing may be asked or sent. */
export type Selection = 'server' | 'nobody';

export type Origin = { kind: 'fresh' } | { kind: 'session'; sessionId: string };

/** When primary authentication is enough. */
export type Gate = { kind: 'credential' };

/** The authorization request, parsed once. Nothing here is secret. */
export type LoginRequest = {
  clientId: string;
  redirectUri: string;
  responseType: 'code';
  responseMode: 'query';
  scope: string[];
  state?: string;
  nonce?: string;
  audience?: string;
  /** PKCE S256 challenge (RFC 7636 §4.2). */
  codeChallenge?: string;
  prompt: string[];
  /** Seconds (OpenID Connect Core §3.1.2.1). */
  maxAge?: number;
  loginHint?: string;
  uiLocales: string[];
  acrValues: string[];
  organizationId?: string;
  /** The language pages are shown in. */
  locale: string;
  /** Every parameter of the request, unknown ones too: `event.request.query` of each Action. */
  query: Record<string, string>;
};

export type Subject =
  | { kind: 'none' }
  /** `connection` names the identity logged in with. */
  | { kind: 'user'; userId: string; connectionId: string; connection: string; strategy: string };

/** A factor already proven. Scripts see all; "already passed" and `amr` read only those of this transaction. */
export type ProvenMethod = {
  /** `pwd`, `mfa`, … as in `event.authentication.methods`. */
  name: 'pwd' | 'mfa';
  type?: FactorType;
  authenticatorId?: string;
  at: number;
  in: 'session' | 'transaction';
};

/** An Action with its version pinned when the login began. */
export type BoundAction = { bindingId: string; actionId: string; versionId: string; name: string };

/** A factor as a script named it, in its order. `type` may be anything a script wrote. */
export type FactorRequest = { type: string; options?: JsonObject };

/** Something the person must do. `first`: the first usable factor is shown at once. `any`: a picker, if there is a choice. */
export type Ask = {
  kind: 'challenge';
  /** 1 for the first ask of the login. Handles are bound to it. */
  ordinal: number;
  source: 'command';
  prefer: 'first' | 'any';
  factors: FactorRequest[];
  /** Name of the Action that asked, for logs. */
  askedBy: string;
};

/** A factor the person may choose now, and the authenticators that could answer. */
export type Offer = { factor: FactorType; authenticators: string[] };

/** An open request to prove. At most one per authenticator. */
export type Challenge = {
  id: string;
  factor: FactorType;
  authenticatorId: string;
  /** Keyed hash of the code we sent, bound to this challenge; absent where the authenticator makes the code (otp). */
  codeMac?: string;
  /** Where it was sent, masked for the page; absent where nothing was sent. */
  sentTo?: string;
  createdAt: number;
  expiresAt: number;
  /** The message could not be delivered: the page says so. */
  undelivered?: true;
};

/** What scripts shaped so far. */
export type Outcome = {
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  /** Pending, key by key; null removes. Written once, when the trigger ends. */
  appMetadata: JsonObject;
  userMetadata: JsonObject;
};

/** Something a door received and we have not judged. It lives for one step and is never stored. */
export type Submission =
  | { method: 'password'; identifier: string; password: string }
  | { method: 'code'; challengeId: string; code: string };

export type RestingState =
  | { name: 'identifying' }
  /** The factor picker. `back` is the challenge that "Go back" returns to. */
  | { name: 'choosing'; ask: Ask; offers: Offer[]; back?: string }
  | { name: 'challenging'; ask: Ask; offers: Offer[]; challengeId: string };

export type BusyState =
  | { name: 'verifying'; submission: Submission; from: Extract<RestingState, { name: 'identifying' | 'challenging' }> }
  /** The Action at `cursor`. */
  | { name: 'running' }
  /** Which factor, whose, sent how? `chosen` when the person said; `resend` voids the code that is out. */
  | { name: 'preparing'; ask: Ask; chosen?: FactorType; resend?: true }
  /** What follows the last Action: today the session, later enable, policy and consent. */
  | { name: 'settling' };

export type FinalState =
  /** `taken`: the session cookie and the code have left; only one request gets them. */
  { name: 'completed'; taken: boolean } | { name: 'denied'; code: DenialCode; reason: string };

export type StoredState = RestingState | FinalState;
export type LoginState = RestingState | BusyState | FinalState;

/** Every state's name with its kind. The mapped type makes the compiler ask when a state is added. */
export const STATE_KINDS: { readonly [Name in LoginState['name']]: 'resting' | 'busy' | 'final' } = {
  identifying: 'resting',
  choosing: 'resting',
  challenging: 'resting',
  verifying: 'busy',
  running: 'busy',
  preparing: 'busy',
  settling: 'busy',
  completed: 'final',
  denied: 'final',
};

export type LoginTransaction = {
  id: string;
  tenantId: string;
  purpose: 'login';
  door: DoorName;
  selection: Selection;
  origin: Origin;
  request: LoginRequest;
  gate: Gate;
  subject: Subject;
  methods: ProvenMethod[];
  plan: BoundAction[];
  /** The next Action to run. */
  cursor: number;
  /** Not yet met, in call order. */
  queue: Ask[];
  challenges: Challenge[];
  /** MFA commands executed by all Actions together, at most four. */
  commanded: number;
  /** The ask that handles minted now belong to: 0 before the first, then the ordinal; grows once more at the end. */
  ask: number;
  outcome: Outcome;
  /** Ids of the executions of Actions so far; absent before the first. */
  executions?: string[];
  /** SHA-256 of the browser's binding cookie: a handle in another browser finds nothing (login CSRF). */
  binding: string;
  /** Allotted at begin because scripts read it; its row is written by the completing commit. */
  sessionId: string;
  state: LoginState;
  createdAt: number;
  expiresAt: number;
};

/** How long a login on pages may take, pauses included. */
const PAGE_LIFETIME_MS = 60 * 60_000;

export type Beginning = Pick<
  LoginTransaction,
  | 'id'
  | 'tenantId'
  | 'door'
  | 'selection'
  | 'origin'
  | 'request'
  | 'plan'
  | 'binding'
  | 'sessionId'
  | 'subject'
  | 'methods'
>;

/** A login that nobody has answered yet: it asks who is there, or, when a session says so, runs the scripts at once. */
export function begin(beginning: Beginning, now: number): LoginTransaction {
  const tx: LoginTransaction = {
    ...beginning,
    purpose: 'login',
    gate: { kind: 'credential' },
    cursor: 0,
    queue: [],
    challenges: [],
    commanded: 0,
    ask: 0,
    outcome: { idTokenClaims: {}, accessTokenClaims: {}, appMetadata: {}, userMetadata: {} },
    state: { name: 'identifying' },
    createdAt: now,
    expiresAt: now + PAGE_LIFETIME_MS,
  };
  return tx.subject.kind === 'none' ? tx : { ...tx, state: proceed(tx) };
}

/** What is owed next once the gate is open: what was asked for, then the next Action, then what follows the last. */
export function proceed(tx: LoginTransaction): BusyState {
  const [ask] = tx.queue;
  if (ask) return { name: 'preparing', ask };
  return tx.cursor < tx.plan.length ? { name: 'running' } : { name: 'settling' };
}

export function isBusy(state: LoginState): state is BusyState {
  return STATE_KINDS[state.name] === 'busy';
}

/** Methods as a session keeps them. */
export function toSessionMethods(methods: ProvenMethod[]): Json[] {
  return methods.map(({ name, type, authenticatorId, at }) => ({
    name,
    at,
    ...(type === undefined ? {} : { type }),
    ...(authenticatorId === undefined ? {} : { authenticatorId }),
  }));
}
