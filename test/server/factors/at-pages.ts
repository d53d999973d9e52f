// The table of factors at our pages: what every factor has in common when a script asks for it.
import { expect } from 'vitest';
import { alone, asked, holder, withCompanion } from './begin.ts';
import type { Column } from './columns.ts';
import type { FactorDesk, Tab } from './desk.ts';
import { companionOf, type Holding, type Kind } from './kinds.ts';
import { removedAtPages } from './removed-at-pages.ts';

type Common = Exclude<Column, 'enroll'>;

/** The page refused what it was sent; the login stays where it is. `first`: the screen that leads to this one. */
export async function isRefused(tab: Tab, at: string, error: string, first = at): Promise<void> {
  expect({ status: tab.page.status, at: tab.at(), error: tab.error() }).toEqual({ status: 400, at, error });
  const { browser } = tab;
  const state = tab.page.url.searchParams.get('state') ?? '';
  const way = await browser.open(`/authorize/resume?state=${encodeURIComponent(state)}`);
  expect(way).toMatchObject({ status: 200, url: { pathname: `/u/${first}` } });
}

/** Asks anew where that is what the page offers. */
async function askAgain(desk: FactorDesk, kind: Kind, tab: Tab): Promise<void> {
  desk.house.clock.advance(1000);
  if (kind.again === undefined) return;
  expect(tab.page.html).toMatch(new RegExp(`value="${kind.again}"|data-ceremony-start`));
  await tab.press({ action: kind.again });
  expect(tab.at()).toBe(kind.screen);
}

/** The right answer goes on, and the next script sees this factor once. */
export async function passes(desk: FactorDesk, kind: Kind, own: Holding, tab: Tab, more = {}): Promise<void> {
  await tab.press({ ...(await own.answer(tab)), ...more });
  expect(await desk.finish(tab, own.reads)).toEqual(['pwd', kind.type]);
}

export const AT_PAGES: { readonly [C in Common]: (desk: FactorDesk, kind: Kind) => Promise<void> } = {
  challenge: async (desk, kind) => {
    const { person, own, tab } = await asked(desk, kind);
    const before = await desk.standing(person);
    await passes(desk, kind, own, tab);
    expect(await desk.logged(person)).toContain(kind.passed);
    expect(await desk.standing(person)).toEqual({ ...before, sessions: before.sessions + 1 });
  },

  wrong: async (desk, kind) => {
    const { person, own, tab } = await asked(desk, kind);
    const before = await desk.standing(person);
    await tab.press(await own.wrong(tab));
    await isRefused(tab, kind.screen, kind.refusal.error);
    expect(await desk.standing(person)).toEqual(before);
    const logged = await desk.logged(person);
    expect(logged).toContain(kind.refusal.log);
    if (kind.type !== 'push-notification') expect(logged).not.toContain(kind.passed);
    await askAgain(desk, kind, tab);
    await passes(desk, kind, own, tab);
  },

  expired: async (desk, kind) => {
    const { person, own, tab } = await asked(desk, kind);
    const before = await desk.standing(person);
    if (!own.late) throw new Error('this never expires');
    await tab.press(await own.late(tab));
    await isRefused(tab, kind.screen, kind.refusal.late);
    expect(await desk.standing(person)).toEqual(before);
    await askAgain(desk, kind, tab);
    await passes(desk, kind, own, tab);
  },

  replayed: async (desk, kind) => {
    const { person, own, tab } = await asked(desk, kind);
    const twin = tab.twin();
    const answer = await own.answer(tab);
    const elsewhere = await desk.signIn(person);
    const { sessions } = await desk.standing(person);
    await tab.press(answer);
    expect(await desk.finish(tab, own.reads)).toEqual(['pwd', kind.type]);

    // In another login of the same person: as if nothing had been shown there.
    await elsewhere.press(answer);
    await isRefused(elsewhere, kind.screen, kind.refusal.elsewhere);
    // In the same login: it is over.
    await twin.press(answer);
    expect(twin.page.status).toBe(400);
    expect(twin.page.html).not.toContain('<form');
    expect((await desk.standing(person)).sessions).toBe(sessions + 1);

    desk.house.clock.advance(30_000);
    await askAgain(desk, kind, elsewhere);
    await passes(desk, kind, own, elsewhere);
  },

  'other method': async (desk, kind) => {
    const { own, other, spare, tab } = await withCompanion(desk, kind);
    const first = await own.asked?.(tab);
    const round = async (from: Kind, to: Kind) => {
      expect(tab.page.html).toContain('value="pick-authenticator"');
      await tab.press({ action: 'pick-authenticator' });
      expect(tab.at()).toBe('mfa-login-options');
      for (const { row } of [from, to]) expect(tab.page.html).toContain(`name="action" value="${row}"`);
      desk.house.clock.advance(1000);
      await tab.press({ action: to.row });
      expect(tab.at()).toBe(to.screen);
    };
    await round(kind, other);
    const second = await spare.asked?.(tab);
    await round(other, kind);
    await round(kind, other);
    await round(other, kind);
    // Back and forth, and nothing was sent or asked twice.
    expect(await own.asked?.(tab)).toEqual(first);
    if (other.type === 'phone') expect(await spare.asked?.(tab)).toEqual(second);
    await passes(desk, kind, own, tab);

    // Who has one factor is offered no other, and cannot go where there is none.
    const only = await asked(desk, kind);
    expect(only.tab.page.html).not.toContain('pick-authenticator');
    const twin = only.tab.twin();
    await twin.press({ action: 'pick-authenticator' });
    expect(twin.at()).toBe(kind.screen);
    await passes(desk, kind, only.own, only.tab);
  },

  remembered: async (desk, kind) => {
    const { person, own } = await holder(desk, kind);
    await companionOf(kind).give(desk, person);
    await desk.ask(alone(kind));
    const box = { rememberBrowser: 'true' };
    const home = await desk.signIn(person);
    expect(home.page.html).toContain('name="rememberBrowser"');
    await passes(desk, kind, own, home, box);
    const again = await desk.signIn(person, home.browser);
    expect(await desk.finish(again)).toEqual(['pwd']);
    const elsewhere = await desk.signIn(person);
    expect(elsewhere.at()).toBe(kind.screen);

    // Where the script wants it each time there is no box, the browser is asked, and a box that is sent is not believed.
    desk.pause();
    await desk.ask(`api.multifactor.enable('any', { allowRememberBrowser: false });`);
    expect((await desk.signIn(person, home.browser)).at()).toMatch(/^mfa-/);
    const strict = await desk.signIn(person);
    if (strict.at() !== kind.screen) {
      await strict.press({ action: 'pick-authenticator' });
      await strict.press({ action: kind.row });
    }
    expect(strict.at()).toBe(kind.screen);
    expect(strict.page.html).not.toContain('rememberBrowser');
    await strict.press({ ...(await own.answer(strict)), ...box });
    // The policy asks after the last script, which saw nothing of it.
    expect(await desk.finish(strict, own.reads)).toEqual(['pwd']);
    expect(await desk.logged(person)).toContain(kind.passed);
    desk.pause();
    await desk.ask(alone(kind));
    expect((await desk.signIn(person, strict.browser)).at()).toBe(kind.screen);
  },

  removed: removedAtPages,
};
