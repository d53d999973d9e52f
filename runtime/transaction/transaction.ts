// The one type that walks through the house: one attempt of one person to get through, whichever door it came by.
// Doors show it, factors prove for it, scripts advise it, storage keeps it (sealed). It holds no password, code or token;
// the only secrets in it are those that a page must show: the key of an app that is being enrolled, a new recovery code.
//
// Longer than 300 lines because it is one type, and everything it is made of is read with it.
//
// States are of three kinds. Resting: waits for a person. Busy: waits for us; never stored, never seen by a door.
// Final: over. A state that a later door needs joins its kind here; the compiler then asks `transition.ts` and every door
// for an answer.
import type { FactorType } from '#actions/post-login.ts';
import type { CookieMode, MfaProvider } from '#actions/post-login-command.ts';
import type { Json, JsonObject, UserRecord } from '#storage/records.ts';
import type { AuthenticationPolicy, InteractionCounts } from '../authentication-policy.ts';
import type { DenialCode } from '../codes.ts';

/**
 * By which API family the login came. `silent` is `prompt=none`: nobody is there to ask. `token`: the token endpoint.
 * `json`: interactions called by a program, or by pages of ours that complete the same login.
 */
export type DoorName = 'hosted' | 'silent' | 'token' | 'json';

/** What it is for. `enrollment`: somebody who is signed in adds an authenticator by the MFA API. */
export type Purpose = 'login' | 'password-reset' | 'enrollment';

/**
 * Who decides what is shown next. `server`: we do, and send at once. `client`: it is told what could be shown and says
 * what is sent (the MFA API). `nobody`: nothing may be asked or sent.
 */
export type Selection = 'server' | 'client' | 'nobody';

export type Origin =
  | { kind: 'fresh' }
  | { kind: 'session'; sessionId: string }
  /** `generation`: of the key that was presented. */
  | { kind: 'refresh-token'; tokenId: string; generation: number };

export type ResponseType = 'code' | 'token' | 'id_token';
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'web_message';

/** How the client hears of the end. */
export type Reply =
  | {
      by: 'redirect';
      redirectUri: string;
      responseTypes: ResponseType[];
      responseMode: ResponseMode;
      state?: string;
    }
  /** The answer of the token endpoint, which it waits for. */
  | { by: 'token' }
  /** A device asks now and then whether its person is through. */
  | { by: 'device'; ticketId: string }
  /**
   * No client: a page of ours says that it is done, or the site at `resultUrl` does. `ticketId`: of the link that the
   * person followed, which the end of it uses up. `state`: what the application marked the request for the link with.
   */
  | { by: 'page'; ticketId?: string; resultUrl?: string; state?: string };

