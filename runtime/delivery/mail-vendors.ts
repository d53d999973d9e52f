// Delivery: services that take mails by HTTP, one row each: what they are asked, and what their answer means. None of them
// may count who opens a mail or rewrite its links: a link of ours lets somebody in, and is nobody else's business.
import type { OutgoingCall } from '#actions/outgoing-call.ts';
import type { Json, JsonObject } from '#storage/records.ts';
import type { Letter, Mailbox } from './mail-letter.ts';
import { type MailProviderName, type MailSettings, objectIn, textIn } from './mail-settings.ts';

export type MailVendor = {
  call(letter: Letter, settings: MailSettings): OutgoingCall;
  /** The vendor's name for the mail, from an answer that took it. */
  reference(answer: Answered): string | undefined;
  /** Why an answer of a good status took nothing, or what a bad one really means; undefined: its status says it. */
  judge?(answer: Answered): { code: 'refused' | 'unauthorized'; answered: string } | undefined;
};

/** `body`: an empty object where it is no JSON object; of a list, its first entry. */
export type Answered = { status: number; headers: readonly (readonly [string, string])[]; body: JsonObject };

export const MAIL_VENDORS: { readonly [Name in MailProviderName]?: MailVendor } = {
  sendgrid: {
    call: ({ from, to, subject, text, html, headers }, { credentials }) =>
      json('https://api.sendgrid.com/v3/mail/send', bearer(credentials, 'api_key'), {
        personalizations: [{ to: [{ email: to }] }],
        from: emailAndName(from),
        subject,
        content: [
          { type: 'text/plain', value: text },
          ...(html === undefined ? [] : [{ type: 'text/html', value: html }]),
        ],
        headers,
        tracking_settings: { click_tracking: { enable: false, enable_text: false }, open_tracking: { enable: false } },
      }),
    reference: ({ headers }) => headers.find(([name]) => name === 'x-message-id')?.[1],
  },

  // Here a domain says whether opens and links are counted, not a mail; it does not unless somebody has it so.
  resend: {
    call: ({ from, to, subject, text, html, headers }, { credentials }) =>
      json('https://api.resend.com/emails', bearer(credentials, 'api_key'), {
        from: spelled(from),
        to: [to],
        subject,
        text,
        ...(html === undefined ? {} : { html }),
        headers,
      }),
    reference: ({ body }) => textIn(body, 'id') || undefined,
    judge: ({ body }) => {
      const name = textIn(body, 'name');
      return /_api_key$/.test(name) ? { code: 'unauthorized', answered: name } : undefined;
    },
  },

  mailgun: {
    call: ({ from, to, subject, text, html, headers }, { credentials }) => {
      const host = textIn(credentials, 'region') === 'eu' ? 'api.eu.mailgun.net' : 'api.mailgun.net';
      const form = new URLSearchParams({ from: spelled(from), to, subject, text, 'o:tracking': 'no' });
      if (html !== undefined) form.set('html', html);
      for (const [name, value] of Object.entries(headers)) form.set(`h:${name}`, value);
      const key = Buffer.from(`api:${textIn(credentials, 'api_key')}`).toString('base64');
      return {
        url: `https://${host}/v3/${encodeURIComponent(textIn(credentials, 'domain'))}/messages`,
        method: 'POST',
        headers: [
          ['authorization', `Basic ${key}`],
          ['content-type', 'application/x-www-form-urlencoded'],
        ],
        body: { text: form.toString() },
        redirect: 'error',
      };
    },
    reference: ({ body }) => textIn(body, 'id') || undefined,
  },

  mandrill: {
    call: ({ from, to, subject, text, html, headers }, { credentials, settings }) =>
      json('https://mandrillapp.com/api/1.0/messages/send.json', [], {
        key: textIn(credentials, 'api_key'),
        message: {
          from_email: from.address,
          ...(from.name === undefined ? {} : { from_name: from.name }),
          to: [{ email: to, type: 'to' }],
          subject,
          text,
          ...(html === undefined ? {} : { html }),
          headers,
          track_opens: false,
          track_clicks: false,
          view_content_link: objectIn(settings.message).view_content_link === true,
        },
      }),
    reference: ({ body }) => textIn(body, '_id') || undefined,
    judge: ({ body }) => {
      const [status, name] = [textIn(body, 'status'), textIn(body, 'name')];
      if (status === 'error') return { code: name === 'Invalid_Key' ? 'unauthorized' : 'refused', answered: name };
      if (status !== 'rejected' && status !== 'invalid') return undefined;
      return { code: 'refused', answered: textIn(body, 'reject_reason') || status };
    },
  },

  sparkpost: {
    call: ({ from, to, subject, text, html, headers }, { credentials }) => {
      const host = textIn(credentials, 'region') === 'eu' ? 'api.eu.sparkpost.com' : 'api.sparkpost.com';
      return json(`https://${host}/api/v1/transmissions`, [['authorization', textIn(credentials, 'api_key')]], {
        recipients: [{ address: { email: to } }],
        content: { from: emailAndName(from), subject, text, ...(html === undefined ? {} : { html }), headers },
        options: { transactional: true, open_tracking: false, click_tracking: false },
      });
    },
    reference: ({ body }) => textIn(objectIn(body.results), 'id') || undefined,
    judge: ({ body }) =>
      objectIn(body.results).total_accepted_recipients === 0
        ? { code: 'refused', answered: 'no recipient' }
        : undefined,
  },

  postmark: {
    call: ({ from, to, subject, text, html, headers }, { credentials }) =>
      json('https://api.postmarkapp.com/email', [['x-postmark-server-token', textIn(credentials, 'api_key')]], {
        From: spelled(from),
        To: to,
        Subject: subject,
        TextBody: text,
        ...(html === undefined ? {} : { HtmlBody: html }),
        Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
        TrackOpens: false,
        TrackLinks: 'None',
      }),
    reference: ({ body }) => textIn(body, 'MessageID') || undefined,
    judge: ({ body: { ErrorCode: code } }) =>
      typeof code === 'number' && code !== 0
        ? { code: code === 10 ? 'unauthorized' : 'refused', answered: String(code) }
        : undefined,
  },
};

function json(url: string, headers: [string, string][], body: { [key: string]: Json }): OutgoingCall {
  return {
    url,
    method: 'POST',
    headers: [...headers, ['content-type', 'application/json'], ['accept', 'application/json']],
    body: { text: JSON.stringify(body) },
    redirect: 'error',
  };
}

function bearer(credentials: JsonObject, name: string): [string, string][] {
  return [['authorization', `Bearer ${textIn(credentials, name)}`]];
}

const emailAndName = ({ name, address }: Mailbox) => ({ email: address, ...(name === undefined ? {} : { name }) });

/** RFC 5322 §3.4; a name was read without quotes and brackets. */
const spelled = ({ name, address }: Mailbox): string =>
  name === undefined ? address : `"${name.replaceAll('\\', '')}" <${address}>`;
