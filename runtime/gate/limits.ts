// How often a code may be tried, sent and sent again. Tries are taken before anything is compared or asked outside, each by
// one atomic statement, so that neither parallel calls nor a crash in the middle gain one.
import type { Json, JsonObject } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { ConfigurationMetadata, ExecutionConfiguration } from '../interactions/interaction.ts';
import { type Bucket, CODE_ATTEMPTS, codeAttemptsKey } from '../rate-limit.ts';
import type { PosedCode } from '../transaction/transaction.ts';
import type { InteractionCall } from './call.ts';

export type CodeLimits = { tries: number; lifetimeMs: number; resends: number };

const USUAL = { tries: 5, seconds: 300, resends: 5 };
/** A login lasts half an hour: what is valid longer than that is valid for all of it. */
const MOST = { tries: 20, seconds: 1800, resends: 20 };
/** It never fills up again while its login lasts. */
const NEVER_SECONDS = 86_400;

/** What the interaction that asks is set to says first, then its configuration. */
export function codeLimits(
  execution: ExecutionConfiguration | undefined,
  { retry_count_limitation, expire_seconds }: ConfigurationMetadata,
): CodeLimits {
  const details: JsonObject = execution?.details ?? {};
  const said = (inner: Json | undefined, outer: number | undefined, usual: number, most: number) =>
    Math.min(most, count(inner) ?? count(outer) ?? usual);
  return {
    tries: said(details.retry_count_limitation, retry_count_limitation, USUAL.tries, MOST.tries),
    lifetimeMs: said(details.expire_seconds, expire_seconds, USUAL.seconds, MOST.seconds) * 1000,
    resends: said(details.resend_limitation, undefined, USUAL.resends, MOST.resends),
  };
}

const count = (value: Json | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 1 ? Math.floor(value) : undefined;

/** `refund`: gives back what was taken. */
export type TryTaken = { ok: true; refund: Change[] } | { ok: false; which: 'code' | 'person' };

export async function takeTry(
  { ports, tx, world }: InteractionCall,
  method: string,
  posed: PosedCode,
): Promise<TryTaken> {
  const { tenantId } = tx;
  const ofCode = {
    which: 'code',
    key: `interaction ${tx.id} ${method}`,
    bucket: { capacity: posed.mostTries, refillSeconds: NEVER_SECONDS },
  } as const;
  // A stranger counts by address, so that nobody learns whose it is by how soon the tries end.
  const whom = tx.subject.kind === 'user' && world.user ? world.user.id : `address ${posed.to}`;
  const ofPerson = { which: 'person', key: codeAttemptsKey(whom), bucket: CODE_ATTEMPTS } as const;
  const refund: Change[] = [];
  for (const { which, key, bucket } of [ofCode, ofPerson]) {
    const taken = await ports.store.takeAttempt(tenantId, key, bucket, ports.now());
    if (!taken.taken) return { ok: false, which };
    refund.push(given(tenantId, key, bucket));
  }
  return { ok: true, refund };
}

const given = (tenantId: string, key: string, { refillSeconds }: Bucket): Change => ({
  kind: 'attempt.refund',
  tenantId,
  key,
  refillSeconds,
});
