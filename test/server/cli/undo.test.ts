// `sallyport undo` as its user has it: what changed lately, what an undoing would change, the question, and the undoing.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStandIn } from './auth0-stand-in.ts';
import { openTenant, type ServedTenant, typed } from './open-tenant.ts';

let tenant: ServedTenant;
beforeAll(async () => {
  tenant = await openTenant();
});
afterAll(() => tenant.close());

const told = (args: string[], more: Parameters<typeof typed>[1] = {}) =>
  typed(['undo', ...args], { env: tenant.env, ...more });
const mail = async () =>
  (await tenant.remote.call<{ support_email?: string }>('GET', '/tenants/settings')).support_email;

async function changed(to: string): Promise<string> {
  await tenant.remote.call('PATCH', '/tenants/settings', { support_email: to });
  const { out } = await told(['--json']);
  return JSON.parse(out).changes[0].log_id;
}

test('shows what would change, asks, does it, and undoes that', async () => {
  await changed('first@b.example');
  const id = await changed('second@b.example');
  const { out: listed } = await told([]);
  expect(listed.split('\n')[0]).toMatch(new RegExp(`^\\S+Z {2}${id} {2}PATCH /api/v2/tenants/settings {2}admin$`));

  const difference = [
    'PATCH /api/v2/tenants/settings',
    '  - support_email: "second@b.example"',
    '  + support_email: "first@b.example"',
  ].join('\n');
  const dry = await told([id, '--dry-run']);
  expect([dry.code, dry.out.trimEnd(), dry.err]).toEqual([0, difference, '']);
  expect(await told([id])).toMatchObject({ code: 2, err: expect.stringContaining('nobody can be asked') });
  expect(await told([id], { answers: ['n'] })).toMatchObject({ code: 1 });
  expect(await mail()).toBe('second@b.example');

  const { code, out } = await told([id], { answers: ['y'] });
  const again = /To have it again: sallyport undo (\d+)/.exec(out)?.[1] ?? '';
  expect([code, await mail()]).toEqual([0, 'first@b.example']);
  expect(JSON.parse((await told([again, '--yes', '--json'])).out)).toMatchObject({
    outcome: 'undone',
    undo: { log_id: again },
  });
  expect(await mail()).toBe('second@b.example');
});

test('says why not', async () => {
  const id = await changed('third@b.example');
  await changed('fourth@b.example');
  expect(await told([id, '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('It has changed since') });
  expect(await told([id, '--yes', '--force'])).toMatchObject({ code: 0 });
  expect(await told(['1', '--yes'])).toMatchObject({ code: 1, err: expect.stringContaining('does not exist') });
  expect(await told(['x'])).toMatchObject({ code: 2 });
  expect(await told(['1', '2'])).toMatchObject({ code: 2 });
  const auth0 = await openStandIn();
  try {
    const env = { SALLYPORT_URL: auth0.url, SALLYPORT_CLIENT_ID: 'me', SALLYPORT_CLIENT_SECRET: 'right' };
    expect(await typed(['undo', '1'], { env })).toMatchObject({ code: 1, err: expect.stringContaining('Auth0') });
  } finally {
    await auth0.close();
  }
});
