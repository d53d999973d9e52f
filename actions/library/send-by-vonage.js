// Send the codes of the phone factor as text messages by Vonage (its SMS API).
//
// Secrets: VONAGE_API_KEY, VONAGE_API_SECRET, VONAGE_FROM (a number, or a name of up to 11 letters); VONAGE_ENDPOINT only
// for a stand-in. Vonage answers 200 to a message that it did not take, too: what counts is the status inside. A call
// fails here, and the page offers another way.

exports.onExecuteSendPhoneMessage = async (event) => {
  const { recipient, text, message_type } = event.message_options;
  const { VONAGE_API_KEY, VONAGE_API_SECRET, VONAGE_FROM, VONAGE_ENDPOINT } = event.secrets;
  if (message_type === 'voice') throw new Error('this Action sends text messages only');
  const answer = await fetch(VONAGE_ENDPOINT ?? 'https://rest.nexmo.com/sms/json', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({
      api_key: VONAGE_API_KEY,
      api_secret: VONAGE_API_SECRET,
      from: VONAGE_FROM,
      // Without the sign before it.
      to: recipient.replace(/^\+/, ''),
      text,
      type: 'unicode',
    }),
  });
  if (!answer.ok) throw new Error(`Vonage answered ${answer.status}`);
  const said = /** @type {{ messages: { status: string }[] }} */ (await answer.json());
  const refused = said.messages.find(({ status }) => status !== '0');
  if (refused) throw new Error(`Vonage refused the message: status ${refused.status}`);
};
