// What the vendors' receivers are sent: address, credentials and form, as each of them documents its intake.
import { expect, test } from 'vitest';
import type { Line } from '#server/log-streams/parcels.ts';
import { SINKS } from '#server/log-streams/sinks.ts';
import type { JsonObject, LogStreamType } from '#storage/records.ts';

const AT = Date.UTC(2026, 0, 15, 12);
const line = (id: string, data: Record<string, unknown>): Line => {
  const whole = { type: 's', ...data };
  return { id, at: AT, data: whole, json: JSON.stringify({ log_id: id, data: whole }) };
};
const LINES = [line('1', { user_id: 'auth0|ann' }), line('2', { user_id: '' })];

function parcelOf(type: LogStreamType, sink: JsonObject) {
  const [parcel, ...more] = SINKS[type].parcels?.(sink, LINES) ?? [];
  if (!parcel) throw new Error('nothing is sent');
  expect([more, parcel.lines]).toEqual([[], LINES]);
  const { url, method, headers, body, redirect } = parcel.call;
  expect([method, redirect]).toEqual(['POST', 'manual']);
  return { url, headers: Object.fromEntries(headers), text: body && 'text' in body ? body.text : '' };
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

test.each([
  ['us', 'http-intake.logs.datadoghq.com'],
  ['eu', 'http-intake.logs.datadoghq.eu'],
  ['us3', 'http-intake.logs.us3.datadoghq.com'],
  ['evil.example/', 'http-intake.logs.evil.example%2f.datadoghq.com'],
])('Datadog in %s', (datadogRegion, host) => {
  const { url, headers, text } = parcelOf('datadog', { datadogRegion, datadogApiKey: 'key' });
  expect(url.toLowerCase()).toBe(`https://${host}/api/v2/logs`);
  expect(headers['dd-api-key']).toBe('key');
  expect(JSON.parse(text)).toMatchObject([{ ddsource: 'auth0', log_id: '1', data: { user_id: 'auth0|ann' } }, {}]);
});

test('Splunk', () => {
  const sink = { splunkDomain: 'in.splunk.example', splunkPort: '8088', splunkToken: 'tok', splunkSecure: false };
  const { url, headers, text } = parcelOf('splunk', sink);
  expect([url, headers.authorization]).toEqual([
    'https://in.splunk.example:8088/services/collector/event',
    'Splunk tok',
  ]);
  expect(text.split('\n').map((each) => JSON.parse(each))).toMatchObject([
    { time: AT / 1000, event: { log_id: '1' } },
    { event: { log_id: '2' } },
  ]);
});

test('Sumo Logic', () => {
  const { url, text } = parcelOf('sumo', { sumoSourceAddress: 'https://sumo.example/x' });
  expect([url, text]).toEqual(['https://sumo.example/x', LINES.map(({ json }) => json).join('\n')]);
});

test('Segment', () => {
  const { url, headers, text } = parcelOf('segment', { segmentWriteKey: 'key' });
  expect([url, headers.authorization]).toEqual(['https://api.segment.io/v1/batch', basic('key:')]);
  expect(JSON.parse(text)).toMatchObject({
    batch: [
      { type: 'track', event: 's', messageId: '1', anonymousId: 'auth0|ann', timestamp: '2026-01-15T12:00:00.000Z' },
      { messageId: '2', anonymousId: 'log 2' },
    ],
  });
});

test('Mixpanel', () => {
  const { url, headers, text } = parcelOf('mixpanel', {
    mixpanelRegion: 'eu',
    mixpanelProjectId: '1 2',
    mixpanelServiceAccountUsername: 'ann',
    mixpanelServiceAccountPassword: 'secret',
  });
  expect(url).toBe('https://api-eu.mixpanel.com/import?strict=1&project_id=1%202');
  expect(headers.authorization).toBe(basic('ann:secret'));
  const [first, second] = JSON.parse(text);
  expect(first).toMatchObject({ event: 's', properties: { time: AT, distinct_id: 'auth0|ann', type: 's' } });
  expect(first.properties.$insert_id).toMatch(/^[0-9a-f]{32}$/);
  expect(first.properties.$insert_id).not.toBe(second.properties.$insert_id);
});
