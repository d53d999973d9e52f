// Every method of the post-login trigger through a real isolate and a real login: what it does, and how a bad argument
// of it ends the login. A method without a row fails.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methodsOf } from '#actions/trigger.ts';
import { TRIGGERS } from '#actions/triggers.ts';
import type { UserRecord } from '#storage/records.ts';
import { draw } from '#test/kit/counts.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { askingRows } from './asking-rows.ts';
import { account, execute, expectDenied, lastLog, type Rest, type Row, runs } from './row.ts';
import { samlRows } from './saml-rows.ts';
import { sessionRows } from './session-rows.ts';
import { items, openStage, ROLES, type Stage, type Visitor } from './stage.ts';
import { tellingRows } from './telling-rows.ts';

const rows = { ...tellingRows, ...askingRows, ...sessionRows, ...samlRows };
const methods = new Map(methodsOf(TRIGGERS['post-login']).map(({ path, method }) => [path, method]));
const PASS = 'api.cache.get(1);';

test('every method of the contract has a row', () => {
  expect(Object.keys(rows).toSorted()).toEqual([...methods.keys()].toSorted());
});

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: Stage;
  const known = new Map<string, { user: UserRecord; browser: Visitor }>();
  beforeAll(async () => {
    stage = await openStage({ databaseUrl: await open() });
  });
  afterAll(() => stage.close());

  let people = 0;
  /** Somebody in a browser in which they have signed in, in two roles and two groups. */
  async function signedIn(row: Row): Promise<{ user: UserRecord; browser: Visitor }> {
    const kind = (row.has ?? []).join();
    const found = row.own ? undefined : known.get(kind);
    if (found) return found;
    const name = `person-${++people}`;
    const user = await stage.person(name, row.has);
    const browser = stage.visitor();
    await bindTo(stage.door.house, 'post-login', []);
    if (!row.fresh) await stage.signIn(browser, name);
    if (!row.own) {
      known.set(kind, { user, browser });
      await stage.manage('POST', `/users/${encodeURIComponent(user.id)}/roles`, { roles: Object.values(ROLES) });
      for (const group of ['readers', 'writers']) {
        const { id } = await stage.manage('POST', '/groups', { name: kind === '' ? group : `${group} ${kind}` });
        await stage.manage('POST', `/groups/${id}/members`, { members: [user.id] });
      }
    }
    return { user, browser };
  }

  async function login(row: Row, scripts: string[], asks: Record<string, string | undefined>): Promise<Rest> {
    const { user, browser } = await signedIn(row);
    await bindTo(stage.door.house, 'post-login', scripts);
    stage.door.house.clock.advance(60_000);
    const end = await stage.signIn(browser, user.name ?? '', asks);
    const again: Rest['again'] = async (other = scripts, more = {}) => {
      await bindTo(stage.door.house, 'post-login', other);
      stage.door.house.clock.advance(60_000);
      const next = await stage.signIn(browser, user.name ?? '', { ...asks, ...more });
      return { stage, user, browser, again, end: next };
    };
    return { stage, user, browser, again, end };
  }

  describe.each(draw(Object.entries(rows), 40))('api.%s', (path, row) => {
    test('does', async () => {
      const scripts = [execute(row.does, row.continues), ...(row.next === undefined ? [] : [execute(row.next)])];
      const rest = await login(row, scripts, row.asks ?? {});
      await row.sees(rest);
      const recording = methods.get(path)?.returns;
      if (recording !== 'api' && recording !== 'nothing') return;
      // The last of all executions: a login that was handed over is another person's at the end.
      const { executions } = await stage.manage('GET', '/actions/executions?take=4');
      const results = items(executions).flatMap((execution) => items(execution.results));
      const commands = results.flatMap((run) => items(run.commands));
      const names = commands.map(({ name }) => String(name));
      expect(names.includes(path)).toBe(!row.does.includes('catch'));
    });

    test('refuses', async () => {
      if ('harmless' in row.bad) {
        const { end } = await login(row, [execute(`${row.bad.harmless} ${PASS}`)], {});
        expect(end.url.searchParams.has('code')).toBe(true);
        return;
      }
      for (const [statement, text] of row.bad) {
        const set = (key: string) => `api.user.setAppMetadata('${key}', 1);`;
        const scripts = [execute(set('first')), execute(`${set('same')}\n${statement}`)];
        const rest = await login({ ...row, own: false, fresh: false }, scripts, {});
        expectDenied(rest, text);
        const { app_metadata: metadata = {} } = await account(rest);
        expect(Object.keys(metadata)).not.toContain('first');
        expect(Object.keys(metadata)).not.toContain('same');
        const at = expect.stringMatching(/^post-login-2\.js:3:\d+$/);
        const [first, failed] = await runs(rest);
        expect(items(first?.commands)).toHaveLength(1);
        expect(failed).toMatchObject({ action_name: 'post-login-2', commands: [], error: { msg: text, at } });
        expect(await lastLog(rest, 'f')).toMatchObject({
          description: text,
          details: { action_name: 'post-login-2', action_version: 3, error: { message: text, at } },
        });
        expect(await lastLog(rest, 'actions_execution_failed')).toMatchObject({
          details: {
            action_name: 'post-login-2',
            action_id: failed?.action_id,
            version_id: failed?.version_id,
            error_class: 'action_error',
            action_error: { message: text, stack: expect.stringContaining('post-login-2.js:3:') },
          },
        });
      }
    });
  });
});
