// Delivery: mails by the tenant's custom-email-provider Action.
import { carryByScript } from './carry-by-script.ts';
import type { MessageProvider } from './delivery.ts';

/** @param from the address that mails of the tenant come from; empty where it has named none. */
export const scriptedMail = (from: string): MessageProvider => ({
  name: 'custom',
  send: (desk, outgoing) => {
    const { text, mail } = outgoing.words;
    const errand = {
      trigger: 'custom-email-provider',
      from,
      subject: mail?.subject ?? '',
      html: mail?.html ?? '',
    } as const;
    return carryByScript(desk, outgoing, { ...errand, text });
  },
});
