// Storage: browsers that people are known by: those they completed logins with, and those they asked to be remembered.
// Rows hang on the user by a foreign key: one that is written for nobody is refused, and all of them leave with the user.

import { type Desk, parse } from '../columns.ts';
import { affected, compiled, first, rows, type Work } from '../database.ts';
import { hashHandle } from '../keyring.ts';
import type { LoginDeviceRecord } from '../records.ts';
import type { Change, Store } from '../store.ts';
import type { LoginDeviceRow } from '../tables.ts';

type ChangeOf<K extends Change['kind']> = Extract<Change, { kind: K }>;

const DEVICES_SHOWN = 100;

export function createDevices({ db }: Desk): Store['devices'] {
  const seenOf = compiled((tenantId, userId) =>
    db.build
      .selectFrom('login_devices')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .orderBy('seen_at', 'desc')
      .limit(DEVICES_SHOWN),
  );

  return {
    async ofUser(tenantId, userId) {
      return (await db.run(() => rows(seenOf(tenantId, userId)))).map(toDevice);
    },
  };
}

export function createRememberedBrowsers({ db }: Desk): Store['rememberedBrowsers'] {
  const { build, run } = db;
  const byDevice = compiled((tenantId, userId, device) =>
    build
      .selectFrom('remembered_browsers')
      .select(['renewed_at', 'seen_at'])
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('device', '=', device),
  );

  return {
    async find(tenantId, userId, device) {
      const row = await run(() => first(byDevice(tenantId, userId, device)));
      return row && { tenantId, userId, device, renewedAt: row.renewed_at, seenAt: row.seen_at };
    },

    async ofUser(tenantId, userId) {
      const found = build
        .selectFrom('remembered_browsers')
        .select(['device', 'renewed_at', 'seen_at'])
        .where('tenant_id', '=', tenantId)
        .where('user_id', '=', userId)
        .orderBy('seen_at', 'desc')
        .limit(DEVICES_SHOWN);
      return (await run(() => rows(found))).map(({ device, renewed_at: renewedAt, seen_at: seenAt }) => ({
        tenantId,
        userId,
        device,
        renewedAt,
        seenAt,
      }));
    },

    async clear(tenantId, userId, device) {
      let gone = build.deleteFrom('remembered_browsers').where('tenant_id', '=', tenantId);
      gone = gone.where('user_id', '=', userId);
      if (device !== undefined) gone = gone.where('device', '=', device);
      await run(() => rows(gone));
    },
  };
}

export function* seen({ db }: Desk, { device }: ChangeOf<'device.seen'>): Work<boolean> {
  const last = {
    ip: device.ip,
    location: device.location === undefined ? null : JSON.stringify(device.location),
    seen_at: device.seenAt,
  };
  const query = db.build
    .insertInto('login_devices')
    .values({
      tenant_id: device.tenantId,
      user_id: device.userId,
      device: device.device,
      agent_hash: hashHandle(device.userAgent),
      user_agent: device.userAgent,
      first_seen_at: device.firstSeenAt,
      ...last,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'device', 'agent_hash']).doUpdateSet(last));
  return (yield* affected(query)) === 1;
}

export function* rememberBrowser({ db }: Desk, { browser }: ChangeOf<'browser.remember'>): Work<boolean> {
  const times = { renewed_at: browser.renewedAt, seen_at: browser.seenAt };
  const query = db.build
    .insertInto('remembered_browsers')
    .values({ tenant_id: browser.tenantId, user_id: browser.userId, device: browser.device, ...times })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id', 'device']).doUpdateSet(times));
  return (yield* affected(query)) === 1;
}

function toDevice(row: LoginDeviceRow): LoginDeviceRecord {
  return {
    tenantId: row.tenant_id,
    userId: row.user_id,
    device: row.device,
    userAgent: row.user_agent,
    ip: row.ip,
    ...(row.location !== null && { location: parse<NonNullable<LoginDeviceRecord['location']>>(row.location) }),
    firstSeenAt: row.first_seen_at,
    seenAt: row.seen_at,
  };
}