/** How the login came about, as scripts know it: `event.transaction.protocol`. */
export const PROTOCOLS = [
  'oidc-basic-profile',
  'oidc-implicit-profile',
  'oidc-hybrid-profile',
  'oauth2-device-code',
  'oauth2-password',
  'oauth2-refresh-token',
  'oauth2-token-exchange',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/**
 * When primary authentication is enough: with one credential, or when a policy is met, which is judged only when somebody
 * asks to be let through. `policies`: copies of those that fit the request, highest first, down to the first that depends
 * on nothing about the person; empty: the tenant has none, and any one interaction that proves somebody is enough. `acr`:
 * the authentication context class that it gave the login when it opened.
 */
export type Gate = { kind: 'credential' } | { kind: 'policy'; policies: AuthenticationPolicy[]; acr?: string };

/** The request that began it, parsed once. Nothing here is secret. */
export type LoginRequest = {
  clientId: string;
  reply: Reply;
  protocol: Protocol;
  scope: string[];
  nonce?: string;
  audience?: string;
  /** PKCE S256 challenge (RFC 7636 §4.2). */
  codeChallenge?: string;
  prompt: string[];
  /** Seconds (OpenID Connect Core §3.1.2.1). */
  maxAge?: number;
  loginHint?: string;
  /** The account that the client means, by an id_token of theirs: nobody else's sign-in answers this request. */
  hintedUserId?: string;
  uiLocales: string[];
  acrValues: string[];
  organizationId?: string;
  /** Name of the connection that was asked for. */
  connection?: string;
  /** Thumbprint of the key that tokens are to be bound to (RFC 9449 §10). */
  keyThumbprint?: string;
  /** Who acts for the person (RFC 8693 §4.1), as a script of a token exchange said. */
  actor?: JsonObject;
  /** Id of the invitation to the organization that the person follows. */
  invitationId?: string;
  /** The language pages are shown in. */
  locale: string;
  /** Every parameter of the request, unknown ones too: `event.request.query` of each Action. */
  query: Record<string, string>;
  /** Parameters of a request of the token endpoint without credentials: `event.request.body` of each Action. */
  body: Record<string, string>;
};

export type Subject =
  | { kind: 'none' }
  /** `connection` names the identity logged in with; `formerUserId` the account that a script took the login from. */
  | {
      kind: 'user';
      userId: string;
      connectionId: string;
      connection: string;
      strategy: string;
      formerUserId?: string;
    };

/**
 * A factor already proven. Scripts see all; "already passed" and `amr` read only those of this transaction. When a script
 * hands the login over to another account, what the former one's authenticators proved counts as the session's alone.
 */
export type ProvenMethod = {
  /** `pwd`, `mfa`, … as in `event.authentication.methods`, or the URL of a method that a script recorded. */
  name: string;
  type?: FactorType;
  authenticatorId?: string;
  at: number;
  in: 'session' | 'transaction';
};

/** An Action with its version pinned when the login began. */
export type BoundAction = { bindingId: string; actionId: string; versionId: string; name: string };

/** A factor as a script named it, in its order. `type` may be anything a script wrote. */
export type FactorRequest = { type: string; options?: JsonObject };

type Asked = {
  /** 1 for the first ask of the login. Handles are bound to it. */
  ordinal: number;
  /** The Action that asked, for logs; absent for an ask of the tenant's policy. */
  askedBy?: ActionName;
};

/** An Action as the tenant's log names it; `version` is its number. */
export type ActionName = { name: string; version?: number };

/** `first`: the first usable factor is shown at once. `any`: a picker, if there is a choice. */
type Preference = { prefer: 'first' | 'any'; factors: FactorRequest[] };

/** `shownAnew`: a script said before that no browser is to be remembered. */
export type ChallengeAsk = Asked & Preference & { kind: 'challenge'; shownAnew?: true };
/**
 * `further`: one more even of a factor that the person has. `vouched`: an administrator's link lets them have it without
 * showing one.
 */
export type EnrollAsk = Asked & Preference & { kind: 'enroll'; further?: true; vouched?: true };
/**
 * What `multifactor.enable` and the tenant's policy ask for after the last Action: any factor the person has, or else the
 * enrollment of one. `adaptive`: because this login looks risky.
 */
export type PolicyAsk = Asked & { kind: 'challenge-or-enroll'; provider: MfaProvider; adaptive: boolean };
export type RedirectAsk = Asked & { kind: 'redirect'; url: string };
export type FormAsk = Asked & { kind: 'form'; formId: string; fields: JsonObject; vars: JsonObject };

/** Asks that are met by a factor. */
export type FactorAsk = ChallengeAsk | EnrollAsk | PolicyAsk;
/** Something the person must do. */
export type Ask = FactorAsk | RedirectAsk | FormAsk;

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
  /** How a phone is reached. */
  via?: MessageType;
  /** What a security key or a device's own authenticator is to sign; any of the person's may. */
  ceremony?: Ceremony;
  /** What the page shows and the device's person picks out. The device answers by a row of its own. */
  number?: string;
  /** The person whose device it is said no; the login waits for another method or another try. */
  refused?: true;
  createdAt: number;
  expiresAt: number;
  /** The message that was sent. */
  messageId?: string;
  /** It could not be delivered: the page says so. */
  undelivered?: true;
  /** Of one that is undelivered: there were too many before it. */
  overLimit?: true;
  /** It may have arrived, and nobody knows: its code is good. Told to who shows the login, from the message's row. */
  unconfirmed?: true;
};

export type MessageType = 'sms' | 'voice';

/** A WebAuthn ceremony that is open (Level 3 §7). `challenge`: random bytes, base64url. */
export type Ceremony = {
  challenge: string;
  relyingPartyId: string;
  userVerification: 'required' | 'preferred' | 'discouraged';
};

/** Two kinds of credential that stand for a second factor. */
export type WebAuthnFactor = Extract<FactorType, 'webauthn-roaming' | 'webauthn-platform'>;

/**
 * An authenticator in the making. Its row is written when the person has proved that it works. `recoveryCode`: what
 * replaces the authenticator once, for the first enrollment where the tenant has recovery codes on; its row is written with
 * that of the authenticator.
 */
