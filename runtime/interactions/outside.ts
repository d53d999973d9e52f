// Interactions: what asking an outside service needs, and how it is said that nobody answered.
import type { JsonObject } from '#storage/records.ts';
import type { EgressCode } from '../egress/egress.ts';
import type { Ports } from '../ports.ts';
import type { Executed } from './interaction.ts';

export type OutsidePorts = Pick<Ports, 'egress' | 'now' | 'random' | 'log'>;

/** Whose configuration it is. */
export type OutsidePlace = { tenantId: string };

/** One answer, under the names that rules read it by (§2.4). Names of headers are in lower case. */
export type HttpResult = {
  status_code: number;
  response_headers: { [name: string]: string };
  response_body: JsonObject[string];
};

export type Fault = NonNullable<Executed['fault']>;

/** A request that had no answer. `status` is what our own caller is told by. */
export type Unanswered = { fault: Fault; status: number };

/** Milliseconds that one execution may take, with its tokens, its waits and its repetitions. */
export const LONGEST_MS = 60_000;

const STATUS: { readonly [fault in Fault]: number } = {
  unreachable: 503,
  timeout: 504,
  'token-unreachable': 503,
  'token-refused': 502,
  'refused-address': 503,
  skipped: 500,
};

export function unanswered(fault: Fault): Unanswered {
  return { fault, status: STATUS[fault] };
}

/** What a failure of the network is. An answer that is no HTTP, or has no end, is a bad gateway's. */
export function faultOf(code: EgressCode): Unanswered {
  if (code === 'ETIMEDOUT') return unanswered('timeout');
  if (code === 'ERR_EGRESS_REFUSED') return unanswered('refused-address');
  const bad =
    code === 'ERR_EGRESS_PROTOCOL' || code === 'ERR_EGRESS_TOO_LARGE' || code.startsWith('ERR_EGRESS_REDIRECT');
  return { fault: 'unreachable', status: bad ? 502 : 503 };
}

/** What rules read where no answer came; it says nothing of where the service is. */
export function resultOfFault({ fault, status }: Unanswered): HttpResult {
  return { status_code: status, response_headers: {}, response_body: { ...BODIES[fault] } };
}

const NETWORK = { error: 'network_error', error_description: 'HTTP request failed' };
const BODIES: { readonly [fault in Fault]: { error: string; error_description: string } } = {
  unreachable: NETWORK,
  timeout: NETWORK,
  'token-unreachable': NETWORK,
  'refused-address': NETWORK,
  'token-refused': {
    error: 'external_service_error',
    error_description:
      'Failed to authenticate with the external service. Please check the oauth_authorization settings.',
  },
  skipped: {
    error: 'server_error',
    error_description: 'All configured http requests were skipped by their conditions. No external call was made.',
  },
};
