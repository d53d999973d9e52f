// `initial-registration`: somebody new fills in what the schema declares. What it does not declare is not taken, whoever sends
// it: a tenant's schema says what people may say of themselves. Source: idp-server reference, §2.1 and appendix.
import type { Json, JsonObject } from '#storage/records.ts';
import { register } from '../register.ts';
import type { SignUpRefusal } from '../runtime.ts';
import { noticeOf } from '../sign-up.ts';
import type { Registration } from '../transaction/transaction.ts';
import { badRequest, type InteractionCall, type Refused, refuse, type Succeeded, tooMany } from './call.ts';
import { applicantOf, conflict, refusedByScript, subjectIn } from './newcomer.ts';
import { prepared, requestContext } from './outside.ts';
import { REGISTERED, readAddress } from './recipient.ts';

const NAME = { type: 'string', maxLength: 255 };

export const REGISTRATION_SCHEMA: JsonObject = {
  type: 'object',
  required: ['email', 'password'],
  properties: {
    email: { type: 'string', format: 'email', maxLength: 255 },
    password: { type: 'string', maxLength: 1024 },
    name: NAME,
    given_name: NAME,
    family_name: NAME,
    phone_number: { type: 'string', pattern: '^\\+?[0-9\\- ]{7,20}$' },
  },
};

/** Standard claims (OpenID Connect Core §5.1) without a column of their own: kept as the person's metadata. */
const FURTHER = ['middle_name', 'profile', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale'];
const LONGEST = 255;

export async function registerDraft(call: InteractionCall, schema: JsonObject): Promise<Succeeded | Refused> {
  const { ports, stage } = call;
  const declared = fieldsOf(schema, call.body);
  const flaws = flawsOf(declared);
  if (flaws.length > 0) return badRequest(call, flaws);
  const { phone_number: typedNumber } = declared;
  const phoneNumber = typedNumber === undefined ? undefined : readAddress('sms', typedNumber);
  if (typedNumber !== undefined && phoneNumber === undefined) return badRequest(call, ['phone_number is not a number']);
  const before = await prepared(call, requestContext(call, call.body));
  if (!before.ok) return before;
  const made = await register(ports, stage, applicantOf(call), registrationOf(declared, phoneNumber));
  if (!made.ok) {
    const logs = made.log ? [made.log] : [];
    return { ...refusalOf(call, made.refusal), ...typedOf(declared), logs };
  }
  const { connection } = made;
  const user = { ...made.user, ...(phoneNumber === undefined ? {} : { phoneNumber }) };
  return {
    ok: true,
    contents: before.reads,
    answer: {},
    user,
    draft: user,
    subject: subjectIn(connection, user.id),
    method: { name: 'pwd', at: ports.now(), in: 'transaction' },
    // As it was typed: services of the tenant may take no other form.
    ...(typedNumber === undefined ? {} : { kept: { [REGISTERED]: { phone_number: typedNumber } } }),
  };
}

type Declared = Partial<Record<string, string>>;

function fieldsOf({ properties }: JsonObject, body: JsonObject): Declared {
  const names = isObject(properties) ? Object.keys(properties) : [];
  const given = names.filter((name) => Object.hasOwn(body, name) && body[name] !== null);
  return Object.fromEntries(given.map((name) => [name, body[name] as string]));
}

/** A schema of the tenant may say less than rows can hold. */
function flawsOf(declared: Declared): string[] {
  return Object.entries(declared).flatMap(([name, value]) => {
    if (!TAKEN.has(name)) return [];
    if (typeof value !== 'string') return [`${name} type is string`];
    const most = name === 'password' ? 1024 : LONGEST;
    return value.length > most ? [`${name} maxLength is ${most}`] : [];
  });
}

const TAKEN = new Set([
  'email',
  'password',
  'preferred_username',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
  ...FURTHER,
]);

function registrationOf(declared: Declared, phoneNumber: string | undefined): Registration {
  const { email, password = '', preferred_username, name, given_name, family_name, nickname, picture } = declared;
  return {
    password,
    profile: {
      ...(name === undefined ? {} : { name }),
      ...(given_name === undefined ? {} : { givenName: given_name }),
      ...(family_name === undefined ? {} : { familyName: family_name }),
      ...(nickname === undefined ? {} : { nickname }),
      ...(picture === undefined ? {} : { picture }),
    },
    userMetadata: Object.fromEntries(
      FURTHER.flatMap((field) => (declared[field] === undefined ? [] : [[field, declared[field]]])),
    ),
    extra: {},
    ...(email === undefined ? {} : { email }),
    ...(preferred_username === undefined ? {} : { username: preferred_username }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
  };
}

const typedOf = ({ email, preferred_username: username }: Declared): { userName?: string } => {
  const userName = email ?? username;
  return userName === undefined ? {} : { userName };
};

function refusalOf(call: InteractionCall, refusal: SignUpRefusal): Refused {
  if (refusal.kind === 'throttled') {
    const { retryAfterSeconds } = refusal;
    return tooMany('Too many registrations. Please try again later.', {
      notice: { key: 'ip-blocked', retryAfterSeconds },
    });
  }
  const notice = noticeOf(refusal);
  switch (refusal.kind) {
    case 'invalid': {
      const { field, missing } = refusal;
      const name = field === 'username' ? 'preferred_username' : field;
      return { ...badRequest(call, [missing ? `${name} is missing` : `${name} is not valid`]), notice };
    }
    case 'bad-password':
      return refuse('invalid_request', FLAWS[refusal.flaw.kind], { notice });
    case 'leaked-password':
      return refuse('invalid_request', 'The password is known to others.', { notice });
    case 'exists':
      return conflict();
    case 'denied':
      return refusedByScript(refusal.userMessage, refusal.reason);
    case 'validation':
      return refuse('invalid_request', refusal.message, { notice });
    case 'script-failed':
      return refusedByScript('', refusal.reason);
    case 'no-connection':
    case 'closed':
      return refuse('invalid_request', 'Registration is not open.', { notice });
  }
}

const FLAWS = {
  weak: 'The password is too weak.',
  common: 'The password is too common.',
  personal: 'The password contains user information.',
  used: 'The password has been used before.',
} as const;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