export type Enrollment =
  | (Draft & { factor: 'otp' /** The key of the app, base32. */; secret: string })
  | (Draft & {
      factor: 'phone';
      /** E.164; absent until the person has given it. */
      phoneNumber?: string;
      /** How the code is to reach it; by SMS when absent. */
      via?: MessageType;
      /** The code that was sent to it. */
      sent?: SentCode;
    })
  | (Draft & { factor: 'email' /** Absent until the person has given it. */; address?: string; sent?: SentCode })
  | (Draft & {
      factor: 'push-notification';
      /** What the phone reads from the picture: finds this enrollment. */
      key: string;
      /** The key of the codes that the device makes where a push does not reach it, base32. */
      secret: string;
      expiresAt: number;
    })
  | (Draft & { factor: WebAuthnFactor } & Attesting)
  /** Written down and nothing else. */
  | (Draft & { factor: 'recovery-code'; code: string });

type Draft = { authenticatorId: string; createdAt: number; recoveryCode?: string };
/** `userHandle`: the person, as the authenticator keeps them, base64url. */
type Attesting = { ceremony: Ceremony; userHandle: string };

/** A passkey, or this device's own authenticator, that the person may have if they like. */
export type Suggestion = {
  factor: 'passkey' | 'webauthn-platform';
  authenticatorId: string;
  createdAt: number;
} & Attesting;

export type EnrollmentOf<Factor extends Enrollment['factor']> = Extract<Enrollment, { factor: Factor }>;

/** Those that a code is sent to. */
export type AddressedEnrollment = EnrollmentOf<'phone' | 'email'>;

/** Something the person has to be told before the login goes on. Sealed with the rest of it, gone when it was read. */
export type Information =
  /** Written down now, or lost: it is shown again only until the person says so. */
  | { kind: 'recovery-code'; because: 'enrolled' | 'used'; code: string }
  /** A new key may be given a name. `name`: the one it has. */
  | { kind: 'naming'; factor: WebAuthnFactor; authenticatorId: string; name: string }
  | { kind: 'enrolled'; factor: WebAuthnFactor | 'push-notification' | 'passkey'; name?: string };

/** What this browser can do, as its scripts said. Absent: nobody has asked, or no script runs. */
export type Capabilities = {
  /** Security keys. */
  webauthn: boolean;
  /** An authenticator of the device itself, by which the person is verified. */
  platform: boolean;
  /** Passkeys may be suggested: the person has not put it off in this browser. */
  passkeys: boolean;
};

/** A code on its way to an address that is being enrolled. */
export type SentCode = {
  codeMac: string;
  to: string;
  via?: MessageType;
  expiresAt: number;
  messageId?: string;
  undelivered?: true;
  unconfirmed?: true;
};

/** Changes to the person's session, applied when the login completes. */
export type SessionChanges = {
  expiresAt?: number;
  idleExpiresAt?: number;
  cookieMode?: CookieMode;
  /** Key by key; null removes. `evicted`: what was there before is dropped first. */
  metadata: Record<string, string | null>;
  evicted?: true;
  /** URLs of methods that scripts recorded: later logins of the session show them. */
  recordedMethods: string[];
};

/** Changes to the refresh token that the login will be given, if it gets one. */
export type RefreshTokenChanges = {
  expiresAt?: number;
  idleExpiresAt?: number;
  metadata: Record<string, string | null>;
  evicted?: true;
};

/** What scripts shaped so far. */
export type Outcome = {
  idTokenClaims: JsonObject;
  accessTokenClaims: JsonObject;
  /** Scopes added to and taken from the access token; of several calls for one scope the last one stands. */
  scopes: { scope: string; granted: boolean }[];
  /** Pending, key by key; null removes. Written once, when the trigger ends or sends the person away. */
  appMetadata: JsonObject;
  userMetadata: JsonObject;
  session: SessionChanges;
  refreshToken: RefreshTokenChanges;
  /** Where a script wants the person to go once the new password is set. */
  resultUrl?: string;
};

export const EMPTY_OUTCOME: Outcome = {
  idTokenClaims: {},
  accessTokenClaims: {},
  scopes: [],
  appMetadata: {},
  userMetadata: {},
  session: { metadata: {}, recordedMethods: [] },
  refreshToken: { metadata: {} },
};

