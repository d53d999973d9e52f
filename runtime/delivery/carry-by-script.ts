// Delivery: a message that an Action of the tenant carries: what its run comes to for the message.
import type { MessageRecord } from '#storage/records.ts';
import { type MessageErrand, runMessageScript } from '../pipeline/message-script.ts';
import { spell } from './code-texts.ts';
import type { DeliveryDesk, DeliveryFault, Outgoing, Taken } from './delivery.ts';

export async function carryByScript(
  { ports, stage }: DeliveryDesk,
  { tenant, message, words }: Outgoing,
  errand: MessageErrand,
): Promise<Taken> {
  const ran = await runMessageScript(ports, stage, { tenant, message, errand, hidden: hiddenOf(message, words) });
  switch (ran.end) {
    case 'carried':
      return { end: 'sent', reference: ran.executionId };
    case 'nobody':
      return failed(
        'configuration',
        `No deployed Action of the ${errand.trigger} trigger is there to carry the message.`,
      );
    case 'failed':
      return failed('script', `The Action ${ran.actionName} failed: ${ran.reason}`);
    case 'dropped':
      return failed('script', `An Action dropped the message: ${ran.reason}`);
    case 'again':
      return { end: 'retry', fault: { code: 'script', detail: `An Action asked for another attempt: ${ran.reason}` } };
  }
}

const failed = (code: DeliveryFault['code'], detail: string): Taken => ({ end: 'failed', fault: { code, detail } });

/** What lets somebody in. */
function hiddenOf({ code, about }: MessageRecord, { text, mail }: Outgoing['words']): string[] {
  const codes = code === undefined ? [] : [code, spell(code)];
  return [...codes, about?.link, mail?.html, text].filter((value) => value !== undefined);
}
