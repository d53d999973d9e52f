// Logins from other browsers and other places, and browsers that were to be remembered: when a second factor is asked
// for, through the real pages behind a trusted proxy.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGeography } from '#runtime/risk/geography.ts';
import { parseUntrustedAddresses } from '#runtime/risk/untrusted-addresses.ts';
import { databasesInFull } from '#test/kit/databases.ts';
import { writeMmdb } from '#test/kit/mmdb.ts';
import type { Page } from '#test/kit/plain-browser.ts';
import { bindTo } from '#test/runtime/triggers/bind-to.ts';
import { execute, show } from './row.ts';
import { answerOf, at, type Json, openStage, type Stage, type Visitor } from './stage.ts';

const LONDON = '198.51.100.7';
const LISTED = '198.51.100.66';
const TOKYO = '203.0.113.7';
const NO_POINT = '192.0.2.7';
const UNKNOWN = '198.18.0.7';
const PROXY = '203.0.113.99';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0';
const CHROME = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36';
const OTHER = 'Lynx/2.9';

const tokyo = { country: { iso_code: 'JP' }, location: { latitude: 35.68, longitude: 139.69 } };
const geography = openGeography(
  writeMmdb({
    '198.51.100.0/24': { country: { iso_code: 'GB' }, location: { latitude: 51.5, longitude: -0.12 } },
    '203.0.113.0/24': tokyo,
    '203.0.113.99/32': { ...tokyo, traits: { is_anonymous_proxy: true } },
    '192.0.2.0/24': { country: { iso_code: 'US' } },
  }),
);
const parsed = parseUntrustedAddresses(`${LISTED} a-list abuse\n`);
if (!parsed.ok) throw new Error(parsed.reason);
const untrusted = parsed.list;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PAPE = 'http://schemas.openid.net/pape/policies/2007/06/multi-factor';
const ASKS = '/u/mfa-otp-challenge';
type Policy = 'all-applications' | 'confidence-score';
type Parameters = Record<string, string | undefined>;

