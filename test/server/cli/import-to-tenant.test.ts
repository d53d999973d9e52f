// `sallyport import auth0 --to-tenant`: what a project does not hold is made at a real tenant, once.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { keptTerminal } from '#test/kit/terminal.ts';
import { items, type Office, openOffice } from '../management/office.ts';

let office: Office;
let server: Server;
const cwd = mkdtempSync(join(tmpdir(), 'sallyport-to-tenant-'));

beforeAll(async () => {
  office = await openOffice();
  server = createServer(async (request, response) => {
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const body = await text(request);
    const answer = await office.door.app.request(office.tenant.baseUrl + (request.url ?? ''), {
      method: request.method ?? 'GET',
      headers: { authorization, ...(type === '' ? {} : { 'content-type': type }) },
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(await answer.text());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const files = {
    'roles/Admin.json': { name: 'Admin', description: 'May all' },
    'clients/Shop.json': {
      name: 'Shop',
      app_type: 'spa',
      callbacks: ['https://shop.example.com/cb'],
      client_secret: 'never sent',
    },
    'clients/Placeholder.json': { name: 'Placeholder', callbacks: ['https://##ENV##.example.com'] },
    'clients/Wrong.json': { name: 'Wrong', app_type: 'toaster' },
    'resource-servers/Orders.json': {
      name: 'Orders',
      identifier: 'https://orders.example.com',
      scopes: [{ value: 'read:orders' }],
    },
    'connections/sms.json': { name: 'sms', strategy: 'sms' },
    'databases/Staff/database.json': { name: 'Staff', options: { customScripts: { login: './login.js' } } },
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, 'export', path)), { recursive: true });
    writeFileSync(join(cwd, 'export', path), JSON.stringify(content));
  }
});
afterAll(async () => {
  server?.close();
  await office?.close();
  rmSync(cwd, { recursive: true });
});

async function run(...args: string[]) {
  const token = await office.token(office.tenant, [
    'read:roles',
    'create:roles',
    'read:clients',
    'create:clients',
    'read:resource_servers',
    'create:resource_servers',
    'read:connections',
    'create:connections',
  ]);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const terminal = keptTerminal({ cwd, env: { SALLYPORT_TOKEN: token, SALLYPORT_URL: url } });
  const code = await runCommand(
    ['import', 'auth0', 'export', '--into', 'project', '--to-tenant', '--json', ...args],
    terminal,
  );
  const { notes = [] } = JSON.parse(terminal.said.out[0] ?? '{}') as {
    notes?: { state: string; what: string; why?: string }[];
  };
  return { code, err: terminal.said.err, notes: notes.map(({ state, what }) => `${state} ${what}`) };
}

test('is made there, and the second time left as it is', async () => {
  expect((await run('--dry-run')).notes).not.toContain('taken role Admin');
  const first = await run();
  expect([first.code, first.err]).toEqual([0, []]);
  const made = first.notes.filter((note) => note.startsWith('taken'));
  expect(made).toEqual([
    'taken role Admin',
    'taken API https://orders.example.com',
    'taken application Shop',
    'taken connection sms',
  ]);
  expect(first.notes).toEqual(
    expect.arrayContaining(['human application Placeholder', 'human application Wrong', 'left connection Staff']),
  );

  const clients = items((await office.send('GET', '/api/v2/clients')).body);
  expect(clients.find(({ name }) => String(name) === 'Shop')).toMatchObject({
    app_type: 'spa',
    callbacks: ['https://shop.example.com/cb'],
  });
  const second = await run();
  expect(second.notes.filter((note) => note.startsWith('taken'))).toEqual([]);
  expect(second.notes).toEqual(
    expect.arrayContaining(['left role Admin', 'left application Shop', 'left connection sms']),
  );
});
