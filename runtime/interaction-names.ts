// The interactions there are: by which name each is called, which configuration says how it runs, as what it is counted and
// which security events tell of it. A closed list. Source: idp-server reference, §2 and §4.3.
import type { InteractionOperation } from './authentication-policy.ts';
import type { PasswordlessStrategy } from './transaction/transaction.ts';

export type KnownInteraction = {
  name: string;
  /** Of its configuration. */
  type: string;
  /** As policies and counts know it. */
  method: string;
  operation: InteractionOperation;
  /** What a configuration calls our own way to run it; absent where there is none. */
  own?: string;
  /** Without a configuration it runs in our own way. */
  builtIn?: true;
  /** What the types of its security events begin with; `_success` or `_failure` follows. */
  event: string;
  /** Of a code: which way it is sent. */
  channel?: PasswordlessStrategy;
};

const KEYS = { type: 'fido2', method: 'fido2' } as const;
const EXTERNAL = 'external-api-authentication';

const CLOSED: readonly KnownInteraction[] = [
  {
    name: 'initial-registration',
    type: 'initial-registration',
    method: 'initial-registration',
    operation: 'REGISTRATION',
    own: 'user_registration',
    builtIn: true,
    event: 'user_initial_registration',
  },
  {
    name: 'password-authentication',
    type: 'password',
    method: 'password',
    operation: 'AUTHENTICATION',
    own: 'password_verification',
    builtIn: true,
    event: 'password',
  },
  ...codes('sms', 'sms_verification_challenge', 'sms_verification'),
  ...codes('email', 'email_verification_request', 'email_verification'),
  {
    name: 'fido2-authentication-challenge',
    ...KEYS,
    operation: 'CHALLENGE',
    own: 'fido2_authentication_challenge',
    event: 'fido2_authentication_challenge',
  },
  {
    name: 'fido2-authentication',
    ...KEYS,
    operation: 'AUTHENTICATION',
    own: 'fido2_authentication',
    event: 'fido2_authentication',
  },
  {
    name: EXTERNAL,
    type: EXTERNAL,
    method: EXTERNAL,
    operation: 'AUTHENTICATION',
    event: 'external_api_authentication',
  },
];

function codes(method: PasswordlessStrategy, asked: string, shown: string): KnownInteraction[] {
  const { challenge, verify } = codeInteractions(method);
  const base = { type: method, method, channel: method };
  return [
    {
      ...base,
      name: challenge,
      operation: 'CHALLENGE',
      own: `${method}_authentication_challenge`,
      event: asked,
    },
    { ...base, name: verify, operation: 'AUTHENTICATION', own: `${method}_authentication`, event: shown },
  ];
}

/** Names that callers may know them by as well. */
const ALIASES = new Map([
  ['webauthn-authentication-challenge', 'fido2-authentication-challenge'],
  ['webauthn-authentication', 'fido2-authentication'],
]);

export function knownInteraction(name: string): KnownInteraction | undefined {
  const proper = ALIASES.get(name) ?? name;
  return CLOSED.find((each) => each.name === proper);
}

/** The other half of one that asks or that answers. */
export function counterpartOf({ name, operation }: KnownInteraction): string {
  return operation === 'CHALLENGE' ? name.slice(0, -'-challenge'.length) : `${name}-challenge`;
}

/** As policies and counts know it; a name that is none of ours is its own method. */
export const methodOf = (name: string): string => knownInteraction(name)?.method ?? name;

/** What has to be called before it, because its answer means nothing without. */
export function challengeOf(name: string): string | undefined {
  const interaction = knownInteraction(name);
  return interaction?.operation === 'AUTHENTICATION' ? knownInteraction(counterpartOf(interaction))?.name : undefined;
}

/** Whether somebody says by it who they are. */
export function isIdentifying(name: string): boolean {
  const interaction = knownInteraction(name);
  return interaction?.operation === 'REGISTRATION' || interaction?.type === 'password';
}

/** Those by which a code is asked for and shown. */
export function codeInteractions(method: PasswordlessStrategy): { method: string; challenge: string; verify: string } {
  return { method, challenge: `${method}-authentication-challenge`, verify: `${method}-authentication` };
}
