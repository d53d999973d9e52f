// The face of this room: begin a login, read it, submit to it, finish it. Doors hold handles, never transactions:
// a handle is an opaque key that finds one login at one ask, and only in the browser that began it.
import type { ExchangeRefusal } from '#actions/credentials-exchange-command.ts';
import type { ConnectionUser, CustomTokenExchangeCommand } from '#actions/custom-token-exchange-command.ts';
import type {
  ClientRecord,
  ConnectionRecord,
  ExecutionResult,
  JsonObject,
  RefreshTokenRecord,
  SessionRecord,
  TenantRecord,
  TicketRecord,
  UserRecord,
} from '#storage/records.ts';
import type { Change, Store } from '#storage/store.ts';
import type { Notice } from './codes.ts';
import type { DeliveryFault } from './delivery/delivery.ts';
import type { ReportTaken, TwilioReport } from './delivery/twilio-reports.ts';
import type { EnrollmentPromise } from './enrollment-ticket.ts';
import type { JobWork } from './job-work.ts';
import type { PasswordFlaw } from './lifecycle/judge-password.ts';
import type { LiveConsole } from './live-console.ts';
import type { LiveSteps } from './live-steps.ts';
import type { MailSetting } from './mail-setting.ts';
import type { Pace } from './pace.ts';
import type { ResetRequest, ResetRequested } from './password-reset.ts';
import type { Exchange } from './pipeline/credentials-exchange-event.ts';
import type { TokenExchange } from './pipeline/custom-token-exchange-event.ts';
import type { InvitationDraft } from './pipeline/invitation.ts';
import type { PasswordChange } from './pipeline/password-changed-event.ts';
import type { Caller } from './ports.ts';
import type { PushDevices } from './push/push.ts';
import type { ReplayNews, ReplayRequest, ReplaySummary } from './replayed-logins.ts';
import type { ScriptLimits } from './script-limits.ts';
import type { DoorInput, InteractionAnswer } from './transaction/input.ts';
import type {
  Ask,
  DoorName,
  LoginRequest,
  LoginTransaction,
  ProvenMethod,
  Purpose,
  Registration,
  Selection,
  StoredState,
  Subject,
} from './transaction/transaction.ts';
import type { ActionTrial, PhoneTrial } from './trial.ts';
import type { Addressee } from './verification-ticket.ts';

export type { Caller, Ports } from './ports.ts';

/** A login at rest, as doors may show it. */
export type RestedLogin = Omit<LoginTransaction, 'state'> & { state: StoredState };

/** What a door shows: the login, the key that finds it at its present ask, and why it stayed where it was. */
export type Shown = {
  login: RestedLogin;
  key: string;
  notice?: Notice;
  /** Takes the place of the one that was just used; shown now and never again. */
  recoveryCode?: string;
  /** What the caller of an interaction is told; of this step, and kept nowhere. */
  answer?: InteractionAnswer;
};

/**
 * The plain key of a handle, and in whose hands it is: a browser, with the plain value of its binding cookie (if it sent
 * one), or a client (an `mfa_token`; whose it is, the door compares). One in the wrong hands finds nothing.
 */
export type Reference =
  | { key: string; binding: string | undefined }
  | { key: string; heldBy: 'client' }
  /** The id of a login of the JSON flow. `headless`: this very request comes from a program without cookies. */
  | { key: string; heldBy: 'flow'; binding: string | undefined; headless: boolean };

export type Opening = {
  door: DoorName;
  selection: Selection;
  request: LoginRequest;
  /** Absent: `login`. */
  purpose?: Purpose;
  /** Of the door `json`: no browser began it. */
  headless?: true;
  /** Plain value of the binding cookie that this browser has or is given with the answer; absent where there is none. */
  binding?: string;
  /** The live session of this browser, when the request may use it. */
  session?: SessionRecord;
  /** The refresh token that is being exchanged, and the generation of the key that was presented. */
  refresh?: { token: RefreshTokenRecord; generation: number };
  /** Who it is, where that was found out elsewhere: by a link, an exchange of tokens. */
  person?: { subject: Extract<Subject, { kind: 'user' }>; methods: ProvenMethod[] };
  /** What is asked of that person before anything else. */
  queue?: Ask[];
  /** That person came for a passkey: it is made after what is asked. */
  wants?: 'passkey';
  /** What the caller brought along, judged in the same step. A login that it leaves where it was is not kept. */
  input?: DoorInput;
};

export type Found =
  /** The login, at the ask the key was minted for. */
  | { found: 'present'; shown: Shown }
  /** The key belongs to an earlier ask; `shown.key` is a new one for the present ask. Redirect there. */
  | { found: 'stale'; shown: Shown }
  /** Somebody else's request is working on it right now. Show "One moment" and reload. */
  | { found: 'busy' }
  | { found: 'expired' }
  /** No such handle, another tenant's, another kind's, or another browser's: told apart nowhere. */
  | { found: 'nothing' };

