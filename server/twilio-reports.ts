// Server: where Twilio reports what became of a message. Whoever calls has no name here: the signature of the report
// says whether it is believed.
import { type Context, Hono } from 'hono';
import { REPORT_PATH } from '#runtime/delivery/twilio.ts';
import type { ReportTaken } from '#runtime/delivery/twilio-reports.ts';
import type { Deps, Env } from './deps.ts';
import { readFormValues } from './request.ts';

const ANSWERS: Readonly<Record<ReportTaken, readonly [status: 204 | 400 | 403 | 404, error: string, message: string]>> =
  {
    taken: [204, '', ''],
    unknown: [404, 'Not Found', 'No such message was sent with a Twilio account of this tenant.'],
    forged: [403, 'Forbidden', 'The signature of the report (X-Twilio-Signature) is not right.'],
    malformed: [400, 'Bad Request', 'The report is not a form with MessageStatus or CallStatus.'],
  };

export function twilioReportRoutes({ runtime }: Deps): Hono<Env> {
  return new Hono<Env>().post(REPORT_PATH, async (c) => {
    const form = await readFormValues(c);
    if (!form.ok) return answer(c, 'malformed');
    const { tenant } = c.var;
    const taken = await runtime.takeTwilioReport(tenant, {
      source: c.req.param('source'),
      messageId: c.req.param('message'),
      // As it was given out, whatever a proxy makes of it on the way.
      url: `${tenant.baseUrl}${c.req.path}`,
      signature: c.req.header('x-twilio-signature') ?? '',
      parameters: new Map([...form.values].map(([name, values]) => [name, values.join('')])),
    });
    return answer(c, taken);
  });
}

function answer(c: Context, taken: ReportTaken): Response {
  const [status, error, message] = ANSWERS[taken];
  return status === 204 ? c.body(null, 204) : c.json({ statusCode: status, error, message }, status);
}