describe.each(databasesInFull())('%s', (_name, open) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ databaseUrl: await open(), ports: { geography, untrusted } });
  });
  afterAll(() => stage.close());

  let people = 0;
  const somebody = async (has: ('otp' | 'email')[] = ['otp']) => {
    const name = `traveller-${++people}`;
    return { name, id: (await stage.person(name, has)).id };
  };
  const set = (policies: Policy[], ...scripts: string[]) =>
    Promise.all([
      stage.door.house.editTenant((tenant) => ({ ...tenant, policies })),
      bindTo(stage.door.house, 'post-login', scripts),
    ]);
  const later = (ms: number) => stage.door.house.clock.advance(ms);

  /** Signs in and shows the app's code where it is asked for. */
  async function login(browser: Visitor, who: string, fields: Record<string, string> = {}, more: Parameters = {}) {
    const first = await stage.signIn(browser, who, more);
    const asked = first.url.pathname === ASKS;
    const end = asked ? await browser.post(first, { code: stage.totp(), action: 'default', ...fields }) : first;
    expect(answerOf(end)).toEqual({ error: null, description: null, code: true });
    return { asked, end };
  }

  /** What the newest log line of a finished login says of its risk. */
  async function riskOf(userId: string): Promise<Json | undefined> {
    const line = (await stage.logs(userId)).findLast(({ type }) => String(type) === 's');
    return line?.details?.riskAssessment;
  }
  async function codesOf(userId: string): Promise<string[]> {
    const risk = await riskOf(userId);
    const { NewDevice, ImpossibleTravel, UntrustedIP } = risk?.assessments ?? {};
    const of = (each: Json | undefined) => `${each?.code} ${each?.confidence}`;
    return [of(NewDevice), of(ImpossibleTravel), of(UntrustedIP), String(risk?.confidence)];
  }

  const FINE = 'not_found_on_deny_list high';
  const MATCH = 'match high';
  const NEAR = 'minimal_travel_from_last_login high';
  type Step = [hours: number, browser: string, agent: string | undefined, ip: string, codes: string[]];
  const STEPS: Step[] = [
    [0, 'a', FIREFOX, LONDON, ['initial_login neutral', 'initial_login neutral', FINE, 'high']],
    [1, 'a', FIREFOX, LONDON, [MATCH, NEAR, FINE, 'high']],
    [1, 'a', CHROME, LONDON, ['partial_match medium', NEAR, FINE, 'medium']],
    [1, 'b', FIREFOX, LONDON, ['partial_match medium', NEAR, FINE, 'medium']],
    [1, 'c', OTHER, LONDON, ['no_match low', NEAR, FINE, 'low']],
    [1, 'd', undefined, LONDON, ['unknown_device low', NEAR, FINE, 'low']],
    [1, 'a', FIREFOX, TOKYO, [MATCH, 'impossible_travel_from_last_login low', FINE, 'low']],
    [24, 'a', FIREFOX, LONDON, [MATCH, 'substantial_travel_from_last_login medium', FINE, 'medium']],
    [40, 'a', FIREFOX, TOKYO, [MATCH, 'travel_from_last_login high', FINE, 'high']],
    [40, 'a', FIREFOX, LISTED, [MATCH, 'travel_from_last_login high', 'found_on_deny_list low', 'low']],
    [1, 'a', FIREFOX, NO_POINT, [MATCH, 'unknown_location neutral', FINE, 'high']],
    [1, 'a', FIREFOX, UNKNOWN, [MATCH, 'missing_geoip neutral', FINE, 'high']],
    [1, 'a', FIREFOX, PROXY, [MATCH, 'anonymous_proxy low', FINE, 'low']],
    [31 * 24, 'a', FIREFOX, LONDON, ['no_device_history neutral', 'travel_from_last_login high', FINE, 'high']],
  ];

  test('a life of logins: what each assessor says, and a factor exactly where confidence is low', async () => {
    await set(['confidence-score'], execute(show('event.authentication.riskAssessment')));
    const { name, id } = await somebody();
    const browsers = new Map<string, Visitor>();
    for (const [hours, which, agent, ip, codes] of STEPS) {
      later(hours * HOUR + 60_000);
      const browser = browsers.get(which) ?? stage.visitor();
      browsers.set(which, browser);
      browser.headers = at(ip, agent);
      const { asked, end } = await login(browser, name);
      expect([...(await codesOf(id)), asked]).toEqual([...codes, codes.at(-1) === 'low']);
      expect((await stage.tokens(end)).id['https://x/shown']).toEqual(await riskOf(id));
    }
  });

  test('somebody whose earlier places are unknown', async () => {
    await set([]);
    const { name, id } = await somebody();
    const browser = stage.visitor(at(UNKNOWN, FIREFOX));
    await login(browser, name);
    browser.headers = at(LONDON, FIREFOX);
    await login(browser, name, {}, { prompt: 'login' });
    expect(await codesOf(id)).toEqual([MATCH, 'location_history_not_found high', FINE, 'high']);
  });

  test('details of a risk: what is known of the browser, and what the list says of the address', async () => {
    await set([]);
    const { name, id } = await somebody();
    await login(stage.visitor(at(LISTED, FIREFOX)), name);
    await login(stage.visitor(at(LISTED, FIREFOX)), name);
    expect((await riskOf(id))?.assessments).toMatchObject({
      NewDevice: { details: { device: 'unknown', useragent: 'known' } },
      UntrustedIP: { details: { ip: LISTED, matches: `${LISTED}/32`, source: 'a-list', category: 'abuse' } },
    });
  });

  const LOW: [what: string, policies: Policy[], script: string, more: Parameters, end: string][] = [
    ['the policy', ['confidence-score'], '', {}, ASKS],
    ['no policy', [], '', {}, 'code'],
    ['the policy that a script lifts', ['confidence-score'], `api.multifactor.enable('none');`, {}, 'code'],
    ['the policy, and nobody there', ['confidence-score'], '', { prompt: 'none' }, 'interaction_required'],
  ];
  test.each(LOW)('low confidence with %s', async (_what, policies, script, more, end) => {
    await set([]);
    const { name } = await somebody();
    const browser = stage.visitor(at(LONDON, FIREFOX));
    await login(browser, name);
    await set(policies, execute(script));
    browser.headers = at(LISTED, FIREFOX);
    const page = await stage.signIn(browser, name, more);
    const { error, code } = answerOf(page);
    expect(error ?? (code ? 'code' : page.url.pathname)).toBe(end);
  });

  test.each([
    ['with an e-mail address that is theirs', ['email'] as const, '/u/mfa-email-challenge'],
    ['with nothing', [] as const, '/u/mfa-begin-enroll-options'],
  ])('low confidence in somebody %s', async (_what, has, path) => {
    await set(['confidence-score']);
    const { name } = await somebody([...has]);
    const page = await stage.signIn(stage.visitor(at(LISTED, FIREFOX)), name);
    expect(page.url.pathname).toBe(path);
  });

  describe('a browser to remember', () => {
    const TICKED = { rememberBrowser: 'true' };
    /** Somebody who has ticked the box in a browser, a minute ago. */
    async function remembered() {
      await set(['all-applications']);
      const person = await somebody();
      const browser = stage.visitor(at(LONDON, FIREFOX));
      expect((await login(browser, person.name, TICKED)).asked).toBe(true);
      later(60_000);
      return { ...person, browser };
    }
    const isAsked = async (browser: Visitor, who: string, more: Parameters = {}) =>
      (await login(browser, who, {}, more)).asked;

    test('the box is there, and not ticked the browser is asked each time', async () => {
      await set(['all-applications']);
      const { name } = await somebody();
      const browser = stage.visitor(at(LONDON, FIREFOX));
      const page: Page = await stage.signIn(browser, name);
      expect(page.html).toContain('name="rememberBrowser"');
      expect(await isAsked(browser, name)).toBe(true);
      later(60_000);
      expect(await isAsked(browser, name)).toBe(true);
    });

    test('ticked, it is not asked in the next login, nor within seven days of the last', async () => {
      const { browser, name } = await remembered();
      // Each login in which a factor is called for gives it another thirty days.
      for (let week = 0; week < 6; week++) {
        expect(await isAsked(browser, name)).toBe(false);
        later(7 * DAY - 60_000);
      }
      expect(await isAsked(browser, name)).toBe(false);
      later(8 * DAY);
      expect(await isAsked(browser, name)).toBe(true);
    });

    test('after thirty-one days in which nothing called for a factor it is asked', async () => {
      const { browser, name } = await remembered();
      await set([]);
      for (let days = 6; days <= 24; days += 6) {
        later(6 * DAY);
        expect(await isAsked(browser, name)).toBe(false);
      }
      later(5 * DAY);
      expect(await isAsked(browser, name)).toBe(false);
      await set(['all-applications']);
      later(2 * DAY);
      expect(await isAsked(browser, name)).toBe(true);
    });

    test('another browser of the same person is asked, and another person in the same browser', async () => {
      const { browser, name } = await remembered();
      expect(await isAsked(stage.visitor(at(LONDON, FIREFOX)), name)).toBe(true);
      later(60_000);
      expect(await isAsked(browser, name)).toBe(false);
      const { name: other } = await somebody();
      expect(await isAsked(browser, other, { prompt: 'login' })).toBe(true);
    });

    test('once the Management API has forgotten it, it is asked', async () => {
      const { browser, name, id } = await remembered();
      expect(await isAsked(browser, name)).toBe(false);
      await stage.manage('POST', `/users/${encodeURIComponent(id)}/multifactor/actions/invalidate-remember-browser`);
      later(60_000);
      expect(await isAsked(browser, name)).toBe(true);
    });

    const ASKERS: [what: string, policies: Policy[], script: string, more: Parameters, ip: string, asked: boolean][] = [
      ['the policy', ['all-applications'], '', {}, LONDON, false],
      ['a challenge of a script', [], `api.authentication.challengeWith({ type: 'otp' });`, {}, LONDON, false],
      [
        'a choice of a script',
        [],
        `api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }]);`,
        {},
        LONDON,
        false,
      ],
      [
        'a script that allows it',
        [],
        `api.multifactor.enable('any', { allowRememberBrowser: true });`,
        {},
        LONDON,
        false,
      ],
      ['a script that does not say', [], `api.multifactor.enable('any');`, {}, LONDON, true],
      [
        'a challenge of a script that does not allow it',
        [],
        `api.multifactor.enable('any', { allowRememberBrowser: false }); api.authentication.challengeWith({ type: 'otp' });`,
        {},
        LONDON,
        true,
      ],
      ['an application that wants it shown', ['all-applications'], '', { acr_values: PAPE }, LONDON, true],
      ['low confidence', ['confidence-score'], '', {}, LISTED, true],
      ['low confidence that nothing judges', ['all-applications'], '', {}, LISTED, false],
    ];
    test.each(ASKERS)('and %s', async (_what, policies, script, more, ip, asked) => {
      const { browser, name } = await remembered();
      await set(policies, execute(script));
      browser.headers = at(ip, FIREFOX);
      expect(await isAsked(browser, name, more)).toBe(asked);
    });
  });
});
