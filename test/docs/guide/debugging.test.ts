// The guide, page 8: what a login leaves behind.
import { simulateLogin } from 'sallyport/testing';
import { expect, test } from 'vitest';

test('console lines are kept with their run', async () => {
  const login = await simulateLogin({ user: 'ana' });
  const [run] = login.executions.flatMap(({ results }) => results);
  expect(run?.console.map(({ text }) => text)).toEqual(['ana@example.com has 3 factors']);
});

test('an error names the line of the file', async () => {
  const broken = 'exports.onExecutePostLogin = async (event) => {\n  event.user.address.toLowerCase();\n};\n';
  const login = await simulateLogin({ user: 'ana', actions: [{ name: 'broken', code: broken }] });
  expect(login.state).toBe('denied');
  const [run] = login.executions.flatMap(({ results }) => results);
  expect(run?.error?.message).toContain('toLowerCase');
  expect(run?.error?.at).toBe('broken.js:2:22');
});

test('the timeline tells the whole login', async () => {
  const login = await simulateLogin({ user: 'ana' });
  await login.finish();
  expect(await login.timeline()).toMatchObject({ outcome: 'completed' });
});
