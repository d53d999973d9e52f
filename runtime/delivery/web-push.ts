// Delivery: push messages to browsers (RFC 8030), encrypted for the one that subscribed (RFC 8291) and signed by a key of
// the tenant (RFC 8292). The library makes the request; it leaves through the egress guard, because the browser says where
// it goes and could name any address.
import library from 'web-push';
import type { AuthenticatorRecord, JsonObject, TenantRecord } from '#storage/records.ts';
import type { PushNotice, PushOutcome, PushPorts, PushProvider } from './push-provider.ts';

/** Name of the row that holds the tenant's keys. */
const KEYS = 'push:web-push';
/** A login waits for it. */
const TIMEOUT_MS = 5_000;

type VapidKeys = { publicKey: string; privateKey: string };

export const webPush: PushProvider = {
  reaches: ({ device }) => device?.subscription !== undefined,
  send: async (ports, tenant, device, notice) => {
    const request = await requestFor(ports, tenant, device, notice);
    if (!request) return 'gone';
    const { endpoint, headers, body } = request;
    const { egress, log } = ports;
    const sent = await egress.request(
      {
        url: endpoint,
        method: 'POST',
        headers: Object.entries(headers)
          .filter(([name]) => name !== 'Content-Length')
          .map(([name, value]) => [name, String(value)]),
        body: { base64: body.toString('base64') },
        redirect: 'error',
      },
      { timeoutMs: TIMEOUT_MS },
    );
    const outcome = outcomeOf(sent);
    if (outcome !== 'sent') {
      const why = sent.ok ? { status: sent.answer.status } : { code: sent.code, message: sent.message };
      log.warn({ tenantId: tenant.id, device: device.id, ...why }, 'a push message was not taken');
    }
    return outcome;
  },
};

/** The public half of the tenant's keys, which browsers subscribe with. */
export async function pushPublicKey(
  ports: Pick<PushPorts, 'store' | 'now' | 'random'>,
  tenantId: string,
): Promise<string> {
  return (await keysOf(ports, tenantId)).publicKey;
}

function outcomeOf(sent: Awaited<ReturnType<PushPorts['egress']['request']>>): PushOutcome {
  if (!sent.ok) return 'failed';
  const { status } = sent.answer;
  // RFC 8030 §7.3: the subscription is no more.
  if (status === 404 || status === 410) return 'gone';
  return status >= 200 && status < 300 ? 'sent' : 'failed';
}

/** Undefined: no message can be encrypted for what the browser gave as its key. */
async function requestFor(
  ports: PushPorts,
  tenant: TenantRecord,
  { device }: AuthenticatorRecord,
  { requestId, deviceId, application, expiresAt }: PushNotice,
) {
  const subscription = device?.subscription;
  if (!subscription) return undefined;
  const { endpoint, p256dh, auth } = subscription;
  const payload = JSON.stringify({ request: requestId, device: deviceId, application });
  const vapidDetails = { subject: subjectOf(tenant), ...(await keysOf(ports, tenant.id)) };
  // Nothing to wake anybody for once it has run out.
  const TTL = Math.max(0, Math.floor((expiresAt - ports.now()) / 1000));
  try {
    return library.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, payload, {
      vapidDetails,
      TTL,
      urgency: 'high',
      contentEncoding: 'aes128gcm',
    });
  } catch (error) {
    ports.log.warn({ tenantId: tenant.id, device: deviceId, error: String(error) }, 'a push message was not made');
    return undefined;
  }
}

/** Whom a push service may ask about us (RFC 8292 §2.1): an https address or a mailbox, nothing else. */
function subjectOf({ baseUrl }: TenantRecord): string {
  return baseUrl.startsWith('https:') ? baseUrl : `mailto:push@${new URL(baseUrl).hostname}`;
}

/** Made once: browsers that have subscribed know the tenant by them. */
async function keysOf(
  { store, now, random }: Pick<PushPorts, 'store' | 'now' | 'random'>,
  tenantId: string,
): Promise<VapidKeys> {
  const known = await store.providers.findByKey(tenantId, KEYS);
  if (known) return readKeys(known.settings);
  const settings = { ...library.generateVAPIDKeys() };
  const at = now();
  const row = { tenantId, id: random.uuid(), name: KEYS, settings, createdAt: at, updatedAt: at };
  if ((await store.providers.insert(row)) === 'inserted') return settings;
  // Another request was first, and its keys stand.
  const first = await store.providers.findByKey(tenantId, KEYS);
  if (!first) throw new Error('the keys of a tenant for push messages are neither free nor there');
  return readKeys(first.settings);
}

function readKeys({ publicKey, privateKey }: JsonObject): VapidKeys {
  if (typeof publicKey !== 'string' || typeof privateKey !== 'string') {
    throw new Error('the keys of a tenant for push messages are damaged');
  }
  return { publicKey, privateKey };
}
