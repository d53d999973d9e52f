// The table of factors at our pages: what becomes of a challenge whose factor goes away while it is open.
import { expect } from 'vitest';
import { asked, withCompanion } from './begin.ts';
import type { FactorDesk } from './desk.ts';
import type { Kind } from './kinds.ts';

export async function removedAtPages(desk: FactorDesk, kind: Kind): Promise<void> {
  await byAnAdministrator(desk, kind);
  await byItsOwner(desk, kind);
  await theLastOne(desk, kind);
  await switchedOff(desk, kind);
  await inAnotherTab(desk, kind);
}

/** With it ends all that is open for its owner: the page says to begin anew, and there the other method is asked. */
async function byAnAdministrator(desk: FactorDesk, kind: Kind): Promise<void> {
  const { person, own, other, spare, tab } = await withCompanion(desk, kind);
  const answer = await own.answer(tab);
  await desk.remove(person, own.id);
  await tab.press(answer);
  expect(tab.page.status).toBe(400);
  expect(tab.page.html).toContain('start again');
  expect(tab.page.html).not.toContain('<form');
  expect(await desk.standing(person)).toMatchObject({ sessions: 0 });
  const anew = await desk.signIn(person);
  expect(anew.at()).toBe(other.screen);
  await anew.press(await spare.answer(anew));
  expect(await desk.finish(anew)).toEqual(['pwd', other.type]);
}

/** In another window: what was answered is worth nothing, and the login goes on with the other method. */
async function byItsOwner(desk: FactorDesk, kind: Kind): Promise<void> {
  const { person, own, other, spare, tab } = await withCompanion(desk, kind);
  const { sessions } = await desk.standing(person);
  const answer = await own.answer(tab);
  await desk.house.store.authenticators.remove(desk.house.tenant.id, own.id);
  await tab.press(answer);
  expect([tab.page.status, tab.at()]).toEqual([200, other.screen]);
  expect(await desk.standing(person)).toMatchObject({ sessions });
  await tab.press(await spare.answer(tab));
  expect(await desk.finish(tab)).toEqual(['pwd', other.type]);
}

/** Nothing is left to show: the login ends, and the application is told. */
async function theLastOne(desk: FactorDesk, kind: Kind): Promise<void> {
  const { person, own, tab } = await asked(desk, kind);
  const { sessions } = await desk.standing(person);
  const answer = await own.answer(tab);
  await desk.house.store.authenticators.remove(desk.house.tenant.id, own.id);
  await tab.press(answer);
  expect(tab.at()).toBe('callback');
  expect(tab.page.url.searchParams.get('error')).toBe('access_denied');
  expect(await desk.logged(person)).toContain('mfar');
  expect(await desk.standing(person)).toMatchObject({ sessions });
}

/** For everybody, in the middle of the login. */
async function switchedOff(desk: FactorDesk, kind: Kind): Promise<void> {
  const { own, other, spare, tab } = await withCompanion(desk, kind);
  const answer = await own.answer(tab);
  await desk.without(kind.switch, async () => {
    await tab.press(answer);
    expect([tab.page.status, tab.at()]).toEqual([200, other.screen]);
    await tab.press(await spare.answer(tab));
    expect(await desk.finish(tab)).toEqual(['pwd', other.type]);
  });
}

/** The one that was left behind is shown where the login is, and nothing that it sends is judged. */
async function inAnotherTab(desk: FactorDesk, kind: Kind): Promise<void> {
  const { person, own, other, spare, tab } = await withCompanion(desk, kind);
  const { sessions } = await desk.standing(person);
  const stale = tab.twin();
  const answer = await own.answer(stale);
  await tab.press({ action: 'pick-authenticator' });
  await tab.press({ action: other.row });
  await stale.press(answer);
  expect([stale.page.status, stale.at()]).toEqual([200, other.screen]);
  expect(await desk.standing(person)).toMatchObject({ sessions });
  await tab.press(await spare.answer(tab));
  expect(await desk.finish(tab)).toEqual(['pwd', other.type]);
}
