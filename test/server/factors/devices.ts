// The table of factors: a phone that approves, in somebody's hand.
import type { Phone } from '../push/phone.ts';
import { FIVE_MINUTES, totpOf } from './codes.ts';
import type { FactorDesk, Tab } from './desk.ts';
import type { Holding } from './kinds.ts';

/** Scans the picture of the page with a new phone. */
export async function readPicture(desk: FactorDesk, tab: Tab): Promise<Phone> {
  await tab.press({ action: 'enroll' });
  const text = tab.twin();
  await text.press({ action: 'toggle-view' });
  const { phone } = await desk.phones.enroll(/push\/enroll#([\w-]+)"/.exec(text.page.html)?.[1] ?? '');
  return phone;
}

export function holdingOf(desk: FactorDesk, phone: Phone): Holding {
  const { clock } = desk.house;
  const numberOn = ({ page }: Tab) => /<b class="number"[^>]*>(\d\d)</.exec(page.html)?.[1] ?? '';
  const approve = async (number: string) =>
    phone.say('answer', { request: (await phone.request()).id, decision: 'approve', number });
  const fields = { action: 'continue' };
  return {
    id: phone.id,
    phone,
    answer: async (tab) => {
      await approve(numberOn(tab));
      return fields;
    },
    wrong: async (tab) => {
      const { choices } = await phone.request();
      await approve(choices.find((choice) => choice !== numberOn(tab)) ?? '');
      return fields;
    },
    late: async (tab) => {
      const { id } = await phone.request();
      const number = numberOn(tab);
      clock.advance(FIVE_MINUTES);
      const { status } = await phone.say('answer', { request: id, decision: 'approve', number });
      if (status < 400) throw new Error('an approval was taken that came too late');
      return fields;
    },
    asked: async () => (await phone.request()).id,
    code: async () => totpOf(desk, phone.secret),
  };
}
