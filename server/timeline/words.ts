// Server, timelines: the journal's codes in words, for people who read a page or a terminal. English: it is read by
// authors and operators.
import type { Reason, Standing } from '#runtime/factors/why.ts';
import type { Json, LoginStepRecord, LoginWorkRecord } from '#storage/records.ts';

/** What came in, as a heading: `A code was entered`. */
export function stepTitle({ input, from }: Pick<LoginStepRecord, 'input' | 'from'>): string {
  if (from === undefined && input.kind === 'begun') return BEGINNINGS[String(input.by)] ?? 'The login began';
  switch (input.kind) {
    case 'chosen':
      return `${capital(factorName(input.factor))} was chosen${input.via === undefined ? '' : `,${via(input.via)}`}`;
    case 'called':
      return `The interaction ${String(input.interaction)} was called`;
    case 'continued':
      return input.by === 'form' ? 'The script’s form was sent' : 'The person came back from another site';
    case 'consented':
      return input.allowed === true ? 'The application was allowed what it asked for' : 'The application was refused';
    case 'resent':
      return `Another message was asked for${via(input.via)}`;
    default:
      return INPUTS[input.kind] ?? `Came in: ${input.kind}`;
  }
}

const BEGINNINGS: { readonly [origin: string]: string } = {
  session: 'The login began with a session',
  'refresh-token': 'A refresh token was exchanged',
};

const INPUTS: { readonly [kind: string]: string } = {
  begun: 'The login went on',
  submitted: 'The password was sent',
  presented: 'A code was brought along',
  authorized: 'Somebody asked to be let through',
  registered: 'The sign-up form was sent',
  responded: 'A code was entered',
  asserted: 'A key or a passkey answered',
  polled: 'The answer of the other device was asked for',
  detected: 'The browser said what it can do',
  acknowledged: 'The note was read',
  named: 'The new key was given a name',
  skipped: 'The offer was put off',
  addressed: 'A number or an address was given',
  reconsidered: 'Another method was asked for',
  renewed: 'A new password was chosen',
  returned: 'The person went back',
};

/** Where the login rests after a step: `A code of phone is awaited`. */
export function restText({ to }: Pick<LoginStepRecord, 'to'>): string {
  switch (to.state) {
    case 'identifying':
      return 'Identifier and password are awaited';
    case 'expecting':
      return `The code that was sent by ${to.by === 'sms' ? 'SMS' : 'e-mail'} is awaited`;
    case 'choosing':
      if (to.within === 'channel') return 'The person picks how the phone is reached';
      if (to.within === 'authenticator') return 'The person picks one of several';
      return `The person picks ${to.to === 'enroll' ? 'what to enroll' : 'a factor'}: ${factorNames(to.factors)}`;
    case 'challenging':
      return `A proof by ${factorName(to.factor)}${via(to.via)} is awaited`;
    case 'enrolling':
      return `${capital(factorName(to.factor))} is being enrolled`;
    case 'redirected':
      return to.by === 'form' ? 'The person is at the script’s form' : 'The person is at another site';
    case 'consenting':
      return `Consent is awaited: ${listed(to.scope)}`;
    case 'suggesting':
      return `${capital(factorName(to.factor))} is offered`;
    case 'informing':
      return 'The person reads a note';
    case 'gated':
      return 'Interactions are awaited';
    case 'resetting':
      return 'A new password is awaited';
    case 'completed':
      return 'The login is complete';
    case 'denied':
      return `The login was denied: ${String(to.reason)}`;
    default:
      return to.state;
  }
}

/** What was done in a step and what came of it: `Action phone-or-otp ran`. */
export function workText(work: LoginWorkRecord): string {
  const { state, fact } = work;
  switch (fact) {
    case 'ran':
      return `Action ${nameOf(work.action)} ran`;
    case 'failed':
      return `Action ${nameOf(work.action)} failed`;
    case 'verified':
      return `Accepted: ${work.factor === undefined ? methodName(work.method) : factorName(work.factor)}`;
    case 'rejected':
      return `Not accepted (${String(work.notice)})`;
    case 'throttled':
      return 'Too many tries: it was not judged';
    case 'demanded':
      return DEMANDED[String(work.because)] ?? 'A second factor is owed';
    case 'interacted':
      return `Interaction ${String(work.interaction)}: ${String(work.status)}`;
    case 'unopened':
      return 'The policy is not met';
    default:
      return FACTS[fact] ?? `${state}: ${fact}`;
  }
}

const FACTS: { readonly [fact: string]: string } = {
  sent: 'A code was sent',
  opened: 'The policy is met',
  replaced: 'The new password was set',
  attested: 'The new key was kept',
  declined: 'The other device said no',
  withdrawn: 'The authenticator is gone, another is looked for',
  suggested: 'Something easier is offered for the next time',
  unconsented: 'The application lacks consent',
  cleared: 'The way to a new password is clear',
  settled: 'The session was written',
  barred: 'The login may not go on',
  prepared: 'What to ask was decided',
};

const DEMANDED: { readonly [because: string]: string } = {
  risk: 'The adaptive policy owes a second factor: confidence in this login is low',
  script: 'A second factor is owed: a script enabled it',
  policy: 'A second factor is owed: the policy of the tenant, or the request, asks for one',
};

/** Why a factor was shown, or none: one sentence. */
export function whyText(why: { [name: string]: Json | undefined }): string {
  const factor = why.factor === undefined ? 'It' : factorName(why.factor);
  const words = WHY[String(why.code)];
  return words === undefined ? String(why.code) : capital(words(factor));
}

