// Tests of storage: codes that passwordless connections have sent: one for each address, tried so often and used once.
import { describe, expect, test } from 'vitest';
import type { PasswordlessCodeRecord } from '#storage/records.ts';
import type { Change } from '#storage/store.ts';
import type { Stores } from '../conformance.ts';
import { AT, aUser, fresh } from '../samples.ts';

const HOUR = 3_600_000;
const ADDRESS = '+447700900123';

export function describePasswordlessCodes(stores: Stores): void {
  const aCode = (tenantId: string, more: Partial<PasswordlessCodeRecord> = {}): PasswordlessCodeRecord => ({
    tenantId,
    connectionId: 'con_1',
    address: ADDRESS,
    id: fresh('code'),
    account: 'a'.repeat(24),
    codeMac: 'mac',
    tries: 0,
    expiresAt: AT + HOUR,
    ...more,
  });
  const put = (code: PasswordlessCodeRecord) => stores.store.commit([{ kind: 'passwordless-code.put', code }]);
  const find = ({ tenantId, connectionId, address }: PasswordlessCodeRecord) =>
    stores.store.passwordlessCodes.find(tenantId, connectionId, address);
  const tryOne = ({ tenantId, connectionId, address }: PasswordlessCodeRecord, now = AT, most = 3) =>
    stores.store.passwordlessCodes.tryOne(tenantId, connectionId, address, most, now);
  const spend = ({ tenantId, connectionId, address, id }: PasswordlessCodeRecord, now = AT): Change => ({
    kind: 'passwordless-code.spend',
    tenantId,
    connectionId,
    address,
    id,
    now,
  });

  describe('codes of passwordless connections', () => {
    test('are found by tenant, connection and address alone', async () => {
      const code = aCode(fresh('ten'));
      await put(code);
      expect(await find(code)).toEqual(code);
      for (const other of [{ tenantId: fresh('ten') }, { connectionId: 'con_2' }, { address: '+447700900124' }]) {
        expect(await find({ ...code, ...other })).toBeUndefined();
        expect(await tryOne({ ...code, ...other })).toBeUndefined();
        expect(await stores.store.commit([spend({ ...code, ...other })])).toMatchObject({ ok: false });
      }
      expect(await find(code)).toEqual(code);
      const mailbox = aCode(code.tenantId, { address: 'Ana@Example.com' });
      await put(mailbox);
      expect(await find({ ...mailbox, address: 'ana@example.com' })).toMatchObject({ id: mailbox.id });
    });

    test('take the place of the one before, and its tries', async () => {
      const former = aCode(fresh('ten'));
      await put(former);
      await tryOne(former);
      const code = aCode(former.tenantId);
      await put(code);
      expect(await find(former)).toEqual(code);
      expect(await stores.store.commit([spend(former)])).toMatchObject({ ok: false });
      expect(await find(code)).toEqual(code);
    });

    test('are tried as often as they may be, of fifty at once', async () => {
      const code = aCode(fresh('ten'));
      await put(code);
      const all = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          (i % 2 === 0 ? stores.store : stores.other).passwordlessCodes.tryOne(
            code.tenantId,
            code.connectionId,
            code.address,
            3,
            AT,
          ),
        ),
      );
      const taken = all.filter((each) => each !== undefined);
      expect(taken.map(({ tries }) => tries).sort()).toEqual([1, 2, 3]);
      expect(taken.every(({ id, codeMac }) => id === code.id && codeMac === code.codeMac)).toBe(true);
      expect(await tryOne(code)).toBeUndefined();
    });

    test('are used once, of two at once, and not after their time', async () => {
      const code = aCode(fresh('ten'));
      await put(code);
      const at = code.expiresAt;
      expect(await tryOne(code, at)).toBeUndefined();
      expect(await stores.store.commit([spend(code, at)])).toMatchObject({ ok: false });
      const both = await Promise.all([stores.store, stores.other].map((store) => store.commit([spend(code)])));
      expect(both.map(({ ok }) => ok).sort()).toEqual([false, true]);
      expect(await find(code)).toBeUndefined();
    });

    test('are taken back where they were not delivered, and no newer one is', async () => {
      const [former, code] = [aCode(fresh('ten')), aCode('')];
      const newer = { ...code, tenantId: former.tenantId };
      const revoke = ({ tenantId, connectionId, address, id }: PasswordlessCodeRecord) =>
        stores.store.commit([{ kind: 'passwordless-code.void', tenantId, connectionId, address, id }]);
      await put(former);
      await put(newer);
      expect(await revoke(former)).toEqual({ ok: true });
      expect(await find(newer)).toEqual(newer);
      expect(await revoke(newer)).toEqual({ ok: true });
      expect(await find(newer)).toBeUndefined();
      expect(await revoke(newer)).toEqual({ ok: true });
    });

    test('are swept after their time, and their addresses are not to be read', async () => {
      const address = `+4477${String(Math.random()).slice(2, 10)}`;
      const code = aCode(fresh('ten'), { address, expiresAt: AT - 10 * HOUR });
      const living = aCode(code.tenantId, { connectionId: 'con_2' });
      await put(code);
      await put(living);
      expect(await stores.subject.everything()).not.toContain(address);
      await stores.store.sweep(AT - 10 * HOUR);
      expect(await find(code)).toBeUndefined();
      expect(await find(living)).toEqual(living);
    });

    test('take whatever is typed', async () => {
      const tenantId = fresh('ten');
      for (const address of ['', "o'brien; --", 'x'.repeat(5000), '\u0000', '💌', '__proto__']) {
        const code = aCode(tenantId, { address });
        await put(code);
        expect(await tryOne(code)).toMatchObject({ id: code.id });
      }
    });
  });

  test('a phone number is verified, where it is still that one', async () => {
    const { store } = stores;
    const user = aUser(fresh('ten'), { phoneNumber: ADDRESS, phoneVerified: false });
    await store.users.insert(user);
    const { tenantId, id } = user;
    const verify = (phoneNumber: string, more = {}): Change => ({
      kind: 'user.verify-phone',
      tenantId,
      id,
      phoneNumber,
      at: AT + 1,
      ...more,
    });
    expect(await store.commit([verify('+447700900999')])).toEqual({ ok: true });
    expect(await store.users.find(tenantId, id)).toEqual(user);
    expect(await store.commit([verify(ADDRESS)])).toEqual({ ok: true });
    expect(await store.users.find(tenantId, id)).toEqual({ ...user, phoneVerified: true, updatedAt: AT + 1 });
    for (const other of [{ id: 'sms|nobody' }, { tenantId: fresh('ten') }]) {
      expect(await store.commit([verify(ADDRESS, other)])).toMatchObject({ ok: false });
    }
  });
}
