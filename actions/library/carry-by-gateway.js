// Carry every text message of the tenant by a gateway of your own, as its custom-phone-provider.
//
// Secrets: GATEWAY_URL, GATEWAY_TOKEN. A gateway that is busy is asked again later; one that refuses leaves the message unsent.

exports.onExecuteCustomPhoneProvider = async (event, api) => {
  const { recipient, delivery_method, as_text } = event.notification;
  if (delivery_method === 'voice') return api.notification.drop('this gateway makes no calls');
  const answer = await fetch(event.secrets.GATEWAY_URL, {
    method: 'POST',
    headers: { authorization: `Bearer ${event.secrets.GATEWAY_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to: recipient, text: as_text }),
  });
  if (answer.status === 429 || answer.status === 503) return api.notification.retry('the gateway is busy');
  if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`);
};
