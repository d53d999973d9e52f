// Storage: an enrolled factor as a row and back. What nobody looks up by, a credential's key or a device's, is one sealed
// document; the id of a credential and its counter are columns, because a constraint and a guard are conditions on them.

import { type Desk, flag, given, indexed, parse } from '../columns.ts';
import type { AuthenticatorRecord, AuthenticatorType, CredentialRecord } from '../records.ts';
import type { AuthenticatorRow } from '../tables.ts';

export type StoredAuthenticator = Omit<AuthenticatorRow, 'seq'>;

/** The id is there whole, the counter is not: that one has only its column. */
export type Detail = Pick<AuthenticatorRecord, 'device'> & { credential?: Omit<CredentialRecord, 'counter'> };

export const authenticatorColumns = [
  'tenant_id',
  'id',
  'user_id',
  'type',
  'confirmed',
  'name',
  'secret',
  'totp_step',
  'phone_number',
  'email',
  'preferred_method',
  'detail',
  'credential_id',
  'counter',
  'created_at',
  'enrolled_at',
  'last_auth_at',
] as const;

/** Where a sealed value of an authenticator belongs. */
export function authenticatorPlace(tenantId: string, id: string, column: 'secret' | 'detail') {
  return { tenantId, table: 'authenticators', row: id, column };
}

export function sealDetail({ keyring }: Desk, tenantId: string, id: string, detail: Detail): string {
  return keyring.seal(authenticatorPlace(tenantId, id, 'detail'), JSON.stringify(detail));
}

export function openDetail({ keyring }: Desk, tenantId: string, id: string, sealed: string): Detail {
  return parse<Detail>(keyring.open(authenticatorPlace(tenantId, id, 'detail'), sealed));
}

function toDetail({ credential, device }: AuthenticatorRecord): Detail | null {
  const detail: Detail = {};
  if (device) detail.device = device;
  if (credential) {
    const { counter: _, ...kept } = credential;
    detail.credential = kept;
  }
  return credential || device ? detail : null;
}

export function toAuthenticatorRow(desk: Desk, record: AuthenticatorRecord): StoredAuthenticator {
  const { tenantId, id, secret, credential } = record;
  const detail = toDetail(record);
  return {
    tenant_id: tenantId,
    id,
    user_id: record.userId,
    type: record.type,
    confirmed: flag(record.confirmed),
    name: record.name ?? null,
    secret: secret === undefined ? null : desk.keyring.seal(authenticatorPlace(tenantId, id, 'secret'), secret),
    totp_step: record.totpStep ?? null,
    phone_number: record.phoneNumber ?? null,
    email: record.email ?? null,
    preferred_method: record.preferredMethod ?? null,
    detail: detail && sealDetail(desk, tenantId, id, detail),
    credential_id: credential ? indexed(credential.id) : null,
    counter: credential?.counter ?? null,
    created_at: record.createdAt,
    enrolled_at: record.enrolledAt ?? null,
    last_auth_at: record.lastAuthAt ?? null,
  };
}

export function toAuthenticator(desk: Desk, row: StoredAuthenticator): AuthenticatorRecord {
  const { credential, device } = row.detail === null ? {} : openDetail(desk, row.tenant_id, row.id, row.detail);
  return {
    tenantId: row.tenant_id,
    id: row.id,
    userId: row.user_id,
    type: row.type as AuthenticatorType,
    confirmed: row.confirmed === 1,
    createdAt: row.created_at,
    ...given({
      name: row.name,
      secret:
        row.secret === null ? null : desk.keyring.open(authenticatorPlace(row.tenant_id, row.id, 'secret'), row.secret),
      totpStep: row.totp_step,
      phoneNumber: row.phone_number,
      email: row.email,
      preferredMethod: row.preferred_method as AuthenticatorRecord['preferredMethod'] | null,
      credential: credential && { ...credential, counter: row.counter ?? 0 },
      device,
      enrolledAt: row.enrolled_at,
      lastAuthAt: row.last_auth_at,
    }),
  };
}
