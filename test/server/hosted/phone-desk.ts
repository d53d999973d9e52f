// Test: somebody with phones at the pages, as a plain client drives them: forms posted to their own addresses, no script.
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type House, openHouse } from '#test/kit/house.ts';
import { type Answer, openPages, type Pages, signInOn, stateIn } from './pages.ts';

export type Way = 'sms' | 'voice';
export const BOTH: Way[] = ['sms', 'voice'];
/** A phone first, an app behind it. */
export const CHALLENGE = `api.authentication.challengeWith({ type: 'phone' }, { additionalFactors: [{ type: 'otp' }] });`;
export const ASK_WAY = `api.authentication.challengeWith({ type: 'phone', options: { preferredMethod: 'both' } });`;
export const ANY = `api.authentication.challengeWithAny([{ type: 'phone' }, { type: 'otp' }, { type: 'email' }]);`;

export type Somebody = { name: string; userId: string; phones: string[]; phoneIds: string[]; mailbox: string };

/** One house for the tests of a file. Before each of them phones are on, by text message, and a script asks for one. */
export function usePhoneDesk() {
  let house: House;
  let pages: Pages;
  let people = 0;

  beforeAll(async () => {
    house = await openHouse({ on: ['otp', 'sms', 'email', 'recovery-code'] });
    pages = openPages(house);
  }, 60_000);
  afterAll(() => house.close());

  beforeEach(async () => {
    await ways('sms');
    await switches({ sms: true });
    await script(CHALLENGE);
  });

  const script = (body: string) => house.bind(`exports.onExecutePostLogin = async (event, api) => { ${body} };`);
  const ways = (...messageTypes: Way[]) => house.editTenant((tenant) => ({ ...tenant, messageTypes }));
  const switches = (some: Partial<House['tenant']['factors']>) =>
    house.editTenant((tenant) => ({ ...tenant, factors: { ...tenant.factors, ...some } }));

  /** Somebody new with an app, a verified mailbox and so many phones of numbers that nobody else has. */
  async function somebody(phones = 1): Promise<Somebody> {
    const name = `person-${++people}`;
    const user = await house.user(name, ['otp', 'email']);
    const made = {
      name,
      userId: user.id,
      phones: [] as string[],
      phoneIds: [] as string[],
      mailbox: `${name}@example.com`,
    };
    for (let index = 0; index < phones; index++) {
      const phoneNumber = `+4477009${String(people).padStart(3, '0')}${index}${index}`;
      const id = `dev_${house.ports.random.letters(16)}`;
      const base = { tenantId: user.tenantId, userId: user.id, confirmed: true, createdAt: house.clock.at + index };
      await house.store.authenticators.insert({ ...base, id, type: 'phone', phoneNumber });
      made.phones.push(phoneNumber);
      made.phoneIds.push(id);
    }
    return made;
  }

  const signIn = ({ name }: Somebody) => signInOn(house, pages, name);
  const press = (from: Answer, fields: Record<string, string>) =>
    pages.post(from.location ?? '', { state: stateIn(from), ...fields });
  const see = async (from: Answer) => (await pages.get(from.location ?? '')).text;
  const at = ({ location = '' }: Answer) => location.replace(/\?.*$/, '').replace('/u/', '');
  const newest = async (to: string) => (await house.store.messages.inbox(house.tenant.id, to, 1))[0];
  const sentTimes = async (to: string) => (await house.store.messages.inbox(house.tenant.id, to, 50)).length;
  const isDone = (answer: Answer) => expect(answer.location).toMatch(/^\/authorize\/resume\?state=/);

  return {
    get house() {
      return house;
    },
    get pages() {
      return pages;
    },
    /** How many people there were: numbers of their own are made of it. */
    get people() {
      return people;
    },
    script,
    ways,
    switches,
    somebody,
    signIn,
    press,
    see,
    at,
    newest,
    sentTimes,
    isDone,
    /** Somebody without anything. */
    async newcomer(): Promise<Somebody> {
      const name = `newcomer-${++people}`;
      const { id: userId } = await house.user(name);
      return { name, userId, phones: [], phoneIds: [], mailbox: '' };
    },
  };
}
