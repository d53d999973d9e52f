// What is written down of the Actions of a login, through the real runtime on both databases: pauses, secrets, losses.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRuntime } from '#runtime/create-runtime.ts';
import type { ExecutionRecord } from '#storage/records.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { BINDING, CALLER, type House, openHouse, PASSWORD } from '#test/kit/house.ts';
import { script, signIn, state, totp } from '../visit.ts';

const OTP = script(`console.log('before'); api.authentication.challengeWith({ type: 'otp' });`);
const KEY = 'sk-live "quoted" 49';

describe.each(databasesInFull())('executions on %s', (_name, open) => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ databaseUrl: await open() });
  });
  afterAll(() => house.close());

  /** Oldest first. */
  const of = async (userId: string): Promise<ExecutionRecord[]> =>
    (await house.store.executions.list(house.tenant.id, { userId, limit: 50 })).records.toReversed();
  const logsOf = async (userId: string) => {
    const page = { offset: 0, limit: 50 };
    return (await house.store.logs.list(house.tenant.id, { userId, order: 'oldest', page })).records;
  };
  const outline = ({ status, results }: ExecutionRecord) => [status, results.map(({ actionName }) => actionName)];

  test('one record for each stretch between two rests; the success names them all', async () => {
    const { shown, user } = await signIn(house, ['otp'], script(''), OTP, script(`console.log('after')`));
    expect((await of(user.id)).map(outline)).toEqual([['suspended', ['action-1', 'action-2']]]);
    const rejected = await house.step(shown.key, { kind: 'responded', code: '000000' });
    expect(await of(user.id)).toHaveLength(1);
    const done = await house.step(rejected.key, { kind: 'responded', code: totp(house) });
    expect(state(done).name).toBe('completed');
    const executions = await of(user.id);
    expect(executions.map(outline)).toEqual([
      ['suspended', ['action-1', 'action-2']],
      ['final', ['action-3']],
    ]);
    expect(new Set(executions.map(({ transactionId }) => transactionId))).toEqual(new Set([done.login.id]));
    expect((await logsOf(user.id)).at(-1)).toMatchObject({
      type: 's',
      details: { actions: { executions: executions.map(({ id }) => id) } },
    });
  });

  test('a login without Actions leaves none, and its log names none', async () => {
    const { user } = await signIn(house, []);
    expect(await of(user.id)).toEqual([]);
    const logs = (await logsOf(user.id)).map(({ type, details }) => [type, Object.keys(details ?? {})]);
    expect(logs).toEqual([['s', ['riskAssessment']]]);
  });

  test.each([
    ['denies', `api.access.deny('No.')`, ['partial', 'access.deny', undefined, undefined]],
    [
      'asks for what nobody has',
      `api.authentication.challengeWith({ type: 'phone' })`,
      ['partial', 'authentication.challengeWith', undefined, undefined],
    ],
    ['throws', `api.access.deny('No.'); throw new Error('x')`, ['partial', undefined, 'threw', 'action_error']],
    ['loops', `for (;;);`, ['partial', undefined, 'timeout', 'action_timeout']],
    ['never settles', `await new Promise(() => {})`, ['partial', undefined, 'stalled', 'action_timeout']],
    [
      'nests beyond reason',
      `let v = 1; for (let i = 0; i < 3000; i++) v = [v]; api.idToken.setCustomClaim('https://x/y', v)`,
      ['partial', undefined, 'commands', 'action_error'],
    ],
  ])('a script that %s', async (_how, body, [status, command, id, errorClass]) => {
    const { shown, user } = await signIn(house, ['otp'], script(body), script(`console.log('never')`));
    expect(state(shown).name).toBe('denied');
    const [execution] = await of(user.id);
    const [result] = execution!.results;
    expect([execution?.status, result?.commands[0]?.name, result?.error?.id]).toEqual([status, command, id]);
    expect(execution?.results).toHaveLength(1);
    const logs = await logsOf(user.id);
    const failure = logs.find(({ type }) => type === 'actions_execution_failed');
    expect(failure?.details?.error_class).toEqual(errorClass);
    for (const log of logs.filter(({ type }) => type === 'f')) {
      expect(log.details?.actions).toEqual({ executions: [execution?.id] });
    }
  });

  test('a challenge while the switch is off is a failed run, with its commands', async () => {
    await house.editTenant((tenant) => ({ ...tenant, customizeMfa: false }));
    const { user } = await signIn(house, ['otp'], OTP);
    await house.editTenant((tenant) => ({ ...tenant, customizeMfa: true }));
    const [execution] = await of(user.id);
    expect(execution).toMatchObject({
      status: 'partial',
      results: [{ commands: [{ name: 'authentication.challengeWith' }], error: { id: 'switch' } }],
    });
    expect((await logsOf(user.id)).map(({ type }) => type)).toEqual(['mfar']);
  });

  test('what a person would have to do while nobody is there leaves a record and no row', async () => {
    const { shown, user } = await signIn(house, ['otp'], script(''));
    const finished = await house.runtime.finish(house.tenant, { key: shown.key, binding: BINDING });
    if (finished.outcome !== 'finished') throw new Error(finished.outcome);
    await house.bind(OTP);
    const silent = await house.begin({ door: 'silent', selection: 'nobody', session: finished.session });
    expect(state(silent)).toMatchObject({ code: 'interaction_required' });
    expect((await of(user.id)).at(-1)).toMatchObject({ status: 'partial', transactionId: silent.login.id });
  });

  describe('secrets', () => {
    const withSecret = async (body: string) => {
      const signed = await signIn(house, []);
      await house.bind(script(body), script(`console.log(${JSON.stringify(KEY)})`));
      const [binding] = await house.store.bindings.list(house.tenant.id, 'post-login');
      const action = await house.store.actions.find(house.tenant.id, binding!.actionId);
      await house.store.actionVersions.update(house.tenant.id, action!.deployedVersionId!, (version) => ({
        ...version,
        secrets: [
          { name: 'KEY', value: KEY, updatedAt: 0 },
          { name: 'LONGER', value: `${KEY}-and-more`, updatedAt: 0 },
          { name: 'SHORT', value: 'a', updatedAt: 0 },
        ],
      }));
      const heard: unknown[] = [];
      const listening = house.runtime.liveConsole.listen(house.tenant.id)!;
      const { key } = await house.begin();
      const shown = await house.step(key, { kind: 'submitted', identifier: signed.email, password: PASSWORD });
      for (let next = await listening.next(0); next.heard === 'run'; next = await listening.next(0)) {
        heard.push(next.run.result);
      }
      listening.stop();
      const execution = (await of(signed.user.id)).at(-1)!;
      return { execution, heard, shown, logs: await logsOf(signed.user.id) };
    };

    test('are taken out of the record and the live console, and reach the token where the script put them', async () => {
      const { execution, heard, shown } = await withSecret(`
        const { KEY, LONGER, SHORT } = event.secrets;
        console.log(KEY, { KEY }, LONGER, SHORT + 'bc');
        console.log(encodeURIComponent(KEY));
        api.idToken.setCustomClaim('https://x/key', { [KEY]: ['x' + KEY + 'y'] });`);
      expect(heard).toEqual(execution.results);
      expect(execution.results[0]?.commands).toEqual([
        { name: 'idToken.setCustomClaim', args: ['https://x/key', { '***': ['x***y'] }] },
      ]);
      const [first, second] = execution.results.map(({ console }) => console.map(({ text }) => text));
      expect(first?.[0]).toMatch(/^\*\*\* .*\*\*\*.* \*\*\* abc$/s);
      expect(first?.[1]).toBe('***');
      expect(JSON.stringify(first)).not.toContain('sk-live');
      // Another Action's text is its own.
      expect(second).toEqual([KEY]);
      expect(shown.login.outcome.idTokenClaims).toEqual({ 'https://x/key': { [KEY]: [`x${KEY}y`] } });
    });

    test.each([
      [
        'thrown',
        'throw Object.assign(new Error("failed with " + event.secrets.KEY), { name: event.secrets.KEY });',
        'failed with ***',
      ],
      ['denied with', 'api.access.deny("refused by " + event.secrets.KEY);', 'refused by ***'],
    ])('%s do not reach the tenant log', async (_how, body, description) => {
      const { execution, logs } = await withSecret(body);
      expect(JSON.stringify([execution, logs])).not.toContain('sk-live');
      expect(logs.at(-1)).toMatchObject({ type: 'f', description });
    });
  });

  test('a run whose commit is lost leaves no record, but was heard', async () => {
    await house.bind(OTP);
    const user = await house.user('loser', ['otp']);
    const { key } = await house.begin();
    const listening = house.runtime.liveConsole.listen(house.tenant.id)!;
    const { store } = house.ports;
    let commits = 0;
    const failing = {
      ...store,
      commit: async (changes: Parameters<typeof store.commit>[0]) => {
        if (!changes.some(({ kind }) => kind === 'execution.insert')) return store.commit(changes);
        commits += 1;
        return { ok: false as const, failed: changes.find(({ kind }) => kind === 'transaction.replace')! };
      },
    };
    const runtime = createRuntime({ ...house.ports, store: failing });
    const heard = runtime.liveConsole.listen(house.tenant.id)!;
    const input = { kind: 'submitted', identifier: user.email!, password: PASSWORD } as const;
    await runtime.submit(house.tenant, { key, binding: BINDING }, input, CALLER);
    expect([commits, await of(user.id), await logsOf(user.id)]).toEqual([1, [], []]);
    expect(await heard.next(0)).toMatchObject({ heard: 'run', run: { userId: user.id } });
    expect(await listening.next(0)).toEqual({ heard: 'nothing' });
    heard.stop();
    listening.stop();
  });

  test('arguments too large to keep are left out, and the rest is kept', async () => {
    const { user } = await signIn(
      house,
      [],
      script(`api.user.setAppMetadata('a', 1); api.idToken.setCustomClaim('https://x/y', 'x'.repeat(70_000));`),
    );
    const [execution] = await of(user.id);
    expect(execution?.results[0]?.commands).toEqual([
      { name: 'user.setAppMetadata', args: ['a', 1] },
      { name: 'idToken.setCustomClaim' },
    ]);
  });

  test("the tenant's wall clock covers all scripts of a stretch together, and the operator's covers the tenant's", async () => {
    const wait = script(`await new Promise((done) => setTimeout(done, 400));`);
    await house.editTenant((tenant) => ({ ...tenant, scriptLimits: { wallMs: 600, cpuMs: 1e9 } }));
    const asked: [number, number][] = [];
    const { sandbox } = house.ports;
    const runtime = createRuntime({
      ...house.ports,
      sandbox: {
        ...sandbox,
        run: (request) => {
          asked.push([request.limits.cpuMs, request.wallMs]);
          return sandbox.run(request);
        },
      },
    });
    await house.bind(wait, wait, wait);
    const user = await house.user('slow');
    const { key } = await house.begin();
    const input = { kind: 'submitted', identifier: user.email!, password: PASSWORD } as const;
    const submitted = await runtime.submit(house.tenant, { key, binding: BINDING }, input, CALLER);
    await house.editTenant(({ scriptLimits: _, ...tenant }) => tenant);
    expect(submitted).toMatchObject({ outcome: 'moved', shown: { login: { state: { name: 'denied' } } } });
    const [execution] = await of(user.id);
    expect(execution?.results.map(({ error }) => error?.id)).toEqual([undefined, 'timeout']);
    expect(asked.map(([cpuMs]) => cpuMs)).toEqual([house.ports.scriptLimits.cpuMs, house.ports.scriptLimits.cpuMs]);
    expect(asked[0]![1]).toBeLessThanOrEqual(600);
    expect(asked[1]![1]).toBeLessThanOrEqual(200);
  });
});
