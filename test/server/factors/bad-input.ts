// The table of factors: answers that belong elsewhere, and pages that are shown again. Each is met by a page that says what
// to do next; nothing is granted by it, and nothing is lost.
import { expect } from 'vitest';
import { newTenant } from '#runtime/lifecycle/tenant.ts';
import { createSoftKey } from '#server/testing/soft-key.ts';
import { PASSWORD } from '#test/kit/house.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import { isRefused, passes } from './at-pages.ts';
import { alone, asked, withCompanion } from './begin.ts';
import { FIVE_MINUTES, totpOf } from './codes.ts';
import type { FactorDesk, Fields, Tab } from './desk.ts';
import { KINDS, type Kind, keptCodeIn } from './kinds.ts';
import { askedOn, signed } from './signing.ts';

type Case = [what: string, run: (desk: FactorDesk) => Promise<void>];

const PAGE_LIFETIME_MS = 60 * 60_000;

/** No form; it says what happened, and to begin anew. */
function isOver({ status, html }: Page, title: string): void {
  expect(status).toBe(400);
  expect(html).toContain(`<h1>${title}</h1>`);
  expect(html).toContain('start again');
  expect(html).not.toContain('<form');
}

/** The form says why in words, tied to its key. */
function saysWhy({ page }: Tab): void {
  expect(page.html).toMatch(/<p class="alert" role="alert" id="refusal">.*<span>[^<]{10,}<\/span><\/p>/);
}

/** Somebody else's right answer, at the page of this person; each of them then goes on with their own. */
const ofAnother =
  (kind: Kind) =>
  async (desk: FactorDesk): Promise<void> => {
    const mine = await asked(desk, kind);
    const theirs = await asked(desk, kind);
    const answer = await theirs.own.answer(theirs.tab);
    await mine.tab.press(answer);
    await isRefused(mine.tab, kind.screen, kind.refusal.elsewhere);
    saysWhy(mine.tab);
    expect((await desk.standing(mine.person)).sessions).toBe(kind.type === 'push-notification' ? 1 : 0);
    await theirs.tab.press(answer);
    expect(await desk.finish(theirs.tab, theirs.own.reads)).toEqual(['pwd', kind.type]);
    await passes(desk, kind, mine.own, mine.tab);
  };

/** The right answer of the person's other factor. */
const ofTheOther =
  (kind: Kind, error: string) =>
  async (desk: FactorDesk): Promise<void> => {
    const { own, spare, tab } = await withCompanion(desk, kind);
    const code = await spare.code?.().catch(() => '123456');
    await tab.press({ code: code ?? '' });
    await isRefused(tab, kind.screen, error);
    saysWhy(tab);
    await passes(desk, kind, own, tab);
  };

/** A key's answer that is right but for where it was made, or for what. */
const misplaced =
  (kind: Kind, twist: (desk: FactorDesk, tab: Tab) => Promise<Fields>) =>
  async (desk: FactorDesk): Promise<void> => {
    const { person, own, tab } = await asked(desk, kind);
    await tab.press(await twist(desk, tab));
    await isRefused(tab, kind.screen, 'webauthn-not-accepted');
    saysWhy(tab);
    expect(await desk.standing(person)).toMatchObject({ sessions: 0 });
    await passes(desk, kind, own, tab);
  };

/** Signed for a site of another tenant of the same installation, with a key that is known there. */
async function atAnotherTenant(desk: FactorDesk, tab: Tab): Promise<Fields> {
  const { ports, store } = desk.house;
  const name = `neighbour-${ports.random.hex(6)}`;
  const made = await newTenant(ports, { name, baseUrl: `http://${name}.localhost:3000`, ownerId: 'default' });
  if (!made.made) throw new Error('no second tenant');
  const { id: tenantId, baseUrl: origin } = made.tenant;
  const relyingPartyId = new URL(origin).hostname;
  const key = createSoftKey();
  const { user } = await desk.newPerson();
  await store.users.insert({ ...user, tenantId });
  await store.authenticators.insert({
    tenantId,
    userId: user.id,
    id: `dev_${ports.random.letters(16)}`,
    type: 'webauthn-roaming',
    confirmed: true,
    createdAt: ports.now(),
    credential: key.credential(relyingPartyId),
  });
  return signed(key.get({ ...askedOn(desk, tab), relyingPartyId, origin }));
}

const eachFactor: Case[] = Object.values(KINDS)
  .filter(({ type }) => type !== 'otp')
  .map((kind) => [`an answer of another person: ${kind.name}`, ofAnother(kind)]);

