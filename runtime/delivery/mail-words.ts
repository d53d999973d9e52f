// Delivery: what a mail says, with its subject: the tenant's template of its kind where it has one, otherwise our words.
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { MessageWords } from '#storage/store.ts';
import type { DeliveryDesk } from './delivery.ts';
import { mailScope } from './mail-scope.ts';
import { fillMailTemplate, mailTemplateOf } from './mail-templates.ts';
import { ourMail } from './our-mail.ts';

/** @throws LiquidFault */
export async function mailWords(
  { ports }: DeliveryDesk,
  tenant: TenantRecord,
  message: MessageRecord,
): Promise<MessageWords> {
  const { about, text } = message;
  const ours = ourMail(tenant, message) ?? { text, mail: { subject: tenant.friendlyName ?? tenant.name } };
  const template = about && (await mailTemplateOf(ports, tenant.id, about.kind));
  if (!template) return ours;
  const subject = ours.mail?.subject ?? '';
  return fillMailTemplate(template.document, await mailScope(ports, tenant, message), { subject });
}
