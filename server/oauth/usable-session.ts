// Server, protocol: whether the session of a browser may answer an authorization request in the place of a sign-in.
import type { Context } from 'hono';
import type { LoginRequest } from '#runtime/transaction/transaction.ts';
import type { SessionRecord } from '#storage/records.ts';
import type { Deps, Env } from '../deps.ts';
import { readSession } from './session-cookie.ts';

/** The live session of this browser, where the request may use it. */
export async function usableSession(
  c: Context<Env>,
  deps: Deps,
  request: LoginRequest,
): Promise<{ session?: SessionRecord }> {
  const live = await readSession(c, deps);
  return live && mayStandIn(live, request, deps.clock.now()) ? { session: live } : {};
}

/** OpenID Connect Core §3.1.2.1: a new sign-in where `prompt`, `max_age` (seconds) or `id_token_hint` asks for one. */
export function mayStandIn(
  session: SessionRecord,
  { prompt, maxAge, hintedUserId }: LoginRequest,
  now: number,
): boolean {
  if (hintedUserId !== undefined && hintedUserId !== session.userId) return false;
  if (prompt.includes('login') || prompt.includes('select_account')) return false;
  // An age of nothing is asked for by whoever wants a new one, however fast it follows the last.
  return maxAge === undefined || (maxAge > 0 && now - session.authenticatedAt <= maxAge * 1000);
}
