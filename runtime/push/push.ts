// Push: what a phone that approves sign-ins may do. It finds the login that enrolls it, reads what it is asked, answers
// once, and can be reached or removed. It moves no login: what it says is written down, and the browser that holds the
// login goes on.
import type { AuthenticatorRecord, JsonObject, PushRequestRecord, TenantRecord } from '#storage/records.ts';
import type { Caller } from '../ports.ts';

/** The phone's own word on itself. `publicKey`: JWK of P-256 whose private half it cannot export. */
export type DeviceDraft = { name: string; publicKey: JsonObject; userAgent?: string };

/** Whose phone it becomes, as the person knows the account. */
export type EnrollmentOffer = { account: string };

/** `secret`: base32, the key of the codes that the phone makes where a push does not reach it; it leaves here once. */
export type EnrolledDevice = { ok: true; deviceId: string; account: string; secret: string };

/** A confirmed or a new device, as storage has it. */
export type Device = AuthenticatorRecord & { device: NonNullable<AuthenticatorRecord['device']> };

export type Decision = { requestId: string } & ({ kind: 'approve'; number: string } | { kind: 'refuse' });

/**
 * `enrollment-over`: unknown, run out, used, or the login has moved on. `unknown-request`: also another device's, another
 * tenant's, or the tenant has switched the factor off. `answered-request`: an answer stands as it was given first.
 */
export type PushRefusal = {
  ok: false;
  code: 'enrollment-over' | 'unknown-request' | 'answered-request' | 'expired-request';
};

/** `wrong-number`: written down as a refusal. */
export type Answered = { ok: true; outcome: 'approved' | 'refused' | 'wrong-number' } | PushRefusal;

/** Where push messages for the phone are handed in; undefined: nowhere, it asks by itself. */
export type Subscription = NonNullable<Device['device']['subscription']> | undefined;

export interface PushDevices {
  /** What the key of the picture stands for. Writes nothing. */
  offer(tenant: TenantRecord, key: string): Promise<EnrollmentOffer | undefined>;
  /**
   * Makes the phone a device that waits for the word of the browser whose login enrolls it. Once for each key; a phone that
   * has not got the answer says the same again. The browser waits until the device is heard.
   */
  enroll(tenant: TenantRecord, key: string, draft: DeviceDraft): Promise<EnrolledDevice | PushRefusal>;
  /** By its id; undefined for anything that is no device. */
  find(tenant: TenantRecord, deviceId: string): Promise<Device | undefined>;
  /** Sign-ins that wait for its answer, newest first. The first time it says that the phone has kept its keys. */
  pending(tenant: TenantRecord, device: Device): Promise<PushRequestRecord[]>;
  answer(tenant: TenantRecord, device: Device, decision: Decision): Promise<Answered>;
  subscribe(tenant: TenantRecord, device: Device, subscription: Subscription): Promise<void>;
  /** Its person takes it away; browsers that were remembered are forgotten with it. */
  remove(tenant: TenantRecord, device: Device, caller: Caller): Promise<void>;
  /** The public key that a browser subscribes with (RFC 8292 §3.2), base64url. */
  publicKey(tenant: TenantRecord): Promise<string>;
}
