// The facts a login is moved by, in past participles: what a door received, and what our own work found out.

import type { LoginCommand } from '#actions/password-reset-post-challenge-command.ts';
import type { FactorType } from '#actions/post-login.ts';
import type { MfaProvider } from '#actions/post-login-command.ts';
import type { JsonObject, SessionRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { InteractionOperation } from '../authentication-policy.ts';
import type { DenialCode, LogType, Notice } from '../codes.ts';
import type {
  ActionName,
  Capabilities,
  Challenge,
  Enrollment,
  InteractionRequest,
  MessageType,
  Offer,
  PasswordlessAddress,
  PasswordlessStrategy,
  PosedCode,
  ProvenMethod,
  Registration,
  Rememberable,
  Subject,
  Suggestion,
  Visit,
  Within,
} from './transaction.ts';

/** A tenant log line, before client, person and address are filled in. */
export type LogDraft = {
  type: LogType;
  description: string;
  details?: JsonObject;
  /** What was typed. */
  userName?: string;
  /** Where the line knows more than the login does: whose password was wrong. */
  userId?: string;
};

/** What a person did at a door. */
export type DoorInput =
  /** A first-factor credential was sent. */
  | { kind: 'submitted'; identifier: string; password: string; capabilities?: Capabilities }
  /** The code that a passwordless connection sent was brought along with the address that it was sent to. */
  | ({ kind: 'presented'; code: string; capabilities?: Capabilities } & PasswordlessAddress)
  /** An interaction of the JSON flow was called. */
  | ({ kind: 'called' } & InteractionRequest)
  /** Somebody asks to be let through the gate of a policy. `denied`: scopes that the person does not want to give. */
  | { kind: 'authorized'; denied?: string[] }
  /** A sign-up form was sent. */
  | { kind: 'registered'; registration: Registration }
  /**
   * A row of the picker was chosen, or one authenticator, or how it is reached. `byCode`: by the codes that the device
   * makes, so it is not asked. `locale`: what is sent from now on is written in it.
   */
  | {
      kind: 'chosen';
      factor: FactorType;
      authenticatorId?: string;
      via?: MessageType;
      byCode?: true;
      locale?: string;
    }
  /** A code was entered. `remember`: the box was ticked. `challengeId`: where several are open, which it answers. */
  | { kind: 'responded'; code: string; remember?: boolean; challengeId?: string }
  /**
   * A key signed, or a new one was made. `response`: as the browser gave it. `name`: what a new one is called at first.
   */
  | {
      kind: 'asserted';
      response: JsonObject;
      remember?: boolean;
      challengeId?: string;
      name?: string;
      capabilities?: Capabilities;
    }
  /** What the person's other device did is asked for. */
  | { kind: 'polled'; remember?: boolean; challengeId?: string }
  /** What the browser can do. */
  | { kind: 'detected'; capabilities: Capabilities }
  /** A note was read. */
  | { kind: 'acknowledged' }
  /** The key that was just enrolled has a name. */
  | { kind: 'named'; name: string }
  /** What was only offered is not wanted now. */
  | { kind: 'skipped' }
  /**
   * The phone number or mailbox to enroll was given, in any form that people write it; with `connection`, by name, the one
   * that this passwordless connection is to send a code to.
   */
  | { kind: 'addressed'; address: string; via?: MessageType; locale?: string; connection?: string }
  /** The person came back from where a script had sent them, or sent the script's form. */
  | { kind: 'continued'; visit: Visit }
  /** "Resend" was pressed, or that it be sent in another way. */
  | { kind: 'resent'; via?: MessageType }
  /** "Try another method" was pressed; `within`: another authenticator of the same factor. */
  | { kind: 'reconsidered'; within?: true }
  /** The application was allowed what it wants, or was not. */
  | { kind: 'consented'; allowed: boolean }
  /** A new password was chosen. */
  | { kind: 'renewed'; password: string }
  /** "Go back" was pressed. */
  | { kind: 'returned' }
  /** The finished login was fetched. */
  | { kind: 'taken' };

/** What our work found out. `changes` are the guarded writes that make it true. */
export type WorkInput =
  | {
      kind: 'verified';
      method: ProvenMethod;
      subject?: Subject;
      changes: Change[];
      logs: LogDraft[];
      /** A recovery code that replaces the one just used: shown now and never again. */
      recoveryCode?: string;
    }
  /** A code is on its way to the address. `messageId`: of the message that the page waits for, if it waits. */
  | ({
      kind: 'sent';
      strategy: PasswordlessStrategy;
      changes: Change[];
      messageId?: string;
      logs: LogDraft[];
    } & PasswordlessAddress)
  /** What became of an interaction. */
  | Interacted
  /**
   * The policy is met. `acr`: the authentication context class that it gives what was shown; `withheld`: scopes that it
   * gives for more than that.
   */
  | { kind: 'opened'; acr?: string; withheld: string[]; changes: Change[]; logs: LogDraft[] }
  /** It is not, and `answer` says why. `offers`: what a page could show next. */
  | { kind: 'unopened'; answer: InteractionAnswer; offers: Offer[]; changes: Change[]; logs: LogDraft[] }
  /** The new password is set by these changes. */
  | { kind: 'replaced'; changes: Change[]; logs: LogDraft[] }
  | { kind: 'rejected'; notice: Notice; logs: LogDraft[] }
  /** The bucket of attempts is empty: the answer was not judged. */
  | { kind: 'throttled'; retryAfterSeconds: number; logs: LogDraft[] }
  /** A passkey, or this device's own authenticator, was made and is kept; it proved nothing else. */
  | { kind: 'attested'; changes: Change[]; logs: LogDraft[] }
  /** The person's device said no: the challenge is over, the login is not. */
  | { kind: 'declined'; logs: LogDraft[] }
  /** The authenticator or its factor is gone: select again. */
  | { kind: 'withdrawn' }
  /** `primary`: the account that the script handed the login over to, found and checked. */
  | {
      kind: 'ran';
      action: ActionName;
      commands: LoginCommand[];
      primary?: Extract<Subject, { kind: 'user' }>;
      logs: LogDraft[];
    }
  /** A script failed, or asked for what this tenant does not allow. */
  | { kind: 'failed'; reason: string; logs: LogDraft[] }
  | ({ kind: 'prepared'; logs: LogDraft[] } & Preparation)
  /** After the last Action a second factor is still owed. */
  | { kind: 'demanded'; provider: MfaProvider; adaptive: boolean }
  /** Everything else is done, and this browser could take its person in more easily the next time. */
  | { kind: 'suggested'; suggestion: Suggestion }
  /** The application still needs the person's consent to these scopes. */
  | { kind: 'unconsented'; scope: string[] }
  /** Nothing stands between the person and a new password any more. */
  | { kind: 'cleared' }
  /** `session`: absent where there is no browser. */
  | {
      kind: 'settled';
      session?: SessionRecord;
      formerUserId?: string;
      /** The row of somebody new, which comes first. */
      account?: Change[];
      changes: Change[];
      logs: LogDraft[];
    }
  /** A message could not be delivered. */
  | { kind: 'undelivered'; unconfirmed?: true; logs: LogDraft[] }
  /** The user, the client or the organization is not what it was: no way on. */
  | { kind: 'barred'; code: DenialCode; reason: string; logs: LogDraft[] };

/** What the caller of an interaction is told; kept nowhere. */
export type InteractionAnswer = { status: number; body: JsonObject };

/** What became of an interaction. */
export type Interacted = {
  kind: 'interacted';
  interaction: string;
  /** Absent: it was refused before it ran, and is not counted. */
  counted?: { as: 'success' | 'failure'; operation: InteractionOperation; method: string };
  answer: InteractionAnswer;
  /** Who it is, when it says so. */
  subject?: Extract<Subject, { kind: 'user' }>;
  /** The account of somebody new, or of the same one with what is known since. */
  draft?: UserRecord;
  /** What was shown. */
  method?: ProvenMethod;
  /** What later interactions read, by key. */
  kept?: Record<string, JsonObject>;
  /** A code that was sent, or is judged once more, by method; null: it is spent. */
  posed?: Record<string, PosedCode | null>;
  changes: Change[];
  /** Messages to deliver once the write has landed. */
  deliver: string[];
  logs: LogDraft[];
  /** For a page. */
  notice?: Notice;
};

/** How an ask can be met. */
export type Preparation =
  /** Everything asked was already passed in this transaction, is enrolled already, or this browser is remembered. */
  | { result: 'satisfied'; by: 'passed' | 'enrolled' | 'remembered' }
  /** Nothing asked is usable; `reason` is the log's text. */
  | { result: 'unusable'; reason: string }
  /** Somebody would have to answer, and nobody is there. */
  | { result: 'unattended' }
  | { result: 'offered'; to: 'challenge' | 'enroll'; offers: Offer[]; within?: Within; rememberable: Rememberable }
  | {
      result: 'challenged';
      offers: Offer[];
      challenge: Challenge;
      rememberable: Rememberable;
      changes: Change[];
      deliver: string[];
      /** Why no message was sent. */
      notice?: Notice;
    }
  /** `notice`: why the number that was given is not taken. */
  | {
      result: 'enrolling';
      offers: Offer[];
      enrollment: Enrollment;
      changes: Change[];
      deliver: string[];
      notice?: Notice;
    }
  /** By interactions of the JSON flow. */
  | { result: 'awaited'; offers: Offer[] }
  /** The way to another site, or to a form of ours. */
  | { result: 'redirected' };

export type Input = DoorInput | WorkInput;

/** Every input's name with who says it. The mapped type makes the compiler ask when an input is added. */
export const INPUT_KINDS: { readonly [Kind in Input['kind']]: 'door' | 'work' } = {
  submitted: 'door',
  presented: 'door',
  called: 'door',
  authorized: 'door',
  registered: 'door',
  chosen: 'door',
  responded: 'door',
  asserted: 'door',
  polled: 'door',
  detected: 'door',
  acknowledged: 'door',
  named: 'door',
  skipped: 'door',
  addressed: 'door',
  continued: 'door',
  resent: 'door',
  reconsidered: 'door',
  consented: 'door',
  renewed: 'door',
  returned: 'door',
  taken: 'door',
  verified: 'work',
  sent: 'work',
  interacted: 'work',
  opened: 'work',
  unopened: 'work',
  rejected: 'work',
  throttled: 'work',
  attested: 'work',
  declined: 'work',
  withdrawn: 'work',
  ran: 'work',
  failed: 'work',
  prepared: 'work',
  demanded: 'work',
  suggested: 'work',
  unconsented: 'work',
  cleared: 'work',
  replaced: 'work',
  settled: 'work',
  undelivered: 'work',
  barred: 'work',
};

/** How a tenant's log names an Action. */
export function actionDetails(action: ActionName | undefined): JsonObject {
  if (!action) return {};
  return { action_name: action.name, ...(action.version === undefined ? {} : { action_version: action.version }) };
}
