// The table of factors: what a page has a key asked for, and what comes back by its form.
import type { Asked } from '#server/testing/soft-key.ts';
import type { FactorDesk, Fields, Tab } from './desk.ts';

/** What the page has its script ask a key for. */
export function askedOn(desk: FactorDesk, { page }: Pick<Tab, 'page'>): Asked {
  const [, data = ''] = /data-options="([^"]*)"/.exec(page.html) ?? [];
  const { challenge } = JSON.parse(data.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as { challenge: string };
  const { baseUrl } = desk.house.tenant;
  return { challenge, relyingPartyId: new URL(baseUrl).hostname, origin: baseUrl };
}

export const signed = (response: object): Fields => ({ response: JSON.stringify(response), action: 'default' });
