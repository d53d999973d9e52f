// `sallyport deploy` as its user has it: a project in a folder and a real Sallyport that answers by HTTP.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT, project, SECRET, script, WITHOUT_MODULE } from './deployed-project.ts';
import { openTenant, type ServedTenant, typed } from './open-tenant.ts';

describe('to a Sallyport', () => {
  let tenant: ServedTenant;
  let env: Record<string, string>;
  beforeAll(async () => {
    tenant = await openTenant();
    env = { ...tenant.env, SALLYPORT_SECRET_PHONE_FIRST_API_KEY: SECRET };
  });
  afterEach(async () => {
    await tenant.remote.call('PATCH', '/actions/triggers/post-login/bindings', { bindings: [] });
    for (const kind of ['actions', 'modules']) {
      for (const { id } of await tenant.remote.list<{ id: string }>(`/actions/${kind}`, kind)) {
        await tenant.remote.call('DELETE', `/actions/${kind}/${id}`);
      }
    }
  });
  afterAll(() => tenant.close());

  const deploy = (cwd: string, args: string[] = [], more: Parameters<typeof typed>[1] = {}) =>
    typed(['deploy', '--skip-tests', ...args], { cwd, env, ...more });
  const bound = async () => {
    const path = '/actions/triggers/post-login/bindings';
    return (await tenant.remote.list<{ action: { name: string } }>(path, 'bindings')).map(({ action }) => action.name);
  };
  const actions = () =>
    tenant.remote.list<{ name: string; code: string; deployed_version?: { number: number; code: string } }>(
      '/actions/actions',
      'actions',
    );

  test('shows, asks, deploys; and has nothing to do then', async () => {
    const cwd = await project(PROJECT);
    const shown = await deploy(cwd, ['--dry-run']);
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out).toContain('+ Action phone-first (post-login): new');
    expect(shown.out).toContain(`+exports.hello = (who) => 'hello ' + who;`);
    expect(shown.out).toContain('  to   phone-first, for-admins');
    expect(shown.out).toContain('~ Factor otp: off → on');
    expect(shown.out).toContain('Dry run: 6 changes would be deployed');
    expect(await actions()).toEqual([]);

    const declined = await deploy(cwd, [], { answers: ['n'] });
    expect(declined).toMatchObject({ code: 1 });
    expect(declined.err).toContain(`Deploy these 6 changes to ${tenant.url}? [y/N]`);
    expect(await actions()).toEqual([]);

    const done = await deploy(cwd, [], { answers: ['y'] });
    expect(done).toMatchObject({ code: 0 });
    expect(done.out).toContain('deployed  phone-first');
    expect(done.out).toContain(`Deployed 6 changes to ${tenant.url}.`);
    expect(await bound()).toEqual(['phone-first', 'for-admins']);
    // TypeScript is kept as it was written.
    expect((await actions()).find(({ name }) => name === 'for-admins')?.deployed_version?.code).toBe(
      PROJECT['actions/for-admins.ts'],
    );

    const again = await deploy(cwd, [], { env: tenant.env });
    expect(again).toEqual({ code: 0, out: `Nothing to do: ${tenant.url} is what the project says.`, err: '' });
    for (const said of [shown, declined, done]) expect(said.out + said.err).not.toContain(SECRET);
  });

  test('a dry run is rehearsed by the tenant: its difference as data, and what it would refuse is said beforehand', async () => {
    await tenant.remote.call('PUT', '/guardian/factors/otp', { enabled: false });
    const cwd = await project(PROJECT);
    const { code, out } = await deploy(cwd, ['--dry-run', '--json']);
    expect(code).toBe(0);
    const { rehearsed } = JSON.parse(out) as { rehearsed: { what: string; name: string; diff: unknown }[] };
    expect(rehearsed.find(({ name }) => name === 'otp')?.diff).toEqual({
      otp: { enabled: { before: false, after: true } },
    });
    expect(rehearsed.find(({ name }) => name === 'for-admins')?.diff).toMatchObject({ name: { after: 'for-admins' } });
    expect(await actions()).toEqual([]);

    const changed = String(PROJECT['sallyport.json']).replace(
      '"customize_mfa_in_postlogin_action":true',
      '"session_lifetime":-1',
    );
    const wrong = await deploy(await project({ ...PROJECT, 'sallyport.json': changed }), ['--dry-run']);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('The tenant would refuse session_lifetime: Payload validation error');
    expect(wrong.out + out).not.toContain(SECRET);
  });

  test('takes what changed alone, and leaves what the project does not name', async () => {
    const cwd = await project(WITHOUT_MODULE);
    await deploy(cwd, ['--yes']);
    await tenant.remote.call('POST', '/actions/actions', {
      name: 'of-others',
      code: script(''),
      supported_triggers: [{ id: 'post-login' }],
    });
    await writeFile(join(cwd, 'actions/phone-first.js'), script(`api.access.deny('never');`));
    const done = await deploy(cwd, ['--yes', '--json']);
    expect(JSON.parse(done.out)).toMatchObject({
      outcome: 'deployed',
      target: { url: tenant.url, kind: 'sallyport' },
      changes: [{ what: 'action', name: 'phone-first', change: 'update', secrets: { added: [] } }],
      not_in_project: ['of-others'],
      tests: 'skipped',
    });
    expect(JSON.parse(done.out).changes[0].diff).toContain(`-${script(`api.access.deny('no');`).trim()}`);
    const found = await actions();
    expect(found.find(({ name }) => name === 'phone-first')?.deployed_version?.number).toBe(2);
    expect(found.find(({ name }) => name === 'for-admins')?.deployed_version?.number).toBe(1);

    const removed = await deploy(cwd, ['--yes', '--delete']);
    expect(removed.out).toContain('- Action of-others: deleted');
    expect((await actions()).map(({ name }) => name)).not.toContain('of-others');
  });

  test('goes on where it was interrupted', async () => {
    const cwd = await project(PROJECT);
    const ended = await typed(['deploy', '--skip-tests', '--yes'], { cwd, env });
    expect(ended.code).toBe(0);
    await writeFile(join(cwd, 'modules/shared.js'), "exports.hello = (who) => 'good evening ' + who;\n");
    const [first] = await actions();
    // As a first deployment leaves it that ends between the draft and its deployment.
    const { id } = first as unknown as { id: string };
    await tenant.remote.call('PATCH', `/actions/actions/${id}`, { code: `${first?.code}// more\n` });
    const file = first?.name === 'phone-first' ? 'actions/phone-first.js' : 'actions/for-admins.ts';
    await writeFile(join(cwd, file), `${PROJECT[file]}// more\n`);
    const next = await deploy(cwd, ['--yes', '--json']);
    const changes = JSON.parse(next.out).changes.map(
      ({ what, name, change }: Record<string, string>) => `${what} ${name} ${change}`,
    );
    expect(changes).toContain('module shared update');
    expect(changes).toContain('action phone-first update');
    expect(await deploy(cwd, ['--json'])).toMatchObject({ code: 0, out: expect.stringContaining('nothing_to_do') });
  });

  test('a text that cannot be built stops everything before anything runs', async () => {
    const cwd = await project(WITHOUT_MODULE);
    await deploy(cwd, ['--yes']);
    await writeFile(join(cwd, 'actions/phone-first.js'), 'exports.onExecutePostLogin = async (event, api) => {{;\n');
    await writeFile(join(cwd, 'actions/for-admins.ts'), script(`api.access.deny('changed too');`));
    const failed = await deploy(cwd, ['--yes']);
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('phone-first cannot be built. Nothing was deployed');
    expect(failed.err).toContain('syntax_error: phone-first.js:2:1');
    expect((await actions()).map(({ deployed_version: version }) => version?.number)).toEqual([1, 1]);
  });

  test('one Action alone', async () => {
    const cwd = await project(PROJECT);
    expect((await deploy(cwd, ['--yes', '--only', 'for-admins'])).code).toBe(0);
    expect((await actions()).map(({ name }) => name)).toEqual(['for-admins']);
    expect(await bound()).toEqual([]);
  });

  test('whom it may lock out stands before the question', async () => {
    await tenant.remote.call('POST', '/users', {
      connection: 'Username-Password-Authentication',
      email: 'cleo@example.com',
      password: 'correct horse battery 1!',
    });
    const cwd = await project({ ...WITHOUT_MODULE, 'actions/phone-first.js': PROJECT['actions/phone-first.js'] ?? '' });
    const shown = await deploy(cwd, ['--dry-run']);
    expect(shown.out).toContain('1 of 1 have none of phone, otp: they may be denied');
    // A deployment that switches factors off is judged by what is on afterwards.
    const off = JSON.stringify({ ...JSON.parse(WITHOUT_MODULE['sallyport.json']), factors: { otp: true, sms: false } });
    await writeFile(join(cwd, 'sallyport.json'), off);
    expect((await deploy(cwd, ['--dry-run'])).out).toContain(
      '1 of 1 have no otp: they may be denied; phone is switched off',
    );
    const told = await deploy(cwd, ['--dry-run', '--json']);
    expect(JSON.parse(told.out).lockout.findings[0].off).toEqual(['phone']);
  });

  describe('secrets', () => {
    test.each<[name: string, file: string | undefined, says: string]>([
      ['none', undefined, 'API_KEY of phone-first: SALLYPORT_SECRET_PHONE_FIRST_API_KEY'],
      ['a file that is not there', 'nowhere.json', 'cannot be read: ENOENT'],
      ['a file of another form', JSON.stringify({ API_KEY: SECRET }), 'is not of the form'],
      ['a file that is no JSON', `{"a": ${SECRET}`, 'is not of the form'],
    ])('%s: nothing is done', async (_name, file, says) => {
      const cwd = await project({ ...PROJECT, 'secrets.json': file?.startsWith('{') ? file : '' });
      const given = file === undefined ? [] : ['--secrets-file', file.startsWith('{') ? 'secrets.json' : file];
      const refused = await deploy(cwd, ['--yes', ...given], { env: tenant.env });
      expect(refused.code).toBe(1);
      expect(refused.err).toContain(says);
      expect(refused.err + refused.out).not.toContain(SECRET);
      expect(await actions()).toEqual([]);
    });

    test('of a file', async () => {
      const cwd = await project({ ...PROJECT, 'secrets.json': JSON.stringify({ 'phone-first': { API_KEY: SECRET } }) });
      expect((await deploy(cwd, ['--yes', '--secrets-file', 'secrets.json'], { env: tenant.env })).code).toBe(0);
      const again = await deploy(cwd, ['--yes', '--secrets-again']);
      expect(again.out).toContain('~ secret API_KEY: its value is sent again');
    });
  });

  test('where nobody can be asked it is wrong use', async () => {
    const asked = await deploy(await project(WITHOUT_MODULE));
    expect(asked.code).toBe(2);
    expect(asked.err).toContain('--yes deploys without asking');
    expect(await actions()).toEqual([]);
  });

  test('a token that may only read shows, and is refused before the first write', async () => {
    const token = await tenant.token('read:actions', 'read:guardian_factors', 'read:tenant_settings');
    const less = { SALLYPORT_URL: tenant.url, SALLYPORT_TOKEN: token, SALLYPORT_SECRET_PHONE_FIRST_API_KEY: SECRET };
    const cwd = await project(PROJECT);
    expect((await deploy(cwd, ['--dry-run'], { env: less })).code).toBe(0);
    const refused = await deploy(cwd, ['--yes'], { env: less });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('the token lacks create:actions, update:actions. Grant it');
    expect(await actions()).toEqual([]);
  });

  test('tests that do not pass keep it from happening', async () => {
    const cwd = await project({
      ...WITHOUT_MODULE,
      'fails.test.js': `import { expect, test } from 'vitest';\ntest('no', () => expect(1).toBe(2));\n`,
    });
    const refused = await typed(['deploy', '--yes', '--json'], { cwd, env });
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.out)).toMatchObject({ outcome: 'tests_failed', tests: 'failed' });
    expect(await actions()).toEqual([]);
    await writeFile(
      join(cwd, 'fails.test.js'),
      `import { expect, test } from 'vitest';\ntest('yes', () => expect(1).toBe(1));\n`,
    );
    const passed = await typed(['deploy', '--yes', '--json'], { cwd, env });
    expect(JSON.parse(passed.out)).toMatchObject({ outcome: 'deployed', tests: 'passed' });
  });

  test.each<[name: string, args: string[], files: Record<string, string>, code: number, says: string]>([
    ['an option that is none', ['--force'], {}, 2, '--force'],
    ['a word too many', ['phone-first'], {}, 2, 'phone-first'],
    [
      'an Action that is none',
      ['--only', 'nobody'],
      PROJECT,
      2,
      'has no Action "nobody"; it has for-admins, phone-first',
    ],
    ['a part and the whole', ['--only', 'for-admins', '--delete'], PROJECT, 2, 'the whole project'],
    ['no project', [], {}, 1, 'sallyport.json'],
    ['a project with a fault', [], { 'sallyport.json': '{"tenant": 7}' }, 1, 'tenant'],
  ])('%s', async (_name, args, files, code, says) => {
    const refused = await deploy(await project(files), args);
    expect(refused.code).toBe(code);
    expect(refused.err).toContain(says);
  });
});
