// Send the codes of the phone factor as text messages by Amazon SNS, without its library: one signed request.
//
// Secrets: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY of a user that may `sns:Publish`; SNS_ENDPOINT only for a
// stand-in. SNS makes no calls, so a call fails and the page offers another way. Values of secrets never reach a log.

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const sha256 = async (text) => hex(await crypto.subtle.digest('SHA-256', Buffer.from(text)));

async function hmac(secret, text) {
  const how = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', Buffer.from(secret), how, false, ['sign']);
  return crypto.subtle.sign(how, key, Buffer.from(text));
}

/** AWS Signature Version 4, of a POST to `/` with nothing in its query. */
async function sign({ host, body, at, secrets }) {
  const time = at.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/${secrets.AWS_REGION}/sns/aws4_request`;
  const names = 'content-type;host;x-amz-date';
  const headers = `content-type:application/x-www-form-urlencoded\nhost:${host}\nx-amz-date:${time}\n`;
  const request = `POST\n/\n\n${headers}\n${names}\n${await sha256(body)}`;
  let key = Buffer.from(`AWS4${secrets.AWS_SECRET_ACCESS_KEY}`);
  for (const part of scope.split('/')) key = Buffer.from(await hmac(key, part));
  const signature = hex(await hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${await sha256(request)}`));
  const credential = `${secrets.AWS_ACCESS_KEY_ID}/${scope}`;
  return {
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

exports.onExecuteSendPhoneMessage = async (event) => {
  const { recipient, text, message_type } = event.message_options;
  if (message_type === 'voice') throw new Error('Amazon SNS makes no calls');
  const endpoint = new URL(event.secrets.SNS_ENDPOINT ?? `https://sns.${event.secrets.AWS_REGION}.amazonaws.com/`);
  const body = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    PhoneNumber: recipient,
    Message: text,
    // Codes go before advertisements.
    'MessageAttributes.entry.1.Name': 'AWS.SNS.SMS.SMSType',
    'MessageAttributes.entry.1.Value.DataType': 'String',
    'MessageAttributes.entry.1.Value.StringValue': 'Transactional',
  }).toString();
  const signed = await sign({ host: endpoint.host, body, at: new Date(), secrets: event.secrets });
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...signed },
    body,
  });
  if (answer.ok) return;
  const [, code] = /<Code>(\w+)<\/Code>/.exec(await answer.text()) ?? [];
  throw new Error(`Amazon SNS answered ${answer.status} ${code ?? ''}`);
};
