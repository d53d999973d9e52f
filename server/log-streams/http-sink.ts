// Server, log streams: an address of the tenant's that takes lines by POST. Its settings as the wire has them, and the
// requests that a batch becomes. Source: mfa-wire reference, section 4.5, and recordings.
import { z } from 'zod';
import type { JsonObject } from '#storage/records.ts';
import { webAddress } from '../management/branding.ts';
import { type Line, type Parcel, post } from './parcels.ts';

const HTTP_FORMATS = ['JSONLINES', 'JSONARRAY', 'JSONOBJECT'] as const;

/** RFC 9110 §5.6.2. */
const headerName = z
  .string()
  .max(256)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
/** RFC 9110 §5.5: one byte each and no control characters. A line break would begin a header of its own. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const headerValue = z
  .string()
  .max(4096)
  .superRefine((value, context) => {
    if (FIELD_VALUE.test(value)) return;
    // The value may be a credential: it is not repeated.
    context.addIssue({ code: 'custom', message: 'A header holds Latin letters and no control characters', input: '' });
  });
/** They speak of the connection, or have a setting of their own. */
const OURS = /^(host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|expect|keep-alive)$/i;

/** Calls carry no credentials in their address. The value may hold some: it is not repeated. */
export const endpoint = webAddress.superRefine((value, context) => {
  const { username, password } = URL.canParse(value) ? new URL(value) : { username: '', password: '' };
  if (username === '' && password === '') return;
  context.addIssue({
    code: 'custom',
    message: 'An address holds no user name and no password: they go into httpAuthorization',
    input: '',
  });
});

export const httpSink = z.strictObject({
  httpEndpoint: endpoint,
  httpContentType: headerValue.optional(),
  httpContentFormat: z.enum(HTTP_FORMATS).optional(),
  httpAuthorization: headerValue.optional(),
  httpCustomHeaders: z
    .array(
      z.strictObject({
        header: headerName.refine((name) => !OURS.test(name), 'This header cannot be set'),
        value: headerValue,
      }),
    )
    .max(50)
    .optional(),
});
type HttpSink = z.output<typeof httpSink>;

/** The requests of a batch, each with the lines that have arrived when it is answered well. */
export function httpRequests(sink: JsonObject, lines: readonly Line[]): Parcel[] {
  const settings = sink as HttpSink;
  const { httpEndpoint, httpContentType, httpContentFormat: format = 'JSONLINES' } = settings;
  const call = (text: string) => post(httpEndpoint, headersOf(settings), text, httpContentType);
  if (format === 'JSONOBJECT') return lines.map((line) => ({ call: call(line.json), lines: [line] }));
  const texts = lines.map(({ json }) => json);
  return [{ call: call(format === 'JSONARRAY' ? `[${texts.join(',')}]` : texts.join('\n')), lines }];
}

function headersOf(sink: HttpSink): [string, string][] {
  const { httpAuthorization, httpCustomHeaders = [] } = sink;
  const own = httpCustomHeaders.map(({ header, value }): [string, string] => [header, value]);
  const others = httpAuthorization === undefined ? own : own.filter(([name]) => !/^authorization$/i.test(name));
  return [
    ...(httpAuthorization === undefined ? [] : [['authorization', httpAuthorization] as [string, string]]),
    ...others,
  ];
}