/** How the login stands with second factors. */
export type MfaProgress = {
  /** MFA commands executed by all Actions together, at most four. */
  commanded: number;
  /** The last `multifactor.enable`. */
  enable?: { provider: MfaProvider; allowRememberBrowser: boolean };
  /** A second factor was called for, whether or not the person had to show one: a remembered browser is renewed. */
  called?: true;
  /** A remembered browser stood in for a factor. */
  remembered?: true;
  /** The person asked that this browser be remembered, or need not be asked. */
  remember?: true;
  /** Whether the present ask may be answered with "remember this browser". */
  rememberable?: Rememberable;
};

/** `offered`: a box to tick. `always`: without asking. */
export type Rememberable = 'never' | 'offered' | 'always';

/** What interactions can prove once somebody is known. */
export type GatedFactor = Extract<FactorType, 'phone' | 'email'>;

/** Something a door received and we have not judged. It lives for one step and is never stored. */
export type Submission =
  | { method: 'password'; identifier: string; password: string }
  /** The code that a passwordless connection sent to an address. */
  | ({ method: 'passwordless'; code: string } & PasswordlessAddress)
  | { method: 'sign-up'; registration: Registration }
  | { method: 'code'; challengeId: string; code: string; remember: boolean }
  /** What a key has signed, as the browser gave it (`PublicKeyCredential.toJSON`). */
  | { method: 'assertion'; challengeId: string; response: JsonObject; remember: boolean }
  /** Whatever the person's device has answered by now. */
  | { method: 'answer'; challengeId: string; remember: boolean }
  /** A passkey in place of identifier and password. */
  | { method: 'passkey'; response: JsonObject }
  /** The code that proves a new authenticator; of a recovery code: that it was written down. */
  | { method: 'enrollment'; code: string }
  /** A new key or passkey, as the browser gave it. */
  | { method: 'attestation'; response: JsonObject; name?: string }
  /** Whether the phone has enrolled by now. */
  | { method: 'device' }
  | { method: 'new-password'; password: string };

/** How a passwordless connection reaches people. */
export type PasswordlessStrategy = 'sms' | 'email';

/** `connection`: by name. `address`: a phone number or a mailbox, by the connection's strategy. */
export type PasswordlessAddress = { connection: string; address: string };

/** What a person filled in to have an account. `extra`: fields that the tenant's own pages added (`ulp-…`). */
export type Registration = {
  email?: string;
  username?: string;
  phoneNumber?: string;
  password: string;
  profile: { name?: string; givenName?: string; familyName?: string; nickname?: string; picture?: string };
  userMetadata: Record<string, string>;
  extra: Record<string, string>;
};

/** How a person came back to the Action that had sent them away. */
export type Visit =
  | { kind: 'redirect'; query: Record<string, Json>; body: Record<string, Json> }
  | { kind: 'form'; id: string; fields: JsonObject; vars: JsonObject };

/** A list within one factor: which phone, or how it is to be reached. */
export type Within =
  | { factor: FactorType; by: 'authenticator' }
  | { factor: 'phone'; by: 'channel'; authenticatorId: string };

/**
 * A code that an interaction has sent, ours or an outside service's, by the method (`sms`, `email`). Attempts are carried
 * over when it is sent again.
 */
export type PosedCode = {
  id: string;
  /** Where it went, as it is compared: E.164 or a mailbox in lower case. */
  to: string;
  /** Keyed hash of a code of ours; absent where an outside service keeps it. */
  codeMac?: string;
  sentAt: number;
  expiresAt: number;
  /** Wrong answers so far. */
  tries: number;
  /** How many wrong answers there may be. */
  mostTries: number;
  /** How often it was sent again. */
  resends: number;
  /** Ours: the message that carries it, and that it did not get through. */
  messageId?: string;
  undelivered?: true;
  unconfirmed?: true;
};

/** What a program, or a page, calls an interaction with, before it is judged. */
export type InteractionRequest = { interaction: string; body: JsonObject };

