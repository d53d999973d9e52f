// Delivery: what a text message or a call says: the tenant's templates for its phone factor where it has them, otherwise
// our own words, in the language of the login.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import { consolidatedPhoneWords, isConsolidated } from './consolidated-phone.ts';
import type { DeliveryDesk } from './delivery.ts';
import { PHONE_TEMPLATES, phoneTemplateOf, renderPhoneTemplate } from './phone-template.ts';

/** @throws LiquidFault where a template cannot be rendered. */
export async function phoneWords(
  desk: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageWords> {
  if (isConsolidated(tenant, message)) return consolidatedPhoneWords(desk, tenant, message);
  const { store } = desk.ports;
  const { kind, name } = PHONE_TEMPLATES;
  const record = await store.pages.findByKey(tenant.id, `${kind} ${name}`);
  const template = record && phoneTemplateOf(record.document, message);
  const own = template === undefined ? '' : renderPhoneTemplate(template, tenant, message);
  return { text: own === '' ? message.text : own };
}
