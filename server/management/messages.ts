// Management: what became of the messages that people were sent: how often each was tried, who had it, how it ended and
// what it cost. Never what it said. Ours alone: the vendor has no such list.
import { z } from 'zod';
import { maskEmail, maskPhone } from '#runtime/factors/mask.ts';
import type { MessageRecord } from '#storage/records.ts';
import { iso, optional } from './fields.ts';
import { listing } from './listing.ts';
import { type Route, route } from './route.ts';

export const MESSAGE_STATES = ['pending', 'attempting', 'delivered', 'failed', 'unconfirmed'] as const;
export const MESSAGE_CHANNELS = ['sms', 'voice', 'email', 'push'] as const;

const messageShape = z
  .strictObject({
    id: z.string(),
    channel: z.string(),
    to: z.string(),
    state: z.string(),
    attempts: z.int(),
    kind: z.string().optional(),
    provider: z.string().optional(),
    reference: z.string().optional(),
    status: z.string().optional(),
    cost: z.unknown().optional(),
    failure: z.string().optional(),
    detail: z.string().optional(),
    at: z.string(),
    attempted_at: z.string().optional(),
    retry_at: z.string().optional(),
    expires_at: z.string(),
  })
  .meta({ id: 'Message' });

const MESSAGES = listing('messages', messageShape, { paging: 'page' });

/** `isKnown`: whoever asks named the address already; otherwise it is masked. */
function showMessage(message: MessageRecord, isKnown: boolean): Record<string, unknown> {
  const { id, channel, to, state, attempts, at, outcome, about } = message;
  return {
    id,
    channel,
    to: isKnown ? to : maskedAddress(message),
    state,
    attempts,
    ...optional('kind', about?.kind ?? outcome?.kind),
    ...optional('provider', outcome?.provider),
    ...optional('reference', outcome?.reference),
    ...optional('status', outcome?.status),
    ...optional('cost', outcome?.cost),
    ...optional('failure', outcome?.code),
    ...optional('detail', outcome?.detail),
    at: iso(at),
    ...optional('attempted_at', message.attemptedAt && iso(message.attemptedAt)),
    ...optional('retry_at', message.retryAt && iso(message.retryAt)),
    expires_at: iso(message.expiresAt),
  };
}

/** As people see it on a page that was sent to it; a device has an id and no address. */
export function maskedAddress({ channel, to }: Pick<MessageRecord, 'channel' | 'to'>): string {
  if (channel === 'push') return to;
  return channel === 'email' ? maskEmail(to) : maskPhone(to);
}

/** A plus sign that was not encoded arrives as a space, and no address begins with one. */
export const writtenAddress = (to: string): string => to.replace(/^ /, '+');

export const messageRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/messages',
    scopes: ['read:logs'],
    summary: 'List messages',
    answers: MESSAGES.answers,
    query: z.strictObject({
      ...MESSAGES.query,
      to: z.string().min(1).max(320).optional(),
      state: z.enum(MESSAGE_STATES).optional(),
      channel: z.enum(MESSAGE_CHANNELS).optional(),
    }),
    async handle({ deps, tenant, query }) {
      const to = query.to === undefined ? undefined : writtenAddress(query.to);
      return MESSAGES.answer(query, {
        read: (page) =>
          deps.store.messages.list(tenant.id, {
            page,
            ...optional('to', to),
            ...optional('state', query.state),
            ...optional('channel', query.channel),
          }),
        show: (message) => showMessage(message, to !== undefined),
      });
    },
  }),
];
