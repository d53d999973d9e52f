// Management: an authentication method as administrators hand it in, and the record it becomes: confirmed, because whoever
// may call here vouches for it. Source: mfa-wire reference, section 4.4.
import { z } from 'zod';
import { relyingPartyOf } from '#runtime/factors/webauthn.ts';
import type { AuthenticatorRecord, CredentialRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import { bareNumber, email, optional, text } from './fields.ts';
import type { Incoming } from './route.ts';

export const methodName = text(20).optional();
export const phonePreference = z.enum(['voice', 'sms']).optional();

const phone = z.strictObject({
  type: z.literal('phone'),
  phone_number: z.string().min(2).max(30),
  preferred_authentication_method: phonePreference,
  name: methodName,
});
const mailbox = z.strictObject({ type: z.literal('email'), email, name: methodName });
const totp = z.strictObject({
  type: z.literal('totp'),
  totp_secret: z.string().regex(/^[A-Z2-7]{16,128}$/),
  name: methodName,
});

/** Base64 of either alphabet, kept as base64url. */
const base64 = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    .regex(/^[A-Za-z0-9+/_-]+={0,2}$/)
    .transform((given) => Buffer.from(given, 'base64').toString('base64url'));

/** A COSE key is a CBOR map (RFC 9052 §7, RFC 8949 §3.1: major type 5): what is none could never verify anything. */
const coseKey = base64(4000).superRefine((value, context) => {
  const first = Buffer.from(value, 'base64url')[0];
  if (first !== undefined && first >> 5 === 5) return;
  context.addIssue({ code: 'custom', message: "Object didn't pass validation for format cose-key" });
});

/** A domain (WebAuthn Level 3 §4: a valid domain string). */
const domain = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);

/** An id has at most 1023 bytes (WebAuthn Level 3 §4). */
const key = {
  key_id: base64(1368),
  public_key: coseKey,
  relying_party_identifier: domain.optional(),
  name: methodName,
};
const securityKey = z.strictObject({ type: z.literal('webauthn-roaming'), ...key });
const passkey = z.strictObject({
  type: z.literal('passkey'),
  ...key,
  aaguid: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
    .optional(),
  credential_device_type: z.enum(['single_device', 'multi_device']).optional(),
  credential_backed_up: z.boolean().optional(),
  identity_user_id: text(255).optional(),
  user_agent: text(1000).optional(),
  user_handle: base64(88).optional(),
  transports: z.array(text(32)).max(10).optional(),
});

export const methodInput = z.discriminatedUnion('type', [phone, mailbox, totp, securityKey, passkey]);
/** What may be handed in as a whole list: keys cannot, each is made at its own moment. */
export const methodListInput = z.discriminatedUnion('type', [phone, mailbox, totp]);

type MethodInput = z.output<typeof methodInput>;

/** The identity that signs a person in. */
export const ownIdentity = ({ id, identities }: UserRecord): string =>
  identities[0]?.userId ?? id.slice(id.indexOf('|') + 1);

export function newMethod({ ports, tenant }: Incoming, user: UserRecord, input: MethodInput): AuthenticatorRecord {
  const now = ports.now();
  return {
    tenantId: tenant.id,
    id: `dev_${ports.random.letters(16)}`,
    userId: user.id,
    type: input.type,
    confirmed: true,
    ...optional('name', input.name),
    ...detailOf(tenant, input),
    createdAt: now,
    enrolledAt: now,
  };
}

function detailOf(tenant: TenantRecord, input: MethodInput): Partial<AuthenticatorRecord> {
  switch (input.type) {
    case 'phone':
      return {
        phoneNumber: e164(input.phone_number),
        preferredMethod: input.preferred_authentication_method ?? 'sms',
      };
    case 'email':
      return { email: input.email };
    case 'totp':
      return { secret: input.totp_secret };
    case 'webauthn-roaming':
    case 'passkey':
      return { credential: credentialOf(tenant, input) };
  }
}

const UNKNOWN_AAGUID = '00000000-0000-0000-0000-000000000000';

type KeyInput = Extract<MethodInput, { key_id: string }>;

function credentialOf(tenant: TenantRecord, input: KeyInput): CredentialRecord {
  const more = input.type === 'passkey' ? input : undefined;
  return {
    id: input.key_id,
    publicKey: input.public_key,
    counter: 0,
    transports: more?.transports ?? [],
    aaguid: more?.aaguid?.toLowerCase() ?? UNKNOWN_AAGUID,
    deviceType: more?.credential_device_type === 'multi_device' ? 'multiDevice' : 'singleDevice',
    backedUp: more?.credential_backed_up ?? false,
    relyingPartyId: input.relying_party_identifier ?? relyingPartyOf(tenant, input.type),
    ...optional('userHandle', more?.user_handle),
    ...optional('userAgent', more?.user_agent),
  };
}

/** E.164 where the number is written internationally, otherwise as it was given. */
function e164(number: string): string {
  const bare = bareNumber(number);
  return /^\+[0-9]{1,15}$/.test(bare) ? bare : number;
}

/** Whether both are the same phone, mailbox or app; of keys the store says so. */
export function isSameMethod(one: AuthenticatorRecord, other: AuthenticatorRecord): boolean {
  if (one.type !== other.type) return false;
  if (one.type === 'phone') return one.phoneNumber === other.phoneNumber;
  if (one.type === 'email') return one.email === other.email;
  return one.type === 'totp' && one.secret === other.secret;
}
