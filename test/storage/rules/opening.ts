// Tests of storage: closing and opening again, with the right root keys and with wrong ones.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { openKeyring } from '#storage/keyring.ts';
import { OpenError, openStore } from '#storage/open.ts';
import { AT, aClient, aTenant, fresh } from '../samples.ts';
import type { Subject } from '../subject.ts';

const now = () => AT;
const rootKey = () => randomBytes(32).toString('base64url');

export function describeOpening(openSubject: () => Promise<Subject>): void {
  describe('a database', () => {
    let subject: Subject | undefined;

    afterEach(async () => {
      await subject?.dispose();
      subject = undefined;
    });

    const open = async (...secrets: string[]) => {
      subject ??= await openSubject();
      return openStore(subject.url, openKeyring(secrets), { now });
    };
    const refusal = async (...secrets: string[]) => {
      const error = await open(...secrets).then(
        (store) => store.close(),
        (reason: unknown) => reason,
      );
      return error instanceof OpenError ? error.code : error;
    };

    test('is empty at first, answers, and keeps what it was given', async () => {
      const secret = rootKey();
      const first = await open(secret);
      expect(await first.tenants.isEmpty()).toBe(true);
      await first.ping();
      const tenant = aTenant();
      const client = aClient(tenant.id);
      await first.tenants.insert(tenant);
      await first.clients.insert(client);
      await first.close();
      await expect(first.ping()).rejects.toThrow();

      const second = await open(secret);
      expect(await second.tenants.isEmpty()).toBe(false);
      expect(await second.tenants.find(tenant.id)).toEqual(tenant);
      expect(await second.clients.find(tenant.id, client.id)).toEqual(client);
      await second.close();
    });

    test('opens with every root key that sealed in it, and with no fewer', async () => {
      const [a, b, c] = [rootKey(), rootKey(), rootKey()];
      const tenantId = fresh('ten');
      const [old, young] = [aClient(tenantId), aClient(tenantId)];
      const first = await open(a);
      await first.clients.insert(old);
      await first.close();
      expect(await refusal(b)).toBe('wrong-secret');

      const second = await open(b, a);
      await second.clients.insert(young);
      expect(await second.clients.list(tenantId)).toEqual({ records: [old, young], total: 2 });
      await second.close();

      expect(await refusal(a)).toBe('wrong-secret');
      expect(await refusal(b)).toBe('wrong-secret');
      expect(await refusal(c, b)).toBe('wrong-secret');
      const third = await open(c, a, b);
      expect(await third.clients.list(tenantId)).toEqual({ records: [old, young], total: 2 });
      await third.close();
    });

    test('whose schema this program does not know is left alone', async () => {
      const secret = rootKey();
      await (await open(secret)).close();
      await subject?.raw(
        `insert into kysely_migration (name, timestamp) values ('9999-from-the-future', '2199-01-01')`,
      );
      expect(await refusal(secret)).toBe('cannot-migrate');
    });
  });
}