export type Submitted =
  /** The step was taken (or refused with `shown.notice`, the login resting where it was). */
  | { outcome: 'moved'; shown: Shown }
  /** Not taken: the login has moved on, or this state does not take this input. Redirect to the present screen. */
  | { outcome: 'elsewhere'; shown: Shown }
  | { outcome: 'busy' }
  | { outcome: 'expired' }
  | { outcome: 'nothing' };

export type Finished =
  /** `code` is the authorization code, kept only where the request asked for one; `sessionKey` the value of the session cookie. */
  | { outcome: 'finished'; login: RestedLogin; code: string; sessionKey: string; session: SessionRecord }
  | { outcome: 'elsewhere'; shown: Shown }
  | { outcome: 'busy' }
  | { outcome: 'expired' }
  | { outcome: 'nothing' };

/** Why there is no new account. */
export type SignUpRefusal =
  | { kind: 'throttled'; retryAfterSeconds: number }
  | { kind: 'no-connection' }
  | { kind: 'closed' }
  | { kind: 'invalid'; field: 'email' | 'username' | 'password'; missing: boolean }
  | { kind: 'bad-password'; flaw: PasswordFlaw }
  /** It is known to others. */
  | { kind: 'leaked-password' }
  | { kind: 'exists' }
  /** `userMessage` is empty where the script gave none. */
  | { kind: 'denied'; reason: string; userMessage: string }
  | { kind: 'validation'; code: string; message: string }
  | { kind: 'script-failed'; reason: string };

export type SignUpApplication = {
  tenant: TenantRecord;
  client: ClientRecord;
  /** By name. */
  connection: string;
  caller: Caller;
  /** What is mailed about it is written in it. */
  locale: string;
};

export type SignedUp = { ok: true; user: UserRecord } | { ok: false; refusal: SignUpRefusal };

/**
 * `scope`: what the scripts settled on, not yet held against what the client was granted. `details` are for the log line
 * about the exchange, without secrets. `access_denied`: a script failed.
 */
export type Exchanged = { details: JsonObject } & (
  | { ok: true; scope: string[]; claims: JsonObject }
  | { ok: false; code: ExchangeRefusal | 'access_denied'; reason: string }
);

export type ExchangedUser =
  | { by: 'id'; userId: string }
  | ({ by: 'connection' } & Omit<Extract<CustomTokenExchangeCommand, { attributes: ConnectionUser }>, 'name'>);

/**
 * `details` are for the log line about the exchange, without secrets and without the tokens; so is `reason`, which the
 * client is told too. Metadata are changes, key by key: null removes. `invalid-subject`: whoever guesses tokens must not
 * get to guess many. `failed`: there is no Action to ask, or it failed.
 */
export type TokenExchanged = { details: JsonObject } & (
  | {
      ok: true;
      user: ExchangedUser;
      /** RFC 8693 §4.1; where there is one, no refresh token is issued. */
      actor?: JsonObject;
      /** By its id or its name. */
      organization?: string;
      appMetadata: JsonObject;
      userMetadata: JsonObject;
    }
  | { ok: false; kind: 'denied' | 'invalid-subject' | 'failed'; code: string; reason: string }
);

/** Somebody wants to log in by a code or a link that is sent to them. */
export type PasswordlessRequest = {
  client: ClientRecord;
  /** Of strategy `sms` or `email`, and enabled for the client. */
  connection: ConnectionRecord;
  /** A phone number or a mailbox, whose shape the caller has checked. */
  address: string;
  send: 'code' | 'link';
  /** What the login that follows a link is asked for: `scope`, `state`, `redirect_uri`, … Nothing of it is believed here. */
  authParams: JsonObject;
  /** What is sent is written in it. */
  locale: string;
  organizationId?: string;
};

export type PasswordlessRefusal =
  /** Nobody has this address yet, and the connection takes nobody in. */
  | { kind: 'signup-disabled' }
  | { kind: 'limit'; retryAfterSeconds: number }
  | { kind: 'delivery'; fault: DeliveryFault };

/** `id`: 24 hexadecimal digits, which the account has or is going to have. `verified`: whether somebody has it already. */
export type PasswordlessStarted =
  | { ok: true; id: string; verified: boolean }
  | { ok: false; refusal: PasswordlessRefusal };

