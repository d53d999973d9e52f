// Delivery: a gateway of the tenant's own, which carries the codes of an SMS connection. It gets one call and 30 seconds.
// Of its answer the status alone counts, and 200 alone is a success; it is never asked twice.
import type { Egress, EgressFailure, Outcome } from '../egress/egress.ts';
import type { MessageProvider, Taken } from './delivery.ts';
import { gatewayToken } from './gateway-token.ts';
import type { SmsOptions } from './passwordless-options.ts';
import { unanswered } from './unanswered.ts';

const TIMEOUT_MS = 30_000;

/**
 * The gateway of a connection.
 * @param timeoutMs how long it may take; the wire's 30 seconds unless given.
 */
export function smsGateway(options: SmsOptions, timeoutMs = TIMEOUT_MS): MessageProvider {
  return {
    name: 'sms_gateway',
    send: async ({ ports }, { tenant, message, words }) => {
      const { gateway, from } = options;
      if (!gateway) return failed('configuration', 'The connection names no gateway.');
      const { url, authentication, tellsCaller } = gateway;
      const { ip, userAgent } = message.about?.place ?? {};
      const body = {
        recipient: message.to,
        body: words.text,
        sender: from,
        ...(tellsCaller ? { req: { ip: ip ?? '', 'user-agent': userAgent ?? '' } } : {}),
      };
      const token =
        authentication && (await gatewayToken(authentication, { issuer: `${tenant.baseUrl}/`, now: ports.now() }));
      const outcome = await call(ports.egress, url, { body, token, timeoutMs });
      if (!outcome.ok) {
        const { code, message: reason } = outcome;
        ports.log.warn({ tenantId: tenant.id, fault: code, reason }, 'an SMS gateway gave no answer');
      }
      return takenBy(outcome);
    },
  };
}

function call(
  egress: Pick<Egress, 'request'>,
  url: string,
  { body, token, timeoutMs }: { body: object; token: string | undefined; timeoutMs: number },
): Promise<Outcome> {
  const headers: [string, string][] = [['content-type', 'application/json']];
  if (token !== undefined) headers.push(['authorization', `Bearer ${token}`]);
  return egress.request(
    // A redirect is an answer like any other that is not 200, and whoever it leads to is not who was configured.
    { url, method: 'POST', headers, body: { text: JSON.stringify(body) }, redirect: 'manual' },
    { timeoutMs, statusOnly: true },
  );
}

/** The words are those that clients of the wire match on (wire reference, §5.5). */
function takenBy(outcome: Outcome): Taken {
  if (!outcome.ok) return unheard(outcome);
  const { status } = outcome.answer;
  if (status === 200) return { end: 'sent' };
  if (status === 401) {
    return failed('unauthorized', 'Authentication failed while calling the SMS gateway: 401', '401');
  }
  return failed('refused', `Unexpected response while calling the SMS gateway: ${status}`, String(status));
}

/** The code alone: whoever starts a login is told of it, and where the gateway stands is the tenant's business. */
function unheard(failure: EgressFailure): Taken {
  const { end, fault } = unanswered('The SMS gateway', failure);
  const start = failure.code === 'ETIMEDOUT' ? 'Timeout' : 'Unexpected response';
  return { end, fault: { ...fault, detail: `${start} while calling the SMS gateway: ${failure.code}` } };
}

function failed(code: 'configuration' | 'unauthorized' | 'refused', detail: string, answered?: string): Taken {
  return { end: 'failed', fault: { code, detail, ...(answered === undefined ? {} : { answered }) } };
}
