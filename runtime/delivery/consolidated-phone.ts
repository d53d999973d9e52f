// Delivery: tenants whose phone messages, whatever they are for, have one provider and one set of templates
// (`phone_consolidated_experience`). The provider and the templates of the phone factor alone stand aside there.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import { brandingTwilioOf, findBrandingPhone, readBrandingPhone } from './branding-phone.ts';
import { phoneMessageTypeOf, spokenWords } from './branding-phone-templates.ts';
import { carryByScript } from './carry-by-script.ts';
import type { DeliveryDesk, MessageProvider } from './delivery.ts';
import { twilioSend } from './twilio.ts';

/** Whether a message goes this way. One that tries the provider out does so before the tenant has changed over. */
export function isConsolidated({ settings }: Pick<TenantRecord, 'settings'>, { about }: MessageRecord): boolean {
  return settings.phone_consolidated_experience === true || about?.kind === 'try-provider';
}

/** Undefined where the tenant has no such provider, or has switched it off. */
export async function consolidatedPhoneProviderOf(
  { ports }: DeliveryDesk,
  tenant: TenantRecord,
  { channel, about }: MessageRecord,
): Promise<MessageProvider | undefined> {
  const row = await findBrandingPhone(ports.store, tenant.id);
  const kept = row && readBrandingPhone(row);
  if (!row || !kept || (kept.disabled && about?.kind !== 'try-provider')) return undefined;
  const method = channel === 'voice' ? 'voice' : 'text';
  if (!kept.configuration.delivery_methods.includes(method)) return without(kept.name, method);
  if (kept.name === 'custom') return scriptedPhone;
  return { name: 'twilio', send: (desk, outgoing) => twilioSend(desk, brandingTwilioOf(row), outgoing) };
}

/** What the message says. @throws LiquidFault */
export async function consolidatedPhoneWords(
  desk: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageWords> {
  const words = await spokenWords(desk, tenant, message);
  return { text: message.channel === 'voice' ? words.voice : words.text };
}

const scriptedPhone: MessageProvider = {
  name: 'custom',
  async send(desk, outgoing) {
    const { tenant, message, words } = outgoing;
    const both = await spokenWords(desk, tenant, message);
    const said = { ...both, ...(message.channel === 'voice' ? { voice: words.text } : { text: words.text }) };
    return carryByScript(desk, outgoing, {
      trigger: 'custom-phone-provider',
      type: phoneMessageTypeOf(message),
      ...said,
    });
  },
};

function without(name: string, method: 'text' | 'voice'): MessageProvider {
  const what = method === 'voice' ? 'calls' : 'text messages';
  const detail = `The phone provider ${name} carries no ${what}: its delivery_methods leave out "${method}".`;
  return { name, send: async () => ({ end: 'failed', fault: { code: 'configuration', detail } }) };
}
