// What every interaction is called with and what it ends in, and each way to be refused: a closed list of errors in the
// words of the JSON flow. Source: idp-server reference, §0 and §4.3.
import type { JsonObject, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Afterwards } from '../afterwards.ts';
import type { AuthenticationPolicy, StepDefinition } from '../authentication-policy.ts';
import type { Notice } from '../codes.ts';
import type { Messenger } from '../delivery/delivery.ts';
import type { KnownInteraction } from '../interaction-names.ts';
import type { ConfigurationMetadata, InteractionConfiguration } from '../interactions/interaction.ts';
import type { TriggerStage } from '../pipeline/run-trigger.ts';
import type { World } from '../pipeline/world.ts';
import type { Caller, Ports } from '../ports.ts';
import type { Interacted, LogDraft } from '../transaction/input.ts';
import type { LoginTransaction } from '../transaction/transaction.ts';

export type InteractionStage = TriggerStage & {
  afterwards: Pick<Afterwards, 'start'>;
  messenger: Pick<Messenger, 'deliver'>;
};

export type InteractionCall = {
  ports: Ports;
  stage: InteractionStage;
  tx: LoginTransaction;
  world: World;
  caller: Caller;
  interaction: KnownInteraction;
  /** As the tenant has it; empty where our own way needs none. */
  configuration: InteractionConfiguration;
  metadata: ConfigurationMetadata;
  /** The policy that counts. */
  policy?: AuthenticationPolicy;
  step?: StepDefinition;
  body: JsonObject;
};

/** What an interaction adds to the login. */
type Found = Partial<Pick<Interacted, 'subject' | 'draft' | 'method' | 'kept' | 'posed' | 'deliver'>> & {
  changes?: Change[];
  logs?: LogDraft[];
};

/** What it has come to. `contents`: what response rules read; `answer`: what is said where there are no rules. */
export type Succeeded = Found & {
  ok: true;
  contents: JsonObject;
  answer: JsonObject;
  /** Who it is, known before or from now on. */
  user?: UserRecord;
};

/**
 * `reason`: for the tenant alone. `user`, `userName`: who was tried. `uncounted`: the call is as if it had not been made.
 * `notice`: how a page says it. `because`: what the type of the security event ends with, `failure` if nothing is said.
 */
export type Refused = Found & {
  ok: false;
  status: number;
  body: JsonObject;
  reason: string;
  uncounted?: true;
  user?: UserRecord;
  userName?: string;
  notice?: Notice;
  because?: 'conflict';
  /** A service that cannot have looked at what it was to be asked: a try is not lost by that. */
  unasked?: true;
};

/** The errors, with their status. */
const STATUSES = {
  invalid_request: 400,
  invalid_credentials: 400,
  too_many_attempts: 400,
  user_not_found: 400,
  user_identity_mismatch: 400,
  invalid_grant: 400,
  access_denied: 403,
  too_many_requests: 429,
  external_service_error: 502,
  server_error: 503,
} as const;
type ErrorCode = keyof typeof STATUSES;

type More = Partial<Omit<Refused, 'ok' | 'status' | 'body'>> & { status?: number; messages?: string[] };

/** @param description what the caller is told; the tenant is told the same unless `reason` says more. */
export function refuse(error: ErrorCode, description: string, { status, messages, ...more }: More = {}): Refused {
  const body = { error, error_description: description, ...(messages ? { error_messages: messages } : {}) };
  return { ok: false, status: status ?? STATUSES[error], body, reason: description, ...more };
}

export function notFound(description: string): Refused {
  return refuse('invalid_request', description, { status: 404, uncounted: true });
}

/** One answer for whatever is wrong with a code: whoever guesses learns nothing more. */
export function wrongCode(reason: string, more: More = {}): Refused {
  const notice = { key: 'invalid-code' } as const;
  return refuse('invalid_grant', 'Verification code is invalid or expired', { notice, ...more, reason });
}

export function badRequest(call: Pick<InteractionCall, 'interaction'>, messages: string[]): Refused {
  const description =
    call.interaction.operation === 'REGISTRATION'
      ? 'invalid request.'
      : 'The authentication request is invalid. Please check your input.';
  return refuse('invalid_request', description, { messages, reason: `${description} ${messages.join(', ')}` });
}

export function tooMany(description: string, more: More = {}): Refused {
  return refuse('too_many_requests', description, more);
}
