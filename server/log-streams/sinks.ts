// Server, log streams: the kinds of receiver, what each is reached by, and how lines go there. Those that the vendor reaches
// through partners of its own are kept and given back, so that tools which write a whole tenant go through, and their state
// says that nothing is sent. Source: mfa-wire reference, section 4.5, and recordings.
import { z } from 'zod';
import type { JsonObject, LogStreamType } from '#storage/records.ts';
import { text } from '../management/fields.ts';
import { endpoint, httpRequests, httpSink } from './http-sink.ts';
import { fileSink } from './line-files.ts';
import { type Line, type Parcel, toDatadog, toMixpanel, toSegment, toSplunk, toSumo } from './parcels.ts';

type Kind = {
  body: z.ZodType<Record<string, unknown>>;
  /** What the vendor makes up and nobody writes. */
  made?: (host: string, id: string) => JsonObject;
  /** Shown as stars, and kept where stars come back. */
  secret?: string;
  /** Calls that carry the lines. Without it lines go into a file, or nowhere. */
  parcels?: (sink: JsonObject, lines: readonly Line[]) => Parcel[];
};

const maybe = z.string().max(1024).optional();
/** It travels in a header: one byte a letter and no control characters (RFC 9110 §5.5). */
const headerText = text(1024).refine((value) => /^[\x20-\x7e]+$/.test(value), 'Letters that no header carries');

export const SINKS: Readonly<Record<LogStreamType, Kind>> = {
  http: { body: httpSink, parcels: httpRequests },
  file: { body: fileSink },
  eventbridge: {
    body: z.strictObject({
      awsAccountId: z.string().regex(/^\d{12}$/),
      awsRegion: text(64),
      awsPartnerEventSource: maybe,
    }),
    made: (host, id) => ({ awsPartnerEventSource: `aws.partner/${host}-${id}/auth0.logs` }),
  },
  eventgrid: {
    body: z.strictObject({
      azureSubscriptionId: text(64),
      azureResourceGroup: text(128),
      azureRegion: text(64),
      azurePartnerTopic: maybe,
    }),
    made: (host, id) => ({ azurePartnerTopic: `${host}-${id}` }),
  },
  datadog: { body: z.strictObject({ datadogRegion: text(64), datadogApiKey: headerText }), parcels: toDatadog },
  splunk: {
    body: z.strictObject({
      splunkDomain: text(255).refine((value) => /^[A-Za-z0-9.-]+$/.test(value), 'A host has a name and nothing else'),
      splunkToken: headerText,
      splunkPort: z.string().regex(/^\d{1,5}$/),
      splunkSecure: z.boolean(),
    }),
    parcels: toSplunk,
  },
  sumo: { body: z.strictObject({ sumoSourceAddress: endpoint }), parcels: toSumo },
  segment: { body: z.strictObject({ segmentWriteKey: text(1024) }), parcels: toSegment },
  mixpanel: {
    body: z.strictObject({
      mixpanelRegion: text(16),
      mixpanelProjectId: text(128),
      mixpanelServiceAccountUsername: text(512),
      mixpanelServiceAccountPassword: text(1024),
    }),
    secret: 'mixpanelServiceAccountPassword',
    parcels: toMixpanel,
  },
};

/** Whether lines of this kind go anywhere. */
export const isSent = (type: LogStreamType): boolean => type === 'file' || SINKS[type].parcels !== undefined;

const STARS = '********';

/** What is kept of settings as they came. `current`: what was kept until now. */
export function keptSink(
  type: LogStreamType,
  given: JsonObject,
  { host, id, current = {} }: { host: string; id: string; current?: JsonObject },
): JsonObject {
  const { made, secret } = SINKS[type];
  const before = secret === undefined ? undefined : current[secret];
  const isStarred = secret !== undefined && given[secret] === STARS && before !== undefined;
  return { ...given, ...made?.(host, id), ...(isStarred ? { [secret]: before } : {}) };
}

export function shownSink(type: LogStreamType, sink: JsonObject): JsonObject {
  const { secret } = SINKS[type];
  return secret === undefined ? sink : { ...sink, [secret]: STARS };
}
