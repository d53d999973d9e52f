// A message that an Action of the tenant carries. It runs where all Actions run; what it says last decides, a fault means
// that the message did not go out, and what lets somebody in does not stay behind in what the run leaves.
import type { NotificationCommand } from '#actions/notification.ts';
import type { MessageRecord, TenantRecord } from '#storage/records.ts';
import type { Ports } from '../ports.ts';
import { tenantLog } from '../tenant-log.ts';
import type { LogDraft } from '../transaction/input.ts';
import { customEmailProviderEvent, type MailWords } from './custom-email-provider-event.ts';
import { customPhoneProviderEvent, type PhoneErrand } from './custom-phone-provider-event.ts';
import { loadMessageOccasion, type MessageOccasion } from './message-occasion.ts';
import { checkNotificationCommands, lastWord } from './notification-commands.ts';
import { type MessageTrigger, messagePlanOf } from './plan.ts';
import { runTrigger, type TriggerStage } from './run-trigger.ts';
import { sendPhoneMessageEvent } from './send-phone-message-event.ts';

/** What is carried by which trigger's script. */
export type MessageErrand =
  | { trigger: 'send-phone-message'; text: string }
  | ({ trigger: 'custom-phone-provider' } & PhoneErrand)
  | ({ trigger: 'custom-email-provider' } & MailWords);

/** `hidden`: what is not to be read in logs and executions, however the script prints it. */
export type MessageRun = { tenant: TenantRecord; message: MessageRecord; errand: MessageErrand; hidden: string[] };

/** How it ended. Texts hold nothing that is hidden, and no secret. */
export type MessageRan =
  | { end: 'nobody' }
  | { end: 'carried'; executionId: string }
  | { end: 'dropped' | 'again'; reason: string }
  | { end: 'failed'; actionName: string; reason: string };

const HANDLERS: Readonly<Record<MessageTrigger, string>> = {
  'send-phone-message': 'onExecuteSendPhoneMessage',
  'custom-phone-provider': 'onExecuteCustomPhoneProvider',
  'custom-email-provider': 'onExecuteCustomEmailProvider',
};

export async function runMessageScript(
  ports: Ports,
  stage: TriggerStage,
  { tenant, message, errand, hidden }: MessageRun,
): Promise<MessageRan> {
  const { trigger } = errand;
  const plan = await messagePlanOf(ports.store, tenant.id, trigger);
  if (plan.length === 0) return { end: 'nobody' };
  const event = eventOf(errand, await loadMessageOccasion(ports, tenant, message));
  const { about, transactionId } = message;
  const userId = about?.place?.userId;
  const hostname = new URL(tenant.baseUrl).host;
  const place = { hostname, ...about?.place, tenantId: tenant.id, now: ports.now(), random: ports.random };
  const ran = await runTrigger<NotificationCommand>(ports, stage, {
    tenant,
    trigger,
    plan,
    handler: HANDLERS[trigger],
    hidden,
    event: () => event,
    check: checkNotificationCommands,
    ends: () => false,
    place,
    ...(transactionId === undefined ? {} : { transactionId }),
    ...(userId === undefined ? {} : { userId }),
  });
  if (ran.outcome === 'failed') {
    return { end: 'failed', actionName: ran.actionName, reason: ran.redact(ran.reason) };
  }
  const told = ran.outcome === 'done' ? lastWord(ran.commands) : undefined;
  if (!told) return { end: 'carried', executionId: ran.executions[0] ?? '' };
  const reason = ran.redact(told.reason).trim();
  if (told.name === 'notification.drop') return { end: 'dropped', reason };
  // The end of a message is logged by whoever delivers it; that it is not yet the end, nobody else knows.
  const draft: LogDraft = {
    type: 'w',
    description: `An Action asked for another attempt to send a message: ${reason}`,
    details: { actions: { executions: ran.executions } },
  };
  const log = tenantLog(draft, { ...place, now: ports.now() });
  await ports.store.commit([{ kind: 'log.insert', log }]);
  return { end: 'again', reason };
}

function eventOf(errand: MessageErrand, occasion: MessageOccasion): object {
  switch (errand.trigger) {
    case 'send-phone-message':
      return sendPhoneMessageEvent(occasion, errand.text);
    case 'custom-phone-provider':
      return customPhoneProviderEvent(occasion, errand);
    case 'custom-email-provider':
      return customEmailProviderEvent(occasion, errand);
  }
}
