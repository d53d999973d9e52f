// One tenant log line from its draft: who, where and when are filled in here, in one place.
// Shape: reference of `GET /api/v2/logs` (actions-api, section 7.1).
import type { LogRecord, MessagePlace } from '#storage/records.ts';
import type { Random } from './ports.ts';
import type { LogDraft } from './transaction/input.ts';

export type LogPlace = { tenantId: string; now: number; random: Random } & Partial<
  Omit<LogRecord, 'tenantId' | 'id' | 'at' | 'type' | 'description' | 'details'>
>;

/** What was typed may be anything; no address is longer (RFC 5321 §4.5.3.1). */
const USER_NAME_KEPT = 320;
/** No API has a longer identifier. */
const AUDIENCE_KEPT = 600;
/** What was asked for may be anything too. */
const SCOPE_KEPT = 4000;

export function tenantLog(draft: LogDraft, place: LogPlace): LogRecord {
  const { tenantId, now, random, audience, scope, ...known } = place;
  const userName = draft.userName ?? place.userName;
  return {
    ...known,
    ...(audience === undefined ? {} : { audience: audience.slice(0, AUDIENCE_KEPT) }),
    ...(scope === undefined ? {} : { scope: scope.slice(0, SCOPE_KEPT) }),
    tenantId,
    id: logId(now, random),
    at: now,
    type: draft.type,
    description: draft.description,
    ...(userName === undefined ? {} : { userName: userName.slice(0, USER_NAME_KEPT) }),
    ...(draft.userId === undefined ? {} : { userId: draft.userId }),
    ...(draft.details === undefined ? {} : { details: draft.details }),
  };
}

/** What a message that the same event causes is told of it. */
export function messagePlace({ tenantId, now, random, audience, scope, ...place }: LogPlace): MessagePlace {
  return place;
}

let sequence = 0;

/** 56 decimal digits that sort by time; lines of the same millisecond keep the order this process wrote them in. */
function logId(now: number, random: Random): string {
  const stamp = new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 17);
  sequence = (sequence + 1) % 10 ** 10;
  return `900${stamp}${String(sequence).padStart(10, '0')}${random.digits(12)}${random.digits(14)}`;
}
