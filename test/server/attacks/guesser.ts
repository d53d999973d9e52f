// For tests of attacks: somebody who guesses passwords on the pages, from whatever address they choose.
import type { AttackProtectionRecord } from '#storage/records.ts';
import { PASSWORD } from '#test/kit/house.ts';
import { createPlainBrowser } from '#test/kit/plain-browser.ts';
import { type FrontDoor, openFrontDoor } from '../oauth/front-door.ts';

export const HERE = '203.0.113.7';
export const THERE = '198.51.100.9';

/** What a guess led to: `code`, the `data-error` of the page, or the status of one without. */
export type Told = { told: string; status: number; html: string; headers: Headers };

/** A house behind a proxy, so that a header says where a request comes from. */
export const openBehindProxy = (env: Record<string, string> = {}): Promise<FrontDoor> =>
  openFrontDoor({ env: { SALLYPORT_TRUST_PROXY: '1', ...env } });

export const from = (ip: string) => ({ 'x-forwarded-for': ip });

/** Opens a login and sends one password. */
export async function guess(
  door: FrontDoor,
  username: string,
  { password = 'wrong', ip = HERE }: { password?: string; ip?: string } = {},
): Promise<Told> {
  let headers = new Headers();
  const browser = createPlainBrowser(door.site, async (url, init) => {
    const answer = await door.app.request(url, { ...init, headers: { ...(init.headers as object), ...from(ip) } });
    headers = answer.headers;
    return answer;
  });
  const page = await browser.open(door.authorizeUrl());
  const { status, html, url } = await browser.post(page, { username, password, action: 'default' });
  const error = /data-error="([^"]*)"/.exec(html)?.[1];
  return { told: url.searchParams.has('code') ? 'code' : (error ?? String(status)), status, html, headers };
}

/** So many guesses, one after the other, and what each was told. */
export async function guesses(
  door: FrontDoor,
  count: number,
  username: string,
  more: { password?: string; ip?: string } = {},
): Promise<string[]> {
  const told: string[] = [];
  for (let i = 0; i < count; i++) told.push((await guess(door, username, more)).told);
  return told;
}

export const right = (door: FrontDoor, username: string, ip = HERE): Promise<Told> =>
  guess(door, username, { password: PASSWORD, ip });

export async function protect(door: FrontDoor, attackProtection: AttackProtectionRecord): Promise<void> {
  await door.house.editTenant((tenant) => ({
    ...tenant,
    attackProtection: { ...tenant.attackProtection, ...attackProtection },
  }));
}

export async function logsOf(door: FrontDoor, type: string) {
  const { store, tenant } = door.house;
  const page = { offset: 0, limit: 100 };
  return (await store.logs.list(tenant.id, { type, order: 'oldest', page })).records;
}

/** Newest first, when everything that follows an answer has been done. */
export async function mailsTo(door: FrontDoor, to: string): Promise<string[]> {
  await door.house.runtime.settled(1000);
  return (await door.house.store.messages.inbox(door.house.tenant.id, to, 10)).map(({ text }) => text);
}
