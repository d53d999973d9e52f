// Server, hosted pages: whether the phone that a page waits for has answered. Asked every few seconds by the page's script,
// so it takes no step and writes nothing; what the answer was is said by the form that the script then sends.
import type { Context } from 'hono';
import type { RestedLogin } from '#runtime/runtime.ts';
import type { TenantRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { readQuery } from '../request.ts';
import { readBinding } from './binding.ts';
import { presentChallenge, presentEnrollment } from './screen.ts';

export const PUSH_STATUS_PATH = '/u/mfa-push-status';

/** `answered`: sending the form leads on, or says why not. */
export async function showPushStatus(c: Context<Env>, deps: Deps): Promise<Response> {
  const { tenant } = c.var;
  const read = readQuery(c);
  const key = read.ok ? read.parameters.state : undefined;
  if (key === undefined) return c.json({ status: 'unknown' }, 400);
  const found = await deps.runtime.read(tenant, { key, binding: readBinding(c) });
  if (found.found === 'nothing') return c.json({ status: 'unknown' }, 400);
  const isPending =
    found.found === 'busy' || (found.found === 'present' && (await waits(deps, tenant, found.shown.login)));
  return c.json({ status: isPending ? 'pending' : 'answered' });
}

async function waits({ store, clock }: Deps, tenant: TenantRecord, login: RestedLogin): Promise<boolean> {
  const enrollment = presentEnrollment(login);
  if (enrollment?.factor === 'push-notification') {
    if (clock.now() >= enrollment.expiresAt) return false;
    return !(await store.authenticators.find(tenant.id, enrollment.authenticatorId))?.device?.heard;
  }
  const challenge = presentChallenge(login);
  const request = challenge && (await store.pushRequests.find(tenant.id, challenge.id));
  // The device was not asked, and the page says so already: sending its form would say nothing more.
  if (!request && challenge?.undelivered) return true;
  return request?.state === 'pending' && clock.now() < request.expiresAt;
}
