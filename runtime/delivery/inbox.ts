// Delivery: the dev inbox. Nothing leaves the machine: the row keeps the words, and a page shows them.
import type { MessageProvider } from './delivery.ts';

export const inbox: MessageProvider = { name: 'inbox', send: async () => ({ end: 'sent' }) };
