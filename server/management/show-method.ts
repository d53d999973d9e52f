// Management: an authentication method on the wire. Keys of apps, recovery codes, and where a device takes its messages
// never leave. Source: mfa-wire reference, section 4.4.
import { z } from 'zod';
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import type { AuthenticatorRecord, CredentialRecord, TenantRecord, UserRecord } from '#storage/records.ts';
import { iso, optional } from './fields.ts';
import { ownIdentity } from './method-input.ts';

/** `masked`: numbers and addresses as strangers may see them. */
export type MethodView = { tenant: TenantRecord; user: UserRecord; masked: boolean };

const given = z.string();
const maybe = given.optional();
const way = z.strictObject({ type: given, id: given });

const method = {
  id: given,
  type: z.enum(['recovery-code', 'totp', 'push', 'phone', 'email', 'passkey', 'webauthn-roaming', 'webauthn-platform']),
  name: maybe,
  phone_number: maybe,
  preferred_authentication_method: maybe,
  authentication_methods: z.array(way).optional(),
  email: maybe,
  key_id: maybe,
  public_key: maybe,
  relying_party_identifier: maybe,
  aaguid: maybe,
  credential_device_type: maybe,
  credential_backed_up: z.boolean().optional(),
  identity_user_id: maybe,
  user_agent: maybe,
  user_handle: maybe,
  transports: z.array(given).optional(),
  created_at: given,
  enrolled_at: maybe,
  last_auth_at: maybe,
};

export const methodShape = z.strictObject({ ...method, confirmed: z.boolean() }).meta({ id: 'AuthenticationMethod' });
/** Of one that an administrator has just handed in or edited it is not said whether it is confirmed. */
export const handedInShape = z.strictObject(method).meta({ id: 'HandedInAuthenticationMethod' });

/** Tenants may ask for numbers and addresses in clear. */
export function isOpen({ settings: { flags } }: TenantRecord): boolean {
  if (typeof flags !== 'object' || flags === null || Array.isArray(flags)) return false;
  return flags.disable_management_api_sms_obfuscation === true;
}

export function showMethod(record: AuthenticatorRecord, view: MethodView): Record<string, unknown> {
  const { email } = record;
  return {
    id: `${record.type}|${record.id}`,
    type: record.type,
    confirmed: record.confirmed,
    ...optional('name', record.name),
    ...showPhone(record, view),
    ...(email === undefined ? {} : { email: view.masked ? maskEmail(email) : email }),
    ...(record.type === 'push' ? { authentication_methods: waysOf(record, ['push', 'totp']) } : {}),
    ...(record.credential ? showCredential(record.credential, record.type, view.user) : {}),
    created_at: iso(record.createdAt),
    ...(record.enrolledAt === undefined ? {} : { enrolled_at: iso(record.enrolledAt) }),
    ...(record.lastAuthAt === undefined ? {} : { last_auth_at: iso(record.lastAuthAt) }),
  };
}

/** One number is called and written to, by what the tenant has on; what the person prefers is always there. */
function showPhone(record: AuthenticatorRecord, { tenant, masked }: MethodView): Record<string, unknown> {
  const { phoneNumber } = record;
  if (phoneNumber === undefined) return {};
  const preferred = record.preferredMethod ?? 'sms';
  const both = tenant.messageTypes.includes('sms') && tenant.messageTypes.includes('voice');
  return {
    phone_number: masked ? maskPhone(phoneNumber) : phoneNumber,
    preferred_authentication_method: preferred,
    authentication_methods: waysOf(record, both ? ['sms', 'voice'] : [preferred]),
  };
}

const waysOf = ({ id }: AuthenticatorRecord, types: string[]) => types.map((type) => ({ type, id: `${type}|${id}` }));

function showCredential(
  credential: CredentialRecord,
  type: AuthenticatorRecord['type'],
  user: UserRecord,
): Record<string, unknown> {
  return {
    key_id: credential.id,
    public_key: Buffer.from(credential.publicKey, 'base64url').toString('base64'),
    relying_party_identifier: credential.relyingPartyId,
    ...(type === 'passkey'
      ? {
          aaguid: credential.aaguid,
          credential_device_type: credential.deviceType === 'multiDevice' ? 'multi_device' : 'single_device',
          credential_backed_up: credential.backedUp,
          identity_user_id: ownIdentity(user),
          ...optional('user_agent', credential.userAgent),
          ...optional('user_handle', credential.userHandle),
          transports: credential.transports,
        }
      : {}),
  };
}