const WHY: { readonly [Code in Reason]: (factor: string) => string } & {
  readonly [code: string]: ((factor: string) => string) | undefined;
} = {
  'only-usable': (factor) => `${factor} is the only one that can be used`,
  'first-usable': (factor) => `${factor} is the first of those asked for that can be used`,
  'default-order': (factor) => `${factor} comes first where no script says otherwise`,
  'several-usable': () => 'Several can be used, so the person picks',
  chosen: (factor) => `${factor} was chosen by the person`,
  'sent-again': () => 'It was asked for again',
  'which-authenticator': (factor) => `The person has several for ${factor} and picks one`,
  'how-to-reach': () => 'The phone can be reached by message and by call, so the person picks',
  'client-chooses': () => 'The application is told what there is, and chooses',
  'only-enrollable': (factor) => `${factor} is the only one that can be enrolled`,
  'first-enrollable': (factor) => `${factor} is the first of those asked for that can be enrolled`,
  'several-enrollable': () => 'Several can be enrolled, so the person picks',
  'going-on': (factor) => `The enrollment of ${factor} goes on`,
  'passed-already': () => 'It was passed in this login already',
  'enrolled-already': () => 'The person is enrolled already',
  'remembered-browser': () => 'This browser is remembered and stands in for a factor',
  'met-by-interactions': () => 'The tenant’s interactions can show it',
  'nobody-there': () => 'Somebody would have to answer, and nobody is there',
  'nothing-usable': () => 'Nothing that was asked for can be used',
  'sent-away': () => 'The script sends the person elsewhere',
};

/** How a factor in question stood. */
export function standingText(standing: Json | undefined): string {
  return STANDINGS[String(standing)] ?? String(standing);
}

const STANDINGS: { readonly [Name in Standing]: string } & { readonly [name: string]: string | undefined } = {
  usable: 'can be used',
  'can-be-enrolled': 'can be enrolled',
  'passed-already': 'passed already',
  'enrolled-already': 'enrolled already',
  'switched-off': 'switched off for the tenant',
  'not-enrolled': 'the person is not enrolled',
  'cannot-be-enrolled': 'cannot be enrolled here',
  'not-in-this-browser': 'this browser cannot show it',
  'not-for-clients': 'only pages can show it',
  unknown: 'no such factor',
};

/** What a script commanded: `Asked for phone or otp`. */
export function commandText({ name, args }: { name: string; args?: Json[] | undefined }): string {
  if (!args) return `api.${name}(…)`;
  const [first, second] = args;
  switch (name) {
    case 'access.deny':
      return `Denied: ${short(args.at(-1))}`;
    case 'authentication.challengeWith':
      return `Asked for ${factorOf(first)}`;
    case 'authentication.challengeWithAny':
      return `Asked for ${either(first)}`;
    case 'authentication.enrollWith':
      return `Asked to enroll ${factorOf(first)}`;
    case 'authentication.enrollWithAny':
      return `Asked to enroll ${either(first)}`;
    case 'multifactor.enable':
      return `Enabled a second factor: ${short(first)}`;
    case 'idToken.setCustomClaim':
      return `ID token: ${short(first)} = ${short(second)}`;
    case 'accessToken.setCustomClaim':
      return `Access token: ${short(first)} = ${short(second)}`;
    case 'user.setAppMetadata':
      return `App metadata: ${short(first)} = ${short(second)}`;
    case 'user.setUserMetadata':
      return `User metadata: ${short(first)} = ${short(second)}`;
    case 'transaction.setMetadata':
      return `For later scripts: ${short(first)} = ${short(second)}`;
    case 'redirect.sendUserTo':
      return `Sent the person to ${short(first)}`;
    case 'prompt.render':
      return `Showed the form ${short(first)}`;
    default:
      return `api.${name}(${args.map(short).join(', ')})`;
  }
}

const LONGEST = 120;

function short(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function factorOf(asked: Json | undefined): string {
  return typeof asked === 'object' && asked !== null && !Array.isArray(asked) ? factorName(asked.type) : short(asked);
}

function either(asked: Json | undefined): string {
  return Array.isArray(asked) ? asked.map(factorOf).join(' or ') : short(asked);
}

const FACTORS: { readonly [type: string]: string } = {
  otp: 'authenticator app',
  phone: 'phone',
  sms: 'phone',
  email: 'e-mail',
  push: 'push notification',
  'push-notification': 'push notification',
  'webauthn-roaming': 'security key',
  'webauthn-platform': 'device authenticator',
  'recovery-code': 'recovery code',
  passkey: 'passkey',
};

export function factorName(type: Json | undefined): string {
  return FACTORS[String(type)] ?? short(type);
}

const factorNames = (types: Json | undefined): string => (Array.isArray(types) ? types.map(factorName).join(', ') : '');
const listed = (values: Json | undefined): string => (Array.isArray(values) ? values.map(short).join(', ') : '');

function via(channel: Json | undefined): string {
  return channel === 'voice' ? ' by call' : channel === 'sms' ? ' by SMS' : '';
}

function methodName(name: Json | undefined): string {
  return name === 'pwd' ? 'password' : short(name);
}

function nameOf(action: Json | undefined): string {
  return typeof action === 'object' && action !== null && !Array.isArray(action) ? short(action.name) : '';
}

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