export interface Runtime {
  /**
   * Opens a login. Without a usable session it rests in `identifying` (a silent one ends in `login_required`);
   * with one, or with a person who is known, the scripts run at once. A login that ends in the same step for a client
   * (no browser) leaves log lines and no row.
   */
  begin(tenant: TenantRecord, opening: Opening, caller: Caller): Promise<Shown>;
  read(tenant: TenantRecord, reference: Reference): Promise<Found>;
  submit(tenant: TenantRecord, reference: Reference, input: DoorInput, caller: Caller): Promise<Submitted>;
  /**
   * A page's key for a login of the JSON flow, which pages can complete as well. Only in the browser that began it, and
   * never where a program did.
   */
  openPages(tenant: TenantRecord, reference: Extract<Reference, { heldBy: 'flow' }>): Promise<Found>;
  /** Takes a completed login, once: the session's key and the code leave here and nowhere else. */
  finish(tenant: TenantRecord, reference: Reference): Promise<Finished>;
  /**
   * The login an authorization code stands for, and the write that spends it. Undefined: unknown, spent or expired.
   * Nothing made from the login may leave before `spend` is committed: of two exchanges at once, one commit wins
   * (RFC 6749 §4.1.2).
   */
  redeem(tenant: TenantRecord, code: string): Promise<{ login: RestedLogin; spend: Change } | undefined>;
  /** The live session a cookie's value stands for. */
  recognise(tenant: TenantRecord, sessionKey: string): Promise<SessionRecord | undefined>;
  /** Delivers messages a crash left in the outbox and removes what has expired. Called now and then by `main.ts`. */
  tidy(): Promise<void>;
  /** One round of delivering messages that a dead process left behind, or that are to be tried again. */
  deliverDue(): Promise<void>;
  /** Sends a message that tries out what carries phone messages, and does not wait for it. */
  tryPhone(tenant: TenantRecord, trial: PhoneTrial): Promise<void>;
  /** Lets the tenant's scripts judge a token that a client asks for itself. */
  exchangeCredentials(tenant: TenantRecord, exchange: Exchange, caller: Caller): Promise<Exchanged>;
  /** Asks the Action of a token exchange profile whose a token from elsewhere is. */
  exchangeToken(tenant: TenantRecord, exchange: TokenExchange, caller: Caller): Promise<TokenExchanged>;
  /** Tells the tenant's scripts of a password that was set outside of a login; returns at once. `user`: as the row is now. */
  tellOfNewPassword(change: PasswordChange, user: UserRecord): void;
  /**
   * Gives a person another recovery code, which is shown now and never again; the former one is worth nothing.
   * Undefined: the person has no second factor that it could stand in for.
   */
  renewRecoveryCode(tenant: TenantRecord, user: UserRecord): Promise<string | undefined>;
  /**
   * Somebody forgot a password. The answer comes before it is known whether there is such a person, whom a link is mailed.
   * `ok: false`: this address asked for this name too often.
   */
  requestPasswordReset(request: ResetRequest): Promise<ResetRequested>;
  /** Invites somebody to an organization; whoever follows the link and signs in with that address joins it. */
  invite(tenant: TenantRecord, draft: InvitationDraft): Promise<TicketRecord>;
  /** Makes a link by which somebody sets up a second factor, and mails it if wanted. Undefined: the user is gone. */
  makeEnrollmentTicket(
    tenant: TenantRecord,
    promise: EnrollmentPromise,
  ): Promise<{ key: string; link: string } | undefined>;
  /** Makes an account outside of any login. */
  signUp(application: SignUpApplication, registration: Registration): Promise<SignedUp>;
  /** Sends a code or a link by a passwordless connection, and waits for its delivery. An older one is worth nothing from then on. */
  startPasswordless(tenant: TenantRecord, request: PasswordlessRequest, caller: Caller): Promise<PasswordlessStarted>;
  /** Mails somebody a link to verify an address. False: nothing takes the mail, or the user is gone. */
  sendVerification(tenant: TenantRecord, addressee: Addressee, setting: MailSetting): Promise<boolean>;
  /** Keeps what Twilio tells of a message that it took. */
  takeTwilioReport(tenant: TenantRecord, report: TwilioReport): Promise<ReportTaken>;
  /** What phones do that approve sign-ins. */
  push: PushDevices;
  /** Who waits for an answer says so here, and is served before what nobody waits for. */
  pace: Pace;
  /** The work of jobs that are written already. */
  jobs: Pick<JobWork, 'start'>;
  /** Resolves when what follows answers already given has been done, or after `withinMs`. */
  settled(withinMs: number): Promise<void>;
  /** The same, at the end of the process: from then on no message leaves. */
  drain(withinMs: number): Promise<void>;
  /** Where runs of Actions are told as they end. `main.ts` ends it before it closes the listener. */
  liveConsole: LiveConsole;
  /** Runs recorded logins with other scripts. Writes nothing, calls nobody, sends nothing. */
  replay(request: ReplayRequest): AsyncGenerator<ReplayNews, ReplaySummary>;
  /** Runs a script once on an event that somebody made up. What it commands is not followed; its calls go out. */
  tryAction(tenant: TenantRecord, trial: ActionTrial): Promise<ExecutionResult>;
  /** Where steps of logins are told once they are written. `main.ts` ends it too. */
  steps: LiveSteps;
  /** The most that the operator allows any tenant's scripts. */
  scriptLimits: Readonly<ScriptLimits>;
  /** The same over the store of a rehearsal: no message leaves and nothing follows its answers. */
  rehearsing(store: Store): Runtime;
}
