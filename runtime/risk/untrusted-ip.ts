// Risk: whether the operator distrusts the address that the login comes from. Pure.
import type { Confidence } from './confidence.ts';
import type { UntrustedAddresses } from './untrusted-addresses.ts';

export type UntrustedIP = {
  confidence: Confidence;
  code: 'not_found_on_deny_list' | 'found_on_deny_list' | 'invalid_ip_address' | 'assessment_not_available';
  /** Of an address that was found; `matches` is the network of the list that holds it. */
  details?: { ip: string; matches: string; source?: string; category?: string };
};

export type AddressFacts = { ip: string; untrusted: UntrustedAddresses };

/** On the list: `low`. Not on it: `high`. No list, or no address: `neutral`. */
export function assessUntrustedIp({ ip, untrusted }: AddressFacts): UntrustedIP {
  if (!untrusted.isConfigured) return { confidence: 'neutral', code: 'assessment_not_available' };
  const found = untrusted.find(ip);
  if (found === 'invalid-address') return { confidence: 'neutral', code: 'invalid_ip_address' };
  if (found === undefined) return { confidence: 'high', code: 'not_found_on_deny_list' };
  const { network, ...labels } = found;
  return { confidence: 'low', code: 'found_on_deny_list', details: { ip, matches: network, ...labels } };
}