export const BAD_INPUT: Case[] = [
  ...eachFactor,
  ['the code of an app at a text message', ofTheOther(KINDS['phone by sms'], 'invalid-code')],
  ['the code of an app at a call', ofTheOther(KINDS['phone by voice'], 'invalid-code')],
  ['the code of an app at a mailbox', ofTheOther(KINDS.email, 'invalid-code')],
  ['the code of an app at a recovery code', ofTheOther(KINDS['recovery-code'], 'invalid-code-format')],
  ['six digits at an app', ofTheOther(KINDS.otp, 'invalid-code')],
  ['no answer of a key at all', misplaced(KINDS['webauthn-roaming'], async () => ({ code: '123456' }))],
  ['a key that was used at another tenant', misplaced(KINDS['webauthn-roaming'], atAnotherTenant)],
  [
    'a key that nobody enrolled',
    misplaced(KINDS['webauthn-platform'], async (desk, tab) => signed(createSoftKey().get(askedOn(desk, tab)))),
  ],
  [
    'a new key where an old one is asked for',
    misplaced(KINDS['webauthn-platform'], async (desk, tab) => signed(createSoftKey().create(askedOn(desk, tab)))),
  ],
  [
    'a security key where the device is asked for',
    async (desk) => {
      const { person, own, tab } = await asked(desk, KINDS['webauthn-platform']);
      const key = createSoftKey();
      const credential = key.credential(new URL(desk.house.tenant.baseUrl).hostname);
      await desk.give(person, { type: 'webauthn-roaming', credential });
      await tab.press(signed(key.get(askedOn(desk, tab))));
      await isRefused(tab, tab.at(), 'webauthn-not-accepted');
      await passes(desk, KINDS['webauthn-platform'], own, tab);
    },
  ],
  [
    'a statement of a phone that is sent twice, and of a phone that was not asked',
    async (desk) => {
      const kind = KINDS['push-notification'];
      const mine = await asked(desk, kind);
      const theirs = await asked(desk, kind);
      const { phone } = mine.own;
      if (!phone || !theirs.own.phone) throw new Error('no phone');
      const number = /<b class="number"[^>]*>(\d\d)</.exec(mine.tab.page.html)?.[1] ?? '';
      const claims = { request: (await phone.request()).id, decision: 'approve', number };
      expect((await theirs.own.phone.say('answer', claims)).status).toBeGreaterThanOrEqual(400);
      await mine.tab.press({ action: 'continue' });
      await isRefused(mine.tab, kind.screen, 'challenge-transaction-pending');
      const statement = await phone.sign('answer', claims);
      expect((await desk.phones.post('answer', statement)).body.outcome).toBe('approved');
      expect((await desk.phones.post('answer', statement)).status).toBeGreaterThanOrEqual(400);
      await mine.tab.press({ action: 'continue' });
      expect(await desk.finish(mine.tab)).toEqual(['pwd', kind.type]);
    },
  ],
  [
    'a request that is over: what the phone says then moves nothing',
    async (desk) => {
      const kind = KINDS['push-notification'];
      const { own, tab } = await asked(desk, kind);
      const fields = await own.late?.(tab);
      await tab.press(fields ?? {});
      await isRefused(tab, kind.screen, 'transaction-not-found');
      saysWhy(tab);
      expect(tab.page.html).toContain('value="resend"');
    },
  ],
  [
    'the back button: the login page again, after the password',
    async (desk) => {
      const { person, own, tab } = await asked(desk, KINDS.email);
      const back = tab.twin();
      back.page = { ...tab.page, url: new URL(tab.page.url.href.replace('mfa-email-challenge', 'login')) };
      await back.press({ username: `${person.name}@example.com`, password: PASSWORD, action: 'default' });
      expect([back.page.status, back.at()]).toEqual([200, KINDS.email.screen]);
      expect(await own.asked?.(tab)).toBe(1);
      await passes(desk, KINDS.email, own, tab);
      // And after the end: the page that is shown again says that it is over.
      isOver(await tab.browser.open(back.page.url.href), 'This login is finished');
    },
  ],
  [
    'a page that was left open until the login had run out',
    async (desk) => {
      const { person, own, tab } = await asked(desk, KINDS.otp);
      const { url } = tab.page;
      desk.house.clock.advance(PAGE_LIFETIME_MS);
      await tab.press(await own.answer(tab));
      isOver(tab.page, 'This login took too long');
      isOver(await tab.browser.open(url.href), 'This login took too long');
      expect(await desk.standing(person)).toMatchObject({ sessions: 0 });
    },
  ],
  [
    'a page in another browser, with the right code',
    async (desk) => {
      const { person, own, tab } = await asked(desk, KINDS.otp);
      const stranger = desk.mfa.door.browser();
      isOver(await stranger.open(tab.page.url.href), 'This page cannot be opened');
      isOver(await stranger.post(tab.page, await own.answer(tab)), 'This page cannot be opened');
      expect(await desk.standing(person)).toMatchObject({ sessions: 0 });
      await passes(desk, KINDS.otp, own, tab);
    },
  ],
  [
    'the form of one login at the address of another',
    async (desk) => {
      const kind = KINDS['phone by sms'];
      const { own, tab } = await asked(desk, kind);
      const other = await asked(desk, kind);
      const state = other.tab.page.url.searchParams.get('state') ?? '';
      const page = await tab.browser.post(tab.page, { ...(await own.answer(tab)), state });
      isOver(page, 'This page cannot be opened');
      await passes(desk, kind, own, tab);
    },
  ],
  [
    'the code that enrolls an app, in another login and then as a challenge',
    async (desk) => {
      desk.pause();
      const person = await desk.newPerson();
      await desk.ask(`api.authentication.enrollWith({ type: 'otp' });`);
      const [one, other] = [await desk.signIn(person), await desk.signIn(person)];
      const secret = keptCodeIn(one.page) ?? '';
      const code = totpOf(desk, secret);
      await other.press({ code });
      await isRefused(other, 'mfa-otp-enrollment-qr', 'invalid-code');
      await one.press({ code });
      expect(await desk.finish(one)).toEqual(['pwd', 'otp']);
      // The account has its app: the other login enrolls none beside it.
      await other.press({ code: totpOf(desk, keptCodeIn(other.page) ?? '') });
      expect(other.at()).toBe('callback');
      expect(other.page.url.searchParams.get('error')).toBe('access_denied');
      await desk.ask(alone(KINDS.otp));
      const next = await desk.signIn(person);
      await next.press({ code });
      await isRefused(next, KINDS.otp.screen, 'invalid-code');
      desk.house.clock.advance(FIVE_MINUTES);
      await next.press({ code: totpOf(desk, secret) });
      expect(await desk.finish(next)).toEqual(['pwd', 'otp']);
    },
  ],
];