export type RestingState =
  | { name: 'identifying' }
  /**
   * The gate of a policy, or what a script asked for once it was open. Interactions are called in any order. `offers`: what
   * would lead on. `factor`: the one whose code a page waits for; a program says itself what it answers. `unsent`: the one
   * whose code a page asked for, and none went out.
   */
  | { name: 'gated'; ask?: FactorAsk; offers: Offer[]; factor?: GatedFactor; unsent?: GatedFactor }
  /**
   * A code went to the address: whoever has it is the person. `messageId`: of the message, where the page waits for it;
   * `undelivered`, `unconfirmed`: how that ended.
   */
  | ({
      name: 'expecting';
      strategy: PasswordlessStrategy;
      messageId?: string;
      undelivered?: true;
      unconfirmed?: true;
    } & PasswordlessAddress)
  /**
   * The factor picker, or a list within one of its rows. `to`: what a choice leads to. `back`: the challenge that "Go
   * back" returns to.
   */
  | {
      name: 'choosing';
      ask: FactorAsk;
      to: 'challenge' | 'enroll';
      offers: Offer[];
      within?: Within;
      back?: string;
    }
  | { name: 'challenging'; ask: FactorAsk; offers: Offer[]; challengeId: string }
  /** `offers`: the factors that could be enrolled instead, this one included. */
  | { name: 'enrolling'; ask: FactorAsk; offers: Offer[]; enrollment: Enrollment }
  /** The person is at another site, or at a form of ours; the Action goes on in its continue handler. */
  | { name: 'redirected'; ask: RedirectAsk | FormAsk }
  /** An application that is not the tenant's own wants to act for the person. `scope`: what it was not allowed yet. */
  | { name: 'consenting'; scope: string[] }
  /** This browser could take its person in more easily the next time. */
  | { name: 'suggesting'; suggestion: Suggestion }
  /** The person reads something first, one after the other; never empty. */
  | { name: 'informing'; notes: Information[] }
  /** The way to a new password is clear. */
  | { name: 'resetting' };

export type BusyState =
  | {
      name: 'verifying';
      submission: Submission;
      from: Extract<
        RestingState,
        { name: 'identifying' | 'expecting' | 'challenging' | 'enrolling' | 'suggesting' | 'resetting' }
      >;
    }
  /** An interaction of the JSON flow. */
  | { name: 'interacting'; request: InteractionRequest; from: Extract<RestingState, { name: 'gated' }> }
  /** Somebody asks to be let through: is the policy met? `denied`: scopes that the person does not want to give. */
  | { name: 'opening'; from: Extract<RestingState, { name: 'gated' }>; denied?: string[] }
  /** A code for the address, if somebody may have one. */
  | ({ name: 'sending'; from: Extract<RestingState, { name: 'identifying' | 'expecting' }> } & PasswordlessAddress)
  /** The Action at `cursor`, by its first handler or, when the person came back to it, by its second. */
  | { name: 'running'; visit?: Visit }
  /**
   * Which factor, whose, sent how? `chosen` when the person said, `authenticatorId` when they said which of theirs, `via`
   * when they said how; `byCode`: by codes that the device makes. `resend` voids what is out. `enrollment` with the number that was just given, or to send its code
   * again.
   */
  | {
      name: 'preparing';
      ask: Ask;
      chosen?: FactorType;
      authenticatorId?: string;
      via?: MessageType;
      byCode?: true;
      resend?: true;
      enrollment?: Enrollment;
    }
  /** What follows the last Action: what was enabled, the tenant's policy, the session. */
  | { name: 'settling' };

export type FinalState =
  /** `taken`: the session cookie and the code have left; only one request gets them. */
  { name: 'completed'; taken: boolean } | { name: 'denied'; code: DenialCode; reason: string };

export type StoredState = RestingState | FinalState;
export type LoginState = RestingState | BusyState | FinalState;

/** Every state's name with its kind. The mapped type makes the compiler ask when a state is added. */
export const STATE_KINDS: { readonly [Name in LoginState['name']]: 'resting' | 'busy' | 'final' } = {
  identifying: 'resting',
  gated: 'resting',
  expecting: 'resting',
  choosing: 'resting',
  challenging: 'resting',
  enrolling: 'resting',
  redirected: 'resting',
  consenting: 'resting',
  suggesting: 'resting',
  informing: 'resting',
  resetting: 'resting',
  verifying: 'busy',
  sending: 'busy',
  interacting: 'busy',
  opening: 'busy',
  running: 'busy',
  preparing: 'busy',
  settling: 'busy',
  completed: 'final',
  denied: 'final',
};

