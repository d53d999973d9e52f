// `sallyport deploy` to a tenant that answers as Auth0 does where that differs from ours.
import { afterEach, describe, expect, test } from 'vitest';
import { runCommand } from '#server/cli/run-command.ts';
import { keptTerminal } from '#test/kit/terminal.ts';
import { openStandIn, type StandIn } from './auth0-stand-in.ts';
import { PROJECT, project, SECRET, WITHOUT_MODULE } from './deployed-project.ts';
import { typed } from './open-tenant.ts';

describe('to Auth0', () => {
  let tenant: StandIn;
  afterEach(() => tenant.close());
  const open = async () => {
    tenant = await openStandIn();
    const env = { SALLYPORT_URL: tenant.url, SALLYPORT_CLIENT_ID: 'me', SALLYPORT_CLIENT_SECRET: 'right' };
    return { ...env, SALLYPORT_SECRET_PHONE_FIRST_API_KEY: SECRET };
  };

  test('waits for builds and deployments, binds at the end, and sends JavaScript', async () => {
    const env = await open();
    const cwd = await project({ ...WITHOUT_MODULE, 'modules/shared.js': '' });
    const done = await typed(['deploy', '--skip-tests', '--yes'], { cwd, env });
    expect(done).toMatchObject({ code: 0, err: '' });
    expect(tenant.writes).toEqual([
      'POST /api/v2/actions/actions',
      'POST /api/v2/actions/actions',
      'PUT /api/v2/guardian/factors/otp',
      'PUT /api/v2/guardian/factors/sms',
      'PATCH /api/v2/tenants/settings',
      'POST /api/v2/actions/actions/id-1/deploy',
      'POST /api/v2/actions/actions/id-2/deploy',
      'PATCH /api/v2/actions/triggers/post-login/bindings',
    ]);
    expect(tenant.bodies[0]).toEqual({
      name: 'for-admins',
      code: expect.stringMatching(/^const onExecutePostLogin = exports.onExecutePostLogin = async \(event +, api +\)/),
      runtime: 'node22',
      dependencies: [],
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
    });
    expect(tenant.bodies[1]).toMatchObject({ secrets: [{ name: 'API_KEY', value: SECRET }] });
    expect(tenant.bound).toEqual(['id-2', 'id-1']);
    expect(await typed(['deploy'], { cwd, env })).toMatchObject({
      code: 0,
      out: expect.stringContaining('Nothing to do'),
    });
  });

  test('a project with modules is refused where there are none', async () => {
    const env = await open();
    const refused = await typed(['deploy', '--dry-run'], { cwd: await project(PROJECT), env });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('has no modules for Actions');
  });

  test('a server that goes in the middle leaves nothing bound, and the next run goes on', async () => {
    const env = await open();
    const cwd = await project({ ...WITHOUT_MODULE, 'modules/shared.js': '' });
    const gone = { status: 500, body: { message: 'Internal error' } };
    tenant.instead.set('/api/v2/actions/actions/id-2/deploy', [gone]);
    const failed = await typed(['deploy', '--skip-tests', '--yes'], { cwd, env });
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('(500: Internal error)');
    expect(tenant.bound).toEqual([]);
    const next = await typed(['deploy', '--skip-tests', '--yes'], { cwd, env });
    expect(next.out).toContain('phone-first (post-login): the draft there is the same, and is deployed');
    expect(tenant.bound).toEqual(['id-2', 'id-1']);
  });

  test('whoever deploys the same Action at the same time is told that it is not theirs that runs', async () => {
    const env = await open();
    const cwd = await project({ ...WITHOUT_MODULE, 'modules/shared.js': '' });
    const terminal = keptTerminal({ cwd, env });
    const progress = (line: string) => {
      const action = tenant.actions.get('id-2');
      if (line === 'Deploying phone-first …' && action) action.code = '// theirs';
    };
    expect(await runCommand(['deploy', '--skip-tests', '--yes'], { ...terminal, progress })).toBe(1);
    expect(terminal.said.err.join()).toContain('phone-first was written by somebody else meanwhile');
    expect(tenant.bound).toEqual([]);
  });

  test('Ctrl-C while it builds leaves nothing bound, and the next run goes on', async () => {
    const env = await open();
    const cwd = await project({ ...WITHOUT_MODULE, 'modules/shared.js': '' });
    const terminal = keptTerminal({ cwd, env });
    const progress = (line: string) => {
      if (line.includes('building')) terminal.end();
    };
    expect(await runCommand(['deploy', '--skip-tests', '--yes'], { ...terminal, progress })).toBe(1);
    expect(terminal.said.err.join()).toContain(
      'ended before it was done.\nNothing is bound yet. 0 of 6 changes done; run it again to go on.',
    );
    expect(tenant.writes).toEqual(['POST /api/v2/actions/actions', 'POST /api/v2/actions/actions']);
    expect((await typed(['deploy', '--skip-tests', '--yes'], { cwd, env })).code).toBe(0);
    expect(tenant.bound).toEqual(['id-2', 'id-1']);
  });

  test('a refusal that quotes a secret is told without it', async () => {
    const env = await open();
    const cwd = await project({ ...WITHOUT_MODULE, 'modules/shared.js': '' });
    tenant.instead.set('/api/v2/actions/actions', [
      { status: 200, body: { actions: [] } },
      { status: 400, body: { message: `Payload validation error: '${SECRET}' on property secrets[0].value.` } },
    ]);
    const refused = await typed(['deploy', '--skip-tests', '--yes'], { cwd, env });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("Payload validation error: '***' on property secrets[0].value.");
    expect(refused.err + refused.out).not.toContain(SECRET);
  });

  test('syntax that makes code is refused before anything is sent', async () => {
    const env = await open();
    const files = {
      ...WITHOUT_MODULE,
      'modules/shared.js': '',
      'actions/for-admins.ts': 'enum A { B }\nexport const onExecutePostLogin = async () => {};\n',
    };
    const refused = await typed(['deploy', '--dry-run'], { cwd: await project(files), env });
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining('actions/for-admins.ts cannot be deployed to Auth0'),
    });
  });
});
