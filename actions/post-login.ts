// The contract of the post-login trigger, version 3: the event a script reads and the methods it may call.
// The checks run inside the sandbox, next to the script; their texts are what authors see.

import type { ApiMethod, ArgumentBound, TriggerContract } from './trigger.ts';

/** Kinds of proof a script may ask for, under the names scripts use. */
export const FACTOR_TYPES = [
  'otp',
  'email',
  'phone',
  'push-notification',
  'webauthn-platform',
  'webauthn-roaming',
  'recovery-code',
] as const;
export type FactorType = (typeof FACTOR_TYPES)[number];

/** One entry of `event.authentication.methods`; `timestamp` is ISO 8601, `type` stands on `mfa` entries only. */
export type AuthenticationMethod = { name: string; timestamp: string; type?: FactorType };

/** `event` of `onExecutePostLogin`, without `secrets`, which are added for each Action. All keys are wire names. */
export type PostLoginEvent = {
  authentication: { methods: AuthenticationMethod[] };
  authorization: { roles: string[] };
  client: { client_id: string; name: string; metadata: Record<string, string> };
  configuration: Record<string, never>;
  connection: { id: string; name: string; strategy: string; metadata: Record<string, string> };
  organization?: { id: string; name: string; display_name: string; metadata: Record<string, string> };
  request: {
    ip: string;
    method: string;
    query: Record<string, string>;
    body: Record<string, string>;
    geoip: Record<string, never>;
    hostname: string;
    language?: string;
    user_agent?: string;
  };
  resource_server?: { identifier: string };
  session: {
    id: string;
    user_id?: string;
    created_at?: string;
    updated_at?: string;
    authenticated_at?: string;
    last_interacted_at?: string;
    idle_expires_at?: string;
    expires_at?: string;
    clients?: { client_id: string }[];
    device?: { initial_ip?: string; initial_user_agent?: string; last_ip?: string; last_user_agent?: string };
  };
  stats: { logins_count: number };
  tenant: { id: string };
  transaction: {
    id: string;
    acr_values: string[];
    locale: string;
    login_hint?: string;
    prompt?: string[];
    protocol: string;
    redirect_uri?: string;
    requested_scopes: string[];
    response_mode?: string;
    response_type?: string[];
    state?: string;
    ui_locales: string[];
    metadata: Record<string, string | number | boolean>;
  };
  user: {
    user_id: string;
    created_at: string;
    updated_at: string;
    email?: string;
    email_verified: boolean;
    name?: string;
    nickname?: string;
    given_name?: string;
    family_name?: string;
    picture?: string;
    username?: string;
    phone_number?: string;
    phone_verified?: boolean;
    last_password_reset?: string;
    app_metadata: Record<string, unknown>;
    user_metadata: Record<string, unknown>;
    identities: { connection: string; provider: string; user_id: string; isSocial: boolean }[];
    enrolledFactors: { type: FactorType; options?: Record<string, unknown> }[];
    multifactor: string[];
  };
};

/** Most bytes of UTF-8 that one login may add to either metadata, counted as JSON. */
const METADATA_BYTES = 32 * 1024;
/** Most bytes of UTF-8 of all custom claims of one token, counted as JSON. */
const CUSTOM_CLAIMS_BYTES = 100 * 1024;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkReason(args: unknown[]): void {
  const [reason] = args;
  if (typeof reason !== 'string') {
    throw new TypeError('The reason given to api.access.deny must be a string.');
  }
}

function checkClaim(args: unknown[]): void {
  const [name] = args;
  if (typeof name !== 'string' || name === '') throw new TypeError('The name of a claim must be a non-empty string.');
  if (name === 'scope') throw new Error('The "scope" claim cannot be set.');
}

const claimBound: ArgumentBound = {
  bytes: CUSTOM_CLAIMS_BYTES,
  message: `The custom claims of a token must not exceed ${CUSTOM_CLAIMS_BYTES / 1024} KB.`,
};
const metadataBound = (field: string): ArgumentBound => ({
  bytes: METADATA_BYTES,
  message: `One login must not write more than ${METADATA_BYTES / 1024} KB of ${field}.`,
});

function checkFactor(method: string, factor: unknown): void {
  if (!isObject(factor) || typeof factor.type !== 'string') {
    throw new TypeError(`${method} takes factors such as { type: 'otp' }.`);
  }
}

function checkFactors(method: string, factors: unknown): void {
  if (!Array.isArray(factors)) throw new TypeError(`${method} takes an array of factors such as [{ type: 'otp' }].`);
  for (const factor of factors) checkFactor(method, factor);
}

function checkChallengeWith(args: unknown[]): void {
  const method = 'api.authentication.challengeWith';
  const [factor, options] = args;
  checkFactor(method, factor);
  if (options === undefined || options === null) return;
  if (!isObject(options)) throw new TypeError(`The options of ${method} must be an object.`);
  if (options.additionalFactors !== undefined && options.additionalFactors !== null) {
    checkFactors(`additionalFactors of ${method}`, options.additionalFactors);
  }
}

const checkMetadata =
  (field: 'app_metadata' | 'user_metadata', refusal: string) => (args: unknown[], event: unknown) => {
    const user = isObject(event) ? event.user : undefined;
    const current = isObject(user) ? user[field] : undefined;
    if (current !== undefined && !isObject(current)) throw new Error(refusal);
    const [key] = args;
    if (typeof key !== 'string' || key === '') throw new TypeError(`The key of ${field} must be a non-empty string.`);
  };

/** `undefined` has no JSON: a claim or key of that value is left as it is, as when a script copies what is not there. */
const hasNoValue = ([, value]: unknown[]): boolean => value === undefined;

const methods: readonly ApiMethod[] = [
  { name: 'access.deny', returns: 'api', check: checkReason },
  { name: 'accessToken.setCustomClaim', returns: 'api', check: checkClaim, bound: claimBound, isIdle: hasNoValue },
  { name: 'idToken.setCustomClaim', returns: 'api', check: checkClaim, bound: claimBound, isIdle: hasNoValue },
  { name: 'authentication.challengeWith', returns: 'nothing', check: checkChallengeWith },
  {
    name: 'authentication.challengeWithAny',
    returns: 'nothing',
    check: ([factors]) => checkFactors('api.authentication.challengeWithAny', factors),
  },
  {
    name: 'user.setAppMetadata',
    returns: 'api',
    check: checkMetadata('app_metadata', 'Unexpected app_metadata format. Must be a valid JSON object'),
    bound: metadataBound('app_metadata'),
    isIdle: hasNoValue,
  },
  {
    name: 'user.setUserMetadata',
    returns: 'api',
    check: checkMetadata('user_metadata', 'Unexpected user_metadata format. Must be a valid JSON object.'),
    bound: metadataBound('user_metadata'),
    isIdle: hasNoValue,
  },
];

/**
 * Post-login, version 3. A factor type nobody knows is not refused here: it counts as a factor that is not set up,
 * which the host reports to the tenant's log.
 */
export const postLogin: TriggerContract = {
  id: 'post-login',
  handlers: ['onExecutePostLogin'],
  methods,
  rehearse({ idToken, user, authentication }) {
    idToken?.setCustomClaim?.('https://sample.invalid/sample', ['sample']);
    user?.setAppMetadata?.('sample', { sample: 1 });
    authentication?.challengeWith?.({ type: 'otp' }, { additionalFactors: [{ type: 'email' }] });
  },
};