export type LoginTransaction = {
  id: string;
  tenantId: string;
  purpose: Purpose;
  door: DoorName;
  selection: Selection;
  origin: Origin;
  request: LoginRequest;
  gate: Gate;
  subject: Subject;
  /** The account of a person who is new: its row is written when the login completes. */
  draft?: UserRecord;
  /** Of the JSON flow. */
  interactions: InteractionCounts;
  /** What interactions keep for later ones, by the key that their configuration names. */
  kept: Record<string, JsonObject>;
  /** Codes that interactions have sent, by method. */
  posed: Record<string, PosedCode>;
  /** A program without cookies began it; any such program that knows its id goes on with it. */
  headless?: true;
  methods: ProvenMethod[];
  plan: BoundAction[];
  /** The next Action to run. */
  cursor: number;
  /** Not yet met, in call order. */
  queue: Ask[];
  challenges: Challenge[];
  mfa: MfaProgress;
  capabilities?: Capabilities;
  /** The person came for a passkey. */
  wants?: 'passkey';
  /** Something was suggested already, whatever became of it. */
  suggested?: true;
  /** What passkeys are to sign while nobody is known yet, base64url; absent where none can be shown. */
  passkeyChallenge?: string;
  /** How many asks there have been. */
  asked: number;
  /** Messages sent for it: whoever can begin a login must not be able to send any number. */
  messages: number;
  /** How often scripts have sent the person away. */
  redirects: number;
  /** What scripts handed on to each other: `event.transaction.metadata`. */
  metadata: Record<string, string | number | boolean>;
  /** The ask that handles minted now belong to: 0 before the first, then the ordinal; grows once more at the end. */
  ask: number;
  outcome: Outcome;
  /** The person has allowed what the application asked for. */
  consented?: true;
  /** Ids of the executions of Actions so far; absent before the first. */
  executions?: string[];
  /**
   * SHA-256 of the browser's binding cookie: a handle in another browser finds nothing (login CSRF). Absent where there is
   * no browser: then there is no session and no device either.
   */
  binding?: string;
  /** Allotted at begin because scripts read it; its row is written by the completing commit. */
  sessionId: string;
  state: LoginState;
  createdAt: number;
  expiresAt: number;
};

/** How long a login may take, pauses included: on pages, and where a client holds the key (an `mfa_token`). */
const PAGE_LIFETIME_MS = 60 * 60_000;
const CLIENT_LIFETIME_MS = 10 * 60_000;
/** Where interactions are called one by one. */
const JSON_LIFETIME_MS = 30 * 60_000;

export type Beginning = Pick<
  LoginTransaction,
  | 'id'
  | 'tenantId'
  | 'door'
  | 'purpose'
  | 'selection'
  | 'origin'
  | 'request'
  | 'plan'
  | 'sessionId'
  | 'subject'
  | 'methods'
> & {
  gate?: Gate;
  queue?: Ask[];
  binding?: string;
  headless?: true;
  passkeyChallenge?: string;
  wants?: 'passkey';
};

/** A login that nobody has answered yet: it asks who is there, or, when a session says so, runs the scripts at once. */
export function begin(beginning: Beginning, now: number): LoginTransaction {
  const tx: LoginTransaction = {
    queue: [],
    gate: { kind: 'credential' },
    ...beginning,
    interactions: {},
    kept: {},
    posed: {},
    cursor: 0,
    challenges: [],
    mfa: { commanded: 0 },
    asked: beginning.queue?.length ?? 0,
    messages: 0,
    redirects: 0,
    metadata: {},
    ask: 0,
    outcome: structuredClone(EMPTY_OUTCOME),
    state: { name: 'identifying' },
    createdAt: now,
    expiresAt: now + lifetimeOf(beginning),
  };
  if (tx.gate.kind === 'policy') return { ...tx, state: { name: 'gated', offers: [] } };
  return tx.subject.kind === 'none' ? tx : { ...tx, state: proceed(tx) };
}

function lifetimeOf({ door, selection }: Beginning): number {
  if (door === 'json') return JSON_LIFETIME_MS;
  return selection === 'client' ? CLIENT_LIFETIME_MS : PAGE_LIFETIME_MS;
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

/**
 * What finds it: a page's address, the key that a client holds, or the id of a login of the JSON flow. None opens another's
 * door; the id is one for the whole login, the others are for one ask each.
 */
export type LoginKeyKind = 'state' | 'mfa-token' | 'authorization';

export function handleKindOf({ door, selection }: Pick<LoginTransaction, 'door' | 'selection'>): LoginKeyKind {
  if (selection !== 'client') return 'state';
  return door === 'json' ? 'authorization' : 'mfa-token';
}

/**
 * Whether somebody can be shown a page: now, or where a browser began a login of the JSON flow, when that browser opens its
 * address.
 */
export function hasPages({ door, selection, binding }: LoginTransaction): boolean {
  return selection === 'server' || (door === 'json' && binding !== undefined);
}

/** Whether a second factor was proved in this very login. */
export function isProven(methods: readonly ProvenMethod[]): boolean {
  return methods.some((method) => method.name === 'mfa' && method.in === 'transaction');
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
