// Server, protocol: tells applications of sessions that have ended (OpenID Connect Back-Channel Logout 1.0 §2.5). What is
// to be told is a row of the commit that ended the session: this only sends it, and again after a while when nobody
// listened. A crash sends at worst once more; of several servers one has each try.
import { tenantLog } from '#runtime/tenant-log.ts';
import type { ClientRecord, LogoutNoticeRecord, TenantRecord } from '#storage/records.ts';
import type { Deps } from '../deps.ts';
import { logoutToken } from './logout-token.ts';

const MINUTE_MS = 60_000;

/** After the first try, the second and so on; after the last there is none any more. */
const PAUSES_MS = [1, 5, 15, 30].map((minutes) => minutes * MINUTE_MS);
const TRIES = PAUSES_MS.length + 1;

/** For the whole call. A person does not wait for it, but the others that are to be told do. */
const TIMEOUT_MS = 5000;

const AT_ONCE = { most: 100, ofOneTenant: 20 };

type Needs = Pick<Deps, 'store' | 'clock' | 'random' | 'egress' | 'log'>;

/** Sends some of what is due, and resolves when that is done; returns how many this server had. */
export async function tellOfLogouts(deps: Needs): Promise<number> {
  const due = await deps.store.logoutNotices.due(deps.clock.now(), AT_ONCE);
  const had = await Promise.all(
    due.map((notice) =>
      // The notice stays where it is, put off: what failed here was not the application.
      tell(deps, notice).catch((cause: unknown) => {
        deps.log.error({ cause, tenantId: notice.tenantId, clientId: notice.clientId }, 'a logout was not told of');
        return false;
      }),
    ),
  );
  return had.filter(Boolean).length;
}

/** False: another server has it. */
async function tell(deps: Needs, notice: LogoutNoticeRecord): Promise<boolean> {
  const { store, clock } = deps;
  const { tenantId, id, clientId, tries } = notice;
  const pause = PAUSES_MS[tries];
  const nextAt = pause === undefined ? notice.expiresAt : clock.now() + pause;
  if (!(await store.logoutNotices.claim(tenantId, id, tries, nextAt))) return false;
  const [tenant, client] = await Promise.all([store.tenants.find(tenantId), store.clients.find(tenantId, clientId)]);
  const url = client?.backChannelLogout?.url;
  if (tenant && client && url !== undefined) {
    const sent = await send(deps, url, await logoutToken(deps, tenant, client, notice));
    if (sent === 'stopped') return true;
    await record(deps, tenant, client, notice, sent);
    if (!sent.ok && tries + 1 < TRIES) return true;
  }
  // Heard, given up, gone, or not wanted any more.
  await store.logoutNotices.remove(tenantId, id);
  return true;
}

/** `details`: for the tenant's log. Neither address nor answer stands there: both may hold what is nobody's business. */
type Sent = { ok: boolean; details: { status: number } | { error: { code: string; message: string } } };

/** `stopped`: this server ends before there was an answer; the next try is due already. */
async function send({ egress }: Needs, url: string, token: string): Promise<Sent | 'stopped'> {
  const outcome = await egress.request(
    {
      url,
      method: 'POST',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: { text: String(new URLSearchParams({ logout_token: token })) },
      // The token is for this address and no other.
      redirect: 'manual',
    },
    { timeoutMs: TIMEOUT_MS },
  );
  if (outcome.ok) {
    const { status } = outcome.answer;
    return { ok: status >= 200 && status < 300, details: { status } };
  }
  const { code, message } = outcome;
  return code === 'ABORT_ERR' ? 'stopped' : { ok: false, details: { error: { code, message } } };
}

async function record(
  { store, clock, random }: Needs,
  tenant: TenantRecord,
  client: ClientRecord,
  { userId, sessionId, tries }: LogoutNoticeRecord,
  { ok, details }: Sent,
): Promise<void> {
  const log = tenantLog(
    {
      type: ok ? 'oidc_backchannel_logout_succeeded' : 'oidc_backchannel_logout_failed',
      description: ok ? 'The application was told of a sign-out' : 'The application could not be told of a sign-out',
      userId,
      details: { session_id: sessionId, try: tries + 1, ...details },
    },
    {
      tenantId: tenant.id,
      now: clock.now(),
      random,
      hostname: new URL(tenant.baseUrl).host,
      clientId: client.id,
      clientName: client.name,
    },
  );
  await store.commit([{ kind: 'log.insert', log }]);
}

const TELL_EVERY_MS = 1000;

/** Tells again and again what is due. */
export function keepTelling(deps: Needs): {
  /** Begins nothing more; resolves when what is under way is done, or after `withinMs`. */
  end(withinMs: number): Promise<void>;
} {
  let ending = false;
  const all = async () => {
    while (!ending && (await tellOfLogouts(deps)) > 0);
  };
  let round: Promise<void> | undefined;
  const timer = setInterval(() => {
    round ??= all()
      .catch((cause: unknown) => deps.log.error({ cause }, 'logouts were not told of'))
      .finally(() => {
        round = undefined;
      });
  }, TELL_EVERY_MS).unref();
  return {
    async end(withinMs) {
      ending = true;
      clearInterval(timer);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const deadline = setTimeout(resolve, withinMs);
      await Promise.race([round, late]);
      clearTimeout(deadline);
    },
  };
}
