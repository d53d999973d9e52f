// One event of the JSON flow from its draft: who, with which application, from where are filled in here, in one place.
// Written by the commit that made it true. Never given codes, passwords or tokens. Source: idp-server reference, §5.
import type { JsonObject, SecurityEventRecord, UserRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { World } from './pipeline/world.ts';
import type { Caller, Ports } from './ports.ts';
import type { LoginTransaction } from './transaction/transaction.ts';

export type SecurityEventDraft = {
  /** `password_success`, `sms_verification_failure`, … */
  type: string;
  description: string;
  /** Whom it is about, where the login does not know (yet): who was only tried. */
  user?: UserRecord;
  userName?: string;
  detail?: JsonObject;
};

export function securityEvent(
  { now, random }: Pick<Ports, 'now' | 'random'>,
  { tx, world, caller }: { tx: LoginTransaction; world: World; caller: Caller },
  { type, description, user = world.user, userName, detail = {} }: SecurityEventDraft,
): Change {
  const { client } = world;
  const name = userName ?? user?.username ?? user?.email ?? user?.phoneNumber;
  const event: SecurityEventRecord = {
    tenantId: tx.tenantId,
    id: random.uuid(),
    type,
    description,
    at: now(),
    clientId: tx.request.clientId,
    ...(client ? { clientName: client.name } : {}),
    ...(user ? { userId: user.id } : {}),
    ...(name === undefined ? {} : { userName: name.slice(0, NAME_KEPT) }),
    ip: caller.ip,
    ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
    detail,
  };
  return { kind: 'security-event.insert', event };
}

/** A login of the JSON flow that has ended and let nobody in. `refused`: by whom it was for, and not by us. */
export function deniedEvents(
  ports: Pick<Ports, 'now' | 'random'>,
  login: Parameters<typeof securityEvent>[1],
  refused: boolean,
): Change[] {
  const { door, state } = login.tx;
  if (door !== 'json' || state.name !== 'denied') return [];
  const detail = { execution_result: { error: state.code, error_description: state.reason } };
  return [
    refused
      ? securityEvent(ports, login, { type: 'oauth_deny', description: 'The authorization was refused.' })
      : securityEvent(ports, login, { type: 'authorize_failure', description: 'The login was denied.', detail }),
  ];
}

/** What was typed may be anything; no address is longer (RFC 5321 §4.5.3.1). */
const NAME_KEPT = 320;
