// Send the codes of the phone factor in other words for each application and each person, by a gateway of your own.
//
// An application's `client_metadata.sms_text` is its text, with `{code}` where the code goes, and `sms_from` its sender.
// A person's `user_metadata.language` picks a language where the application has `sms_text_<language>`. Without either the
// text stays as it is. Secrets: GATEWAY_URL, GATEWAY_TOKEN.

exports.onExecuteSendPhoneMessage = async (event) => {
  const { recipient, text, code, message_type } = event.message_options;
  const said = event.client?.metadata ?? {};
  // What people write about themselves is a name to look up, nothing more.
  const language = String(event.user.user_metadata.language ?? '');
  const own = Object.hasOwn(said, `sms_text_${language}`) ? said[`sms_text_${language}`] : said.sms_text;
  const answer = await fetch(event.secrets.GATEWAY_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${event.secrets.GATEWAY_TOKEN}` },
    body: JSON.stringify({
      to: recipient,
      from: said.sms_from ?? event.tenant.id,
      text: own === undefined ? text : own.replaceAll('{code}', () => code),
      channel: message_type,
    }),
  });
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
};
