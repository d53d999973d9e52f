// Tests of record and replay: a house whose tenant has its logins recorded, and replays of them.
import { createHash } from 'node:crypto';
import type { ChangedDecision, ReplayRequest, ReplayScript, ReplaySummary } from '#runtime/replayed-logins.ts';
import type { ActionSecret, ExecutionRecord } from '#storage/records.ts';
import { type House, type HouseOptions, openHouse } from '#test/kit/house.ts';

export async function openRecordingHouse(options: HouseOptions = {}): Promise<House> {
  const house = await openHouse(options);
  await house.editTenant((tenant) => ({ ...tenant, recordLogins: true, customizeMfa: true }));
  return house;
}

/** A text as it would be deployed. */
export function draftOf(name: string, source: string, secrets: Record<string, string> = {}): ReplayScript {
  const versionId = createHash('sha256').update(source).digest('hex');
  const list: ActionSecret[] = Object.entries(secrets).map(([name, value]) => ({ name, value, updatedAt: 0 }));
  return { name, script: { versionId, fileName: `${name}.js`, source }, secrets: list };
}

/** Oldest first. */
export async function executionsOf(house: House, transactionId: string): Promise<ExecutionRecord[]> {
  const { records } = await house.store.executions.list(house.tenant.id, { transactionId, limit: 50 });
  return records.toReversed();
}

export type Told = { changes: ChangedDecision[]; summary: ReplaySummary };

/** All logins of a person, with these drafts in place of their Actions, by position. */
export async function replay(
  house: House,
  userId: string | undefined,
  drafts: Record<number, string | ReplayScript>,
  more: Partial<ReplayRequest> = {},
): Promise<Told> {
  const bindings = await house.store.bindings.list(house.tenant.id, 'post-login');
  const entries = Object.entries(drafts).map(([position, draft]) => {
    const name = `action-${position}`;
    const { actionId } = bindings[Number(position) - 1] ?? { actionId: '' };
    return [actionId, typeof draft === 'string' ? draftOf(name, draft) : draft] as const;
  });
  const changes: ChangedDecision[] = [];
  const replayed = house.runtime.replay({
    tenant: house.tenant,
    since: 0,
    until: house.clock.at + 1,
    logins: 100,
    ...(userId === undefined ? {} : { userId }),
    drafts: new Map(entries),
    ...more,
  });
  for (let heard = await replayed.next(); ; heard = await replayed.next()) {
    if (heard.done) return { changes, summary: heard.value };
    if (heard.value.kind === 'change') changes.push(heard.value.change);
  }
}
