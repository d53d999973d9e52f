// A reset under a connection that asks for much of a password: what the page lists, how each refusal is told, and that
// passwords had before stay refused from one reset to the next.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page, PlainBrowser } from '#test/kit/plain-browser.ts';
import { type Office, openOffice } from '../management/office.ts';

let office: Office;
beforeAll(async () => {
  office = await openOffice();
  const { store, tenant } = office.door.house;
  const [connection] = (await store.connections.list(tenant.id)).records;
  const rule = { enable: true };
  const options = {
    passwordPolicy: 'excellent',
    password_dictionary: { ...rule, dictionary: ['Known-To-All-1'] },
    password_no_personal_info: rule,
    password_history: { ...rule, size: 2 },
  };
  await store.connections.update(tenant.id, connection?.id ?? '', (row) => ({ ...row, options }));
});
afterAll(() => office.close());

const errorOf = ({ html }: Page) => /<form[^>]* data-error="([^"]*)"/.exec(html)?.[1];

test('refuses what the connection refuses, and says which it is', async () => {
  const { door } = office;
  const { id: user_id } = await door.house.user('careful');
  const open = async (browser: PlainBrowser): Promise<Page> => {
    const made = await office.send('POST', '/api/v2/tickets/password-change', { user_id });
    return browser.open(String(made.body.ticket));
  };
  const browser = door.browser();
  const form = await open(browser);
  for (const line of ['at least 10 characters', '3 of these:', 'no character more than 2 times in a row'])
    expect(form.html).toContain(line);
  const choose = (on: Page, password: string, again = password) =>
    browser.post(on, { password, 're-enter-password': again, action: 'default' });
  for (const [password, again, error] of [
    ['Short-1', 'Short-1', 'password-too-weak'],
    ['Known-To-All-1', 'Known-To-All-1', 'password-too-common'],
    ['My-Careful-Self-1', 'My-Careful-Self-1', 'password-contains-user-information'],
    ['The-First-Secret-1', 'The-First-Secret-2', 'password-mismatch'],
  ] as const) {
    const refused = await choose(form, password, again);
    expect([refused.status, errorOf(refused)]).toEqual([400, error]);
    expect(refused.html).not.toContain(password);
  }
  for (const [password, error] of [
    ['The-First-Secret-1', undefined],
    ['The-First-Secret-1', 'password-previously-used'],
    ['The-Second-Secret-1', undefined],
    ['The-First-Secret-1', 'password-previously-used'],
    ['The-Third-Secret-1', undefined],
    ['The-First-Secret-1', undefined],
  ] as const) {
    const answer = await choose(await open(browser), password);
    expect([password, errorOf(answer)]).toEqual([password, error]);
    if (error === undefined) expect(answer.url.pathname).toBe('/u/reset-password-success');
  }
});
