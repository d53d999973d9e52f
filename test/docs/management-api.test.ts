// The page about the Management API: its example is done as it is printed, and answers what is printed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Office, openOffice } from '#test/server/management/office.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/management-api.md'), 'utf8');

let office: Office;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

test('the rehearsed change', async () => {
  const [, call = ''] = PAGE.match(/```sh\n(curl -X PATCH [\s\S]+?)```/) ?? [];
  const [, printed = ''] = PAGE.match(/```json\n([\s\S]+?)```/) ?? [];
  const [, path = ''] = call.match(/<domain>(\S+?)'/) ?? [];
  const [, body = ''] = call.match(/-d '([^']+)'/) ?? [];
  const { body: role } = await office.send('POST', '/api/v2/roles', { name: 'cashier' });
  const answered = await office.send('PATCH', path.replace('rol_…', String(role.id)), JSON.parse(body));
  const expected = JSON.parse(printed.replace('rol_…', String(role.id)));
  expect([answered.status, answered.body]).toEqual([200, expected]);
});

test('the description needs no token, and every route of the table is in it', async () => {
  const nobody = office.sender(office.tenant, undefined);
  const { status, body } = await nobody('GET', '/api/v2/openapi.json');
  expect([status, body.openapi]).toEqual([200, '3.1.0']);
  expect(Object.keys(body.paths as object)).toContain('/api/v2/roles/{id}');
});
