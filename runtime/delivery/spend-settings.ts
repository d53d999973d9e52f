// Delivery: what a tenant's messages may cost it at most: what it has set, and for the rest no bound.
import type { MessageSpendRecord, TenantRecord } from '#storage/records.ts';

const DEFAULTS: MessageSpendRecord = {
  per_number: { hour: null, day: null },
  per_day: { sms: null, voice: null, email: null },
  countries: { sms: { allow: [], deny: [] }, voice: { allow: [], deny: [] } },
  alert_at: 0.8,
};

export const messageSpendOf = ({ messageSpend }: Pick<TenantRecord, 'messageSpend'>): MessageSpendRecord =>
  messageSpend ?? DEFAULTS;
