// Server, log streams: what a batch becomes for each kind of receiver that takes lines by one HTTP call. Addresses and forms
// are those that each of them documents for its intake.
import { createHash } from 'node:crypto';
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { JsonObject } from '#storage/records.ts';

/** A line as receivers get it; `json` is it as text, with its id around it. */
export type Line = { id: string; at: number; data: Record<string, unknown>; json: string };

/** One call, and the lines that have arrived when it is answered well. */
export type Parcel = { call: OutgoingCall; lines: readonly Line[] };

/** @param headers beside the content type. */
export function post(url: string, headers: readonly [string, string][], text: string, type = 'application/json') {
  return {
    url,
    method: 'POST',
    headers: [['content-type', type], ...headers] as [string, string][],
    body: { text },
    // The lines are for this address and no other.
    redirect: 'manual',
  } satisfies OutgoingCall;
}

const setting = (sink: JsonObject, name: string): string => {
  const value = sink[name];
  return typeof value === 'string' ? value : '';
};

const basic = (name: string, secret: string): [string, string] => [
  'authorization',
  `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
];

const joined = (lines: readonly Line[]): string => lines.map(({ json }) => json).join('\n');

/** Their regions are names of hosts. */
const DATADOG_SITES: Record<string, string> = {
  us: 'datadoghq.com',
  eu: 'datadoghq.eu',
  gov: 'ddog-gov.com',
};

export function toDatadog(sink: JsonObject, lines: readonly Line[]): Parcel[] {
  const region = setting(sink, 'datadogRegion').toLowerCase();
  const site = DATADOG_SITES[region] ?? `${encodeURIComponent(region)}.datadoghq.com`;
  // Its dashboards for this wire format look for this source.
  const entries = lines.map(({ id, data }) => ({ ddsource: 'auth0', service: 'auth0', log_id: id, data }));
  const key: [string, string] = ['dd-api-key', setting(sink, 'datadogApiKey')];
  return [{ call: post(`https://http-intake.logs.${site}/api/v2/logs`, [key], JSON.stringify(entries)), lines }];
}

/** Its certificate is always verified, whatever `splunkSecure` says. */
export function toSplunk(sink: JsonObject, lines: readonly Line[]): Parcel[] {
  const [host, port] = [setting(sink, 'splunkDomain'), setting(sink, 'splunkPort')];
  const events = lines.map(({ id, at, data }) =>
    JSON.stringify({ time: at / 1000, source: 'auth0', event: { log_id: id, data } }),
  );
  const token: [string, string] = ['authorization', `Splunk ${setting(sink, 'splunkToken')}`];
  return [{ call: post(`https://${host}:${port}/services/collector/event`, [token], events.join('\n')), lines }];
}

export function toSumo(sink: JsonObject, lines: readonly Line[]): Parcel[] {
  return [{ call: post(setting(sink, 'sumoSourceAddress'), [], joined(lines)), lines }];
}

/** Whom a line is about; a line about nobody is about its own. */
const personOf = ({ id, data }: Line): string =>
  typeof data.user_id === 'string' && data.user_id !== '' ? data.user_id : `log ${id}`;

export function toSegment(sink: JsonObject, lines: readonly Line[]): Parcel[] {
  const batch = lines.map((line) => ({
    type: 'track',
    event: String(line.data.type),
    messageId: line.id,
    anonymousId: personOf(line),
    timestamp: new Date(line.at).toISOString(),
    properties: { log_id: line.id, ...line.data },
  }));
  const key = basic(setting(sink, 'segmentWriteKey'), '');
  return [{ call: post('https://api.segment.io/v1/batch', [key], JSON.stringify({ batch })), lines }];
}

const MIXPANEL_HOSTS: Record<string, string> = { eu: 'api-eu.mixpanel.com', in: 'api-in.mixpanel.com' };

export function toMixpanel(sink: JsonObject, lines: readonly Line[]): Parcel[] {
  const events = lines.map((line) => ({
    event: String(line.data.type),
    properties: {
      ...line.data,
      time: line.at,
      distinct_id: personOf(line),
      // At most 36 characters; what comes twice is one event there.
      $insert_id: createHash('sha256').update(line.id).digest('hex').slice(0, 32),
    },
  }));
  const host = MIXPANEL_HOSTS[setting(sink, 'mixpanelRegion').toLowerCase()] ?? 'api.mixpanel.com';
  const project = encodeURIComponent(setting(sink, 'mixpanelProjectId'));
  const account = basic(
    setting(sink, 'mixpanelServiceAccountUsername'),
    setting(sink, 'mixpanelServiceAccountPassword'),
  );
  const url = `https://${host}/import?strict=1&project_id=${project}`;
  return [{ call: post(url, [account], JSON.stringify(events)), lines }];
}
