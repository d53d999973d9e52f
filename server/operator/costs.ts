// Server, operators: costs as providers write them (an amount, a currency; what is charged often with a minus sign), added up.
import type { MessageRecord } from '#storage/records.ts';

/** One text for each currency, in their order by name; what is written in another way is left out. */
export function sumCosts(messages: readonly Pick<MessageRecord, 'outcome'>[]): string[] {
  const sums = new Map<string, number>();
  for (const { outcome } of messages) {
    const [, amount, currency] = /^-?(\d{1,9}(?:\.\d{1,9})?) ?([A-Za-z]{3})$/.exec(outcome?.cost ?? '') ?? [];
    if (amount === undefined || currency === undefined) continue;
    const name = currency.toUpperCase();
    sums.set(name, (sums.get(name) ?? 0) + Number(amount));
  }
  return [...sums].toSorted().map(([currency, sum]) => `${Number(sum.toFixed(6))} ${currency}`);
}
